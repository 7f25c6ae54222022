package gameday

import (
	"encoding/json"
	"fmt"

	"maildrill/harness/exercise"
)

// Words is an event as one line for people; empty: it is of no interest to them.
func Words(e exercise.Event) string {
	var d struct {
		ID, To, Why, State, Detail, Result, Note, Kind, Text, Person, Channel, Failed, Step, Node, Verdict, Outcome, Title, What, Status, Capability, Rating string
		Lost                                                                                                                                                 bool
	}
	// Other kinds have other keys; a value of another type leaves the rest unread,
	// which costs words and nothing else.
	_ = json.Unmarshal(e.Data, &d)
	who := e.By
	if e.Role != "" && e.Role != e.By {
		who = fmt.Sprintf("%s (%s)", e.By, e.Role)
	}
	line := func(format string, args ...any) string {
		return e.At.Format("15:04:05Z") + "  " + fmt.Sprintf(format, args...)
	}
	failed := ""
	if d.Failed != "" {
		failed = ", which FAILED: " + d.Failed
	}
	switch e.Kind {
	case exercise.Created:
		return line("%s makes the exercise", who)
	case exercise.StateChanged:
		return line("%s: %s%s", who, d.To, because(d.Why))
	case exercise.CardAnswered:
		return line("%s says %s to %s%s", who, d.State, d.ID, because(d.Detail))
	case exercise.RollCalled:
		return line("%s calls %s over %s%s", who, d.Person, d.Channel, failed)
	case exercise.RollAnswered:
		return line("%s answers the roll-call", who)
	case exercise.NoticeSent:
		return line("%s sends notice %s%s", who, d.ID, failed)
	case exercise.NoticeAnswered:
		return line("%s acknowledges a notice", who)
	case exercise.InjectAsked:
		return line("%s asks for inject %s", who, d.ID)
	case exercise.InjectReleased:
		return line("inject %s is released%s", d.ID, failed)
	case exercise.StepChanged:
		return line("%s: step %s %s%s", who, d.ID, d.Result, because(d.Note))
	case exercise.Marked:
		return line("%s: %s", who, d.Kind)
	case exercise.Noted:
		return line("%s notes: %s", who, d.Text)
	case exercise.Said:
		return line("%s says over %s: %s%s", who, d.Channel, d.Text, failed)
	case exercise.DrillSaid:
		return line("the drill: %s %s %s", d.Text, d.Step, d.Node)
	case exercise.DrillEnded:
		return line("the drill is over: %s", d.Verdict)
	case exercise.LeaderLeft:
		if d.Lost {
			return line("the leading process was killed")
		}
	case exercise.Found:
		return line("%s finds: %s", who, d.Text)
	case exercise.ActionChanged:
		return line("%s: action %s%s %s", who, d.ID, d.Title, d.Status)
	case exercise.Debriefed:
		return line("%s answers the four questions", who)
	case exercise.Judged:
		return line("%s: hypothesis %s is %s%s", who, d.ID, d.Outcome, because(d.Why))
	case exercise.Rated:
		return line("%s rates %s: %s", who, d.Capability, d.Rating)
	case exercise.RiskAccepted:
		return line("%s accepts a risk: %s", who, d.What)
	case exercise.SignedOff:
		return line("%s signs", who)
	}
	return ""
}

func because(why string) string {
	if why == "" {
		return ""
	}
	return " (" + why + ")"
}
