package reports

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"maildrill/harness/record"
)

// Markdown writes the summary of one run, for a job summary or a merge request.
func Markdown(w io.Writer, r record.Record) error {
	p := &page{r: r}
	p.verdict()
	p.objectives()
	p.accounting()
	p.problems()
	p.stored()
	p.faults()
	p.actions()
	p.gates()
	p.services()
	p.times()
	p.clock()
	p.next()
	p.origin()
	_, err := io.WriteString(w, p.String())
	return err
}

// page is a Markdown text that grows.
type page struct {
	strings.Builder
	r record.Record
}

func (p *page) linef(format string, args ...any) { fmt.Fprintf(p, format+"\n", args...) }

// section begins a part with a heading of its own.
func (p *page) section(title string) { p.linef("\n## %s\n", title) }

// table writes rows of cells that are escaped already.
func (p *page) table(head []string, rows [][]string) {
	p.linef("| %s |", strings.Join(head, " | "))
	p.linef("|%s", strings.Repeat("---|", len(head)))
	for _, row := range rows {
		p.linef("| %s |", strings.Join(row, " | "))
	}
}

func (p *page) verdict() {
	r := p.r
	p.linef("# %s: %s\n", escape(headline(r)), escape(cmp.Or(plain(r.Scenario.Title), name(r))))
	if r.Simulated {
		p.linef("> **SIMULATED.** %s\n", strings.TrimPrefix(simulatedSentence, "SIMULATED: "))
	}
	p.linef("**%s** · exit code %d · %s · scenario %s · runtime %s%s", escape(headline(r)), record.ExitCode(r),
		escape(clockWord(r)), code(name(r)), code(r.Run.Runtime), simulatedMark(r))
	if r.Dirty {
		p.linef("\n**%s** Run `maildrill cleanup`.", escape(dirtySentence(r)))
	}
	if reason := plain(r.Reason); reason != "" {
		p.linef("\nReason: %s", escape(reason))
	}
	if e := expectation(r); e != "" {
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
		if timed(o) {
			clock = escape(clockWord(p.r))
		}
		rows = append(rows, []string{code(o.Name), escape(target(o.Target, o.Unit)), escape(interval(o.Measured, o.Unit)),
			clock, strong(verdictWord(o.Verdict), o.Verdict != record.Passed), escape(plain(o.Reason))})
	}
	p.table([]string{"objective", "target", "measured", "clock", "verdict", "why"}, rows)
}

func (p *page) accounting() {
	p.section("What happened to the mail")
	if wrong := unbalanced(p.r.Accounting); wrong != "" {
		p.linef("**%s**\n", escape(wrong))
	}
	p.linef("A copy is one recipient of one message.\n")
	for _, s := range sums(p.r.Accounting) {
		p.linef("- %d %s = %s", s.whole.n, s.whole.word, p.parts(s.parts, true))
	}
	p.linef("- beside the sums: %s", cmp.Or(p.parts(beside(p.r.Accounting), false), "nothing"))
}

// parts lists counts; zeros are left out unless all are asked for.
func (p *page) parts(parts []part, zeros bool) string {
	var out []string
	for _, q := range parts {
		if q.n != 0 || zeros {
			out = append(out, fmt.Sprintf("%d %s", q.n, q.word))
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
		rows = append(rows, []string{escape(plain(q.Class)), strconv.Itoa(q.Count), code(q.Seqs), escape(plain(q.Note))})
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
		rows = append(rows, []string{code(f.Step), code(f.Kind), code(list(f.Targets)), strong(cmp.Or(plain(f.State), "no state"), f.State != stateProven),
			tick(f.Proofs.Installed), tick(f.Proofs.Effective), exercised(f),
			escape(span(f)), strong(revertWord(f), revertWord(f) != "proven gone")})
	}
	p.table([]string{"step", "fault", "on", "state", "installed", "effective", "exercised", "effective until healed", "revert"}, rows)
	for _, f := range p.r.Faults {
		if by := provenBy(f); by != "" {
			p.linef("\n%s: %s", code(f.Step), escape(by))
		}
		if d := plain(f.Detail); d != "" {
			p.linef("\n%s: %s", code(f.Step), escape(d))
		}
		if len(f.Residue) > 0 {
			p.linef("\n**Left over from** %s: %s", code(f.Step), escape(list(f.Residue)))
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
		rows = append(rows, []string{code(a.Step), code(a.Kind), code(a.Target), strong(actionWord(a), !a.Done()), escape(actionSpan(a))})
	}
	p.table([]string{"step", "action", "on", "result", "when"}, rows)
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
		return moment(f.Effective) + ", not seen healed"
	}
	return moment(f.Effective) + ", then " + moment(f.Healed)
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
			rows = append(rows, []string{code(g.Name), escape(plain(g.Detail)), escape(advice[g.Name])})
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
		text := "began at " + moment(&o.Began)
		if o.FirstSuccess != nil {
			text += fmt.Sprintf(", first success at %s s", exact(*o.FirstSuccess))
		}
		text += fmt.Sprintf(", recovered in %s (%s)", moment(&o.RTA), clockWord(p.r))
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
		p.linef("%s", carrySentence)
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
	for _, step := range next(p.r) {
		p.linef("- %s", escape(step))
	}
}

func (p *page) origin() {
	r := p.r
	p.section("Where this comes from")
	p.linef("Run %s, %s to %s, seed %d, trial %d of %d, maildrill %s.", code(r.Run.ID), code(r.Run.Started), code(r.Run.Ended),
		r.Run.Seed, r.Run.Trial, max(r.Run.Trials, r.Run.Trial), code(r.Run.Tool.Version))
	if c := plain(r.Confidence.Statement); c != "" {
		p.linef("\n%s", escape(c))
	}
}
