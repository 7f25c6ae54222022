package exercise

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

func lookDrill(r *Record) (string, string, bool) {
	d := r.Drill
	switch {
	case d == nil || d.Verdict == "":
		return "there is no record of a drill", "the drill has no verdict", false
	case d.Dirty:
		return d.Verdict, "its clean-up could not be proven", true
	case !d.AsDeclared:
		return d.Verdict, "its scenario declares another end: " + d.Reason, true
	}
	return d.Verdict, "", true
}

func lookHypotheses(r *Record) (string, string, bool) {
	count := map[string]int{}
	for _, h := range r.Hypotheses {
		count[h.Outcome]++
	}
	measured := fmt.Sprintf("%d confirmed, %d refuted", count["confirmed"], count["refuted"])
	if count["open"] > 0 || len(r.Hypotheses) == 0 {
		return measured, fmt.Sprintf("%d are not decided", count["open"]), false
	}
	return measured, "", true
}

func lookRunbook(r *Record) (string, string, bool) {
	count, open := map[string]int{}, []string{}
	slow := 0
	for _, s := range r.Steps {
		count[s.Result]++
		if s.Result == "open" || s.Result == "begun" || s.Result == "failed" {
			open = append(open, s.ID+" "+s.Result)
		}
		if s.Took != nil && s.Expect > 0 && *s.Took > s.Expect {
			slow++
		}
	}
	measured := fmt.Sprintf("%d done, %d skipped, %d slower than planned", count["done"], count["skipped"], slow)
	wrong := ""
	if len(open) > 0 {
		wrong = "not done: " + join(open)
	}
	return measured, wrong, count["done"] > 0 || wrong != ""
}

func lookLevels(r *Record) (string, string, bool) {
	var said, wrong []string
	measured := true
	for _, l := range r.Levels {
		if l.Longest == nil || l.Observed == nil {
			measured = false
			continue
		}
		said = append(said, fmt.Sprintf("%s: out for %s at most, %.2f%% there", l.Service, length(*l.Longest), *l.Observed))
		if l.Recovery > 0 && *l.Longest > l.Recovery {
			wrong = append(wrong, fmt.Sprintf("%s agreed to %s for %s", l.Provider, length(l.Recovery), l.Service))
		}
		if l.Availability > 0 && *l.Observed < l.Availability {
			wrong = append(wrong, fmt.Sprintf("%s agreed to %g%% for %s", l.Provider, l.Availability, l.Service))
		}
	}
	return strings.Join(said, "; "), join(wrong), measured && len(r.Levels) > 0
}

func lookProgramme(r *Record) (string, string, bool) {
	if r.Facts == nil || r.Facts.Programme == "" {
		return "no programme was looked at", "no programme was looked at", false
	}
	wrong := ""
	if len(r.Facts.Overdue) > 0 {
		wrong = "overdue: " + join(r.Facts.Overdue)
	}
	return fmt.Sprintf("%d overdue in %s", len(r.Facts.Overdue), r.Facts.Programme), wrong, true
}

func lookActions(r *Record) (string, string, bool) {
	var wrong []string
	for _, f := range r.Findings {
		if !r.answered(f.ID) {
			wrong = append(wrong, f.ID+" has no action")
		}
	}
	looked := 0
	if r.Facts != nil {
		looked = r.Facts.Followed
		for _, a := range r.Facts.Open {
			wrong = append(wrong, a+" is past its date")
		}
	}
	return fmt.Sprintf("%d findings, %d actions, %d earlier exercises looked at", len(r.Findings), len(r.Actions), looked), join(wrong),
		looked > 0 || len(r.Findings) > 0
}

func lookRegressions(r *Record) (string, string, bool) {
	if r.Facts == nil || r.Facts.Compared == 0 {
		return "nothing to compare with", "there is no earlier run to compare with", false
	}
	measured := fmt.Sprintf("%d worse than in the %d runs before", len(r.Facts.Regressions), r.Facts.Compared)
	var open []string
	for _, worse := range r.Facts.Regressions {
		objective, _, _ := strings.Cut(worse, ":")
		if !slices.ContainsFunc(r.Actions, func(a Action) bool { return r.settles(a, objective) }) {
			open = append(open, worse)
		}
	}
	if len(open) > 0 {
		return measured, "no action that names it led to a passing retest: " + join(open), true
	}
	return measured, "", true
}

// settles tells whether an action is over, and about an objective: by its own words,
// or by those of its finding.
func (r *Record) settles(a Action, objective string) bool {
	if a.Status != "verified" && a.Status != "accepted" {
		return false
	}
	about := a.Title
	for _, f := range r.Findings {
		if f.ID == a.Finding {
			about += " " + f.Text
		}
	}
	return strings.Contains(about, objective)
}

// length is a time in words: "4m10s".
func length(seconds float64) string {
	return time.Duration(seconds * float64(time.Second)).Round(100 * time.Millisecond).String()
}
