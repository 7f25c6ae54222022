package sweep

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"maildrill/harness/record"
	"maildrill/reports/dossier"
	"maildrill/reports/words"
)

// shown are the services of the table, in the order of a message.
var shown = []string{"mx", "submission", "delivery", "imap"}

// Document is the sweep for people.
func (s Sweep) Document() dossier.Document {
	what := s.Fault
	if s.Held != "" {
		what += " for " + s.Held
	}
	d := dossier.Document{Title: "Single points of failure of " + words.Plain(s.Topology), Kind: "Sweep", Verdict: s.verdict(), Footer: words.Plain(s.ID),
		Chips: []dossier.Fact{{Name: "each node alone", Value: words.Plain(what)}, {Name: "clock", Value: words.Plain(s.Clock)}, {Name: "runtime", Value: words.Plain(s.Runtime)}}}
	d.Date, _ = time.Parse(time.RFC3339, s.Started)
	if s.Simulated {
		d.Notices = append(d.Notices, words.Simulated)
	}
	if busy := s.busiest(); busy > tooBusy {
		d.Notices = append(d.Notices, fmt.Sprintf("The host was busy %.0f %% of the time: what was gone for long may have waited for a CPU. A quiet host, or fewer --jobs, tell.", 100*busy))
	}
	asked := append([]string{}, s.Asked...)
	d.Sections = []dossier.Section{
		{ID: "nodes", Title: "Nodes", Blocks: []dossier.Block{s.table()}},
		{ID: "why", Title: "Why", Blocks: []dossier.Block{dossier.List{Items: s.reasons()}}},
		{ID: "asked", Title: "What had to hold", Blocks: []dossier.Block{dossier.List{Items: asked}}},
		{ID: "worth", Title: "What this is worth", Blocks: []dossier.Block{dossier.Paragraph{Text: fmt.Sprintf("One run a node, under the %s clock. "+
			"Each node was broken alone: what two of them together do is not shown, nor what other faults do than %s.", words.Plain(s.Clock), words.Plain(s.Fault))}}},
	}
	return d
}

// tooBusy is the share of busy CPUs above which times are those of the host as
// much as of the mail system.
const tooBusy = 0.9

func (s Sweep) busiest() (most float64) {
	for _, n := range s.Nodes {
		most = max(most, n.Busy)
	}
	return most
}

func (s Sweep) verdict() dossier.Verdict {
	switch {
	case len(s.Points) > 0:
		why := fmt.Sprintf("%s alone breaks the objectives.", words.List(s.Points))
		if len(s.Points) > 1 {
			why = fmt.Sprintf("Each of %s alone breaks the objectives.", words.List(s.Points))
		}
		if len(s.Unknown) > 0 {
			why += fmt.Sprintf(" Of %s it is not known.", words.List(s.Unknown))
		}
		return dossier.Verdict{Word: count(len(s.Points)), Tone: dossier.Bad, Why: why}
	case len(s.Unknown) > 0 || s.tried() == 0:
		return dossier.Verdict{Word: "NOT KNOWN", Tone: dossier.Open, Why: fmt.Sprintf("No single point of failure was found, and of %d nodes it is not known: %s.", len(s.Unknown), words.List(s.Unknown))}
	case s.ExitCode != record.ExitPassed:
		return dossier.Verdict{Word: "NOT PASSED", Tone: dossier.Bad, Why: fmt.Sprintf("No single point of failure was found; exit code %d.", s.ExitCode)}
	}
	return dossier.Verdict{Word: "NO SINGLE POINT OF FAILURE", Tone: dossier.Good, Why: fmt.Sprintf("Each of %d nodes may fail alone within the objectives.", s.tried())}
}

func (s Sweep) tried() (n int) {
	for _, node := range s.Nodes {
		if node.Answer != NotTried {
			n++
		}
	}
	return n
}

func count(n int) string {
	if n == 1 {
		return "1 SINGLE POINT OF FAILURE"
	}
	return fmt.Sprintf("%d SINGLE POINTS OF FAILURE", n)
}

// columns are the services that any node took away; all of them where none did.
func (s Sweep) columns() []string {
	var list []string
	for _, name := range shown {
		if slices.Contains(s.Services, name) {
			list = append(list, name)
		}
	}
	return list
}

func (s Sweep) table() dossier.Table {
	t := dossier.Table{ID: "table", Empty: "No node was broken.", Head: []dossier.Column{{Title: "node"}, {Title: "role", Share: 1.3}, {Title: "SPOF", Share: 1.2}}}
	for _, name := range s.columns() {
		t.Head = append(t.Head, dossier.Column{Title: name + " gone", Share: 1.2})
	}
	t.Head = append(t.Head, dossier.Column{Title: "mail", Share: 1.5})
	for _, n := range s.Nodes {
		row := []dossier.Cell{{Text: words.Plain(n.Node), Mono: true, Page: n.Page}, {Text: words.List(n.Roles)}, {Text: n.Answer, Tone: n.tone()}}
		for _, name := range s.columns() {
			row = append(row, dossier.Cell{Text: n.gone(name)})
		}
		t.Rows = append(t.Rows, append(row, n.copies()))
	}
	return t
}

func (n Node) tone() dossier.Tone {
	return map[string]dossier.Tone{Yes: dossier.Bad, No: dossier.Good, NotKnown: dossier.Open}[n.Answer]
}

func (n Node) gone(service string) string {
	if n.Run == "" {
		return ""
	}
	o, ok := n.Outages[service]
	if !ok {
		return "never"
	}
	return words.Interval(&o, "s")
}

// copies is what became of the mail, in one cell.
func (n Node) copies() dossier.Cell {
	if n.Run == "" || n.Verdict == "" {
		return dossier.Cell{}
	}
	c := dossier.Cell{Text: fmt.Sprintf("%d lost, %d bounced", n.Lost, n.Bounced)}
	if n.Unknown > 0 {
		c.Text, c.Tone = fmt.Sprintf("%s, %d unknown", c.Text, n.Unknown), dossier.Open
	}
	return c
}

func (s Sweep) reasons() (list []string) {
	for _, n := range s.Nodes {
		list = append(list, strings.TrimSuffix(fmt.Sprintf("%s: %s, %s", words.Plain(n.Node), n.Answer, words.Plain(n.Why)), ", "))
	}
	return list
}
