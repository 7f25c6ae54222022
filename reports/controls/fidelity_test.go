package controls

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"maildrill/harness/record"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestFidelityIsGolden(t *testing.T) {
	for name, r := range map[string]record.Record{
		"audited":    audited(),
		"undeclared": spoiled(func(r *record.Record) { r.Evidence, r.Clock, r.Tuned = nil, "production", nil }),
		"simulated":  spoiled(func(r *record.Record) { r.Simulated, r.Run.Runtime = true, "embedded" }),
		"production": spoiled(func(r *record.Record) { r.Evidence.Environment = "production" }),
		"empty":      {},
	} {
		var out strings.Builder
		for _, s := range Fidelity(r) {
			by := ""
			if s.Declared {
				by = " (declared)"
			}
			fmt.Fprintf(&out, "%s%s: %s\n", s.Topic, by, s.Text)
		}
		file := filepath.Join("testdata", "fidelity."+name+".txt")
		if *update {
			if err := os.WriteFile(file, []byte(out.String()), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if out.String() != string(want) {
			t.Errorf("%s differs (write it anew with -update):\n%s", file, out.String())
		}
	}
}

func has(r record.Record, topic Topic, text string) bool {
	return slices.ContainsFunc(Fidelity(r), func(s Statement) bool { return s.Topic == topic && strings.Contains(s.Text, text) })
}

// People cannot declare away what the record shows.
func TestTheRecordContradictsItsPeople(t *testing.T) {
	for _, environment := range []string{"staging", "production"} {
		r := spoiled(func(r *record.Record) { r.Evidence.Environment = environment })
		if !has(r, Environment, "Declared as "+environment+". The record contradicts this") {
			t.Errorf("%s: %+v", environment, Fidelity(r)[0])
		}
		f, _ := field("E05")
		if _, where := f.Filled(r); !strings.Contains(where, environment+"; 1 difference from production; the record shows a replica") {
			t.Errorf("%s: %s", environment, where)
		}
	}
	simulated := spoiled(func(r *record.Record) { r.Simulated = true })
	if !has(simulated, Servers, "SIMULATED") || has(audited(), Servers, "SIMULATED") {
		t.Error("SIMULATED stands where it should not, or does not where it should")
	}
	unknown := spoiled(func(r *record.Record) { r.Clock = "" })
	if !has(unknown, Clock, "not recorded") {
		t.Errorf("no clock: %+v", Fidelity(unknown))
	}
}

// What was tested is no longer among what was not.
func TestLimitsFollowTheRecord(t *testing.T) {
	without := spoiled(func(r *record.Record) { r.Times, r.Evidence.Participants = nil, nil })
	if !has(without, Limit, "What load") || has(audited(), Limit, "What load") || !has(without, Limit, "How people") || has(audited(), Limit, "How people") {
		t.Errorf("%+v", Fidelity(without))
	}
}

// TestCopiesOfRealVolumesAreSaid: what real users have was part of the drill then.
func TestCopiesOfRealVolumesAreSaid(t *testing.T) {
	r := spoiled(func(r *record.Record) { r.Environment = map[string]string{"copy.imap.mail": "mailu_mail"} })
	if !has(r, "difference", "copies of mailu_mail") || has(r, "difference", "No real user") {
		t.Error(Fidelity(r))
	}
}
