package schedule

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"maildrill/faults"
	"maildrill/harness/planning"
	"maildrill/harness/topology"
	"maildrill/scenarios"
)

func TestNext(t *testing.T) {
	const gib = 1 << 30
	small, big := Weight{CPU: 0.5, Memory: gib}, Weight{CPU: 1.2, Memory: gib}
	fat, alone := Weight{CPU: 0.1, Memory: 7 * gib}, Weight{CPU: 0.1, Alone: "load.surge"}
	giant := Weight{CPU: 99, Memory: 99 * gib}
	asks := Weight{CPU: 0.1, Uses: []string{terminal}}
	type W = []Weight
	for _, c := range []struct {
		name             string
		jobs             int
		waiting, running W
		want             int
	}{
		{"nothing waits", 0, nil, nil, -1},
		{"an idle host takes the first", 0, W{big, small}, nil, 0},
		{"an idle host takes what is larger than itself", 0, W{giant}, nil, 0},
		{"two small ones", 0, W{small}, W{small}, 0},
		{"the CPUs are full", 0, W{small}, W{small, small}, -1},
		{"a small one passes a big one", 0, W{big, small}, W{small}, 1},
		{"the memory is full", 0, W{small}, W{fat}, -1},
		{"no more jobs than asked for", 1, W{small}, W{small}, -1},
		{"many jobs are no more room", 64, W{big}, W{big}, -1},
		{"who must be alone waits", 0, W{alone, small}, W{small}, 1},
		{"beside who must be alone nobody runs", 0, W{small}, W{alone}, -1},
		{"those with company go first", 0, W{alone, small}, nil, 1},
		{"who must be alone has its turn", 0, W{alone, alone}, nil, 0},
		{"what only one can have", 0, W{asks, small}, W{asks}, 1},
	} {
		h := Host{CPUs: 2, Memory: 8 * gib, Jobs: c.jobs}
		if got := h.Next(c.waiting, c.running); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
	if h := (Host{CPUs: 4, Busy: 0.3}); h.Next(W{small}, W{small}) != 0 || h.Next(W{small}, W{small, small}) != -1 {
		t.Error("what others take of the host is not counted")
	}
	if h := (Host{CPUs: 4}).Within(2, 9).Within(0, 0).Within(8, 10); h != (Host{CPUs: 2, Memory: 9}) {
		t.Errorf("within an engine: %+v", h)
	}
	if (Host{CPUs: 64}).Next(W{fat}, W{fat, fat}) != 0 {
		t.Error("memory that is not known is a limit")
	}
}

func TestWeigh(t *testing.T) {
	plan := func(rate float64, steps ...planning.Step) *planning.Plan {
		return &planning.Plan{Steps: steps, Topology: topology.Topology{Nodes: make([]topology.Node, 6)},
			Scenario: scenarios.Scenario{Workload: scenarios.Workload{Rate: scenarios.Rate(rate), Sizes: []scenarios.Size{1 << 20}}}}
	}
	fault := func(id string) planning.Step { return planning.Step{Kind: faults.Kind{ID: id}} }
	calm := Weigh(plan(7, fault("node.crash")), false)
	if calm.CPU < 0.5 || calm.CPU > 0.7 || calm.Memory < 600<<20 || calm.Alone != "" {
		t.Errorf("six nodes and 7/s: %+v", calm)
	}
	if s := Weigh(plan(7), true); s.CPU >= calm.CPU || s.Memory >= calm.Memory {
		t.Errorf("simulated: %+v", s)
	}
	for _, id := range []string{"resource.cpu", "resource.pids", "load.mail-bomb", "storage.slow"} {
		if w := Weigh(plan(7, fault("node.crash"), fault(id)), false); w.Alone == "" {
			t.Errorf("%s does not run alone", id)
		}
	}
	if Weigh(plan(100), false).Alone == "" {
		t.Error("100 messages a second do not run alone")
	}
	if w := Weigh(plan(7, planning.Step{Action: "manual"}), false); !slices.Equal(w.Uses, []string{terminal}) {
		t.Errorf("a manual step uses %v", w.Uses)
	}
}

// TestSolitaryIsOfTheCatalogue: a row that names no fault protects nothing.
func TestSolitaryIsOfTheCatalogue(t *testing.T) {
	for _, s := range solitary {
		if !slices.ContainsFunc(faults.Catalogue, func(k faults.Kind) bool { return alone(k.ID) == s.why }) {
			t.Errorf("%s (%s) is the reason of no fault of the catalogue", s.fault, s.why)
		}
	}
}

func TestParsePart(t *testing.T) {
	for text, want := range map[string]Part{"1/1": {1, 1}, "2/5": {2, 5}, "5/5": {5, 5}} {
		if got, err := ParsePart(text); err != nil || got != want || got.String() != text {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "2", "/", "0/5", "6/5", "a/b", "2/b", "-1/5", "1/0", "+1/2", "01/2", "1/2/3", "1 / 2", "1/99999"} {
		if got, err := ParsePart(text); err == nil {
			t.Errorf("%q was read as %v", text, got)
		}
	}
}

// TestShards: together they are the suite, none has a drill of another, and
// they are as even as the longest drill allows.
func TestShards(t *testing.T) {
	var jobs []Job
	total, longest := time.Duration(0), time.Duration(0)
	for i := range 37 {
		d := time.Duration(30+(i*i*7)%150) * time.Second
		jobs = append(jobs, Job{fmt.Sprintf("drill-%02d", i), d})
		total, longest = total+d, max(longest, d)
	}
	for of := 1; of <= 12; of++ {
		seen := map[int]int{}
		for this := 1; this <= of; this++ {
			places := Shard(jobs, Part{this, of})
			if !slices.IsSorted(places) {
				t.Errorf("%d/%d is out of order: %v", this, of, places)
			}
			load := time.Duration(0)
			for _, i := range places {
				seen[i]++
				load += jobs[i].Time
			}
			if over := load - total/time.Duration(of); over > longest {
				t.Errorf("%d/%d takes %v, %v more than its share", this, of, load, over)
			}
		}
		for i := range jobs {
			if seen[i] != 1 {
				t.Errorf("of %d: %s is in %d shards", of, jobs[i].Name, seen[i])
			}
		}
	}
}

// TestShardsDoNotDependOnTheOrder: two machines that list the same drills in
// another order deal alike.
func TestShardsDoNotDependOnTheOrder(t *testing.T) {
	jobs := []Job{{"a", 3}, {"b", 3}, {"c", 9}, {"d", 1}, {"e", 3}}
	other := slices.Clone(jobs)
	slices.Reverse(other)
	names := func(all []Job, p Part) (n []string) {
		for _, i := range Shard(all, p) {
			n = append(n, all[i].Name)
		}
		slices.Sort(n)
		return n
	}
	for k := 1; k <= 3; k++ {
		if a, b := names(jobs, Part{k, 3}), names(other, Part{k, 3}); !slices.Equal(a, b) {
			t.Errorf("%d/3: %v and %v", k, a, b)
		}
	}
	// Times that are all 0 are dealt in turns, and no shard stays empty.
	if got := Shard([]Job{{"a", 0}, {"b", 0}, {"c", 0}}, Part{3, 3}); len(got) != 1 {
		t.Errorf("the third of three has %v", got)
	}
}

func TestRemaining(t *testing.T) {
	m := time.Minute
	w := Weight{CPU: 0.5}
	for _, c := range []struct {
		name string
		jobs int
		p    Progress
		want time.Duration
	}{
		{"nothing", 1, Progress{}, 0},
		{"one after the other", 1, Progress{Waiting: []Piece{{m, w}, {2 * m, w}}}, 3 * m},
		{"two at the same time", 2, Progress{Waiting: []Piece{{m, w}, {2 * m, w}, {m, w}}}, 2 * m},
		{"beside one that runs", 2, Progress{Going: []Piece{{3 * m, w}}, Waiting: []Piece{{m, w}, {m, w}}}, 3 * m},
		{"one that is late", 1, Progress{Going: []Piece{{-m, w}}, Waiting: []Piece{{m, w}}}, m},
		{"alone at the end", 2, Progress{Waiting: []Piece{{m, Weight{Alone: "x"}}, {m, w}, {m, w}}}, 2 * m},
		{"slower than expected", 1, Progress{Took: 3 * m, Planned: 2 * m, Waiting: []Piece{{2 * m, w}}}, 3 * m},
	} {
		if got := (Host{CPUs: 4, Jobs: c.jobs}).Remaining(c.p); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
