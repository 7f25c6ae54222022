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
	"maildrill/reports/words"
)

// Widths of a terminal that the summary is laid out for.
const (
	narrowest = 40
	widest    = 160
)

// Terminal writes what a tired person understands in a few seconds: the
// verdict, a line for each objective, where the mail went, whether the faults
// were real, a picture of the outages, and what to do next. No line is longer
// than width columns (40 to 160); nothing in it depends on colour.
func Terminal(w io.Writer, r record.Record, color bool, width int) error {
	s := &screen{r: r, color: color, width: min(max(width, narrowest), widest)}
	s.verdict()
	s.objectives()
	s.mail()
	s.stored()
	s.security()
	s.faults()
	s.gates()
	s.actions()
	s.timeline()
	s.times()
	s.next()
	_, err := io.WriteString(w, s.String())
	return err
}

// screen is a text of bounded width that grows.
type screen struct {
	strings.Builder
	r     record.Record
	color bool
	width int
}

// put writes one line: an indent, then text that is cut to the room.
func (s *screen) put(indent, text string) {
	s.WriteString(strings.TrimRight(indent+words.Cut(text, s.width-words.Columns(indent)), " ") + "\n")
}

// flow writes text over at most this many lines, under a hanging indent.
func (s *screen) flow(first, text string, lines int) {
	indent := first
	for _, line := range words.Wrap(text, s.width-words.Columns(first), lines) {
		s.put(indent, line)
		indent = strings.Repeat(" ", words.Columns(first))
	}
}

func (s *screen) head(title string) {
	s.WriteByte('\n')
	s.put("", title)
}

// paint colours a word. The word itself says all that the colour says.
func (s *screen) paint(word string, v record.Verdict) string {
	if !s.color {
		return word
	}
	tone := "1;33" // yellow: neither passed nor failed
	switch v {
	case record.Passed:
		tone = "1;32"
	case record.Failed, record.Error:
		tone = "1;31"
	}
	return "\x1b[" + tone + "m" + word + "\x1b[0m"
}

// marked writes a line that begins with a painted word of fixed width.
func (s *screen) marked(word string, room int, v record.Verdict, text string) {
	word = words.Pad(word, room)
	line := words.Cut(text, s.width-room-4)
	s.WriteString(strings.TrimRight("  "+s.paint(word, v)+"  "+line, " ") + "\n")
}

func (s *screen) verdict() {
	r := s.r
	v := r.Verdict
	if r.Dirty {
		v = record.Error
	}
	word := words.Headline(r)
	if r.Simulated {
		word += " (SIMULATED)"
	}
	word = words.Cut(word, s.width-2)
	s.WriteString("\n" + s.paint("* "+word, v) + "\n")
	s.flow("  ", words.Name(r)+": "+words.Plain(r.Scenario.Title), 2)
	s.put("  ", fmt.Sprintf("exit code %d, %s, runtime %s", record.ExitCode(r), words.Clock(r), words.Plain(r.Run.Runtime)))
	if c := words.Plain(r.Confidence.Statement); c != "" {
		s.flow("  ", c, 2)
	}
	if e := words.Expectation(r); e != "" {
		s.flow("  ", e, 2)
	}
	if r.Dirty {
		s.flow("  ", words.Dirty(r), 2)
	}
	if reason := words.Plain(r.Reason); reason != "" {
		s.flow("  why: ", reason, 3)
	}
	if r.Simulated {
		s.flow("  ", words.Simulated, 3)
	}
}

func (s *screen) objectives() {
	s.head("objectives")
	if len(s.r.Objectives) == 0 {
		s.put("  ", "none was set")
	}
	names, measures := 0, 0
	for _, o := range s.r.Objectives {
		names = max(names, words.Columns(words.Plain(o.Name)))
		measures = max(measures, words.Columns(words.Interval(o.Measured, o.Unit)))
	}
	names, measures = min(names, 18), min(measures, 20)
	for _, o := range s.r.Objectives {
		word := words.Verdict(o.Verdict)
		if o.Verdict != record.Passed {
			word = strings.ToUpper(word)
		}
		clock := ""
		if words.Timed(o) {
			clock = ", " + words.Clock(s.r)
		}
		s.marked(word, 12, o.Verdict, words.Pad(words.Plain(o.Name), names)+"  "+words.Pad(words.Interval(o.Measured, o.Unit), measures)+
			"  "+words.Target(o.Target, o.Unit)+clock)
	}
}

func (s *screen) mail() {
	a := s.r.Accounting
	s.head("mail, in copies (one recipient of one message)")
	for _, sum := range words.Sums(a) {
		s.flow(fmt.Sprintf("  %d %s = ", sum.Whole.N, sum.Whole.Word), cmp.Or(counted(sum.Parts, " + "), "nothing"), 3)
	}
	if b := counted(words.Beside(a), ", "); b != "" {
		s.flow("  beside that: ", b, 2)
	}
	if wrong := words.Unbalanced(a); wrong != "" {
		s.flow("  BROKEN: ", wrong, 2)
	}
	for _, p := range s.r.Problems {
		line := strings.TrimSpace(fmt.Sprintf("%s %d: %s", words.Plain(p.Class), p.Count, words.Plain(p.Seqs)))
		if note := words.Plain(p.Note); note != "" {
			line += " (" + note + ")"
		}
		s.flow("  ", line, 2)
	}
}

// counted joins the counts that are not zero.
func counted(parts []words.Part, with string) string {
	var out []string
	for _, p := range parts {
		if p.N != 0 {
			out = append(out, strconv.Itoa(p.N)+" "+p.Word)
		}
	}
	return strings.Join(out, with)
}

func (s *screen) faults() {
	s.head("faults: I installed, E seen in effect, X met by mail")
	if len(s.r.Faults) == 0 {
		s.put("  ", "none")
	}
	for _, f := range s.r.Faults {
		v := record.Inconclusive
		if f.State == words.StateProven {
			v = record.Passed
		}
		state := fmt.Sprintf("%s: %s, met by %d", words.Squeeze(words.Plain(f.Step), 30), cmp.Or(words.Plain(f.State), "no state"), f.Proofs.Exercised)
		what := words.Plain(f.Kind) + " on " + words.List(f.Targets)
		if both := state + "; " + what; words.Columns(both) <= s.width-9 {
			s.marked("["+words.Marks(f)+"]", 5, v, both)
		} else {
			s.marked("["+words.Marks(f)+"]", 5, v, state)
			s.flow("         ", what, 2)
		}
		s.put("         ", fmt.Sprintf("%s; %s", words.Span(f), words.Revert(f)))
		if by := words.ProvenBy(f); by != "" {
			s.flow("         ", by, 2)
		}
		if why := words.Plain(f.Detail); why != "" {
			s.flow("         ", why, 2)
		}
		if len(f.Residue) > 0 {
			s.flow("         LEFT OVER: ", words.List(f.Residue), 3)
		}
	}
}

func (s *screen) gates() {
	for _, g := range s.r.Gates {
		if !g.Passed {
			s.flow("  gate "+words.Cut(words.Plain(g.Name), 20)+": ", words.Plain(g.Detail), 2)
		}
	}
}

func (s *screen) timeline() {
	rows := chart(s.r, s.width-2)
	if len(rows) == 0 {
		return
	}
	s.head("timeline: = fault, # fault in effect, x no service, ~ unsteady")
	for _, row := range rows {
		s.put("  ", row)
	}
	if _, left := lanes(s.r); len(left) > 0 {
		s.flow(fmt.Sprintf("  also gone (%d): ", len(left)), words.List(left), 2)
	}
	if quiet := steady(s.r); len(quiet) > 0 {
		s.flow(fmt.Sprintf("  never gone (%d of %d): ", len(quiet), len(s.r.Services)), strings.Join(quiet, ", "), 3)
	}
}

// steady lists the services that were probed and never gone.
func steady(r record.Record) []string {
	var names []string
	for _, key := range slices.Sorted(maps.Keys(r.Services)) {
		if svc := r.Services[key]; svc.Probes > 0 && len(svc.Outages) == 0 {
			names = append(names, words.Plain(key))
		}
	}
	return names
}

func (s *screen) next() {
	s.head("next")
	for _, step := range words.Next(s.r) {
		s.flow("  - ", step, 2)
	}
}
