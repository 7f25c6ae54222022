package words

import (
	"cmp"
	"fmt"
	"strings"

	"maildrill/harness/record"
)

// ActionName is how an action is called: "flush: flush on mx2".
func ActionName(a record.Action) string {
	name := Plain(a.Step) + ": " + Plain(a.Kind)
	if len(a.Targets) > 0 {
		name += " on " + List(a.Targets)
	}
	return name
}

// ActionWord says how an action went: "done", "failed: ..." or "not reached".
func ActionWord(a record.Action) string {
	why := cmp.Or(Plain(a.Error), "no reason given")
	switch a.Result {
	case record.Done, record.NotReached, record.NotAcknowledged:
		return string(a.Result)
	case record.TimedOut, record.Cancelled:
		if a.Error == "" {
			return string(a.Result)
		}
		return fmt.Sprintf("%s (%s)", a.Result, why)
	}
	return "failed: " + why
}

// ActionSpan says from when to when an action was carried out; empty if it was
// not reached.
func ActionSpan(a record.Action) string {
	if a.Began == nil || a.Ended == nil {
		return ""
	}
	return Moment(&record.Interval{Low: *a.Began, High: a.Ended})
}

// ActionTook says how long an action took; empty: nobody knows.
func ActionTook(a record.Action) string {
	if a.Began == nil || a.Ended == nil {
		return ""
	}
	return fmt.Sprintf("%.1f s", *a.Ended-*a.Began)
}

// ActionWho says who did it: maildrill for its operators, or a person.
func ActionWho(a record.Action) string {
	switch {
	case a.Result == record.NotReached:
		return ""
	case a.Kind != record.Manual:
		return "maildrill"
	case a.AcknowledgedBy == "":
		return "nobody"
	case a.Via == "":
		return Plain(a.AcknowledgedBy)
	}
	return fmt.Sprintf("%s (%s)", Plain(a.AcknowledgedBy), Plain(a.Via))
}

// ActionSaid is what people were told and what they said to it.
func ActionSaid(a record.Action) string {
	var said []string
	if a.Text != "" {
		said = append(said, Plain(a.Text))
	}
	if a.Note != "" {
		said = append(said, "note: "+Plain(a.Note))
	}
	return strings.Join(said, "; ")
}

// ByHand tells how much of an outage manual steps were waited for, and what was
// left to machines; empty: there was no manual step.
func ByHand(o record.Outage) string {
	if o.Manual == nil {
		return ""
	}
	said := fmt.Sprintf("%.1f s of it by hand", *o.Manual)
	if o.RTA.High != nil {
		said += fmt.Sprintf(", %.1f s by machines", max(0, *o.RTA.High-*o.Manual))
	}
	return said
}
