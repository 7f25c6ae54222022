package reports

import (
	"maps"
	"slices"
	"strings"

	"maildrill/harness/record"
	"maildrill/reports/words"
)

// actions are what operators did between the faults.
func (s *screen) actions() {
	if len(s.r.Actions) == 0 {
		return
	}
	s.head("actions")
	for _, a := range s.r.Actions {
		said := words.ActionName(a) + ": " + words.ActionWord(a)
		if a.Kind == record.Manual && a.Done() {
			said += " by " + words.ActionWho(a)
		}
		if span := words.ActionSpan(a); span != "" {
			said += ", " + span
		}
		s.flow("  ", said, 2)
		text := words.ActionSaid(a)
		if out := words.Plain(a.Output); out != "" && !a.Done() {
			text = strings.TrimPrefix(text+"; it printed: "+out, "; ")
		}
		if text != "" {
			s.flow("    ", text, 2)
		}
	}
	s.byHand()
}

// byHand tells automatic recovery from that which waited for people.
func (s *screen) byHand() {
	var said []string
	for _, name := range slices.Sorted(maps.Keys(s.r.Services)) {
		for _, o := range s.r.Services[name].Outages {
			if o.Manual != nil && *o.Manual > 0 {
				said = append(said, words.Plain(name)+": "+words.ByHand(o))
			}
		}
	}
	if len(said) > 0 {
		s.flow("  recovery: ", strings.Join(said, "; "), 2)
	}
}
