package gameday

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"maildrill/harness"
	"maildrill/harness/exercise"
	"maildrill/harness/ledger"
)

// laneLength is how many seconds of each service are shown.
const laneLength = 300

// screen keeps live.json, which the console shows, and writes the drill's own
// milestones into the log. Nothing of it holds the drill up.
type screen struct {
	log   *Log
	lines chan exercise.Progress
	done  chan struct{}

	mu      sync.Mutex
	live    exercise.Live
	written time.Time
}

func newScreen(log *Log) *screen {
	s := &screen{log: log, lines: make(chan exercise.Progress, 256), done: make(chan struct{})}
	s.live.Lanes, s.live.Windows, s.live.Targets = []exercise.Lane{}, []exercise.Window{}, map[string]float64{}
	go func() {
		defer close(s.done)
		for p := range s.lines {
			_, _ = log.Append(exercise.Machine(), exercise.DrillSaid, p) // the drill's own history has it too
		}
	}()
	return s
}

func (s *screen) close() {
	close(s.lines)
	<-s.done
}

// began notes the run folder as soon as there is one.
func (s *screen) began(f harness.Folder, targets map[string]float64) {
	s.mu.Lock()
	s.live.Targets = targets
	s.mu.Unlock()
	_, _ = s.log.Append(exercise.Machine(), exercise.DrillBegan, exercise.Drill{Run: f.ID(), Folder: string(f), Started: time.Now().UTC()})
}

// milestones are the events of a drill that people follow, in words.
var milestones = map[string]string{
	ledger.FaultInjected: "fault injected", ledger.FaultReverted: "fault reverted", ledger.FaultClean: "fault proven gone",
	ledger.FaultRefused: "fault refused", ledger.ActionBegan: "action begins", ledger.ActionDone: "action is over", ledger.GuardTripped: "guard tripped",
	ledger.Aborted: "the drill is aborted", ledger.Residue: "something is left",
}

// event keeps what people follow. Proofs and readings come many times a second.
func (s *screen) event(e ledger.Event) {
	text, ok := milestones[e.Kind]
	if !ok || strings.HasPrefix(e.Step, "release-") {
		return
	}
	s.say(exercise.Progress{Kind: e.Kind, Step: e.Step, Node: e.Node, Text: text})
}

// say keeps a line for the log.
func (s *screen) say(p exercise.Progress) {
	select {
	case s.lines <- p:
	default: // the disk is slower than the drill; its own history is whole
	}
}

// status writes live.json, once a second.
func (s *screen) status(st harness.Status) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now().UTC()
	if now.Sub(s.written) < time.Second {
		return
	}
	if st.Phase != s.live.Phase {
		s.say(exercise.Progress{Kind: ledger.PhaseBegan, Text: "phase " + st.Phase})
	}
	s.written, s.live.At, s.live.Phase = now, now, st.Phase
	for name, up := range st.Services {
		s.lane(name, up, now)
	}
	slices.SortFunc(s.live.Lanes, func(a, b exercise.Lane) int { return strings.Compare(a.Service, b.Service) })
	s.live.Counters = exercise.Counters{Offered: st.Mail.Planned, Accepted: st.Mail.Accepted,
		Refused: st.Mail.RejectedTemporary + st.Mail.RejectedPermanent, Queued: st.Queue}
	s.windows(st.Faults, now)
	if b, err := json.Marshal(s.live); err == nil {
		_ = replace(s.log.folder.live(), b)
	}
}

// lane adds a cell to a service.
func (s *screen) lane(name string, up bool, now time.Time) {
	i := slices.IndexFunc(s.live.Lanes, func(l exercise.Lane) bool { return l.Service == name })
	if i < 0 {
		s.live.Lanes = append(s.live.Lanes, exercise.Lane{Service: name, From: now})
		i = len(s.live.Lanes) - 1
	}
	l := &s.live.Lanes[i]
	cell := "up"
	switch {
	case up:
		l.DownSince = nil
	case l.DownSince == nil:
		l.DownSince = &now
		fallthrough
	default:
		cell = "down"
	}
	l.Cells = append(l.Cells, cell)
	if extra := len(l.Cells) - laneLength; extra > 0 {
		l.Cells, l.From = l.Cells[extra:], l.From.Add(time.Duration(extra)*time.Second)
	}
}

func (s *screen) windows(faults []harness.FaultStatus, now time.Time) {
	for _, f := range faults {
		i := slices.IndexFunc(s.live.Windows, func(w exercise.Window) bool { return w.Step == f.Step })
		if i < 0 {
			s.live.Windows = append(s.live.Windows, exercise.Window{Step: f.Step, Kind: f.Kind})
			i = len(s.live.Windows) - 1
		}
		w := &s.live.Windows[i]
		w.Proof = proof(f)
		if w.From == nil && f.Installed {
			w.From = &now
		}
		if w.Until == nil && f.State == "clean" && w.From != nil {
			w.Until = &now
		}
	}
}

func proof(f harness.FaultStatus) string {
	switch {
	case f.State == "clean" || f.State == "dirty" || f.State == "reverting":
		return f.State
	case f.Effective:
		return "effective"
	case f.Installed:
		return "installed"
	}
	return "waiting"
}

// replace writes a file so that readers see the old or the new one, never half.
func replace(path string, b []byte) error {
	draft, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return err
	}
	defer os.Remove(draft.Name())
	_, err = draft.Write(b)
	if err = errors.Join(err, draft.Chmod(0o644), draft.Close()); err != nil {
		return err
	}
	return os.Rename(draft.Name(), path)
}
