package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"maildrill/harness"
	"maildrill/harness/embedded"
	"maildrill/harness/planning"
	"maildrill/harness/record"
	"maildrill/harness/topology"
	"maildrill/scenarios"
)

// TestNextTrial: what is made, one letter a verdict (d: a dirty pass), and
// what the rule then says to do.
func TestNextTrial(t *testing.T) {
	for _, c := range []struct {
		name          string
		rule          record.Rule
		made          string
		trial, rerun  int // 0: none
		ended         string
		declaredOpens bool
	}{
		{name: "the first", rule: record.Rule{N: 3}, trial: 1},
		{name: "the last", rule: record.Rule{N: 3}, made: "pf", trial: 3},
		{name: "no more", rule: record.Rule{N: 3}, made: "ppp"},
		{name: "a failure does not stop", rule: record.Rule{N: 3, Stop: "none"}, made: "f", trial: 2},
		{name: "the first failure stops", rule: record.Rule{N: 3, Stop: "first_fail"}, made: "pf", ended: "trial 2 failed"},
		{name: "a pass never stops", rule: record.Rule{N: 3, Stop: "first_fail", Reruns: 2}, made: "p", trial: 2},
		{name: "a failure in the last place ends nothing early", rule: record.Rule{N: 2, Stop: "first_fail"}, made: "pf"},
		{name: "inconclusive, no re-run", rule: record.Rule{N: 2}, made: "pi"},
		{name: "inconclusive", rule: record.Rule{N: 2, Reruns: 2}, made: "ip", trial: 3, rerun: 1},
		{name: "not before all are made", rule: record.Rule{N: 2, Reruns: 2}, made: "i", trial: 2},
		{name: "again", rule: record.Rule{N: 2, Reruns: 2}, made: "ipI", trial: 4, rerun: 1},
		{name: "the cap", rule: record.Rule{N: 2, Reruns: 2}, made: "ipII"},
		{name: "made good", rule: record.Rule{N: 2, Reruns: 2}, made: "ipP"},
		{name: "two are open", rule: record.Rule{N: 2, Reruns: 3}, made: "iiP", trial: 4, rerun: 2},
		{name: "a failure is never made again", rule: record.Rule{N: 2, Reruns: 2}, made: "fp"},
		{name: "nor is an abort or an error", rule: record.Rule{N: 2, Reruns: 2}, made: "ae"},
		{name: "a failed re-run stops", rule: record.Rule{N: 2, Stop: "first_fail", Reruns: 3}, made: "iiF", ended: "trial 3 failed"},
		{name: "after a dirty one", rule: record.Rule{N: 3}, made: "d", ended: "trial 1 left something behind"},
		{name: "declared to be inconclusive", rule: record.Rule{N: 1, Reruns: 2}, made: "i", declaredOpens: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := &trials{rule: c.rule}
			if c.declaredOpens {
				s.declared = func(result) bool { return true }
			}
			for _, how := range []byte(c.made) {
				s.made = append(s.made, madeTrial(s, how))
			}
			d, more := s.next()
			if more != (c.trial > 0) || more && (d.trial != c.trial || d.rerunOf != c.rerun) {
				t.Errorf("next is trial %d in place of %d (%v), want %d and %d", d.trial, d.rerunOf, more, c.trial, c.rerun)
			}
			if !strings.HasPrefix(s.ended, c.ended) || (s.ended == "") != (c.ended == "") {
				t.Errorf("ended %q, want %q", s.ended, c.ended)
			}
		})
	}
}

// madeTrial ends the next trial; a capital letter is one in place of trial 1 or
// the first that is open.
func madeTrial(s *trials, how byte) result {
	d := drill{trials: s, trial: len(s.made) + 1}
	if how < 'a' {
		d.rerunOf, how = s.open(), how-'A'+'a'
	}
	v := map[byte]record.Verdict{'p': record.Passed, 'd': record.Passed, 'f': record.Failed, 'i': record.Inconclusive, 'a': record.Aborted, 'e': record.Error}[how]
	return result{drill: d, record: &record.Record{Verdict: v, Dirty: how == 'd'}}
}

// brief is a drill of a few seconds without a fault.
const brief = `
apiVersion: maildrill/v1
kind: Scenario
metadata: {name: brief}
topology: single-server
workload: {rate: 20/s, arrivals: even, mailboxes: 2, sizes: [1KiB]}
phases: {baseline: 2s, observe: 1s, drain: 30s}
objectives: {loss: {max: 0}}
trials: {n: 2}
`

// watched notes when systems are started and closed.
type watched struct {
	topology.Runtime
	note func(string)
}

type watchedSystem struct {
	topology.System
	note func(string)
}

func (w watched) Start(ctx context.Context, t topology.Topology, o topology.Options) (topology.System, error) {
	w.note("start")
	s, err := w.Runtime.Start(ctx, t, o)
	return watchedSystem{s, w.note}, err
}

func (s watchedSystem) Close(ctx context.Context) error {
	err := s.System.Close(ctx)
	s.note("closed")
	return err
}

// played runs the scenario in the embedded runtime and gives what was noted.
func played(t *testing.T, source string, o runOptions) (s *session, results []result, notes []string, stdout string) {
	t.Helper()
	doc, problems := scenarios.Parse("brief.yaml", []byte(source))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	topo, problems := doc.ResolveTopology()
	plan, more := planning.Compile(doc, topo, nil)
	if problems = append(problems, more...); len(problems) > 0 {
		t.Fatal(problems)
	}
	var mu sync.Mutex
	note := func(text string) { mu.Lock(); defer mu.Unlock(); notes = append(notes, text) }
	var out, progress bytes.Buffer
	p := &process{Stdout: &out, Stderr: &progress, Signals: make(chan os.Signal), Env: func(string) string { return "" }, Width: func() int { return 80 }}
	o.out, o.runtime = t.TempDir(), "embedded"
	s = &session{p: p, o: o, trials: []*trials{newTrials(plan, 0, o.trials)},
		runtime: func(_ context.Context, _, scratch string) (topology.Runtime, error) {
			return watched{embedded.New(embedded.Config{Dir: scratch}), note}, nil
		}}
	results, err := s.play(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if t.Failed() {
		t.Log(progress.String())
	}
	return s, results, notes, out.String()
}

// TestTrialsAreTornDownOneByOne: however many jobs there are, the system of a
// trial is closed before the next one starts; and the series adds up.
func TestTrialsAreTornDownOneByOne(t *testing.T) {
	t.Parallel()
	s, results, notes, stdout := played(t, brief, runOptions{jobs: 4, seed: 40})
	if want := []string{"start", "closed", "start", "closed"}; !slices.Equal(notes, want) {
		t.Errorf("systems: %v, want %v", notes, want)
	}
	b, err := os.ReadFile(filepath.Join(s.o.out, s.trials[0].id+".series.json"))
	if err != nil {
		t.Fatal(err)
	}
	series, err := record.UnmarshalSeries(b)
	if err != nil {
		t.Fatal(err)
	}
	if series.Verdict != record.Passed || series.ExitCode != 0 || len(series.Trials) != 2 || series.Confidence.Trials != 2 {
		t.Errorf("series %s (%s), exit %d, %+v", series.Verdict, series.Reason, series.ExitCode, series.Trials)
	}
	if !strings.Contains(stdout, "2 clean runs: failure probability below 78 %") {
		t.Errorf("the series was not printed:\n%s", stdout)
	}
	for i, r := range results {
		if rec := r.record; rec.Confidence.Trials != i+1 || rec.Run.Series != series.ID || rec.Run.Seed != int64(40+i) || rec.Run.Trials != 2 {
			t.Errorf("record of trial %d: %+v, %+v", i+1, rec.Run, rec.Confidence)
		}
		again, err := harness.Judge(harness.Folder(r.folder))
		if err != nil || again.Confidence != r.record.Confidence {
			t.Errorf("judged again: %+v (%v)", again, err)
		}
	}
	var shown struct {
		Series []record.Series `json:"series"`
		Runs   []record.Record `json:"runs"`
	}
	text, err := json.Marshal(printed(s.trials, results))
	if err != nil || json.Unmarshal(text, &shown) != nil || len(shown.Series) != 1 || len(shown.Runs) != 2 || shown.Series[0].ID != series.ID {
		t.Errorf("--json: %v: %s", err, text)
	}
}

// TestInconclusiveTrialIsMadeAgain: without load nothing is known, as often as
// it is tried, and never more often than declared.
func TestInconclusiveTrialIsMadeAgain(t *testing.T) {
	t.Parallel()
	source := strings.Replace(strings.Replace(brief, "20/s", "0/s", 1), "{n: 2}", "{reruns: 1}", 1)
	s, results, notes, _ := played(t, source, runOptions{jobs: 1})
	sum := s.trials[0].summary()
	if len(results) != 2 || len(notes) != 4 || sum.Verdict != record.Inconclusive || sum.ExitCode != record.ExitInconclusive {
		t.Errorf("%d runs, series %s (%s), exit %d", len(results), sum.Verdict, sum.Reason, sum.ExitCode)
	}
	if len(sum.Trials) != 2 || !sum.Trials[0].Replaced || sum.Trials[1].RerunOf != 1 {
		t.Errorf("trials %+v", sum.Trials)
	}
}
