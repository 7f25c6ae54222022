package faults_test

import (
	"encoding/json"
	"os"
	"testing"
	"time"

	"maildrill/faults"
)

// TestEveryKindIsProven: a kind that no test on real servers has proven, and
// that is not said to be meaningless there, may not be listed.
func TestEveryKindIsProven(t *testing.T) {
	text, err := os.ReadFile("proven.json")
	if err != nil {
		t.Fatal(err)
	}
	var list []faults.Proven
	if err := json.Unmarshal(text, &list); err != nil {
		t.Fatal(err)
	}
	for _, p := range list {
		if _, err := faults.Lookup(p.Kind); err != nil {
			t.Errorf("proven.json names %s, which the catalogue does not know: remove its line", p.Kind)
		}
		if _, err := time.Parse(time.DateOnly, p.Date); p.Meaningless == "" &&
			(err != nil || p.Test == "" || p.Engine == "" || p.Kernel == "" || p.Cases == 0 || p.Passed != p.Cases) {
			t.Errorf("the line of %s in proven.json is not whole: %+v", p.Kind, p)
		}
	}
	for _, k := range faults.Catalogue {
		if _, ok := faults.ProvenBy(k.ID); !ok {
			t.Errorf("%s is in no line of proven.json; run: make proven", k.ID)
		}
	}
}

// Every ability takes something of whoever makes the fault.
func TestEveryKindTakesPrivileges(t *testing.T) {
	for _, k := range faults.Catalogue {
		for _, a := range k.Needs {
			if len((faults.Kind{Needs: []faults.Ability{a}}).Privileges()) == 0 {
				t.Errorf("%s: nobody says what the ability %s takes", k.ID, a)
			}
		}
	}
}
