package scenarios

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var shrink = flag.Bool("shrink", false, "drop from testdata/lacking.txt what is not lacking any more")

// lackingFile lists what the library still lacks, a line each: "look NAME",
// "requirement ID". It may only shrink.
var lackingFile = filepath.Join("testdata", "lacking.txt")

// lacks says what a scenario should have and has not. What proves the instrument
// answers no requirement, and needs no twin: a system without its defect is one.
func lacks(e Entry) (list []string) {
	drill := e.Area != "zoo" && e.Area != "instrument"
	for what, missing := range map[string]bool{
		"story": e.Story == "", "look": e.Look == "", "controls": drill && len(e.Controls) == 0, "twin": drill && e.Twin == "",
		"verdict": e.Expect == nil, "reason": e.Expect == nil || e.Expect.Reason == "",
		"ids": drill && len(e.Causes)+len(e.Mitigations) == 0,
	} {
		if missing {
			list = append(list, what+" "+e.Name)
		}
	}
	return list
}

// unanswered are requirements that no scenario names. Those for which people or
// history are needed are not asked for.
func unanswered(all []Entry) (list []string) {
	for _, id := range slices.Concat(Causes(), Mitigations()) {
		answered := slices.ContainsFunc(all, func(e Entry) bool { return slices.Contains(e.Causes, id) || slices.Contains(e.Mitigations, id) })
		if !answered && !slices.Contains(Exercised(), id) {
			list = append(list, "requirement "+id)
		}
	}
	return list
}

// TestTheLibraryLacksNothingNew: every requirement is answered and every scenario
// says what it should, but for what is listed; and what is listed and not lacking
// any more must go from the list, so that it cannot come back.
func TestTheLibraryLacksNothingNew(t *testing.T) {
	var found []string
	var all []Entry
	for _, e := range Library() {
		if e.Kind == "Scenario" {
			all = append(all, e)
			found = append(found, lacks(e)...)
		}
	}
	found = append(found, unanswered(all)...)
	slices.Sort(found)
	text, err := os.ReadFile(lackingFile)
	if err != nil {
		t.Fatal(err)
	}
	listed := strings.Split(strings.TrimSpace(string(text)), "\n")
	var kept []string
	for _, line := range listed {
		switch {
		case slices.Contains(found, line):
			kept = append(kept, line)
		case line != "" && !*shrink:
			t.Errorf("%q is lacking no more: go test ./scenarios -run Lacks -shrink takes it from %s", line, lackingFile)
		}
	}
	for _, line := range found {
		if !slices.Contains(listed, line) {
			t.Errorf("lacking: %s", line)
		}
	}
	if *shrink {
		if err := os.WriteFile(lackingFile, []byte(strings.Join(kept, "\n")+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestTwins: each names the other, and they end differently: else the pair shows
// nothing.
func TestTwins(t *testing.T) {
	all := map[string]Entry{}
	for _, e := range Library() {
		if e.Kind == "Scenario" {
			all[e.Name] = e
		}
	}
	for _, wrong := range mismatched(all) {
		t.Error(wrong)
	}
	// The test itself finds each kind of mistake.
	end := func(verdict string, objectives ...string) *Ending {
		return &Ending{Verdict: verdict, Objectives: objectives}
	}
	for want, pair := range map[string][]Entry{
		"there is no":          {{Name: "a", Twin: "x", Expect: end("passed")}},
		"names \"c\"":          {{Name: "a", Twin: "b", Expect: end("passed")}, {Name: "b", Twin: "c"}, {Name: "c", Twin: "b"}},
		"end alike":            {{Name: "a", Twin: "b", Expect: end("failed", "loss")}, {Name: "b", Twin: "a", Expect: end("failed", "loss")}},
		"its own twin":         {{Name: "a", Twin: "a", Expect: end("passed")}},
		"names no objective":   {{Name: "a", Expect: end("failed")}},
		"declares no verdict":  {{Name: "a", Twin: "b"}, {Name: "b", Twin: "a", Expect: end("passed")}},
		"passes, and is named": {{Name: "a", Expect: end("passed", "loss")}},
	} {
		planted := map[string]Entry{}
		for _, e := range pair {
			planted[e.Name] = e
		}
		if got := strings.Join(mismatched(planted), "\n"); !strings.Contains(got, want) {
			t.Errorf("planted: %q was not found, but %q", want, got)
		}
	}
}

// mismatched lists what is wrong with the endings and twins of scenarios.
func mismatched(all map[string]Entry) (wrong []string) {
	for name, e := range all {
		if e.Expect != nil && e.Expect.Verdict == "failed" && len(e.Expect.Objectives) == 0 {
			wrong = append(wrong, name+" must fail, and names no objective that is missed")
		}
		if e.Expect != nil && e.Expect.Verdict == "passed" && len(e.Expect.Objectives) > 0 {
			wrong = append(wrong, name+" passes, and is named with objectives that are missed")
		}
		if e.Twin == "" {
			continue
		}
		twin, ok := all[e.Twin]
		switch {
		case !ok:
			wrong = append(wrong, name+": there is no "+e.Twin)
		case e.Twin == name:
			wrong = append(wrong, name+" is its own twin")
		case twin.Twin != name:
			wrong = append(wrong, name+": its twin "+e.Twin+" names \""+twin.Twin+"\"")
		case e.Expect == nil || twin.Expect == nil:
			wrong = append(wrong, name+" or its twin declares no verdict")
		case e.Expect.Words() == twin.Expect.Words():
			wrong = append(wrong, name+" and its twin end alike: "+e.Expect.Words())
		}
	}
	slices.Sort(wrong)
	return wrong
}
