package planning

import (
	"fmt"
	"io"
	"strings"
	"time"

	"maildrill/harness/ledger"
	"maildrill/harness/topology"
	"maildrill/scenarios"
)

// Description is a plan in plain language.
type Description struct {
	Name       string   `json:"name"`
	Title      string   `json:"title"`
	Story      string   `json:"story,omitempty"`
	Summary    string   `json:"summary"` // one paragraph, for people
	Picture    []string `json:"picture,omitempty"`
	Look       string   `json:"look,omitempty"`
	Nodes      []string `json:"nodes"`
	Workload   string   `json:"workload"`
	Disks      []string `json:"disks,omitempty"`
	Stored     string   `json:"stored,omitempty"`
	Timeline   []string `json:"timeline"`
	Objectives []string `json:"objectives"`
	Apart      []string `json:"apart,omitempty"`
	Guards     []string `json:"guards,omitempty"`
	Probes     string   `json:"probes"`
	Times      []string `json:"times,omitempty"`
	Clock      string   `json:"clock"`
	Worst      string   `json:"worst_case"`
	Trials     string   `json:"trials"`
	Needs      []string `json:"needs"`
	Audit      string   `json:"audit,omitempty"`
}

// Describe tells what a plan would do: who takes part, in which order, what
// each fault does and what undoes it, how long at most, and with which rights.
func Describe(p *Plan) Description {
	s := p.Scenario
	d := Description{
		Name: s.Metadata.Name, Title: s.Metadata.Title, Story: s.Metadata.Story, Look: s.Metadata.Look,
		Summary: paragraph(p), Picture: drawn(p), Guards: s.Guards, Apart: p.Apart,
		Clock:  clockSentence(p.Topology.Clock),
		Trials: trialsSentence(s.Trials),
		Worst:  fmt.Sprintf("%v, setting up and taking down aside", scenarios.Duration(p.Worst().Round(time.Second))),
		Workload: fmt.Sprintf("%g messages a second (%s arrivals) to %d mailboxes, entering by %s, %s TLS",
			float64(s.Workload.Rate), s.Workload.Arrivals, s.Workload.Mailboxes, s.Workload.Entry, s.Workload.TLS),
		Probes: probeSentence(p),
		Times:  timingSentences(p),
		Needs:  needs(p),
		Stored: storedSentence(s.Workload.Stored),
		Audit:  auditSentence(s),
	}
	for _, n := range p.Topology.Nodes {
		d.Nodes = append(d.Nodes, nodeSentence(n))
	}
	for _, n := range diskNodes(p.Topology) {
		d.Disks = append(d.Disks, diskSentences(n)...)
	}
	for _, step := range p.Steps {
		d.Timeline = append(d.Timeline, stepSentence(step))
	}
	for _, o := range objectives(p) {
		d.Objectives = append(d.Objectives, objectiveSentence(o, s))
	}
	return d
}

// Write prints the description: for people first, details after.
func (d Description) Write(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", folded(d.Name+": "+d.Title, diagramWidth))
	for _, text := range []string{d.Story, d.Summary} {
		if text != "" {
			fmt.Fprintf(&b, "\n%s\n", folded(text, diagramWidth))
		}
	}
	if len(d.Picture) > 0 {
		fmt.Fprintf(&b, "\n%s\n", strings.Join(d.Picture, "\n"))
	}
	if d.Look != "" {
		fmt.Fprintf(&b, "\n%s\n", folded("Look at: "+d.Look, diagramWidth))
	}
	section(&b, "Nodes", d.Nodes)
	section(&b, "Disks", d.Disks)
	section(&b, "Mail", append([]string{d.Workload, d.Probes}, d.Times...))
	if d.Stored != "" {
		section(&b, "Stored mail", []string{d.Stored})
	}
	section(&b, "What happens", d.Timeline)
	section(&b, "What is kept apart", d.Apart)
	section(&b, "What must hold", d.Objectives)
	section(&b, "Aborted if", d.Guards)
	section(&b, "Clock", []string{d.Clock})
	section(&b, "Takes at most", []string{d.Worst})
	section(&b, "Trials", []string{d.Trials})
	section(&b, "Needs", d.Needs)
	if d.Audit != "" {
		section(&b, "Audit", []string{d.Audit})
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func section(b *strings.Builder, title string, lines []string) {
	if len(lines) == 0 {
		return
	}
	fmt.Fprintf(b, "\n%s\n", title)
	for _, l := range lines {
		fmt.Fprintf(b, "  - %s\n", l)
	}
}

func nodeSentence(n topology.Node) string {
	var roles []string
	for _, r := range n.Roles {
		roles = append(roles, string(r))
	}
	text := fmt.Sprintf("%s (%s): %s", n.Name, n.Host, n.Server)
	if len(roles) > 0 {
		text += " as " + strings.Join(roles, ", ")
	}
	if n.Standby {
		text += "; stands by until somebody scales out"
	}
	if len(n.Mail.Domains) > 0 {
		text += fmt.Sprintf("; takes %s and hands it to %s", strings.Join(n.Mail.Domains, ", "), n.Mail.DeliverTo)
	}
	if len(n.Mail.RelayDomains) > 0 {
		text += "; relays " + strings.Join(n.Mail.RelayDomains, ", ") + " to its other MX"
	}
	for _, v := range n.Volumes {
		text += fmt.Sprintf("; keeps %s on the volume %s", v.Path, v.Name)
	}
	return text
}

// fileSystem is the name of a volume's file system as it is written.
func fileSystem(v topology.Volume) string {
	if v.Type == "xfs" {
		return "XFS"
	}
	return "ext4"
}

// diskSentences tell which volumes of a node become file systems of their own.
func diskSentences(n topology.Node) []string {
	var list []string
	for _, v := range n.Volumes {
		if v.Size == 0 {
			continue
		}
		text := fmt.Sprintf("the volume %s of %s becomes an %s file system of %s on a loop device of its own, which the engine mounts at %s",
			v.Name, n.Name, fileSystem(v), scenarios.Size(v.Size), v.Path)
		if v.Options != "" {
			text += " with the options " + v.Options
		}
		list = append(list, text)
	}
	return list
}

func stepSentence(s Step) string {
	on := strings.Join(s.On, ", ")
	if !s.IsFault() {
		return actionSentence(s)
	}
	held := "once"
	if s.For > 0 {
		held = fmt.Sprintf("for %v", scenarios.Duration(s.For))
	}
	return fmt.Sprintf("%s, %q puts %s on %s %s: %s; undone by: %s", startSentence(s), s.ID, s.Kind.ID, on, held,
		strings.TrimSuffix(s.Kind.Mechanism, "."), strings.TrimSuffix(s.Kind.Undo, "."))
}

// startSentence says when a step begins: a condition is waited for only once
// the steps before it are over.
func startSentence(s Step) string {
	var parts []string
	if len(s.After) > 0 {
		parts = append(parts, "after "+strings.Join(s.After, " and "))
	}
	if s.When != nil {
		parts = append(parts, "when "+s.When.Text)
	}
	if len(parts) == 0 {
		return fmt.Sprintf("%v after the baseline", scenarios.Duration(s.At))
	}
	return strings.Join(parts, ", ")
}

func probeSentence(p *Plan) string {
	var keys []string
	for _, s := range p.Services {
		keys = append(keys, s.Key())
	}
	pr := p.Scenario.Probes
	return fmt.Sprintf("probed every %v with a time-out of %v: %s; back means good for %v",
		time.Duration(pr.Interval), time.Duration(pr.Timeout), strings.Join(keys, ", "), time.Duration(pr.Stable))
}

// trialsSentence says how often the drill is played, and when that ends.
func trialsSentence(t scenarios.Trials) string {
	if t.N <= 1 && t.Reruns == 0 {
		return "one run"
	}
	text := fmt.Sprintf("%d, one after the other, each on a system made anew", t.N)
	if t.Stop == scenarios.StopFirstFail {
		text += "; the first that fails is the last"
	}
	if t.Reruns > 0 {
		text += fmt.Sprintf("; up to %d more in place of inconclusive ones, which stay counted and shown", t.Reruns)
	}
	return text
}

func clockSentence(c topology.Clock) string {
	if c == topology.Production {
		return "production: the servers' own retry timers"
	}
	return "drill: short retry timers, so that the drill takes seconds; recovery times that rest on a retry do not carry over to production"
}

// storedSentence is stored mail in plain language.
func storedSentence(s *scenarios.Stored) string {
	if s == nil {
		return ""
	}
	work := "nothing is changed in them"
	if *s.Operations > 0 {
		kinds := []string{ledger.OpAppend, ledger.OpCopy, ledger.OpMove, ledger.OpExpunge, ledger.OpCreate, ledger.OpRename}
		work = fmt.Sprintf("%s operations while the drill runs (flags, %s, subscriptions, DELE by POP3 where offered)",
			*s.Operations, strings.Join(kinds, ", "))
	}
	where := "one account that gets"
	if s.Accounts > 1 {
		where = fmt.Sprintf("each of %d accounts that get", s.Accounts)
	}
	return fmt.Sprintf("%d messages in %s no other mail; %s; read back with flags, folders and UIDs at the end", s.Messages, where, work)
}
