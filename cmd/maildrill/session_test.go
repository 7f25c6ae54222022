package main

import (
	"errors"
	"io"
	"testing"

	"maildrill/harness/record"
	"maildrill/harness/topology"
)

// A host that lacks something is no defect of maildrill.
func TestTheCodeOfARunThatCouldNotStart(t *testing.T) {
	lack := error(&topology.Unavailable{Err: errors.New("no nf_tables"), Remedy: "load it"})
	s := &session{p: &process{Stderr: io.Discard}}
	for _, c := range []struct {
		name string
		rec  *record.Record
		err  error
		want int
	}{
		{"the host lacks something", &record.Record{Verdict: record.Error, Lacking: true}, lack, exitEnvironment},
		{"and the run does not return it", &record.Record{Verdict: record.Error, Lacking: true}, nil, exitEnvironment},
		{"and something is left", &record.Record{Verdict: record.Error, Dirty: true, Lacking: true}, lack, record.ExitDirty},
		{"and maildrill has a defect too", &record.Record{Verdict: record.Error}, lack, exitDefect},
		{"no record could be made", nil, lack, exitEnvironment},
		{"a defect", &record.Record{Verdict: record.Error}, errors.New("oops"), exitDefect},
		{"a drill that was played", &record.Record{Verdict: record.Failed}, nil, record.ExitFailed},
		{"an engine that went away", &record.Record{Verdict: record.Failed}, lack, exitEnvironment},
	} {
		if got := codeOf(c.rec, c.err, s.report); got != c.want {
			t.Errorf("%s: code %d, want %d", c.name, got, c.want)
		}
	}
}
