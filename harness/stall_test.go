//go:build linux

package harness_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"maildrill/faults"
	"maildrill/harness"
	"maildrill/harness/embedded"
	"maildrill/harness/ledger"
	"maildrill/harness/record"
)

// stalledFolder tells the test binary that it is the maildrill that is stopped.
const stalledFolder = "MAILDRILL_STALLED_FOLDER"

// stopping stops its own process, as a host that gives it no time would, just
// when the fault is put on.
type stopping struct{ faults.Fault }

func (s stopping) Inject(ctx context.Context, t faults.Target) error {
	if err := syscall.Kill(os.Getpid(), syscall.SIGSTOP); err != nil {
		return err
	}
	return s.Fault.Inject(ctx, t)
}

// TestStoppedAtAnEdge: maildrill stands still across the onset of a fault. That
// shows, the bracket of the onset covers it, and it makes no recovery time that
// would be a certain miss.
func TestStoppedAtAnEdge(t *testing.T) {
	if dir := os.Getenv(stalledFolder); dir != "" {
		playStopped(t, harness.Folder(dir))
		return
	}
	t.Parallel()
	for name, c := range map[string]struct {
		stop time.Duration
		want []record.Verdict // of rto.mx
		gate bool             // no-stall-at-edges holds
	}{
		"shorter than a probe's time-out": {600 * time.Millisecond, []record.Verdict{record.Passed, record.Inconclusive}, true},
		"longer":                          {2500 * time.Millisecond, []record.Verdict{record.Inconclusive}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder := stopped(t, c.stop)
			rec, err := harness.Judge(folder)
			if err != nil {
				t.Fatal(err)
			}
			gap := longestGap(t, folder)
			if lasted := time.Duration(gap.To - gap.From); lasted < c.stop*9/10 {
				t.Fatalf("the longest gap is %v, maildrill stood still for %v", lasted, c.stop)
			}
			onset := rec.Faults[0].Effective
			if onset == nil || onset.High == nil || onset.Low > time.Duration(gap.From).Seconds() || *onset.High < time.Duration(gap.To).Seconds() {
				t.Errorf("onset %+v does not cover the gap from %v to %v", onset, time.Duration(gap.From), time.Duration(gap.To))
			}
			for _, o := range rec.Objectives {
				if o.Name == "rto.mx" && !slices.Contains(c.want, o.Verdict) {
					t.Errorf("rto.mx %s (%s), want %v", o.Verdict, o.Reason, c.want)
				}
			}
			for _, g := range rec.Gates {
				if g.Name == "no-stall-at-edges" && g.Passed != c.gate {
					t.Errorf("no-stall-at-edges %v: %s", g.Passed, g.Detail)
				}
			}
			if rec.Accounting.Lost != 0 || rec.Host == nil || rec.Host.Samples == 0 || rec.Host.Driver.Memory == 0 {
				t.Errorf("lost %d, host %+v", rec.Accounting.Lost, rec.Host)
			}
		})
	}
}

// stopped plays the drill in a process of its own and lets that go on after a
// time.
func stopped(t *testing.T, stop time.Duration) harness.Folder {
	t.Helper()
	folder, err := harness.CreateFolder(t.TempDir(), harness.NewRunID(time.Now(), "stopped"))
	if err != nil {
		t.Fatal(err)
	}
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestStoppedAtAnEdge$", "-test.timeout=3m")
	child.Env = append(os.Environ(), stalledFolder+"="+string(folder))
	var out strings.Builder
	child.Stdout, child.Stderr = &out, &out
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- child.Wait() }()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !standsStill(child.Process.Pid) {
		select {
		case err := <-ended:
			t.Fatalf("it ended before it stood still: %v\n%s", err, out.String())
		case <-tick.C:
		}
	}
	time.Sleep(stop) // the length of the stall is what is tested
	if err := child.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	return folder
}

// standsStill reads the state of a process (proc_pid_stat(5), field 3).
func standsStill(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false
	}
	_, rest, _ := strings.Cut(string(stat), ") ")
	return strings.HasPrefix(rest, "T")
}

func playStopped(t *testing.T, folder harness.Folder) {
	plan := compile(t, strings.Replace(quick, "rto: {mx: 30s}", "rto: {mx: 4s}", 1))
	make := plan.Steps[0].Make
	plan.Steps[0].Make = func() (faults.Fault, error) { f, err := make(); return stopping{f}, err }
	c := harness.Config{Runtime: embedded.New(embedded.Config{Dir: t.TempDir()}), Folder: folder, Seed: 7, Trial: 1, Trials: 1}
	if _, err := harness.Run(t.Context(), t.Context(), plan, c); err != nil {
		t.Fatal(err)
	}
}

func longestGap(t *testing.T, folder harness.Folder) (longest ledger.Stall) {
	t.Helper()
	events, err := ledger.ReadEvents(folder.Events())
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		var g ledger.Stall
		if e.Kind != ledger.Gap {
			continue
		}
		if err := json.Unmarshal(e.Data, &g); err != nil {
			t.Fatal(err)
		}
		if g.To-g.From > longest.To-longest.From {
			longest = g
		}
	}
	return longest
}
