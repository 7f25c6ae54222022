package scenarios

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestMistakes: one file a mistake, with what is printed for it.
func TestMistakes(t *testing.T) {
	files, err := List("testdata/mistakes")
	if err != nil || len(files) == 0 {
		t.Fatalf("List: %d files, %v", len(files), err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".yaml")
		t.Run(name, func(t *testing.T) {
			_, problems, err := Load(file)
			if err != nil {
				t.Fatal(err)
			}
			if len(problems) == 0 {
				t.Error("no problem found")
			}
			var out strings.Builder
			problems.Render(&out, false)
			golden(t, strings.TrimSuffix(file, ".yaml")+".out", out.String())
		})
	}
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs (write it anew with -update)\ngot:\n%s\nwant:\n%s", file, got, want)
	}
}

func TestSevenMistakesHaveSevenPositions(t *testing.T) {
	_, problems, err := Load("testdata/mistakes/seven.yaml")
	if err != nil {
		t.Fatal(err)
	}
	positions := map[[2]int]bool{}
	for _, p := range problems {
		positions[[2]int{p.Line, p.Column}] = true
	}
	if len(problems) != 7 || len(positions) != 7 {
		t.Errorf("%d problems at %d positions:\n%v", len(problems), len(positions), problems)
	}
}
