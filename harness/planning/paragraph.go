package planning

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"maildrill/harness/measure"
	"maildrill/harness/topology"
	"maildrill/scenarios"
)

// paragraph tells a plan to somebody who answers for the service and does not run
// it: what is there, what breaks and when, what must hold, how long it takes.
func paragraph(p *Plan) string {
	s := p.Scenario
	system := "The system has "
	if title := orElse(lowered(p.Topology.Title), p.Topology.Name); title != "" {
		system = "The system is " + title + ": "
	}
	said := []string{
		system + strings.Join(cast(p.Topology), ", ") + ".",
		fmt.Sprintf("%g messages a second come in for %d mailboxes; %s.", float64(s.Workload.Rate), s.Workload.Mailboxes, happenings(p)),
	}
	if objectives := objectives(p); len(objectives) > 0 {
		var must []string
		for _, o := range objectives {
			must = append(must, demand(o, s))
		}
		said = append(said, "The drill passes only if "+enumerated(must)+".")
	}
	return strings.Join(append(said, fmt.Sprintf("It takes about %v; at most %v, setting up and taking down aside.",
		scenarios.Duration(p.Usual().Round(time.Second)), scenarios.Duration(p.Worst().Round(time.Second)))), " ")
}

// cast names the nodes, those that do the same together: "two MX hosts (mx1, mx2)".
func cast(t topology.Topology) (said []string) {
	var order []string
	names := map[string][]string{}
	for _, n := range t.Nodes {
		if n.Has(topology.Outside) || n.Has(topology.DNS) {
			continue
		}
		what := part(n)
		if !slices.Contains(order, what) {
			order = append(order, what)
		}
		names[what] = append(names[what], n.Name)
	}
	for _, what := range order {
		text := what
		if n := len(names[what]); n > 1 {
			text = fmt.Sprintf("%d × %s", n, what)
		}
		said = append(said, fmt.Sprintf("%s (%s)", text, strings.Join(names[what], ", ")))
	}
	return said
}

func part(n topology.Node) string {
	var words []string
	for _, p := range parts {
		if n.Has(p.role) {
			words = append(words, p.word)
		}
	}
	text := strings.Join(words, " and ")
	if text == "" {
		text = orElse(serverWords[n.Server], n.Server)
	}
	if n.Site != "" {
		text += " at " + n.Site
	}
	return text
}

// happenings are the steps in their order, each with its time.
func happenings(p *Plan) string {
	if len(p.Steps) == 0 {
		return "nothing is broken"
	}
	var said []string
	for _, s := range p.Steps {
		said = append(said, happening(s, time.Duration(p.Scenario.Phases.Baseline)))
	}
	return strings.Join(said, "; ")
}

func happening(s Step, baseline time.Duration) string {
	when := fmt.Sprintf("after %v", scenarios.Duration(baseline+s.At))
	if !s.Fixed() {
		when = startSentence(s)
	}
	if !s.IsFault() {
		return when + ", " + deed(s)
	}
	text := when + ", " + trouble(s)
	if s.For > 0 {
		text += fmt.Sprintf(", for %v", scenarios.Duration(s.For))
	}
	return text + " (" + s.Kind.ID + ")"
}

// demand is an objective as a condition: "nothing is lost".
func demand(o measure.Objective, s scenarios.Scenario) string {
	if service, ok := strings.CutPrefix(o.Name, "rto."); ok {
		return fmt.Sprintf("%s works again within %g s", serviceWords[service], o.Max)
	}
	form, known := demands[o.Name]
	if u := s.Objectives.Unfiltered; o.Name == "unfiltered" && u.Mark != scenarios.FilterMark {
		form = "%s reaches a mailbox without a header field " + u.Mark
	}
	amount := "nothing"
	switch {
	case o.Max == 0 && kept[o.Name] != "":
		return kept[o.Name]
	case !known && o.Name != "late":
		return objectiveSentence(o, s)
	case o.Unit == "s":
		return fmt.Sprintf(form, o.Max)
	case o.Max > 0 && o.Unit == "%":
		amount = fmt.Sprintf("at most %g %% of the mail", o.Max)
	case o.Max > 0:
		amount = fmt.Sprintf("no more than %g", o.Max)
	}
	if o.Name == "late" {
		return fmt.Sprintf("%s comes later than %v", amount, s.Objectives.Late.After)
	}
	return fmt.Sprintf(form, amount)
}

// enumerated joins words: "a, b and c".
func enumerated(words []string) string {
	if n := len(words); n > 1 {
		return strings.Join(words[:n-1], ", ") + " and " + words[n-1]
	}
	return strings.Join(words, "")
}

// lowered begins a title in small letters, unless it begins with a name.
func lowered(title string) string {
	first, _, _ := strings.Cut(title, " ")
	if len(first) > 1 && strings.ToLower(first[1:]) != first[1:] {
		return title
	}
	return strings.ToLower(title[:min(1, len(title))]) + title[min(1, len(title)):]
}

// marksOf numbers the faults of a plan, for its picture; legend says which is which.
func marksOf(p *Plan) (marks Marks, legend []string) {
	marks = Marks{}
	for _, s := range p.Steps {
		if !s.IsFault() {
			continue
		}
		n := fmt.Sprint(len(legend) + 1)
		legend = append(legend, fmt.Sprintf("✗%s %s: %s", n, s.ID, s.Kind.ID))
		for _, on := range s.On {
			marks[on] = append(marks[on], n)
		}
	}
	return marks, legend
}

// drawn is the picture of a plan, with what its marks stand for.
func drawn(p *Plan) []string {
	marks, legend := marksOf(p)
	return append(Diagram(*Picture(p), marks), legend...)
}

// folded breaks a text into lines of at most so many characters.
func folded(text string, width int) string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && len([]rune(line))+1+len([]rune(word)) > width {
			lines, line = append(lines, line), ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return strings.Join(append(lines, line), "\n")
}
