package main

import (
	"bytes"
	"strings"
	"testing"

	"maildrill/harness/docker"
)

// TestADiagnosisSaysWhatWasNotTried: it is neither taken for working nor for
// broken, and says what to do.
func TestADiagnosisSaysWhatWasNotTried(t *testing.T) {
	var out bytes.Buffer
	p := &process{Stdout: &out}
	p.printDiagnosis(diagnosis{Checks: []docker.Check{
		{Name: "names", OK: true, Detail: "seen"},
		{Name: "disks", Untried: true, Detail: "no image", Advice: "build it"},
		{Name: "rules", Detail: "no nf_tables", Advice: "load it", LeavesOut: []string{"net.loss", "node.crash"}},
		{Name: "netem", Detail: "no such thing", Advice: "let it be", Spare: true},
	}})
	if !strings.HasSuffix(out.String(), "nothing is left of any run\n") {
		t.Errorf("nothing is left, and is not said:\n%s", out.String())
	}
	for _, want := range []string{"works    names  seen\n", "UNTRIED  disks  no image\n", "do: build it\n", "FAILS    rules  no nf_tables\n", "do: load it\n",
		"left out until then: net.loss, node.crash\n", "absent   netem  no such thing\n"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is missing in\n%s", want, out.String())
		}
	}
}

// TestABlindDiagnosisClaimsNothing: where the engine does not list what runs
// left, it is not said that nothing is left.
func TestABlindDiagnosisClaimsNothing(t *testing.T) {
	var out bytes.Buffer
	p := &process{Stdout: &out}
	p.printDiagnosis(diagnosis{Blind: "no engine"})
	if got, want := out.String(), "not known what killed runs left: no engine\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
