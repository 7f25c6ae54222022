package reports

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"maildrill/harness/record"
	"maildrill/reports/words"
)

// page is a Markdown text that grows.
type page struct {
	strings.Builder
	r     record.Record
	level string // of its first heading: "#"
}

// sections of a run, in order. The title names one that had to be left out.
var sections = []struct {
	title string
	write func(*page)
}{
	{"verdict", (*page).verdict}, {"objectives", (*page).objectives}, {"mail", (*page).accounting}, {"problems", (*page).problems},
	{"stored mail", (*page).stored}, {"security", (*page).security}, {"faults", (*page).faults}, {"actions", (*page).actions}, {"gates", (*page).gates},
	{"services", (*page).services}, {"times", (*page).times}, {"clock", (*page).clock}, {"what to do next", (*page).next}, {"origin", (*page).origin},
}

func (p *page) linef(format string, args ...any) { fmt.Fprintf(p, format+"\n", args...) }

// section begins a part with a heading of its own.
func (p *page) section(title string) { p.linef("\n%s# %s\n", p.level, title) }

// longestTable bounds the rows of one table, in bytes.
const longestTable = 24 << 10

// table writes rows of cells that are escaped already.
func (p *page) table(head []string, rows [][]string) {
	p.linef("| %s |", strings.Join(head, " | "))
	p.linef("|%s", strings.Repeat("---|", len(head)))
	size := 0
	for i, row := range rows {
		line := "| " + strings.Join(row, " | ") + " |"
		if size += len(line); size > longestTable {
			p.linef("\n%d rows more: record.json has them.", len(rows)-i)
			return
		}
		p.linef("%s", line)
	}
}

func (p *page) verdict() {
	r := p.r
	p.linef("%s %s: %s\n", p.level, escape(words.Headline(r)), escape(cmp.Or(words.Plain(r.Scenario.Title), words.Name(r))))
	if r.Simulated {
		p.linef("> **SIMULATED.** %s\n", strings.TrimPrefix(words.Simulated, "SIMULATED: "))
	}
	p.linef("**%s** · exit code %d · %s · scenario %s · runtime %s%s", escape(words.Headline(r)), record.ExitCode(r),
		escape(words.Clock(r)), code(words.Name(r)), code(r.Run.Runtime), simulatedMark(r))
	if r.Dirty {
		p.linef("\n**%s** Run `maildrill cleanup`.", escape(words.Dirty(r)))
	}
	if reason := words.Plain(r.Reason); reason != "" {
		p.linef("\nReason: %s", escape(reason))
	}
	if e := words.Expectation(r); e != "" {
		p.linef("\nIt ended %s.", escape(e))
	}
}

func simulatedMark(r record.Record) string {
	if r.Simulated {
		return " · **SIMULATED**"
	}
	return ""
}

func (p *page) objectives() {
	p.section("Objectives")
	if len(p.r.Objectives) == 0 {
		p.linef("None was set.")
		return
	}
	var rows [][]string
	for _, o := range p.r.Objectives {
		clock := ""
		if words.Timed(o) {
			clock = escape(words.Clock(p.r))
		}
		rows = append(rows, []string{code(o.Name), escape(words.Target(o.Target, o.Unit)), escape(words.Interval(o.Measured, o.Unit)),
			clock, strong(words.Verdict(o.Verdict), o.Verdict != record.Passed), escape(words.Plain(o.Reason))})
	}
	p.table([]string{"objective", "target", "measured", "clock", "verdict", "why"}, rows)
}

func (p *page) accounting() {
	p.section("What happened to the mail")
	if wrong := words.Unbalanced(p.r.Accounting); wrong != "" {
		p.linef("**%s**\n", escape(wrong))
	}
	p.linef("A copy is one recipient of one message.\n")
	for _, s := range words.Sums(p.r.Accounting) {
		p.linef("- %d %s = %s", s.Whole.N, s.Whole.Word, p.parts(s.Parts, true))
	}
	p.linef("- beside the sums: %s", cmp.Or(p.parts(words.Beside(p.r.Accounting), false), "nothing"))
}

// parts lists counts; zeros are left out unless all are asked for.
func (p *page) parts(parts []words.Part, zeros bool) string {
	var out []string
	for _, q := range parts {
		if q.N != 0 || zeros {
			out = append(out, fmt.Sprintf("%d %s", q.N, q.Word))
		}
	}
	if zeros {
		return strings.Join(out, " + ")
	}
	return strings.Join(out, ", ")
}

func (p *page) problems() {
	if len(p.r.Problems) == 0 {
		return
	}
	p.section("Problems")
	var rows [][]string
	for _, q := range p.r.Problems {
		rows = append(rows, []string{escape(words.Plain(q.Class)), strconv.Itoa(q.Count), code(q.Seqs), escape(words.Plain(q.Note))})
	}
	p.table([]string{"what", "copies", "sequence numbers", "note"}, rows)
}

func (p *page) faults() {
	p.section("Faults")
	if len(p.r.Faults) == 0 {
		p.linef("None.")
		return
	}
	var rows [][]string
	for _, f := range p.r.Faults {
		rows = append(rows, []string{code(f.Step), code(f.Kind), code(words.List(f.Targets)), strong(cmp.Or(words.Plain(f.State), "no state"), f.State != words.StateProven),
			tick(f.Proofs.Installed), tick(f.Proofs.Effective), exercised(f),
			escape(span(f)), strong(words.Revert(f), words.Revert(f) != "proven gone")})
	}
	p.table([]string{"step", "fault", "on", "state", "installed", "effective", "exercised", "effective until healed", "revert"}, rows)
	for _, f := range p.r.Faults {
		if by := words.ProvenBy(f); by != "" {
			p.linef("\n%s: %s", code(f.Step), escape(by))
		}
		if d := words.Plain(f.Detail); d != "" {
			p.linef("\n%s: %s", code(f.Step), escape(d))
		}
		if len(f.Residue) > 0 {
			p.linef("\n**Left over from** %s: %s", code(f.Step), escape(words.List(f.Residue)))
		}
	}
}

func (p *page) actions() {
	if len(p.r.Actions) == 0 {
		return
	}
	p.section("Actions")
	var rows [][]string
	for _, a := range p.r.Actions {
		rows = append(rows, []string{code(a.Step), code(a.Kind), code(words.List(a.Targets)), escape(words.ActionWho(a)), strong(words.ActionWord(a), !a.Done()),
			escape(words.ActionSpan(a)), escape(words.ActionTook(a)), escape(words.ActionSaid(a))})
	}
	p.table([]string{"step", "action", "on", "who", "result", "when", "took", "what was said"}, rows)
}

func exercised(f record.Fault) string {
	if f.Proofs.Exercised == 0 {
		return tick(false)
	}
	return "yes, " + strconv.FormatUint(f.Proofs.Exercised, 10)
}

func span(f record.Fault) string {
	if f.Effective == nil {
		return "never seen"
	}
	if f.Healed == nil {
		return words.Moment(f.Effective) + ", not seen healed"
	}
	return words.Moment(f.Effective) + ", then " + words.Moment(f.Healed)
}

func tick(on bool) string {
	if on {
		return "yes"
	}
	return "**no**"
}

func (p *page) gates() {
	p.section("Gates")
	var rows [][]string
	for _, g := range p.r.Gates {
		if !g.Passed {
			rows = append(rows, []string{code(g.Name), escape(words.Plain(g.Detail)), escape(words.Advice[g.Name])})
		}
	}
	if len(rows) == 0 {
		p.linef("All %d hold.", len(p.r.Gates))
		return
	}
	p.linef("%d of %d do not hold:\n", len(rows), len(p.r.Gates))
	p.table([]string{"gate", "what is wrong", "what helps"}, rows)
}

func (p *page) services() {
	if len(p.r.Services) == 0 {
		return
	}
	p.section("Services")
	var rows [][]string
	for _, key := range slices.Sorted(maps.Keys(p.r.Services)) {
		s := p.r.Services[key]
		rows = append(rows, []string{code(key), fmt.Sprintf("%d of %d failed", s.Failed, s.Probes), p.outages(s)})
	}
	p.table([]string{"service", "probes", "outages"}, rows)
}

func (p *page) outages(s record.Service) string {
	switch {
	case s.Probes == 0:
		return "not probed"
	case len(s.Outages) == 0:
		return "none"
	}
	var out []string
	for _, o := range s.Outages {
		text := "began at " + words.Moment(&o.Began)
		if o.FirstSuccess != nil {
			text += fmt.Sprintf(", first success at %s s", words.Exact(*o.FirstSuccess))
		}
		text += fmt.Sprintf(", recovered in %s (%s)", words.Moment(&o.RTA), words.Clock(p.r))
		if o.Manual != nil {
			text += ", " + words.ByHand(o)
		}
		out = append(out, escape(text))
	}
	return strings.Join(out, "<br>")
}

func (p *page) clock() {
	p.section("Clock")
	switch p.r.Clock {
	case "production":
		p.linef("Production: the servers' own retry timers.")
	case "drill":
		p.linef("%s", words.Carry)
	default:
		p.linef("Not known: recovery times cannot be compared.")
	}
	if len(p.r.Tuned) == 0 {
		return
	}
	p.linef("\nTuned for this run:\n")
	for _, key := range slices.Sorted(maps.Keys(p.r.Tuned)) {
		p.linef("- %s: %s", code(key), code(p.r.Tuned[key]))
	}
}

func (p *page) next() {
	p.section("What to do next")
	for _, step := range words.Next(p.r) {
		p.linef("- %s", escape(step))
	}
}

func (p *page) origin() {
	r := p.r
	p.section("Where this comes from")
	p.linef("Run %s, %s to %s, seed %d, trial %d of %d, maildrill %s.", code(r.Run.ID), code(r.Run.Started), code(r.Run.Ended),
		r.Run.Seed, r.Run.Trial, max(r.Run.Trials, r.Run.Trial), code(r.Run.Tool.Version))
	if c := words.Plain(r.Confidence.Statement); c != "" {
		p.linef("\n%s", escape(c))
	}
}
