package console

import (
	"slices"

	"maildrill/harness/exercise"
)

// move leads an exercise from one state to another.
type move struct {
	Name  string // what the form says
	Label string
	Tone  string // of the button
	From  []exercise.State
	To    exercise.State
	right right
}

// moves are those of the console. What takes a key or a process (to sign, to start a
// drill) the board may refuse, and then says what to do instead.
var moves = []move{
	{"approve", "Approve", "good", []exercise.State{exercise.Draft}, exercise.Approved, approves},
	{"brief", "Briefed", "", []exercise.State{exercise.Approved}, exercise.Briefed, leads},
	{"go", "Go", "good", []exercise.State{exercise.Briefed}, exercise.Go, decides},
	{"no-go", "No-go", "bad", []exercise.State{exercise.Briefed, exercise.Go}, exercise.Approved, decides},
	{"start", "Start", "good", []exercise.State{exercise.Go}, exercise.Running, leads},
	{"hold", "Hold", "", []exercise.State{exercise.Running}, exercise.Hold, leads},
	{"resume", "Resume", "good", []exercise.State{exercise.Hold}, exercise.Running, leads},
	{"end", "End of play", "", []exercise.State{exercise.Running, exercise.Hold, exercise.Stopped}, exercise.Recovered, leads},
	{"hotwash", "Begin the debriefing", "", []exercise.State{exercise.Recovered}, exercise.Debrief, leads},
	{"close", "Close", "", []exercise.State{exercise.Signed}, exercise.Closed, closes},
}

// movesFrom are the moves that a role may make now.
func movesFrom(s exercise.State, r Role) (all []move) {
	for _, m := range moves {
		if slices.Contains(m.From, s) && r.may(m.right) {
			all = append(all, m)
		}
	}
	return all
}

func moveNamed(name string) (move, bool) {
	i := slices.IndexFunc(moves, func(m move) bool { return m.Name == name })
	if i < 0 {
		return move{}, false
	}
	return moves[i], true
}
