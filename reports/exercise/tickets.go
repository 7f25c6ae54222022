package exercise

import (
	"cmp"
	"encoding/json"
	"io"
	"slices"
	"strings"
	"time"

	"maildrill/harness/exercise"
	"maildrill/reports"
	"maildrill/reports/dossier"
	"maildrill/reports/words"
)

// titleMost is how long a title may be, for both services, in columns.
const titleMost = 250

// found is the label of every ticket.
const found = "found-by: drill"

// GitHub writes the actions that are still to be settled, as a JSON array: each
// element is the body of a POST to /repos/OWNER/REPOSITORY/issues.
func GitHub(w io.Writer, rec exercise.Record) error {
	type issue struct {
		Title     string   `json:"title"`
		Body      string   `json:"body"`
		Labels    []string `json:"labels"`
		Assignees []string `json:"assignees"`
	}
	issues := []issue{}
	for _, a := range toDo(rec) {
		body, err := body(rec, a)
		if err != nil {
			return err
		}
		issues = append(issues, issue{titleOf(a), body, labels(a), []string{}})
	}
	return writeJSON(w, issues)
}

// GitLab writes the actions that are still to be settled, as a JSON array: each
// element is the body of a POST to /projects/ID/issues.
func GitLab(w io.Writer, rec exercise.Record) error {
	type issue struct {
		Title       string `json:"title"`
		Description string `json:"description"`
		Labels      string `json:"labels"`
		Due         string `json:"due_date,omitempty"`
	}
	issues := []issue{}
	for _, a := range toDo(rec) {
		body, err := body(rec, a)
		if err != nil {
			return err
		}
		one := issue{titleOf(a), body, strings.Join(labels(a), ","), ""}
		if _, err := time.Parse(time.DateOnly, a.Due); err == nil {
			one.Due = a.Due
		}
		issues = append(issues, one)
	}
	return writeJSON(w, issues)
}

func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

func toDo(rec exercise.Record) []exercise.Action {
	return slices.DeleteFunc(slices.Clone(rec.Actions), settled)
}

func titleOf(a exercise.Action) string {
	return cmp.Or(words.Cut(words.Plain(a.Title), titleMost), "Action "+words.Cut(words.Plain(a.ID), titleMost/2))
}

// labels are from our own words alone: a label cannot be made by what people
// wrote.
func labels(a exercise.Action) []string {
	if _, ok := priorities[a.Priority]; ok {
		return []string{found, "priority: " + a.Priority}
	}
	return []string{found}
}

// body is Markdown. All of it stands in the items of a list: no line begins with
// what people wrote, so that none is a command to the service.
func body(rec exercise.Record, a exercise.Action) (string, error) {
	var b strings.Builder
	err := reports.MarkdownDocument(&b, dossier.Document{Title: "Found by an exercise",
		Sections: []dossier.Section{{Title: "The action", Blocks: []dossier.Block{dossier.Facts{Facts: factsOf(rec, a)}}}}})
	return b.String(), err
}

// factsOf is what an action says to those who were not there. The owner is named,
// nobody else is.
func factsOf(rec exercise.Record, a exercise.Action) []dossier.Fact {
	t := newTeller(rec, nil)
	facts := []dossier.Fact{{Name: "exercise", Value: strings.TrimSpace(words.Plain(rec.ID) + " " + t.say(rec.Title))}, {Name: "action", Value: words.Plain(a.ID)}}
	add := func(name, value string) {
		if value != "" {
			facts = append(facts, dossier.Fact{Name: name, Value: value})
		}
	}
	add("what", words.Plain(a.Title))
	add("owner", words.Plain(a.Owner))
	add("due", words.Plain(a.Due))
	add("priority", words.Plain(a.Priority))
	add("status", words.Plain(a.Status))
	add("retest run", words.Plain(a.Run))
	if i := slices.IndexFunc(rec.Findings, func(f exercise.Finding) bool { return f.ID == a.Finding && a.Finding != "" }); i >= 0 {
		f := rec.Findings[i]
		add("finding", words.Plain(f.ID)+": "+t.say(f.Text))
		add("analysis", t.say(f.Analysis))
		add("root cause", t.say(f.Cause))
		add("section of the plan", t.say(f.Section))
	}
	return append(facts, dossier.Fact{Name: "closed by", Value: "a passing retest: its run goes into the action"})
}
