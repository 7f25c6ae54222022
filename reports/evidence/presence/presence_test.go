package presence_test

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"maildrill/reports/evidence/presence"
)

// TestMain lets the test binary be a process that is at a run until it is killed.
func TestMain(m *testing.M) {
	if room := os.Getenv("PRESENCE_ROOM"); room != "" {
		if _, err := presence.Room(room).Begin("a", "runs/a"); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println("here")
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Only a process that is gone leaves a mark to be found, and only once.
func TestAKilledProcessIsFound(t *testing.T) {
	room := presence.Room(filepath.Join(t.TempDir(), "running"))
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "PRESENCE_ROOM="+string(room))
	in, err := cmd.StdinPipe()
	must(t, err)
	defer in.Close()
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "here\n" {
		t.Fatalf("%q, %v", line, err)
	}
	if _, _, gone := room.Find("a"); gone || !room.GoesOn("a") {
		t.Error("it is called gone while it lives")
	}
	must(t, cmd.Process.Kill())
	_ = cmd.Wait()
	mark, folder, gone := room.Find("a")
	if !gone || !filepath.IsAbs(folder) || !strings.HasSuffix(folder, "/runs/a") || room.GoesOn("b") {
		t.Errorf("gone %v, folder %q", gone, folder)
	}
	if _, _, again := room.Find("a"); again {
		t.Error("two have found it at once")
	}
	mark.End()
	if _, _, again := room.Find("a"); again {
		t.Error("it is found after its end")
	}
}

func TestWhatIsNoMarkIsNobody(t *testing.T) {
	room := presence.Room(t.TempDir())
	mark, err := room.Begin("a", "runs/a")
	must(t, err)
	if _, err := room.Begin("a", "runs/a"); err == nil {
		t.Error("two are at one run")
	}
	mark.Leave()
	if _, _, gone := room.Find("a"); !gone {
		t.Error("a mark that was left is not found")
	}
	must(t, os.WriteFile(filepath.Join(string(room), "b"), []byte(`{"folder":"/x","host":"another host"}`), 0o600))
	must(t, os.WriteFile(filepath.Join(string(room), "c"), []byte(`...`), 0o600))
	for _, id := range []string{"b", "c", "d", "", ".", "..", "../x", "x/y"} {
		if _, _, gone := room.Find(id); gone {
			t.Errorf("%q is called gone", id)
		}
	}
	if _, err := room.Begin("../x", "f"); err == nil {
		t.Error("a mark outside of its room")
	}
	var nowhere presence.Room
	none, err := nowhere.Begin("a", "f")
	must(t, err)
	none.End()
	none.Leave()
	if _, _, gone := nowhere.Find("a"); gone || nowhere.GoesOn("a") {
		t.Error("without a room somebody is gone")
	}
}
