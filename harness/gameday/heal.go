package gameday

import (
	"context"
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"

	"maildrill/harness"
	"maildrill/harness/exercise"
)

// Led tells whether a process leads the exercise now.
func Led(f Folder) bool {
	release, err := hold(f.leader(), unix.LOCK_SH|unix.LOCK_NB)
	if err != nil {
		return errors.Is(err, unix.EWOULDBLOCK)
	}
	release()
	return false
}

// Heal writes down that the process which led an exercise is gone, if it is: play
// is aborted then. The faults of its drill were ended by the drill's own keeper,
// within their lease. It tells whether there was something to write.
func Heal(log *Log) (bool, error) {
	r, _, err := log.Read()
	if err != nil {
		return false, err
	}
	lost := lostLeader(r)
	if lost == nil || Led(log.folder) {
		return false, nil
	}
	if _, err := log.Append(exercise.Machine(), exercise.LeaderLeft, exercise.Leading{PID: lost.PID, Lost: true, Why: "nobody holds the leader's lock"}); err != nil {
		return false, err
	}
	if r.State.Playing() {
		_, err = log.Append(exercise.Machine(), exercise.StateChanged, exercise.Move{To: exercise.Stopped,
			Why: fmt.Sprintf("the leading process %d is gone; the keeper of the drill ends its faults within their lease", lost.PID)})
	}
	return true, err
}

func lostLeader(r exercise.Record) *exercise.Leader {
	for _, l := range r.Leaders {
		if l.Left == nil {
			return &l
		}
	}
	return nil
}

// judgeLeft judges what a killed drill has left, if it made no record itself.
func judgeLeft(f harness.Folder) error {
	if _, err := os.Stat(f.Record()); err == nil {
		return nil
	}
	rec, err := harness.Judge(f)
	if err == nil {
		err = harness.WriteRecord(f, rec)
	}
	return err
}

// Finish ends the play of an exercise that nobody leads any more: judged is the
// drill by what it has left, if there is a drill.
func Finish(ctx context.Context, log *Log, who exercise.Actor, facts Looker) (exercise.Record, error) {
	if Led(log.folder) {
		return exercise.Record{}, fmt.Errorf("%w: it ends play itself; `maildrill gameday abort` stops it", ErrLed)
	}
	r, _, err := log.Read()
	if err != nil {
		return r, err
	}
	if r.Scenario != "" {
		d := exercise.Drill{Reason: "it never began"}
		if r.Drill != nil {
			d = drillOf(harness.Folder(r.Drill.Folder), judgeLeft(harness.Folder(r.Drill.Folder)))
		}
		if _, err := log.Append(exercise.Machine(), exercise.DrillEnded, d); err != nil {
			return r, err
		}
	}
	if _, err := log.Append(exercise.Machine(), exercise.FactsSeen, facts(ctx, r)); err != nil {
		return r, err
	}
	return log.Append(who, exercise.StateChanged, exercise.Move{To: exercise.Recovered})
}
