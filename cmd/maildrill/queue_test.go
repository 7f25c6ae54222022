package main

import (
	"bytes"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"maildrill/harness/planning"
	"maildrill/harness/record"
	"maildrill/harness/schedule"
	"maildrill/scenarios"
)

func minute(n int, w schedule.Weight) *trials {
	plan := &planning.Plan{}
	plan.Scenario.Phases.Observe = scenarios.Duration(time.Minute - 13*time.Second) // what Usual adds
	return &trials{plan: plan, rule: record.Rule{N: n}, weight: w}
}

// TestQueue plays drills of a minute by a clock of its own: how long they take
// together, how many ran at the same time, and that none is left out.
func TestQueue(t *testing.T) {
	small, alone := schedule.Weight{CPU: 0.5}, schedule.Weight{Alone: "load"}
	for _, c := range []struct {
		name string
		host schedule.Host
		all  []*trials
		took time.Duration
		most int32
		said string
	}{
		{"one after the other", schedule.Host{CPUs: 8, Jobs: 1}, []*trials{minute(1, small), minute(1, small)}, 2 * time.Minute, 1, "1 of 2 done, about 60 s left\n"},
		{"two at the same time", schedule.Host{CPUs: 8, Jobs: 2}, []*trials{minute(1, small), minute(1, small), minute(2, small)}, 2 * time.Minute, 2, "3 of 4 done"},
		{"a series is never beside itself", schedule.Host{CPUs: 8, Jobs: 4}, []*trials{minute(3, small)}, 3 * time.Minute, 1, "2 of 3 done, about 60 s left\n"},
		{"auto fills the host", schedule.Host{CPUs: 4}, []*trials{minute(1, small), minute(1, small), minute(1, small)}, time.Minute, 3, ""},
		{"alone", schedule.Host{CPUs: 8}, []*trials{minute(1, alone), minute(1, small), minute(1, alone), minute(1, small)}, 3 * time.Minute, 2, "2 of 4 done, about 2 min left\n"},
	} {
		synctest.Test(t, func(t *testing.T) {
			var notes bytes.Buffer
			q := newQueue(c.all, c.host, &notes)
			var now, most atomic.Int32
			var wg sync.WaitGroup
			began := time.Now()
			for one, more := q.take(); more; one, more = q.take() {
				wg.Go(func() {
					if n := now.Add(1); n > most.Load() {
						most.Store(n)
					}
					time.Sleep(time.Minute) // the drill, by the clock of the test
					one.made = append(one.made, result{drill: drill{trials: one, trial: len(one.made) + 1}, record: &record.Record{Verdict: record.Passed}})
					now.Add(-1)
					q.back(one, true)
				})
			}
			wg.Wait()
			if took := time.Since(began); took != c.took || most.Load() != c.most || !strings.Contains(notes.String(), c.said) {
				t.Errorf("%s: %v, %d at the same time; want %v, %d and %q in\n%s", c.name, took, most.Load(), c.took, c.most, c.said, notes.String())
			}
			for _, one := range c.all {
				if len(one.made) != one.rule.N {
					t.Errorf("%s: %d of %d made", c.name, len(one.made), one.rule.N)
				}
			}
		})
	}
}

func TestJobs(t *testing.T) {
	for text, want := range map[string]jobs{"auto": 0, "1": 1, "12": 12} {
		j := jobs(7)
		if err := j.Set(text); err != nil || j != want || j.String() != text {
			t.Errorf("%s: %v, %v", text, j, err)
		}
	}
	for _, text := range []string{"", "0", "-1", "many", "1.5"} {
		if j := jobs(7); j.Set(text) == nil {
			t.Errorf("%q was taken as %v", text, j)
		}
	}
}

func TestRoughly(t *testing.T) {
	for d, want := range map[time.Duration]string{0: "about 10 s", 72 * time.Second: "about 70 s", 18*time.Minute + 20*time.Second: "about 18 min", 150 * time.Minute: "about 2.5 h"} {
		if got := roughly(d); got != want {
			t.Errorf("%v: %s, want %s", d, got, want)
		}
	}
}
