package historytest

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"maildrill/harness/record"
	"maildrill/reports/history"
)

// Made is one run folder.
type Made struct {
	Run
	Record record.Record // of a run that has one
}

// Slowdown makes the newest run of a scenario slower in one objective.
type Slowdown struct {
	Scenario, Objective string
	Factor              float64
}

// Population makes n runs of the library, at least two of each scenario, over
// the year 2026 in the order of time. They end in every way there is; a tenth is
// simulated. The newest of each scenario is real and passed. The same seed gives
// the same runs.
func Population(seed uint64, n int, slow ...Slowdown) []Made {
	rng := rand.New(rand.NewPCG(seed, 26))
	begin := time.Date(2026, 1, 1, 3, 0, 0, 0, time.UTC)
	step := 364 * 24 * time.Hour / time.Duration(n)
	var all []Made
	for i := range n {
		r := Run{Scenario: Library[i%len(Library)], Started: begin.Add(time.Duration(i) * step).Truncate(time.Second), Outcome: history.Passed}
		if last := i >= n-len(Library); last {
			r.Slower = factors(r.Scenario.Name, slow)
		} else {
			r.Outcome, r.Simulated = outcome(rng), rng.IntN(10) == 0
		}
		all = append(all, Made{r, r.Record(rng)})
	}
	return all
}

func factors(scenario string, slow []Slowdown) map[string]float64 {
	all := map[string]float64{}
	for _, s := range slow {
		if s.Scenario == scenario {
			all[s.Objective] = s.Factor
		}
	}
	return all
}

// outcome draws an ending: three runs out of four pass.
func outcome(rng *rand.Rand) history.Outcome {
	if rng.IntN(4) > 0 {
		return history.Passed
	}
	return history.Outcomes[1+rng.IntN(len(history.Outcomes)-1)]
}

// Write makes the folders of runs under a folder.
func Write(tb testing.TB, root string, made []Made) {
	tb.Helper()
	for _, m := range made {
		WriteRun(tb, root, m)
	}
}

// WriteRun makes one run folder: without a record where it ended so, with a
// broken one where it cannot be read.
func WriteRun(tb testing.TB, root string, m Made) {
	tb.Helper()
	dir := filepath.Join(root, m.ID())
	if err := os.MkdirAll(dir, 0o755); err != nil {
		tb.Fatal(err)
	}
	put(tb, filepath.Join(dir, "scenario.yaml"), []byte("apiVersion: maildrill/v1\nkind: Scenario\nmetadata: {name: "+m.Scenario.Name+"}\n"))
	if m.Outcome == history.NoRecord {
		return
	}
	data, err := record.Marshal(m.Record)
	if err != nil {
		tb.Fatal(err)
	}
	if m.Outcome == history.Unreadable {
		data = data[:len(data)/2]
	}
	put(tb, filepath.Join(dir, "record.json"), data)
}

func put(tb testing.TB, path string, data []byte) {
	tb.Helper()
	if err := os.WriteFile(path, data, 0o644); err != nil {
		tb.Fatal(err)
	}
}
