package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"maildrill/harness"
	"maildrill/harness/record"
	"maildrill/reports/evidence/register"
	"maildrill/reports/evidence/seal"
)

// closeKilled closes the runs of the register whose maildrill is surely gone, and
// tells which. That it cannot is told, and stops nothing: the register itself says
// so as soon as it is used.
func (r *registration) closeKilled(ctx context.Context) (closed []string) {
	if r.register == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, registerLimit)
	defer cancel()
	v, err := r.register.View(ctx)
	if err != nil {
		return nil
	}
	for _, run := range v.Runs(time.Now()) {
		if run.Close != nil {
			continue
		}
		mark, folder, gone := r.room.Find(run.ID)
		if !gone {
			continue
		}
		_ = os.RemoveAll(filepath.Join(folder, "scratch")) // what a played system worked with, and no evidence
		if err := r.closeAs(ctx, v, run, folder, "killed"); err != nil {
			mark.Leave()
			fmt.Fprintf(r.p.Stderr, "note: run %s was killed and cannot be closed: %v\n", run.ID, err)
			continue
		}
		mark.End()
		closed = append(closed, run.ID)
		fmt.Fprintf(r.p.Stderr, "run %s was killed; the register says so now\n", run.ID)
	}
	return closed
}

// closeAs closes a run that did not close itself, and seals what is there of it.
func (r *registration) closeAs(ctx context.Context, v *register.View, run register.Run, folder, reason string) error {
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		_, err := r.register.Close(ctx, run.ID, register.Close{Exit: exitStopped, Reason: reason + "; its run folder is gone"})
		return err
	}
	place, err := v.Place(run)
	if err != nil {
		return err
	}
	c := seal.Closing{Folder: folder, Run: run.ID, Exit: exitStopped, Reason: reason, Place: &place}
	rec, whole := r.judged(harness.Folder(folder))
	if rec != nil {
		c.Record, c.Exit = rec, record.ExitCode(*rec)
	}
	if whole {
		c.Reason = ""
	}
	return r.seal(ctx, c)
}

// judged gives the record of a run; whole: it made its own. One that was killed
// before is judged by what it has left, if that can be judged at all.
func (r *registration) judged(folder harness.Folder) (rec *record.Record, whole bool) {
	if rec, err := readRecord(folder); err == nil {
		return &rec, true
	}
	rec, err := harness.Judge(folder)
	if err == nil {
		err = harness.WriteRecord(folder, rec)
	}
	if err != nil {
		fmt.Fprintf(r.p.Stderr, "note: there is no record of run %s: %v\n", folder.ID(), err)
		return nil, false
	}
	if err := writeReports(folder, *rec); err != nil {
		fmt.Fprintf(r.p.Stderr, "note: not all reports of run %s: %v\n", folder.ID(), err)
	}
	return rec, false
}

// closeByHand closes a run at somebody's word, if nobody is at it.
func (r *registration) closeByHand(ctx context.Context, named, out, reason string) error {
	id := filepath.Base(filepath.Clean(named))
	v, err := r.register.View(ctx)
	if err != nil {
		return r.refusal(err)
	}
	run, ok := v.Run(id, time.Now())
	switch {
	case !ok:
		return usage(fmt.Errorf("run %s is not in the register %s", id, r.register.Where()))
	case run.Close != nil:
		return usage(&register.ClosedError{Run: id, Leaf: run.ClosedBy})
	case r.room.GoesOn(id):
		return usage(fmt.Errorf("run %s still goes on; `maildrill abort %s` ends it", id, id))
	}
	folder := runNamed(out, named)
	if _, err := readRecord(harness.Folder(folder)); err != nil && reason == "" {
		return usage(errors.New("the run has no record in its folder: say with --reason why it ended without a verdict"))
	}
	if err := r.closeAs(ctx, v, run, folder, reason); err != nil {
		return err
	}
	if mark, _, gone := r.room.Find(id); gone {
		mark.End()
	}
	fmt.Fprintf(r.p.Stdout, "run %s is closed\n", id)
	return nil
}
