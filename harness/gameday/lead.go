package gameday

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"maildrill/harness"
	"maildrill/harness/action"
	"maildrill/harness/exercise"
	"maildrill/harness/gameday/channel"
	"maildrill/harness/ledger"
)

// Player plays the drill below an exercise to its end, and gives its run folder. It
// calls none of the functions again after it has returned.
type Player func(ctx context.Context, w Watch) (harness.Folder, error)

// Looker looks up what the checks need once play is over.
type Looker func(ctx context.Context, r exercise.Record) exercise.Facts

// Watch is told how a drill goes.
type Watch struct {
	// Began gets the run folder, and the recovery times asked for in seconds, by
	// service.
	Began  func(run harness.Folder, targets map[string]float64)
	Event  func(ledger.Event)
	Status func(harness.Status)
}

// Leading is what a leader needs beside the log.
type Leading struct {
	Log   *Log
	Send  Sender
	Play  Player // nil: the exercise has no drill
	Facts Looker
	Who   exercise.Actor
	// Tell shows what happens, in plain words. Nil is allowed.
	Tell func(string)
}

// ErrLed says that another process leads already.
var ErrLed = errors.New("another process leads this exercise")

// beat is how often the leader looks at the log.
const beat = 200 * time.Millisecond

// Lead starts an exercise and leads it until play is over. When the context ends,
// it is aborted: the faults are taken back first, as in any drill.
func Lead(ctx context.Context, c Leading) (exercise.Record, error) {
	release, err := hold(c.Log.folder.leader(), unix.LOCK_EX|unix.LOCK_NB)
	if errors.Is(err, unix.EWOULDBLOCK) {
		return exercise.Record{}, ErrLed
	}
	if err != nil {
		return exercise.Record{}, err
	}
	defer release()
	l := &leader{Leading: c, pid: os.Getpid()}
	if _, err := c.Log.Append(c.Who, exercise.StateChanged, exercise.Move{To: exercise.Running}); err != nil {
		return exercise.Record{}, err
	}
	if _, err := c.Log.Append(exercise.Machine(), exercise.LeaderTook, exercise.Leading{PID: l.pid}); err != nil {
		return exercise.Record{}, err
	}
	l.lead(ctx)
	return l.conclude(context.WithoutCancel(ctx))
}

type leader struct {
	Leading
	pid    int
	run    harness.Folder // of the drill, once there is one
	ended  bool           // the drill has
	failed error          // of the drill, or of the log
	asked  bool           // the drill was asked to end
	acked  map[string]bool
	shown  int // lines of the log that were told
}

func (l *leader) tell(format string, args ...any) {
	if l.Tell != nil {
		l.Tell(fmt.Sprintf(format, args...))
	}
}

// lead goes on until play is over: by the drill, or without one by people.
func (l *leader) lead(ctx context.Context) {
	l.acked = map[string]bool{}
	played := l.begin(ctx)
	tick := time.NewTicker(beat)
	defer tick.Stop()
	stop := ctx.Done()
	for !l.ended {
		select {
		case <-stop:
			stop = nil
			l.note(l.Who, exercise.StateChanged, exercise.Move{To: exercise.Stopped, Why: "the leading process was told to end"})
		case over := <-played:
			l.ended = true
			l.run, l.failed = over.folder, errors.Join(l.failed, over.err)
		case <-tick.C:
		}
		if err := l.turn(context.WithoutCancel(ctx)); err != nil {
			l.failed = errors.Join(l.failed, err)
			return
		}
	}
}

type over struct {
	folder harness.Folder
	err    error
}

// begin starts the drill. Without one the channel never says anything.
func (l *leader) begin(ctx context.Context) <-chan over {
	done := make(chan over, 1)
	if l.Play == nil {
		return done
	}
	s := newScreen(l.Log)
	w := Watch{Began: s.began, Event: s.event, Status: s.status}
	go func() {
		folder, err := l.Play(ctx, w)
		s.close()
		done <- over{folder, err}
	}()
	return done
}

// turn does what the log asks for now.
func (l *leader) turn(ctx context.Context) error {
	r, events, err := l.Log.Read()
	if err != nil {
		return err
	}
	for ; l.shown < len(events); l.shown++ {
		if text := Words(events[l.shown]); text != "" {
			l.tell("%s", text)
		}
	}
	if r.Drill != nil {
		l.run = harness.Folder(r.Drill.Folder)
	}
	switch {
	case r.State == exercise.Stopped:
		l.abort(r)
	case r.State == exercise.Running:
		l.release(ctx, r)
	}
	if l.Play == nil && (r.State == exercise.Stopped || r.State.Over()) {
		l.ended = true
	}
	return nil
}

// abort asks the drill to end, once.
func (l *leader) abort(r exercise.Record) {
	if l.asked || l.run == "" || l.ended {
		return
	}
	why := "the exercise was aborted"
	if n := len(r.Transitions); n > 0 && r.Transitions[n-1].Why != "" {
		why = r.Transitions[n-1].Why
	}
	l.asked = l.run.RequestAbort(why) == nil
}

// release lets injects and steps go that are asked for or due.
func (l *leader) release(ctx context.Context, r exercise.Record) {
	now := r.PlayTime(time.Now())
	for _, in := range r.Injects {
		due := in.Due != nil && *in.Due <= now
		if in.Released != nil || !due && in.Asked == nil {
			continue
		}
		if in.Step == "" || l.let(in.Step, "inject "+in.ID, in.By) {
			l.inject(ctx, in)
		}
	}
	for _, s := range r.Steps {
		if s.Releases != "" && s.Result == "done" {
			l.let(s.Releases, "runbook step "+s.ID, s.By)
		}
	}
}

// let acknowledges the manual step that holds a step back. It tells whether the
// drill has come so far: else it is tried again at the next turn.
func (l *leader) let(step, what, by string) bool {
	if l.acked[step] {
		return true
	}
	if l.run == "" {
		return false
	}
	if by == "" {
		by = exercise.Machine().Name
	}
	err := l.run.Acknowledge(released(step), action.Acknowledgement{By: by, Via: "gameday", Note: what})
	l.acked[step] = err == nil
	return err == nil
}

// inject tells the players and writes the release down.
func (l *leader) inject(ctx context.Context, in exercise.Inject) {
	rel := exercise.Release{ID: in.ID}
	if in.Text != "" && in.Channel != "" {
		plan := l.Log.Plan()
		m := channel.Message{Exercise: plan.Metadata.Name, Kind: channel.Inject, Subject: plan.Metadata.Title, Text: in.Text, At: time.Now()}
		if err := l.Send.Send(ctx, in.Channel, m); err != nil {
			rel.Failed = err.Error()
		}
	}
	l.note(exercise.Machine(), exercise.InjectReleased, rel)
}

// note writes a line; that it cannot is told, and play goes on to its end.
func (l *leader) note(who exercise.Actor, kind string, data any) {
	if _, err := l.Log.Append(who, kind, data); err != nil {
		l.tell("not written down: %v", err)
	}
}

// conclude writes down how the drill ended, and what the checks need.
func (l *leader) conclude(ctx context.Context) (exercise.Record, error) {
	if l.Play != nil {
		d := drillOf(l.run, l.failed)
		l.note(exercise.Machine(), exercise.DrillEnded, d)
		if d.Verdict == "aborted" {
			l.stopped(d.Reason)
		}
	}
	r, _, err := l.Log.Read()
	if err != nil {
		return r, errors.Join(l.failed, err)
	}
	l.note(exercise.Machine(), exercise.FactsSeen, l.Facts(ctx, r))
	if r.State.Playing() || r.State == exercise.Stopped {
		l.note(exercise.Machine(), exercise.StateChanged, exercise.Move{To: exercise.Recovered})
	}
	l.note(exercise.Machine(), exercise.LeaderLeft, exercise.Leading{PID: l.pid})
	r, _, err = l.Log.Read()
	return r, errors.Join(l.failed, err)
}

// stopped aborts an exercise whose drill ended by itself: a guard, or a signal.
func (l *leader) stopped(why string) {
	if r, _, err := l.Log.Read(); err == nil && r.State.Playing() {
		l.note(exercise.Machine(), exercise.StateChanged, exercise.Move{To: exercise.Stopped, Why: "the drill was aborted: " + why})
	}
}
