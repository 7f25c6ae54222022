package reports

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"maildrill/harness/record"
	"maildrill/reports/words"
)

// JUnit writes one file for any number of runs: a test suite for each, with a
// test case for the verdict and for each objective, fault, action and gate. A missed
// objective is a failure; whatever was not proven is an error. Nothing is ever
// skipped, and a verdict that is not known is an error too.
//
// Readers show the name, the class and either the message of what went wrong or
// its text, so the text has all (GitLab shows the text alone).
func JUnit(w io.Writer, runs []Run, wish Wish) error {
	all := junitSuites{Name: "maildrill"}
	total := 0.0
	for _, run := range runs {
		s := suite(run.Record)
		if wish.Declared {
			s = asDeclared(run.Record, s)
		}
		s.count()
		all.Suites = append(all.Suites, s)
		all.Tests += s.Tests
		all.Failures += s.Failures
		all.Errors += s.Errors
		total += lasted(run.Record)
	}
	all.Time = seconds(total)
	out, err := xml.MarshalIndent(all, "", "  ")
	if err != nil {
		return fmt.Errorf("write junit: %w", err)
	}
	_, err = io.WriteString(w, xml.Header+string(out)+"\n")
	return err
}

// asDeclared judges a run by what its scenario declares: what went as declared
// is told and makes no build red, and what did not is a failure, also a pass.
func asDeclared(r record.Record, s junitSuite) junitSuite {
	if r.Expect == nil || !r.Expect.Met {
		said := cmp.Or(words.Expectation(r), "the scenario declares no ending")
		if c := &s.Cases[0]; c.Failure == nil && c.Error == nil {
			c.Failure = problem(string(record.Failed), said, "")
		}
		return s
	}
	for i := range s.Cases {
		for _, p := range []**junitProblem{&s.Cases[i].Failure, &s.Cases[i].Error} {
			if *p != nil {
				s.Cases[i].Out, *p = "as declared: "+(*p).Text, nil
			}
		}
	}
	return s
}

func suite(r record.Record) junitSuite {
	s := junitSuite{Name: words.Name(r), Time: seconds(lasted(r)), Timestamp: stamp(r.Run.Started), Properties: properties(r)}
	if r.Simulated {
		s.Name += " [SIMULATED]"
		s.Out = words.Simulated
	}
	s.Cases = append(s.Cases, verdictCase(r))
	for _, o := range r.Objectives {
		s.Cases = append(s.Cases, objectiveCase(r, o))
	}
	for _, f := range r.Faults {
		s.Cases = append(s.Cases, faultCase(r, f))
	}
	for _, a := range r.Actions {
		s.Cases = append(s.Cases, actionCase(r, a))
	}
	for _, g := range r.Gates {
		s.Cases = append(s.Cases, gateCase(r, g))
	}
	return s
}

func (s *junitSuite) count() {
	s.Tests = len(s.Cases)
	for _, c := range s.Cases {
		if c.Failure != nil {
			s.Failures++
		}
		if c.Error != nil {
			s.Errors++
		}
	}
}

// properties say what was run and under which conditions.
func properties(r record.Record) []junitProperty {
	p := []junitProperty{
		{"run", words.Plain(r.Run.ID)}, {"title", words.Plain(r.Scenario.Title)}, {"runtime", words.Plain(r.Run.Runtime)},
		{"simulated", strconv.FormatBool(r.Simulated)}, {"clock", cmp.Or(words.Plain(r.Clock), "unknown")},
		{"verdict", words.Verdict(r.Verdict)}, {"dirty", strconv.FormatBool(r.Dirty)},
		{"exit-code", strconv.Itoa(record.ExitCode(r))},
		{"seed", strconv.FormatInt(r.Run.Seed, 10)}, {"trial", strconv.Itoa(r.Run.Trial)},
		{"maildrill", words.Plain(r.Run.Tool.Version)}, {"scenario-sha256", words.Plain(r.Scenario.SHA256)},
	}
	if r.Run.Series != "" {
		p = append(p, junitProperty{"series", words.Plain(r.Run.Series)})
	}
	if c := words.Plain(r.Confidence.Statement); c != "" {
		p = append(p, junitProperty{"confidence", c})
	}
	for _, key := range slices.Sorted(maps.Keys(r.Tuned)) {
		p = append(p, junitProperty{"tuned." + words.Plain(key), words.Plain(r.Tuned[key])})
	}
	for _, s := range words.Sums(r.Accounting) {
		p = append(p, junitProperty{s.Whole.Word, equation(s)})
	}
	p = append(p, storedProperties(r)...)
	if e := words.Expectation(r); e != "" {
		p = append(p, junitProperty{"expected", e})
	}
	return p
}

// equation writes a sum out: "10 = 9 accepted + 1 in doubt".
func equation(s words.Sum) string {
	var parts []string
	for _, p := range s.Parts {
		parts = append(parts, fmt.Sprintf("%d %s", p.N, p.Word))
	}
	sign := " = "
	if !s.Holds() {
		sign = " is NOT "
	}
	return strconv.Itoa(s.Whole.N) + sign + strings.Join(parts, " + ")
}

func newCase(r record.Record, class, name string) junitCase {
	return junitCase{Name: cmp.Or(name, "unnamed"), Class: cmp.Or(words.Plain(r.Scenario.Name), "unnamed") + "." + class, Time: seconds(0)}
}

// settle gives a case the element that its verdict asks for.
func (c junitCase) settle(v record.Verdict, message, text string) junitCase {
	p := problem(string(v), message, text)
	switch v {
	case record.Passed:
	case record.Failed:
		c.Failure = p
	default:
		c.Error = p
	}
	return c
}

// types are the words that a problem may be typed with. A reader may take a
// meaning of its own from others: "array" and "file" have one in Ruby.
var types = []string{"failed", "inconclusive", "aborted", "error", "dirty", "ineffective", "unexercised", "partial", "overreach", "refused", "not reached"}

func problem(of, message, text string) *junitProblem {
	if !slices.Contains(types, of) {
		of = "unknown"
	}
	return &junitProblem{Message: message, Type: of, Text: strings.TrimSpace(message + "\n" + text)}
}

func verdictCase(r record.Record) junitCase {
	c := newCase(r, "run", "verdict")
	c.Time = seconds(lasted(r))
	reason := words.Plain(r.Reason)
	text := strings.Join(words.Next(r), "\n")
	if r.Dirty {
		return c.settle("dirty", words.Dirty(r)+" "+reason, text)
	}
	if wrong := words.Unbalanced(r.Accounting); wrong != "" {
		return c.settle(record.Error, wrong, text)
	}
	return c.settle(r.Verdict, cmp.Or(reason, words.Verdict(r.Verdict)), text)
}

func objectiveCase(r record.Record, o record.Objective) junitCase {
	title := words.Plain(o.Name)
	if words.Timed(o) {
		title += " (" + words.Clock(r) + ")"
	}
	c := newCase(r, "objectives", title)
	said := fmt.Sprintf("target %s, measured %s", words.Target(o.Target, o.Unit), words.Interval(o.Measured, o.Unit))
	if words.Timed(o) {
		said += " under the " + words.Clock(r)
	}
	if r.Simulated {
		said += ", SIMULATED"
	}
	c.Out = said
	return c.settle(o.Verdict, said, words.Plain(o.Reason)+storedText(r, o)+securityText(r, o))
}

func faultCase(r record.Record, f record.Fault) junitCase {
	c := newCase(r, "faults", fmt.Sprintf("%s: %s on %s", words.Plain(f.Step), words.Plain(f.Kind), words.List(f.Targets)))
	if f.Injected != nil && f.Healed != nil {
		c.Time = seconds(max(0, f.Healed.Low-f.Injected.Low))
	}
	c.Out = fmt.Sprintf("installed %v, effective %v, exercised %d; %s", f.Proofs.Installed, f.Proofs.Effective, f.Proofs.Exercised, words.Revert(f))
	if by := words.ProvenBy(f); by != "" {
		c.Out += "; " + by
	}
	if f.State == words.StateProven {
		return c
	}
	state := cmp.Or(words.Plain(f.State), "no state")
	c.Error = problem(f.State, state+": "+c.Out, strings.TrimSpace(words.Plain(f.Detail)+" "+words.List(f.Residue)))
	return c
}

func actionCase(r record.Record, a record.Action) junitCase {
	c := newCase(r, "actions", words.ActionName(a))
	if a.Began != nil && a.Ended != nil {
		c.Time = seconds(max(0, *a.Ended-*a.Began))
	}
	if a.Done() {
		c.Out = words.ActionSpan(a)
		if a.Kind == record.Manual {
			c.Out += ", acknowledged by " + words.ActionWho(a)
		}
		return c
	}
	return c.settle(record.Inconclusive, words.ActionWord(a), words.Advice["actions-done"])
}

// gateCase: a gate that spoils times only, in a run that passed all the same,
// bears on nothing that was asked. It is told, and makes no build red.
func gateCase(r record.Record, g record.Gate) junitCase {
	verdict := record.Passed
	c := newCase(r, "gates", words.Plain(g.Name))
	switch {
	case g.Passed:
		c.Out = words.Plain(g.Detail)
	case g.TimesOnly && r.Verdict == record.Passed:
		c.Out = "does not hold, and no objective rests on it: " + words.Plain(g.Detail)
	default:
		verdict = record.Inconclusive
	}
	return c.settle(verdict, words.Plain(g.Detail), words.Advice[g.Name])
}

// lasted is the length of the run in seconds, 0 where it is not known.
func lasted(r record.Record) float64 {
	began, err := time.Parse(time.RFC3339Nano, r.Run.Started)
	if err != nil {
		return 0
	}
	ended, err := time.Parse(time.RFC3339Nano, r.Run.Ended)
	if err != nil {
		return 0
	}
	return max(0, ended.Sub(began).Seconds())
}

// stamp is a wall-clock time as the schema wants it: UTC, without a zone.
func stamp(text string) string {
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05")
}

func seconds(s float64) string { return strconv.FormatFloat(s, 'f', 3, 64) }
