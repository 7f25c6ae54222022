package programme

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"maildrill/scenarios"
)

func TestDecide(t *testing.T) {
	ran := func(planned string, attempt int) Claimed {
		return Claimed{Item: "a", Planned: planned, Attempt: attempt, Ended: time.Unix(1, 0)}
	}
	logged := func(what, planned string) Entry { return Entry{What: what, Item: "a", Planned: planned} }
	first, second := "2027-01-04T03:00", "2027-01-11T03:00"
	for name, c := range map[string]struct {
		more, now string
		known     Known
		want      string
	}{
		"not yet":           {"", "2027-01-04 01:59", Known{}, ""},
		"now":               {"", "2027-01-04 02:00", Known{}, "run 2027-01-04T03:00 1"},
		"it runs":           {"", "2027-01-04 02:00", Known{Claims: []Claimed{{Item: "a", Planned: first, Attempt: 1}}}, ""},
		"it has run":        {"", "2027-01-04 02:00", Known{Claims: []Claimed{ran(first, 1)}}, "ran 2027-01-04T03:00 "},
		"clock jumped back": {"", "2027-01-04 01:00", Known{Claims: []Claimed{ran(first, 1), ran(second, 1)}}, ""},
		"missed, run late":  {"", "2027-01-05 12:00", Known{}, "run 2027-01-04T03:00 1, late 2027-01-04T03:00 nothing was there to run it in its hour"},
		"missed, skipped":   {"missed: skip, ", "2027-01-05 12:00", Known{}, "skipped 2027-01-04T03:00 nothing was there to run it in its hour"},
		"skipped for good":  {"missed: skip, ", "2027-01-05 12:00", Known{Log: []Entry{logged(WasSkipped, first)}}, ""},
		"only the newest": {"", "2027-01-12 12:00", Known{},
			"run 2027-01-11T03:00 1, late 2027-01-11T03:00 nothing was there to run it in its hour, missed 2027-01-04T03:00 nothing was there to run it before the next date came"},
		"it waited for another":   {"missed: skip, ", "2027-01-04 09:00", Known{Log: []Entry{logged(WasOverlapping, first)}}, "run 2027-01-04T03:00 1"},
		"done by hand":            {"", "2027-01-05 12:00", Known{Done: []Evidence{passed(t, "single-server-crash", "2027-01-05 10:00")}}, "met 2027-01-04T03:00 it was done meanwhile"},
		"done by hand and failed": {"missed: skip, ", "2027-01-04 02:30", Known{Done: []Evidence{failed(t, "single-server-crash", "2027-01-04 02:10")}}, "run 2027-01-04T03:00 1"},
		"lost":                    {"", "2027-01-04 02:30", Known{Claims: []Claimed{{Item: "a", Planned: first, Attempt: 1, Lost: true}}}, "run 2027-01-04T03:00 2, lost 2027-01-04T03:00 its process died"},
		"lost, skipped": {"missed: skip, ", "2027-01-04 02:30", Known{Claims: []Claimed{{Item: "a", Planned: first, Attempt: 1, Lost: true}}},
			"lost 2027-01-04T03:00 its process died, skipped 2027-01-04T03:00 it was lost"},
		"lost long ago": {"", "2027-01-11 02:00", Known{Claims: []Claimed{{Item: "a", Planned: first, Attempt: 1, Lost: true}}},
			"run 2027-01-11T03:00 1, lost 2027-01-04T03:00 its process died, skipped 2027-01-04T03:00 it was lost"},
		"by hand only":                {"runner: manual, ", "2027-01-05 12:00", Known{}, ""},
		"late, and the hour is quiet": {"", "2027-01-04 20:30", Known{}, ""},
		"frozen":                      {"", "2027-02-20 12:00", Known{Claims: []Claimed{ran("2027-02-15T03:00", 1)}, Log: january()}, "moved 2027-02-15T03:00 freeze: audit, ran 2027-02-15T03:00 "},
	} {
		p := planOf(t, "quiet: [{from: \"21:00\", to: \"23:00\"}]\nfreezes: [{name: audit, from: 2027-02-15, until: 2027-02-18}]", "id: a, drill: single-server-crash, "+c.more+`cron: "0 3 * * 1"`)
		var got []string
		tasks, notes := p.Decide(c.known, at(t, c.now))
		for _, task := range tasks {
			got = append(got, fmt.Sprint("run ", task.Planned, " ", task.Attempt))
		}
		for _, n := range notes {
			got = append(got, n.What+" "+n.Planned+" "+n.Why)
		}
		slices.Sort(got[len(tasks):])
		if strings.Join(got, ", ") != c.want {
			t.Errorf("%s:\n got %s\nwant %s", name, strings.Join(got, ", "), c.want)
		}
	}
}

// january closes the Mondays up to the freeze.
func january() (log []Entry) {
	for _, day := range []string{"01-04", "01-11", "01-18", "01-25", "02-01", "02-08"} {
		log = append(log, Entry{What: WasMissed, Item: "a", Planned: "2027-" + day + "T03:00"})
	}
	return log
}

// TestTwoSchedulersDoNotDouble: five of them share a folder, and six drills are
// due at once. Each is run once, and never two at a time.
func TestTwoSchedulersDoNotDouble(t *testing.T) {
	var items []string
	for i := range 6 {
		items = append(items, fmt.Sprintf(`id: i%d, drill: single-server-crash, cron: "0 3 * * 1"`, i))
	}
	p, f := planOf(t, "", items...), folder(t)
	var mu sync.Mutex
	ran, running := map[Key]int{}, 0
	run := func(_ context.Context, _ scenarios.ProgrammeItem, task Task) int {
		mu.Lock()
		ran[task.Key()]++
		if running++; running > 1 {
			t.Error("two drills run at the same time")
		}
		mu.Unlock()
		time.Sleep(5 * time.Millisecond) // long enough that others come by
		mu.Lock()
		running--
		mu.Unlock()
		return 0
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var wg sync.WaitGroup
	for range 5 {
		s := &Scheduler{Plan: p, Folder: f, Now: func() time.Time { return at(t, "2027-01-04 02:00") }, Done: nothingDone, Run: run, Poll: time.Millisecond}
		wg.Go(func() {
			if err := s.Serve(ctx); err != nil {
				t.Error(err)
			}
		})
	}
	ended := func() (n int) {
		all, _ := f.Claims()
		for _, c := range all {
			if !c.Ended.IsZero() {
				n++
			}
		}
		return n
	}
	for ended() < 6 && t.Context().Err() == nil {
		time.Sleep(time.Millisecond)
	}
	stop()
	wg.Wait()
	for i := range 6 {
		if n := ran[Key{fmt.Sprintf("i%d", i), "2027-01-04T03:00"}]; n != 1 {
			t.Errorf("i%d was run %d times", i, n)
		}
	}
	log, _ := f.Log()
	count := map[string]int{}
	for _, e := range log {
		count[e.What]++
	}
	if count[Ran] != 6 || count[WasOverlapping] == 0 || count[WasLost]+count[WasSkipped]+count[WasMissed] != 0 {
		t.Errorf("%v", count)
	}
}

// TestTogether: a file may allow more at the same time.
func TestTogether(t *testing.T) {
	p, f := planOf(t, "together: 2", `id: a, drill: single-server-crash, cron: "0 3 * * 1"`, `id: b, drill: single-server-crash, cron: "0 3 * * 1"`), folder(t)
	both := make(chan bool)
	s := &Scheduler{Plan: p, Folder: f, Now: func() time.Time { return at(t, "2027-01-04 02:00") }, Done: nothingDone,
		Run: func(_ context.Context, it scenarios.ProgrammeItem, _ Task) int {
			if it.ID == "a" {
				both <- true
			} else {
				<-both
			}
			return len(it.ID)
		}}
	if codes, err := s.Once(t.Context()); err != nil || len(codes) != 2 {
		t.Error(codes, err)
	}
}
