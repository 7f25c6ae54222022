package reports

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"maildrill/harness/record"
	"maildrill/reports/words"
)

// Place is a line of a file of the user's.
type Place struct {
	File string
	Line int // counts from 1; 0: not known
}

// Locate finds where a scenario says something: the name of an objective or of
// a step.
type Locate func(scenario, what string) Place

// mostAnnotations of a kind are shown by GitHub for one step of a job; it drops
// the others without a word.
const mostAnnotations = 10

// longestMessage bounds what one annotation says, in columns.
const longestMessage = 500

// annotation is one remark beside the code.
type annotation struct {
	kind           string // "error" or "warning"
	place          Place
	title, message string
}

// Annotations writes workflow commands for GitHub Actions: an error for each
// missed objective and each fault that was not proven, a warning for what stayed
// open. There are ten at most of each kind; the last tells of the others.
func Annotations(w io.Writer, runs []Run, wish Wish) error {
	var errors, warnings []annotation
	for _, r := range bySeverity(runs) {
		for _, a := range annotate(r, wish) {
			if a.kind == "error" {
				errors = append(errors, a)
			} else {
				warnings = append(warnings, a)
			}
		}
	}
	for _, a := range append(few(errors), few(warnings)...) {
		if _, err := io.WriteString(w, a.String()); err != nil {
			return err
		}
	}
	return nil
}

func few(all []annotation) []annotation {
	if len(all) <= mostAnnotations {
		return all
	}
	kept := all[: mostAnnotations-1 : mostAnnotations-1]
	return append(kept, annotation{kind: all[0].kind, title: "more", message: fmt.Sprintf("%d more are in the summary and in junit.xml", len(all)-len(kept))})
}

// annotate makes the annotations of one run.
func annotate(r record.Record, wish Wish) []annotation {
	n := &notes{r: r, place: wish.Place}
	switch {
	case wish.Declared && r.Expect != nil && r.Expect.Met:
		return nil
	case wish.Declared:
		n.add("error", "", "not as declared", cmp.Or(words.Expectation(r), "the scenario declares no ending"))
	}
	if r.Dirty {
		n.add("error", "", "DIRTY", words.Dirty(r)+" Run maildrill cleanup.")
	}
	n.objectives()
	n.faults()
	n.actions()
	n.gates()
	n.verdict()
	return n.all
}

// notes are the annotations of one run as they grow.
type notes struct {
	r     record.Record
	place Locate
	all   []annotation
}

// add adds a remark about what the scenario says of something; about the whole
// of it, if that is empty.
func (n *notes) add(kind, about, title, message string) {
	a := annotation{kind: kind, title: words.Name(n.r) + ": " + title, message: message}
	if n.r.Simulated {
		a.message += " (SIMULATED)"
	}
	if n.place != nil {
		a.place = n.place(n.r.Scenario.Name, about)
	}
	n.all = append(n.all, a)
}

func (n *notes) objectives() {
	for _, o := range n.r.Objectives {
		said := fmt.Sprintf("target %s, measured %s", words.Target(o.Target, o.Unit), words.Interval(o.Measured, o.Unit))
		if words.Timed(o) {
			said += " under the " + words.Clock(n.r)
		}
		if reason := words.Plain(o.Reason); reason != "" {
			said += ": " + reason
		}
		switch o.Verdict {
		case record.Passed:
		case record.Failed:
			n.add("error", o.Name, words.Plain(o.Name)+" missed", said)
		default:
			n.add("warning", o.Name, words.Plain(o.Name)+" "+words.Verdict(o.Verdict), said)
		}
	}
}

func (n *notes) faults() {
	for _, f := range n.r.Faults {
		if f.State == words.StateProven {
			continue
		}
		said := fmt.Sprintf("%s on %s is %s; %s", words.Plain(f.Kind), words.List(f.Targets), cmp.Or(words.Plain(f.State), "without a state"), words.Revert(f))
		if why := words.Plain(f.Detail); why != "" {
			said += ": " + why
		}
		n.add("error", f.Step, "fault "+words.Plain(f.Step)+" not proven", said)
	}
}

func (n *notes) actions() {
	for _, a := range n.r.Actions {
		if !a.Done() {
			n.add("warning", a.Step, "action "+words.Plain(a.Step)+" not done", words.ActionName(a)+": "+words.ActionWord(a))
		}
	}
}

// gates that bear on times only spoil nothing in a run that passed.
func (n *notes) gates() {
	for _, g := range n.r.Gates {
		if !g.Passed && (!g.TimesOnly || n.r.Verdict != record.Passed) {
			n.add("warning", "", "gate "+words.Plain(g.Name)+" does not hold", words.Plain(g.Detail))
		}
	}
}

// verdict is told where nothing else explains it.
func (n *notes) verdict() {
	if n.r.Verdict == record.Passed || n.r.Dirty {
		return
	}
	kind := "error"
	if n.r.Verdict == record.Inconclusive {
		kind = "warning"
	}
	for _, a := range n.all {
		if a.kind == kind {
			return
		}
	}
	n.add(kind, "", words.Verdict(n.r.Verdict), cmp.Or(words.Plain(n.r.Reason), "the record gives no reason"))
}

// String is the workflow command. What comes from outside has one line, and in
// it none of the characters that end a command or a property.
func (a annotation) String() string {
	var properties []string
	if file := words.Plain(a.place.File); file != "" {
		properties = append(properties, "file="+property(file))
		if a.place.Line > 0 {
			properties = append(properties, fmt.Sprintf("line=%d", a.place.Line))
		}
	}
	properties = append(properties, "title="+property(words.Cut(a.title, longestTitle)))
	return "::" + a.kind + " " + strings.Join(properties, ",") + "::" + inCommand.Replace(words.Cut(words.Plain(a.message), longestMessage)) + "\n"
}

const longestTitle = 100

// What ends a command, and what ends one of its properties.
var (
	inCommand  = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	inProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

// property escapes the value of a property.
func property(s string) string { return inProperty.Replace(words.Plain(s)) }
