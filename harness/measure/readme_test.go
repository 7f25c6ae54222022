package measure

import (
	"os"
	"strings"
	"testing"
)

// The table of gates in the README is that of the judge.
func TestReadmeNamesEveryGate(t *testing.T) {
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(text), "| gate | asks |")
	table, _, _ = strings.Cut(table, "\n## ")
	for i, g := range gates {
		_, rest, found := strings.Cut(table, "\n| "+g.name+" |")
		if !found {
			t.Fatalf("gate %d, %s, is not in its place", i, g.name)
		}
		table = rest
	}
	if strings.Contains(table, "\n| ") {
		t.Errorf("the README knows more gates: %s", table)
	}
}
