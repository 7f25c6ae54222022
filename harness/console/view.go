package console

import (
	"slices"
	"time"

	"maildrill/harness/exercise"
)

// view is what one role sees of an exercise. It is a pure function of a look.
type view struct {
	exercise.Record
	Role    Role
	Now     time.Time
	Clocks  []ticker
	Targets []target
	Lanes   []lane
	Live    *exercise.Live
	Windows []exercise.Window
	Waiting []waiting // injects that are to come, the next first
	Past    []exercise.Inject
	Latest  []exercise.Note // newest first
	Moves   []move
	Last    *exercise.Transition // how the state was reached
	Roll    roll
	Open    int // lines of the card that nobody has answered
}

// ticker is a time that goes on by itself in the page.
type ticker struct {
	Label string
	At    time.Time // counts up from here, or down to here
	Down  bool
	Still *time.Time // when it stopped; nil: it runs
	now   time.Time
}

// Text is what the ticker shows now.
func (t ticker) Text() string {
	now := t.now
	if t.Still != nil {
		now = *t.Still
	}
	if t.Down {
		return clock(t.At.Sub(now))
	}
	return clock(now.Sub(t.At))
}

// waiting is an inject to come. Due nil: on demand.
type waiting struct {
	exercise.Inject
	Due *ticker
}

type roll struct {
	Answered, Called, Quorum int
	Until                    *ticker
}

// mostNotes is how many notes the live view has; the report has all.
const mostNotes = 40

func newView(l *look, role Role) view {
	v := view{Record: l.Record, Role: role, Now: l.At, Live: l.Live}
	v.Clocks = v.clocks()
	v.splitInjects()
	v.Moves = movesFrom(l.Record.State, role)
	if n := len(l.Record.Transitions); n > 0 {
		v.Last = &l.Record.Transitions[n-1]
	}
	v.Windows = v.windows()
	if l.Live != nil {
		v.Targets = v.targets()
		v.Lanes = lanes(l.Live)
	}
	v.Latest = slices.Clone(l.Record.Notes[max(0, len(l.Record.Notes)-mostNotes):])
	slices.Reverse(v.Latest)
	v.Roll = v.roll()
	for _, a := range l.Record.Card {
		if a.State == "open" || a.State == "" {
			v.Open++
		}
	}
	return v
}

// clocks: since the fault if there is one, else since the start, and since a hold.
func (v view) clocks() (all []ticker) {
	switch {
	case v.Fault != nil:
		all = append(all, ticker{Label: "since the fault", At: *v.Fault, Still: v.Ended, now: v.Now})
	case v.Started != nil:
		all = append(all, ticker{Label: "since the start, no fault yet", At: *v.Started, Still: v.Ended, now: v.Now})
	}
	if v.HeldSince != nil {
		all = append(all, ticker{Label: "on hold", At: *v.HeldSince, now: v.Now})
	}
	return all
}

func (v *view) splitInjects() {
	for _, i := range v.Injects {
		switch {
		case i.Released != nil:
			v.Past = append(v.Past, i)
		case !i.Surprise || v.Role.may(surprises):
			v.Waiting = append(v.Waiting, waiting{i, v.due(i)})
		}
	}
	v.Injects = nil // the templates see what the role may see
	slices.SortStableFunc(v.Waiting, func(a, b waiting) int { return sooner(a.Due, b.Due) })
	slices.SortStableFunc(v.Past, func(a, b exercise.Inject) int { return b.Released.Compare(*a.Released) })
}

// due is when an inject releases itself. Play that stands still puts it off.
func (v view) due(i exercise.Inject) *ticker {
	if i.Due == nil || v.Started == nil {
		return nil
	}
	at := v.Started.Add(seconds(*i.Due + v.Held))
	t := &ticker{At: at, Down: true, Still: v.Ended, now: v.Now}
	if v.HeldSince != nil {
		t.Still = v.HeldSince
	}
	return t
}

func sooner(a, b *ticker) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return 1
	case b == nil:
		return -1
	}
	return a.At.Compare(b.At)
}

// windows are those of the drill that runs, else those of the one that ended. One
// that waits would tell of a surprise to come.
func (v view) windows() (all []exercise.Window) {
	if v.Live == nil && v.Drill != nil {
		for _, f := range v.Drill.Faults {
			all = append(all, exercise.Window{Step: f.Step, Kind: f.Kind, On: f.On, From: f.Injected, Until: f.Reverted, Proof: proof(f)})
		}
		return all
	}
	if v.Live == nil {
		return nil
	}
	if v.Role.may(surprises) {
		return v.Live.Windows
	}
	return slices.DeleteFunc(slices.Clone(v.Live.Windows), func(w exercise.Window) bool { return w.From == nil })
}

// proof is the furthest that is proven of a fault.
func proof(f exercise.Fault) string {
	switch {
	case f.Clean:
		return "clean"
	case f.Effective:
		return "effective"
	case f.Injected != nil:
		return "installed"
	}
	return "waiting"
}

func (v view) roll() roll {
	var r roll
	if v.RollCall == nil {
		return r
	}
	var last time.Time
	for _, c := range v.RollCall.Calls {
		r.Called++
		if c.Answered != nil {
			r.Answered++
		}
		if c.Sent.After(last) {
			last = c.Sent
		}
	}
	r.Quorum = v.RollCall.Quorum
	if !last.IsZero() && r.Answered < r.Quorum {
		r.Until = &ticker{At: last.Add(seconds(v.RollCall.Within)), Down: true, now: v.Now}
	}
	return r
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
