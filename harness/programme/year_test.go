package programme

import (
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"maildrill/scenarios"
)

// world is a year in which time is virtual: two schedulers share a folder, drills
// take twenty minutes, and people hold exercises.
type world struct {
	t    *testing.T
	plan *Plan
	f    *Folder

	mu    sync.Mutex
	shift time.Duration // from the test's clock to that on the wall
	done  []Evidence
	ran   map[Key][]time.Time
	stop  []func() // of the schedulers that are up
}

const drillTakes = 20 * time.Minute

func (w *world) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return time.Now().Add(w.shift)
}

// jump sets the clock on the wall.
func (w *world) jump(by time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.shift += by
}

func (w *world) run(_ context.Context, it scenarios.ProgrammeItem, task Task) int {
	began := w.now()
	w.mu.Lock()
	w.ran[task.Key()] = append(w.ran[task.Key()], began)
	w.mu.Unlock()
	time.Sleep(drillTakes)
	w.held(began, w.plan.Names(it.ID)...)
	return 0
}

// held is evidence that all of them passed.
func (w *world) held(began time.Time, names ...string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, name := range names {
		w.done = append(w.done, Evidence{Name: name, At: began, Passed: true, Source: "run"})
	}
}

func (w *world) evidence(context.Context) ([]Evidence, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.done), nil
}

// up starts a scheduler.
func (w *world) up() {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	s := &Scheduler{Plan: w.plan, Folder: w.f, Now: w.now, Done: w.evidence, Run: w.run, Poll: 24 * time.Hour}
	go func() { ended <- s.Serve(ctx) }()
	w.stop = append(w.stop, func() {
		cancel()
		if err := <-ended; err != nil {
			w.t.Error(err)
		}
	})
}

// down ends the scheduler that is up for the longest.
func (w *world) down() {
	w.stop[0]()
	w.stop = w.stop[1:]
}

// until waits for a time on the wall clock. The schedulers have done what they do
// at that time.
func (w *world) until(text string) {
	w.t.Helper()
	to := w.wall(text)
	if left := to.Sub(w.now()); left > 0 {
		time.Sleep(left)
	} else {
		w.t.Errorf("%s is over", text)
	}
	synctest.Wait()
}

func (w *world) wall(text string) time.Time {
	w.t.Helper()
	return Instant(at(w.t, text), w.plan.zone)
}

// killed is a scheduler that claims an occurrence and dies.
func (w *world) killed(item, planned string) {
	for _, o := range w.plan.of(item) {
		if o.Planned != planned {
			continue
		}
		c, mine, err := w.f.Claim(o, 1, w.now())
		if err != nil || !mine {
			w.t.Fatalf("%v, %v", mine, err)
		}
		c.held.Close() // as the kernel does
	}
}

// patrol notes at each noon of the wall clock which items are overdue.
func (w *world) patrol(ctx context.Context) map[string][]string {
	seen := map[string][]string{}
	for day := at(w.t, "2027-01-01 12:00"); day.Year() < 2028; day = day.AddDate(0, 0, 1) {
		for w.now().Before(Instant(day, w.plan.zone)) && ctx.Err() == nil {
			select {
			case <-time.After(min(6*time.Hour, Instant(day, w.plan.zone).Sub(w.now()))):
			case <-ctx.Done():
			}
		}
		if now := Wall(w.now(), w.plan.zone); ctx.Err() == nil && now.Sub(day) < time.Hour {
			done, _ := w.evidence(ctx)
			log, _ := w.f.Log()
			for _, s := range w.plan.Status(done, log, w.now()) {
				if s.State == Overdue {
					seen[s.Item] = append(seen[s.Item], day.Format("01-02"))
				}
			}
		}
	}
	return seen
}

// theYear is what happens to the schedulers, and to the clock.
func (w *world) theYear() {
	w.up()
	w.up()
	for _, week := range []string{"01-19", "02-02", "02-16", "03-15", "03-29", "04-20"} { // restarts, some close to a date
		w.until("2027-" + week + " 02:59")
		w.down()
		w.up()
	}
	w.until("2027-05-10 04:00") // a Monday: the clock goes back, and it is three again
	w.jump(-3 * time.Hour)
	w.until("2027-06-01 12:00") // all are dead for three weeks
	w.down()
	w.down()
	w.until("2027-06-22 13:00")
	w.up()
	w.up()
	w.until("2027-07-01 11:00") // the exercise of May is held at last
	w.held(w.now(), "site-loss-day")
	w.until("2027-07-12 02:30") // one claims a run and dies with it
	w.down()
	w.down()
	w.until("2027-07-12 03:30")
	w.killed("restore", "2027-07-12T03:30")
	w.up()
	w.up()
	for _, gameday := range []struct{ day, name string }{{"06-15", ""}, {"09-14", "ransomware-day"}, {"10-13", "lost-primary-store"}} {
		if gameday.name != "" {
			w.until("2027-" + gameday.day + " 11:00")
			w.held(w.now(), gameday.name)
		}
	}
	w.until("2027-10-17 12:00") // a Sunday: the clock goes two days forward
	w.jump(48 * time.Hour)
	w.until("2027-11-11 11:00")
	w.held(w.now(), "site-loss-day")
	w.until("2027-12-31 23:00")
	w.down()
	w.down()
}

// days are the days from one to another.
func days(t *testing.T, from, to string) (all []string) {
	for day := at(t, "2027-"+from); !day.After(at(t, "2027-"+to)); day = day.AddDate(0, 0, 1) {
		all = append(all, day.Format("01-02"))
	}
	return all
}

// TestAYear plays the shipped programme with restarts, both changes of the clocks,
// freezes, a scheduler that is dead for three weeks and clocks that jump. Exactly
// what is planned is run, once each, and exactly what is overdue shows.
func TestAYear(t *testing.T) {
	for _, zone := range []string{"Europe/Berlin", "America/New_York"} {
		t.Run(strings.ReplaceAll(zone, "/", "-"), func(t *testing.T) {
			src, err := os.ReadFile("../../scenarios/library/programmes/mail-year.yaml")
			if err != nil {
				t.Fatal(err)
			}
			plan := loaded(t, "mail-year.yaml", strings.Replace(string(src), "Europe/Berlin", zone, 1))
			f := folder(t)
			synctest.Test(t, func(t *testing.T) {
				w := &world{t: t, plan: plan, f: f, ran: map[Key][]time.Time{}}
				w.shift = time.Until(w.wall("2027-01-01 00:00"))
				ctx, cancel := context.WithCancel(context.Background())
				seen := make(chan map[string][]string)
				go func() { seen <- w.patrol(ctx) }()
				w.theYear()
				cancel()
				w.checkOverdue(<-seen)
				w.checkRuns()
			})
		})
	}
}

func (w *world) checkOverdue(seen map[string][]string) {
	want := map[string][]string{
		"smoke":     append(days(w.t, "06-10", "06-27"), days(w.t, "10-21", "10-24")...),
		"restore":   days(w.t, "06-21", "06-22"),
		"site-loss": days(w.t, "06-10", "06-30"),
		"phishing":  append(days(w.t, "07-16", "10-17"), days(w.t, "10-20", "12-31")...), // nobody ever holds it, and two days do not exist
	}
	for _, item := range slices.Sorted(maps.Keys(want)) {
		if !slices.Equal(seen[item], want[item]) {
			w.t.Errorf("%s was overdue on %v,\nwant %v", item, seen[item], want[item])
		}
	}
	if len(seen) != len(want) {
		w.t.Errorf("overdue: %v", slices.Sorted(maps.Keys(seen)))
	}
}

// unusual is what becomes of the dates that are not run at their time.
var unusual = map[Key]string{
	{"smoke", "2027-06-07T03:00"}:   "missed",
	{"smoke", "2027-06-14T03:00"}:   "missed",
	{"smoke", "2027-06-21T03:00"}:   "skipped", // as the file says
	{"restore", "2027-06-12T03:30"}: "late, moved, ran",
	{"smoke", "2027-07-12T03:00"}:   "ran", // half an hour late is no matter
	{"restore", "2027-07-12T03:30"}: "lost, overlapping, ran",
	{"smoke", "2027-10-18T03:00"}:   "skipped",
}

func (w *world) checkRuns() {
	log, err := w.f.Log()
	if err != nil {
		w.t.Fatal(err)
	}
	said := map[Key][]string{}
	for _, e := range log {
		said[e.Key()] = append(said[e.Key()], e.What)
	}
	planned := 0
	for _, o := range w.plan.all {
		it, _ := w.plan.file.Item(o.Item)
		if it.Manual() {
			continue
		}
		slices.Sort(said[o.Key()])
		got := strings.Join(said[o.Key()], ", ")
		runs := w.ran[o.Key()]
		odd, known := unusual[o.Key()]
		switch {
		case known:
		case o.Skipped != "":
			odd = WasSkipped
		case o.Start.After(w.now()): // in the next year
		default:
			odd = expected(o, got)
			planned++
			if len(runs) != 1 || !runs[0].Equal(o.Start) && !strings.Contains(got, WasOverlapping) {
				w.t.Errorf("%v: starts at %v, was run at %v", o.Key(), o.Start, runs)
			}
		}
		if got != odd || len(runs) != strings.Count(got, Ran) {
			w.t.Errorf("%v: %q, run %d times, want %q", o.Key(), got, len(runs), odd)
		}
	}
	if planned < 55 {
		w.t.Errorf("only %d dates were as planned", planned)
	}
	for k := range w.ran {
		if !slices.ContainsFunc(w.plan.all, func(o Occurrence) bool { return o.Key() == k }) {
			w.t.Errorf("%v was run, and is not planned", k)
		}
	}
	w.checkCount(log)
}

// expected is what the log says of a date that is run at its time.
func expected(o Occurrence, got string) string {
	var all []string
	if len(o.Moved) > 0 {
		all = append(all, WasMoved)
	}
	if strings.Contains(got, WasOverlapping) {
		all = append(all, WasOverlapping)
	}
	return strings.Join(append(all, Ran), ", ")
}

// checkCount: drills wait for each other on a few days only.
func (w *world) checkCount(log []Entry) {
	waited := 0
	for _, e := range log {
		if e.What == WasOverlapping {
			waited++
		}
	}
	if waited == 0 || waited > 6 {
		w.t.Errorf("%s of %d lines are about drills that wait", fmt.Sprint(waited), len(log))
	}
}
