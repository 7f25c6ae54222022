package reports

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"

	"maildrill/harness/record"
)

// rule is one element of the JUnit schema that Jenkins (junit-10.xsd) and
// Surefire (surefire-test-report.xsd) have in common: the attributes it must
// and may have, and its children in their order.
type rule struct {
	must, may []string
	children  []string
}

var schema = map[string]rule{
	"testsuites": {[]string{"name", "tests", "failures", "errors", "time"}, nil, []string{"testsuite"}},
	"testsuite": {[]string{"name", "tests", "failures", "errors", "skipped", "time"}, []string{"timestamp"},
		[]string{"properties", "testcase", "system-out"}},
	"properties": {nil, nil, []string{"property"}},
	"property":   {[]string{"name", "value"}, nil, nil},
	"testcase":   {[]string{"name", "classname", "time"}, nil, []string{"error", "failure", "system-out"}},
	"error":      {[]string{"message", "type"}, nil, nil},
	"failure":    {[]string{"message", "type"}, nil, nil},
	"system-out": {nil, nil, nil},
}

var forms = map[string]*regexp.Regexp{
	"time": regexp.MustCompile(`^[0-9]+\.[0-9]{3}$`), "timestamp": regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$`),
	"tests": regexp.MustCompile(`^\d+$`), "failures": regexp.MustCompile(`^\d+$`), "errors": regexp.MustCompile(`^\d+$`), "skipped": regexp.MustCompile(`^0$`),
}

// element is a node of an XML tree.
type element struct {
	name     string
	attrs    map[string]string
	children []*element
}

func parse(text []byte) (*element, error) {
	stack := []*element{{}}
	for dec := xml.NewDecoder(bytes.NewReader(text)); ; {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			if len(stack[0].children) != 1 {
				return nil, errors.New("not one root")
			}
			return stack[0].children[0], nil
		}
		if err != nil {
			return nil, err
		}
		switch token := token.(type) {
		case xml.StartElement:
			e := &element{name: token.Name.Local, attrs: map[string]string{}}
			for _, a := range token.Attr {
				e.attrs[a.Name.Local] = a.Value
			}
			top := stack[len(stack)-1]
			top.children = append(top.children, e)
			stack = append(stack, e)
		case xml.EndElement:
			stack = stack[:len(stack)-1]
		}
	}
}

// valid checks an element and all below it against the schema.
func valid(e *element) error {
	r, ok := schema[e.name]
	if !ok {
		return fmt.Errorf("element %s is unknown", e.name)
	}
	for _, m := range r.must {
		if _, ok := e.attrs[m]; !ok {
			return fmt.Errorf("%s has no %s", e.name, m)
		}
	}
	for a, v := range e.attrs {
		if !slices.Contains(r.must, a) && !slices.Contains(r.may, a) {
			return fmt.Errorf("%s may not have %s", e.name, a)
		}
		if f := forms[a]; f != nil && !f.MatchString(v) {
			return fmt.Errorf("%s: %s is %q", e.name, a, v)
		}
	}
	place := 0
	for _, c := range e.children {
		at := slices.Index(r.children, c.name)
		if at < place {
			return fmt.Errorf("%s: %s is out of place", e.name, c.name)
		}
		place = at
		if err := valid(c); err != nil {
			return fmt.Errorf("%s: %w", e.name, err)
		}
	}
	return totals(e)
}

// totals: the counts of a suite are those of its cases.
func totals(e *element) error {
	if e.name != "testsuite" {
		return nil
	}
	n := map[string]int{}
	for _, c := range e.children {
		if c.name == "testcase" {
			n["tests"]++
			for _, p := range c.children {
				n[p.name+"s"]++
			}
		}
	}
	for a, word := range map[string]string{"tests": "tests", "failures": "failures", "errors": "errors"} {
		if e.attrs[a] != fmt.Sprint(n[word]) {
			return fmt.Errorf("%s is %s, counted %d", a, e.attrs[a], n[word])
		}
	}
	return nil
}

func junit(t *testing.T, records ...record.Record) []byte {
	t.Helper()
	var out bytes.Buffer
	var runs []Run
	for _, r := range records {
		runs = append(runs, Run{Record: r})
	}
	if err := JUnit(&out, runs, Wish{}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func countedSuite(r record.Record) junitSuite {
	s := suite(r)
	s.count()
	return s
}

func TestJUnitIsValid(t *testing.T) {
	check := func(t *testing.T, r record.Record) {
		root, err := parse(junit(t, r))
		if err == nil {
			err = valid(root)
		}
		if err != nil {
			t.Fatalf("run %q: %v", r.Run.ID, err)
		}
	}
	each(t, check)
	var all []record.Record
	for _, s := range samples {
		check(t, s.make())
		all = append(all, s.make())
	}
	root, err := parse(junit(t, all...))
	if err != nil || valid(root) != nil || len(root.children) != len(samples) {
		t.Errorf("several runs: %v, %v", err, valid(root))
	}
	if empty := junit(t); !strings.Contains(string(empty), `tests="0"`) {
		t.Errorf("no runs: %s", empty)
	}
}

// The checker of the schema finds what is wrong.
func TestSchemaCheckFindsDefects(t *testing.T) {
	good := string(junit(t, inconclusive()))
	for _, c := range []struct{ name, old, new string }{
		{"unknown element", "<properties>", "<oddities></oddities><properties>"},
		{"unknown attribute", `<testcase name="loss"`, `<testcase id="1" name="loss"`},
		{"missing attribute", ` type="inconclusive"`, ""},
		{"bad number", `time="0.000"`, `time="soon"`},
		{"bad stamp", `timestamp="2026-11-23T18:41:05"`, `timestamp="2026-11-23T18:41:05Z"`},
		{"wrong count", `errors="6" skipped`, `errors="5" skipped`},
		{"skipped", `skipped="0"`, `skipped="1"`},
		{"wrong order", "<properties>", "<system-out></system-out><properties>"},
	} {
		bad := strings.Replace(good, c.old, c.new, 1)
		if bad == good {
			t.Fatalf("%s: nothing was planted", c.name)
		}
		if root, err := parse([]byte(bad)); err == nil && valid(root) == nil {
			t.Errorf("%s was not found", c.name)
		}
	}
}

// A suite is green exactly if the run passed, was clean, and everything in it
// passed.
func TestOnlyAPassIsGreen(t *testing.T) {
	for _, s := range samples {
		suite := countedSuite(s.make())
		green := suite.Errors+suite.Failures == 0
		if want := s.name == "passed" || s.name == "simulated" || s.name == "silent"; green != want {
			t.Errorf("%s: green %v, want %v", s.name, green, want)
		}
	}
	for _, v := range []record.Verdict{"", "skipped", "PASSED", record.Error, record.Aborted, record.Inconclusive, record.Failed} {
		r := passed()
		r.Verdict = v
		if s := countedSuite(r); s.Errors+s.Failures == 0 {
			t.Errorf("verdict %q is green", v)
		}
		r = passed()
		r.Objectives[1].Verdict = v
		if s := countedSuite(r); s.Errors+s.Failures == 0 {
			t.Errorf("an objective %q is green", v)
		}
	}
	for _, state := range []string{"", "ineffective", "unexercised", "overreach", "dirty", "not reached", "passed"} {
		r := passed()
		r.Faults[0].State = state
		if s := countedSuite(r); s.Errors == 0 {
			t.Errorf("a fault %q is green", state)
		}
	}
	for _, timesOnly := range []bool{false, true} {
		r := passed()
		r.Gates = append(r.Gates, record.Gate{Name: "host-not-saturated", Detail: "no CPU was left", TimesOnly: timesOnly})
		if s := countedSuite(r); (s.Errors == 0) != timesOnly {
			t.Errorf("a failed gate that bears on times only %v: %d errors", timesOnly, s.Errors)
		}
		if !strings.Contains(string(junit(t, r)), "no CPU was left") {
			t.Error("the gate is not told")
		}
	}
	for _, a := range []record.Action{{}, {Began: at(1)}, {Began: at(1), Ended: at(2), Error: "refused"}} {
		r := passed()
		r.Actions[0] = a
		if s := countedSuite(r); s.Errors == 0 {
			t.Errorf("an action that was not done is green: %+v", a)
		}
	}
}

func TestMissedIsAFailureAndUnprovenAnError(t *testing.T) {
	byName := func(r record.Record) map[string]junitCase {
		cases := map[string]junitCase{}
		for _, c := range suite(r).Cases {
			cases[c.Name] = c
		}
		return cases
	}
	missed := byName(failed())
	if c := missed["rto.mx (drill clock)"]; c.Failure == nil || c.Error != nil {
		t.Errorf("a missed objective: %+v", c)
	}
	open := byName(inconclusive())
	for _, name := range []string{"verdict", "rto.mx (production clock)", "crash: node.crash on mx1", "fault-effective"} {
		if c := open[name]; c.Error == nil || c.Failure != nil {
			t.Errorf("%s: %+v", name, c)
		}
	}
}
