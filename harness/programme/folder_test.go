package programme

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"maildrill/scenarios"
)

func folder(t *testing.T) *Folder {
	t.Helper()
	f, err := OpenFolder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestOneOfManyClaims(t *testing.T) {
	f, o := folder(t), Occurrence{Item: "a", Planned: "2027-01-04T03:00"}
	var wg sync.WaitGroup
	mine := make(chan *Claim, 50)
	for range 50 {
		wg.Go(func() {
			if c, ok, err := f.Claim(o, 1, time.Now()); err != nil {
				t.Error(err)
			} else if ok {
				mine <- c
			}
		})
	}
	wg.Wait()
	if len(mine) != 1 {
		t.Fatalf("%d have claimed it", len(mine))
	}
	claims := func(want string) {
		t.Helper()
		all, err := f.Claims()
		if err != nil || len(all) != 1 {
			t.Fatalf("%v, %v", all, err)
		}
		if got := fmt.Sprint(all[0].Lost, all[0].Ended.IsZero(), all[0].Exit); got != want {
			t.Errorf("lost, running, exit: %s, want %s", got, want)
		}
	}
	c := <-mine
	claims("false true 0")
	if err := c.End(time.Now(), 1); err != nil {
		t.Fatal(err)
	}
	claims("false false 1")
	if left, _ := filepath.Glob(filepath.Join(f.folder, "claims", "a", ".claim-*")); len(left) > 0 {
		t.Errorf("left over: %v", left)
	}
}

func TestTheLogSaysEverythingOnce(t *testing.T) {
	f := folder(t)
	e := Entry{What: WasMoved, Item: "a", Planned: "2027-01-04T03:00"}
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if _, err := f.Record(time.Now(), e, Entry{What: Ran, Item: "a", Planned: e.Planned, Attempt: 1}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	// A process was killed in the middle of a line.
	log := filepath.Join(f.folder, logFile)
	text, _ := os.ReadFile(log)
	if err := os.WriteFile(log, append(text, `{"at":"2027-01-`...), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Record(time.Now(), Entry{What: Ran, Item: "a", Planned: e.Planned, Attempt: 2}); err != nil {
		t.Fatal(err)
	}
	all, err := f.Log()
	if err != nil || len(all) != 3 || all[2].Attempt != 2 {
		t.Errorf("%+v, %v", all, err)
	}
}

// TestMain is also the process that TestKilled kills.
func TestMain(m *testing.M) {
	if dir := os.Getenv("PROGRAMME_TEST_VICTIM"); dir != "" {
		victim(dir)
	}
	os.Exit(m.Run())
}

const weeklyYear = "apiVersion: maildrill/v1\nkind: Programme\nmetadata: {name: test}\ntimezone: Europe/Berlin\nowner: ops\nfrom: 2027-01-01\nuntil: 2027-12-31\nitems:\n" +
	"  - {id: a, drill: single-server-crash, cron: \"0 3 * * 1\"}\n"

// victim starts a drill that never ends.
func victim(dir string) {
	f, _ := OpenFolder(dir)
	doc, _ := scenarios.Parse("p.yaml", []byte(weeklyYear))
	p, _ := Of(doc)
	s := &Scheduler{Plan: p, Folder: f, Now: func() time.Time { return time.Date(2027, 1, 4, 2, 5, 0, 0, time.UTC) }, Done: nothingDone,
		Run: func(context.Context, scenarios.ProgrammeItem, Task) int { fmt.Println("runs"); select {} }}
	_, err := s.Once(context.Background())
	fmt.Println("ended", err)
	os.Exit(1)
}

func nothingDone(context.Context) ([]Evidence, error) { return nil, nil }

func TestKilled(t *testing.T) {
	f, p := folder(t), loaded(t, "p.yaml", weeklyYear)
	kill := func() {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "PROGRAMME_TEST_VICTIM="+f.folder)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		said := make([]byte, 16)
		n, _ := out.Read(said)
		if string(said[:n]) != "runs\n" {
			t.Errorf("the victim says %q", said[:n])
		}
		all, err := f.Claims()
		if last := all[len(all)-1]; err != nil || last.Lost || !last.Ended.IsZero() {
			t.Errorf("while it runs: %+v, %v", last, err)
		}
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}
	now := at(t, "2027-01-04 02:10")
	decide := func() (list []string) {
		k := Known{}
		k.Claims, _ = f.Claims()
		k.Log, _ = f.Log()
		tasks, notes := p.Decide(k, now)
		for _, task := range tasks {
			list = append(list, fmt.Sprint("run ", task.Attempt))
		}
		for _, n := range notes {
			list = append(list, fmt.Sprint(n.What, " ", n.Attempt))
		}
		return list
	}
	kill()
	if got := strings.Join(decide(), ", "); got != "run 2, lost 1" {
		t.Errorf("after the first death: %s", got)
	}
	kill() // attempt 2
	if got := strings.Join(decide(), ", "); got != "lost 2, skipped 0" {
		t.Errorf("after the second death: %s", got)
	}
	s := &Scheduler{Plan: p, Folder: f, Now: func() time.Time { return now }, Done: nothingDone,
		Run: func(context.Context, scenarios.ProgrammeItem, Task) int { t.Error("it is run a third time"); return 0 }}
	if codes, err := s.Once(t.Context()); err != nil || len(codes) > 0 {
		t.Error(codes, err)
	}
	log, _ := f.Log()
	if len(log) != 3 || log[0].What != WasLost || log[1].What != WasLost || log[2].What != WasSkipped {
		t.Errorf("%+v", log)
	}
}
