package exercise

import (
	"fmt"
	"slices"
	"time"
)

func lookRollCall(r *Record) (string, string, bool) {
	if r.RollCall == nil || len(r.RollCall.Calls) == 0 {
		return "the roll was not called", "nobody was called", false
	}
	reached, silent := map[string]bool{}, []string{}
	for _, c := range r.RollCall.Calls {
		if c.Answered != nil && c.Answered.Sub(c.Sent).Seconds() <= r.RollCall.Within {
			reached[c.Role] = true
		}
	}
	for _, c := range r.RollCall.Calls {
		if !reached[c.Role] && !slices.Contains(silent, c.Role) {
			silent = append(silent, c.Role)
		}
	}
	measured := fmt.Sprintf("%d answered within %s, %d are needed", len(reached), length(r.RollCall.Within), r.RollCall.Quorum)
	if len(reached) < r.RollCall.Quorum {
		return measured, "not reached: " + join(silent), true
	}
	return measured, "", true
}

func lookNotices(r *Record) (string, string, bool) {
	sent, wrong := 0, []string{}
	for _, n := range r.Notices {
		switch late := r.tooLate(n); {
		case n.Sent == nil && n.Failed != "":
			wrong = append(wrong, n.ID+" did not go out")
		case n.Sent == nil:
			wrong = append(wrong, n.ID+" was not sent")
		case late != "":
			wrong = append(wrong, late)
		default:
			sent++
		}
	}
	return fmt.Sprintf("%d of %d went out in time", sent, len(r.Notices)), join(wrong), len(r.Notices) > 0
}

// tooLate says how a notice missed its time.
func (r *Record) tooLate(n Notice) string {
	switch {
	case n.Sent == nil || r.Started == nil:
		return ""
	case n.When == "before" && r.Started.Sub(*n.Sent).Seconds() < n.Lead:
		return fmt.Sprintf("%s went out %s before the start, not %s", n.ID, length(max(0, r.Started.Sub(*n.Sent).Seconds())), length(n.Lead))
	case n.When == "after" && r.Ended != nil && n.Sent.Before(*r.Ended):
		return n.ID + " went out before the end"
	}
	return ""
}

func acknowledges(r *Record) bool {
	return slices.ContainsFunc(r.Notices, func(n Notice) bool { return n.Acknowledge })
}

func lookAcknowledged(r *Record) (string, string, bool) {
	asked, answered, silent := 0, 0, []string{}
	for _, n := range r.Notices {
		if !n.Acknowledge {
			continue
		}
		if asked++; n.Answered != nil {
			answered++
		} else {
			silent = append(silent, n.ID+" ("+n.Audience+")")
		}
	}
	wrong := ""
	switch {
	case asked == 0:
		wrong = "no notice had to be acknowledged"
	case len(silent) > 0:
		wrong = "not acknowledged: " + join(silent)
	}
	return fmt.Sprintf("%d of %d", answered, asked), wrong, asked > 0
}

func lookPlan(r *Record) (string, string, bool) {
	at := r.Created
	if r.Started != nil {
		at = *r.Started
	}
	age, ok := days(r.Plan.Reviewed, at)
	if !ok {
		return "not known when it was reviewed", "the day of its review is missing", false
	}
	measured := fmt.Sprintf("reviewed %d days before", age)
	switch {
	case age > r.Plan.WithinDays:
		return measured, fmt.Sprintf("its review is older than %d days", r.Plan.WithinDays), true
	case r.Scenario == "":
		return measured, "", true
	case r.Plan.Topology == "" || r.Facts == nil || r.Facts.Topology == "":
		return measured, "it names no topology, so nothing was compared", false
	case r.Plan.Topology != r.Facts.Topology:
		return measured, "the topology was changed since: the plan is stale", true
	}
	return measured + ", of the topology that was drilled", "", true
}

// days is how many days lie between a day and a time.
func days(from string, to time.Time) (int, bool) {
	t, err := time.Parse(time.DateOnly, from)
	if err != nil {
		return 0, false
	}
	return int(to.Sub(t).Hours() / 24), true
}

func lookRoles(r *Record) (string, string, bool) {
	filled, empty := 0, []string{}
	for _, p := range r.People {
		switch {
		case p.Waived != "":
		case p.Acted != "" || r.answeredRoll(p) || p.Role == "observer" || p.Role == "auditor":
			filled++
		default:
			empty = append(empty, p.Role)
		}
	}
	wrong := ""
	if len(empty) > 0 {
		wrong = "nothing was seen of: " + join(empty)
	}
	return fmt.Sprintf("%d of %d", filled, filled+len(empty)), wrong, len(r.People) > 0
}

func (r *Record) answeredRoll(p Person) bool {
	return r.RollCall != nil && slices.ContainsFunc(r.RollCall.Calls, func(c Call) bool { return c.Role == p.Role && c.Answered != nil })
}

func trainings(r *Record) bool {
	return slices.ContainsFunc(r.People, func(p Person) bool { return p.Trained != "" })
}

func lookTrained(r *Record) (string, string, bool) {
	trained, wrong := 0, []string{}
	for _, p := range r.People {
		age, ok := days(p.Trained, r.Created)
		switch {
		case p.Waived != "" || p.Role == "observer" || p.Role == "auditor":
		case !ok:
			wrong = append(wrong, p.Role+" was never trained")
		case age > p.WithinDays:
			wrong = append(wrong, fmt.Sprintf("%s was trained %d days before, more than %d", p.Role, age, p.WithinDays))
		default:
			trained++
		}
	}
	return fmt.Sprintf("%d of %d", trained, trained+len(wrong)), join(wrong), len(r.People) > 0
}
