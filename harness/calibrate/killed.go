package calibrate

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"maildrill/harness"
	"maildrill/harness/ledger"
	"maildrill/harness/measure"
	"maildrill/harness/record"
	"maildrill/harness/topology"
)

var errNoSelf = errors.New("this program cannot start itself as a victim")

// killed kills drivers at random points of their work and judges what they
// left.
func killed(ctx context.Context, b *Bench) {
	b.several(ctx, "CAL-18 killed drivers", b.pick(3, 20), func(i int) {
		r := b.rand("kill %d", i)
		after := between(r, 0, 1100*time.Millisecond)
		lies := map[uint32]topology.Lie{}
		for len(lies) < 6 {
			lies[uint32(1+r.IntN(victimCopies))] = topology.Lie{Drop: true}
		}
		b.onRig(ctx, fmt.Sprintf("killed after %v", after.Round(time.Millisecond)), world(lies, nil), func(r *rig) error {
			dir, err := os.MkdirTemp(b.Dir, "victim")
			if err != nil {
				return err
			}
			if err := r.murder(ctx, dir, after); err != nil {
				return err
			}
			return errors.Join(b.alone(dir), r.continued(ctx, dir, lies))
		})
	})
	if b.Full {
		b.several(ctx, "CAL-18 killed drills", 6, func(i int) {
			after := between(b.rand("drill %d", i), 0, 10*time.Second)
			b.Case(fmt.Sprintf("a drill killed after %v", after.Round(time.Millisecond)), b.killedDrill(ctx, after))
		})
	}
}

// several runs something a number of times, a few at once.
func (b *Bench) several(ctx context.Context, what string, n int, do func(i int)) {
	inParallel(n, 3, func(i int) {
		if ctx.Err() == nil {
			b.say("%s: %d of %d", what, i+1, n)
			b.guarded(func() { do(i) })
		}
	})
}

// victim is a process that is going to suffer.
type victim struct {
	cmd   *exec.Cmd
	lines *bufio.Scanner
	said  strings.Builder // standard error
}

func (b *Bench) victim(args ...string) (*victim, error) {
	if b.Self == nil {
		return nil, errNoSelf
	}
	v := &victim{cmd: b.Self(args...)}
	v.cmd.Stderr = &v.said
	out, err := v.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	v.lines = bufio.NewScanner(out)
	return v, v.cmd.Start()
}

// until waits for a line.
func (v *victim) until(line string) error {
	for v.lines.Scan() {
		if v.lines.Text() == line {
			return nil
		}
	}
	return fmt.Errorf("the victim ended before it was at %q: %s", line, v.said.String())
}

// end kills the victim, if it is still there, and waits for it.
func (v *victim) end() {
	_ = v.cmd.Process.Kill() // SIGKILL
	_ = v.cmd.Wait()
}

// rest lets the victim come to its end.
func (v *victim) rest() error {
	_, _ = io.Copy(io.Discard, lines{v.lines})
	if err := v.cmd.Wait(); err != nil {
		return fmt.Errorf("%w: %s", err, v.said.String())
	}
	return nil
}

// lines reads what a scanner has left.
type lines struct{ *bufio.Scanner }

// Read implements io.Reader.
func (l lines) Read([]byte) (int, error) {
	if !l.Scan() {
		return 0, io.EOF
	}
	return 0, nil
}

// murder starts a driver and kills it some time after it began to drive.
func (r *rig) murder(ctx context.Context, dir string, after time.Duration) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	address, err := r.gate(ctx)
	if err != nil {
		return err
	}
	v, err := r.b.victim("drive", address, dir, fmt.Sprint(r.b.Seed))
	if err != nil {
		return err
	}
	defer v.end()
	if err := v.until("driving"); err != nil {
		return err
	}
	pause(ctx, after)
	return nil
}

// alone judges what the victim left, as `maildrill judge` would: its history
// stops, so nothing was shown, and no absence can be proven.
func (b *Bench) alone(dir string) error {
	h, err := reopen(dir)
	if err != nil {
		return err
	}
	r, err := b.Judge(h)
	if err == nil && (r.Verdict != record.Aborted || r.Accounting.Lost > 0) {
		err = fmt.Errorf("the history alone: verdict %s (%.200s), %d lost", r.Verdict, r.Reason, r.Accounting.Lost)
	}
	return err
}

// continued reads the system after the death of its driver, and judges both
// together: what was planted and acknowledged is lost, nothing else is, and what
// the ledger did not come to hear of is no phantom.
func (r *rig) continued(ctx context.Context, dir string, lies map[uint32]topology.Lie) error {
	h, err := reopen(dir)
	if err != nil {
		return err
	}
	left, err := entriesOf(h.Ledger)
	if err != nil {
		return err
	}
	r.events, r.entries = h.Events, left
	err = errors.Join(r.put(ledger.PhaseBegan, "", ledger.PhaseStart{Phase: "drain"}), r.drain(ctx, 0), r.sentinel(ctx, patience), r.scan(ctx, 2))
	if err != nil {
		return err
	}
	rec, err := r.judged()
	if err != nil {
		return err
	}
	var lost []uint32
	truth := map[uint32]bool{}
	for _, e := range left {
		if _, dropped := lies[e.Copy.Seq]; dropped && e.Kind == ledger.Outcome && e.Verdict == ledger.Accepted {
			lost, truth[e.Copy.Seq] = append(lost, e.Copy.Seq), true
		}
	}
	switch {
	case rec.Accounting.Lost != len(lost):
		err = fmt.Errorf("%d lost, acknowledged and dropped were %s", rec.Accounting.Lost, ranges(lost))
	case len(lost) > 0 && rec.Verdict == record.Passed:
		err = fmt.Errorf("passed with %d lost", len(lost))
	case rec.Verdict == record.Error:
		err = fmt.Errorf("the books do not balance: %.300s", rec.Reason)
	}
	return errors.Join(err, onlyTrue(rec, truth))
}

// killedDrill kills a whole drill, system and all.
func (b *Bench) killedDrill(ctx context.Context, after time.Duration) error {
	dir, err := os.MkdirTemp(b.Dir, "drill")
	if err != nil {
		return err
	}
	v, err := b.victim("drill", dir)
	if err != nil {
		return err
	}
	defer v.end()
	if err := v.until(ledger.RunStarted); err != nil {
		return err
	}
	pause(ctx, after)
	v.end()
	r, err := harness.Judge(harness.Folder(dir + "/victim"))
	if err == nil && (r.Verdict != record.Aborted || !r.Dirty || r.Accounting.Lost > 0) {
		err = fmt.Errorf("verdict %s, dirty %v, %d lost", r.Verdict, r.Dirty, r.Accounting.Lost)
	}
	return err
}

// asleep stops a drill across the edges of its fault. It takes a quarter of a
// minute, so that the quick form leaves it to the histories of clocks.
func asleep(ctx context.Context, b *Bench) {
	if !b.Full {
		return
	}
	edges := []string{ledger.FaultHeld, ledger.FaultReverting}
	b.several(ctx, "CAL-19 stopped drills", len(edges), func(i int) {
		b.Case("stopped for two seconds at "+edges[i], b.stoppedDrill(ctx, edges[i], 2*time.Second))
	})
}

func (b *Bench) stoppedDrill(ctx context.Context, edge string, length time.Duration) error {
	dir, err := os.MkdirTemp(b.Dir, "drill")
	if err != nil {
		return err
	}
	v, err := b.victim("drill", dir)
	if err != nil {
		return err
	}
	defer v.end()
	if err := v.until(edge); err != nil {
		return err
	}
	if err := freeze(v.cmd.Process); err != nil {
		return err
	}
	pause(ctx, length)
	if err := errors.Join(thaw(v.cmd.Process), v.rest()); err != nil {
		return err
	}
	h, err := reopenRun(dir + "/victim")
	if err != nil {
		return err
	}
	r, err := b.Judge(h)
	if err != nil {
		return err
	}
	return errors.Join(gapped(h, length), slept(r, downtime(h), length))
}

// reopenRun reads the history of a run folder.
func reopenRun(folder string) (measure.History, error) {
	f := harness.Folder(folder)
	events, err := ledger.ReadEvents(f.Events())
	if err != nil {
		return measure.History{}, err
	}
	reader, err := ledger.Open(f.Ledger())
	return measure.History{Events: events, Ledger: reader}, err
}

// gapped: the stall meter has noticed.
func gapped(h measure.History, length time.Duration) error {
	noticed := slices.ContainsFunc(h.Events, func(e ledger.Event) bool {
		var s ledger.Stall
		if e.Kind == ledger.Gap {
			edit(&e, func(found *ledger.Stall) { s = *found })
		}
		return s.To-s.From > seconds(length*3/4)
	})
	if !noticed {
		return errors.New("the stall meter did not notice")
	}
	return nil
}

// downtime is how long the node was really down: from the call that killed it
// to the one that started it. Both return within milliseconds.
func downtime(h measure.History) (d time.Duration) {
	for _, e := range h.Events {
		switch e.Kind {
		case ledger.FaultInjected:
			edit(&e, func(c *ledger.Call) { d -= time.Duration(c.Ended) })
		case ledger.FaultReverted:
			edit(&e, func(c *ledger.Call) { d += time.Duration(c.Ended) })
		}
	}
	return d
}
