package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"maildrill/harness"
	"maildrill/harness/docker"
	"maildrill/harness/exercise"
	"maildrill/harness/gameday"
	"maildrill/harness/record"
	"maildrill/scenarios"
)

// restoreAge is how old the proof of a restore may be.
const restoreAge = 92 * 24 * time.Hour

// looker answers one line of the card: whether it is a go, and what was seen.
type looker func(ctx context.Context) (ok bool, seen string)

// lookers are what maildrill answers itself, by line.
func (p *process) lookers(log *gameday.Log, r exercise.Record, runtime, out string) map[string]looker {
	return map[string]looker{
		exercise.LineRoles:       func(context.Context) (bool, string) { return rolesFilled(r) },
		exercise.LineChannel:     func(context.Context) (bool, string) { return channelAnswered(r) },
		exercise.LineTopology:    func(context.Context) (bool, string) { return p.topologyApproved(log, r, runtime) },
		exercise.LineRestore:     func(ctx context.Context) (bool, string) { return p.restoreProven(ctx, out) },
		exercise.LineStop:        p.stopTried,
		exercise.LineCalibration: p.calibrated,
		exercise.LineLeftovers:   p.nothingLeft,
	}
}

func rolesFilled(r exercise.Record) (bool, string) {
	filled, waived := 0, 0
	for _, k := range r.People {
		switch {
		case k.Waived != "":
			waived++
		case k.Name == "":
			return false, "nobody is " + k.Role
		default:
			filled++
		}
	}
	return filled > 0, fmt.Sprintf("%d filled, %d waived", filled, waived)
}

func channelAnswered(r exercise.Record) (bool, string) {
	if r.RollCall == nil || len(r.RollCall.Calls) == 0 {
		return false, "the roll was not called: maildrill gameday rollcall"
	}
	roles := map[string]bool{}
	for _, c := range r.RollCall.Calls {
		if c.Answered != nil {
			roles[c.Role] = true
		}
	}
	return len(roles) >= r.RollCall.Quorum, fmt.Sprintf("%d answered, %d are needed", len(roles), r.RollCall.Quorum)
}

func (p *process) topologyApproved(log *gameday.Log, r exercise.Record, runtime string) (bool, string) {
	now, err := p.topologyOf(log, r, runtime)
	if err != nil {
		return false, err.Error()
	}
	approved := ""
	for _, t := range r.Transitions {
		if t.To == exercise.Approved && t.Digest != "" {
			approved = t.Digest
		}
	}
	if approved == "" || now != approved {
		return false, fmt.Sprintf("approved was %.19s, today it is %.19s: approve it again", approved, now)
	}
	return true, fmt.Sprintf("%.19s", now)
}

// restoreProven looks for a drill of a restore that passed on real servers, in the
// folder of runs beside that of the exercises, and in the exercises.
func (p *process) restoreProven(ctx context.Context, out string) (bool, string) {
	newest := time.Time{}
	name := ""
	if exists("runs") {
		if runs, err := p.pastRuns(ctx, "runs", false); err == nil {
			for _, run := range runs {
				passed := run.Expected != nil && *run.Expected && !run.Simulated && string(run.Outcome) == string(record.Passed)
				if passed && slices.Contains(run.Scenario.Mitigations, "backup-restore") && run.Started.After(newest) {
					newest, name = run.Started, run.Scenario.Name
				}
			}
		}
	}
	earlier, _ := p.exercises(out)
	for _, r := range earlier {
		if r.Verdict == exercise.Passed && !r.Simulated && r.Scenario != "" && slices.Contains(r.Mitigations, "backup-restore") && r.Ended.After(newest) {
			newest, name = *r.Ended, r.Name
		}
	}
	if newest.IsZero() {
		return false, "no drill of a restore has passed here: maildrill run store-disk-lost-restored"
	}
	age := time.Since(newest)
	return age <= restoreAge, fmt.Sprintf("%s passed %d days ago", name, int(age.Hours()/24))
}

// stopTried plays a small drill in this process and stops it as abort does.
func (p *process) stopTried(ctx context.Context) (bool, string) {
	scratch, err := os.MkdirTemp("", "maildrill-stop-")
	if err != nil {
		return false, err.Error()
	}
	defer os.RemoveAll(scratch)
	file := filepath.Join(scratch, "stop.yaml")
	if err := os.WriteFile(file, []byte(stopDrill), 0o644); err != nil {
		return false, err.Error()
	}
	quiet := *p
	quiet.Stdout, quiet.Stderr = discard{}, discard{}
	var asked time.Time
	var folder harness.Folder
	quiet.stands = func(s harness.Status) {
		if len(s.Faults) > 0 && s.Faults[0].State == "held" && asked.IsZero() {
			asked = time.Now()
			_ = folder.RequestAbort("the stop is tried")
		}
	}
	quiet.began = func(f harness.Folder) { folder = f }
	o := runOptions{jobs: 1, runtime: "embedded", out: filepath.Join(scratch, "runs"), names: []string{file}, lease: 5 * time.Second}
	all, err := quiet.collect(o)
	if err != nil {
		return false, err.Error()
	}
	s := &session{p: &quiet, o: o, trials: all, runtime: quiet.runtime, registration: &registration{p: &quiet}, prompt: newPrompt(&quiet)}
	results, err := s.play(ctx)
	if err != nil || len(results) != 1 || results[0].record == nil {
		return false, "the drill that tries the stop could not be played"
	}
	rec := results[0].record
	clean := rec.Verdict == record.Aborted && !rec.Dirty && len(rec.Faults) == 1 && rec.Faults[0].Reverted
	return clean, fmt.Sprintf("a simulated drill was stopped: %s, its fault reverted, %.1f s after it was asked", rec.Verdict, time.Since(asked).Seconds())
}

type discard struct{}

func (discard) Write(b []byte) (int, error) { return len(b), nil }

// calibrated runs the quick calibration, which takes half a minute.
func (p *process) calibrated(ctx context.Context) (bool, string) {
	scratch, err := os.MkdirTemp("", "maildrill-calibration-")
	if err != nil {
		return false, err.Error()
	}
	defer os.RemoveAll(scratch)
	quiet := *p
	quiet.Stdout, quiet.Stderr = discard{}, discard{}
	if err := quiet.calibrate(ctx, calibrateOptions{quick: true, seed: 1, out: scratch}); err != nil {
		return false, "the quick calibration is not green; maildrill calibrate says in what, and whether the host was too busy"
	}
	return true, "the quick calibration is green"
}

// nothingLeft asks the engine for what killed runs have left.
func (p *process) nothingLeft(ctx context.Context) (bool, string) {
	all, err := docker.Leftovers(ctx)
	if err != nil {
		return false, "the engine could not be asked: " + err.Error()
	}
	left := slices.DeleteFunc(slices.Clone(all), func(l docker.Leftover) bool { return l.Alive })
	switch {
	case len(left) > 0:
		return false, fmt.Sprintf("of %d runs something is left: maildrill cleanup", len(left))
	case len(all) > 0:
		return true, fmt.Sprintf("nothing; %d drills run beside it", len(all))
	}
	return true, "nothing on the engine"
}

// facts looks up what the checks need once play is over.
func (p *process) facts(log *gameday.Log, out string) gameday.Looker {
	return func(ctx context.Context, r exercise.Record) exercise.Facts {
		f := exercise.Facts{At: time.Now().UTC(), Overdue: []string{}, Open: []string{}, Regressions: []string{}}
		if r.Scenario != "" {
			if digest, err := p.topologyOf(log, r, "docker"); err == nil {
				f.Topology = digest
			}
		}
		earlier, _ := p.exercises(out)
		gameday.Follow(&f, r, log.Plan().Follows, earlier, f.At)
		if name := log.Plan().Programme; name != "" {
			p.programmeFacts(ctx, &f, name, r.Base, earlier)
		}
		return f
	}
}

// stopDrill is what the stop is tried on.
var stopDrill = strings.TrimSpace(`
apiVersion: ` + scenarios.APIVersion + `
kind: Scenario
metadata: {name: stop-is-tried, title: A fault is held until somebody stops the drill}
topology: single-server
workload: {rate: 5/s, mailboxes: 2, entry: mx}
phases: {baseline: 3s, observe: 30s}
timeline:
  - {id: held, at: 0s, fault: node.crash, on: mail1, for: 5m}
objectives: {loss: {max: 100%}}
`)
