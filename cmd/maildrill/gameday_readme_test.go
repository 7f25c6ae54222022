package main

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"maildrill/scenarios"
)

// Every command of the guide is one that there is, with flags that it has.
func TestTheGuideOfGameDaysIsTrue(t *testing.T) {
	text, err := os.ReadFile("../../harness/gameday/README.md")
	if err != nil {
		t.Fatal(err)
	}
	lines := regexp.MustCompile(`(?m)^    maildrill (.*)$`).FindAllStringSubmatch(string(text), -1)
	if len(lines) < 20 {
		t.Fatalf("%d commands", len(lines))
	}
	for _, l := range lines {
		checkCommand(t, strings.Fields(l[1]))
	}
	for _, name := range scenarios.GameDayNames() {
		doc, _, err := scenarios.FindGameDay(name)
		if err == nil && doc.GameDay.Expect.Verdict == "passed" && !strings.Contains(string(text), "`"+name+"`") {
			t.Errorf("the guide does not tell of %s", name)
		}
	}
}

func checkCommand(t *testing.T, words []string) {
	t.Helper()
	c, rest, err := (&process{}).root().Find(words)
	if err != nil || !c.Runnable() {
		t.Errorf("maildrill %s: %v", strings.Join(words, " "), err)
		return
	}
	for _, w := range rest {
		if name, ok := strings.CutPrefix(w, "--"); ok && c.Flags().Lookup(name) == nil && c.InheritedFlags().Lookup(name) == nil {
			t.Errorf("maildrill %s: there is no --%s", strings.Join(words, " "), name)
		}
	}
}
