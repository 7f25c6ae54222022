package workload

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"testing"
	"time"
)

func load(n int) Config {
	c := Config{Rate: 20, Seed: 7, Limit: n, Poisson: true, Recipients: 2, Sizes: []int64{1 << 10, 8 << 10, 64 << 10}}
	for i := range 20 {
		c.Mailboxes = append(c.Mailboxes, fmt.Sprintf("u%d@drill.test", i+1))
	}
	return c
}

func all(c Config) []Arrival {
	var list []Arrival
	s := NewSchedule(c)
	for a, more := s.Next(); more; a, more = s.Next() {
		list = append(list, a)
	}
	return list
}

func TestScheduleIsAFunctionOfItsSeed(t *testing.T) {
	first := all(load(500))
	if !reflect.DeepEqual(first, all(load(500))) {
		t.Error("the same seed gives another schedule")
	}
	other := load(500)
	other.Seed = 8
	if reflect.DeepEqual(first, all(other)) {
		t.Error("another seed gives the same schedule")
	}
	if a := first[0]; a.Seq != 1 || a.At <= 0 {
		t.Errorf("the first arrival is %+v", a)
	}
}

// A change of one quantity does not shift another.
func TestStreamsAreIndependent(t *testing.T) {
	base := all(load(200))
	more, flat := load(200), load(200)
	more.Recipients = 5
	flat.Sizes, flat.Poisson = []int64{1}, false
	for i, a := range all(more) {
		if a.At != base[i].At || a.Size != base[i].Size || a.Submitter != base[i].Submitter {
			t.Fatalf("arrival %d shifted: %+v", i, a)
		}
	}
	for i, a := range all(flat) {
		if !slices.Equal(a.Recipients, base[i].Recipients) {
			t.Fatalf("recipients of arrival %d shifted: %v", i, a.Recipients)
		}
	}
}

func TestArrivalRates(t *testing.T) {
	c := load(20000)
	list := all(c)
	mean := list[len(list)-1].At.Seconds() / float64(len(list))
	if math.Abs(mean-0.05) > 0.002 {
		t.Errorf("mean gap %g s, want 0.05", mean)
	}
	c.Poisson = false
	if even := all(c); even[0].At != 0 || even[19999].At != 19999*50*time.Millisecond {
		t.Errorf("even arrivals from %v to %v", even[0].At, even[19999].At)
	}
	c.Rate = 0
	if len(all(c)) != 0 {
		t.Error("arrivals without a rate")
	}
}

func TestRecipientsAreDistinctAndEven(t *testing.T) {
	c := load(4000)
	c.Recipients = 5
	drawn := map[string]int{}
	for _, a := range all(c) {
		sorted := slices.Sorted(slices.Values(a.Recipients))
		if len(slices.Compact(sorted)) != 5 {
			t.Fatalf("recipients %v", a.Recipients)
		}
		for _, r := range a.Recipients {
			drawn[r]++
		}
	}
	for name, n := range drawn {
		if n < 850 || n > 1150 { // 1000 on average
			t.Errorf("%s is drawn %d times", name, n)
		}
	}
}
