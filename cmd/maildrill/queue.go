package main

import (
	"cmp"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"time"

	"maildrill/harness/hostload"
	"maildrill/harness/schedule"
)

// jobs is the flag of how many drills run at the same time; 0 is auto.
type jobs int

func (j *jobs) String() string {
	if *j == 0 {
		return "auto"
	}
	return strconv.Itoa(int(*j))
}

// Type is what the help shows in place of the value.
func (j *jobs) Type() string { return "N|auto" }

func (j *jobs) Set(text string) error {
	n, err := strconv.Atoi(text)
	switch {
	case text == "auto":
		*j = 0
		return nil
	case err != nil || n < 1:
		return fmt.Errorf("at least 1, or auto: as many as the host has room for")
	}
	*j = jobs(n)
	return nil
}

// host is what drills share, as it is now. Memory that cannot be read is no
// limit.
func (j jobs) host() schedule.Host {
	memory, _ := hostload.Available("/proc")
	return schedule.Host{CPUs: runtime.NumCPU(), Memory: memory, Jobs: int(j)}
}

// queue hands out trials as the host has room for them, and tells how far they
// have come.
type queue struct {
	host  schedule.Host
	notes io.Writer // what is told of progress
	now   func() time.Time

	mu       sync.Mutex
	changed  sync.Cond
	waiting  []*trials
	running  []*trials
	began    map[*trials]time.Time
	left     map[*trials]int // drills that are still to be made, those that run included
	progress schedule.Progress
	done     int
}

// newQueue lines the trials up: in their order if one runs after the other, else
// the longest first, so that none of them is left over at the end.
func newQueue(all []*trials, host schedule.Host, notes io.Writer) *queue {
	q := &queue{host: host, notes: notes, now: time.Now, began: map[*trials]time.Time{}, left: map[*trials]int{}}
	q.changed.L = &q.mu
	for _, t := range all {
		q.waiting = append(q.waiting, t)
		q.left[t] = t.left()
	}
	if host.Jobs != 1 {
		slices.SortStableFunc(q.waiting, func(a, b *trials) int { return cmp.Compare(q.work(b), q.work(a)) })
	}
	return q
}

// take waits until a drill may start, and gives it; false: there is no more.
func (q *queue) take() (*trials, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for {
		if i := q.host.Next(weightsOf(q.waiting), weightsOf(q.running)); i >= 0 {
			t := q.waiting[i]
			q.waiting = slices.Delete(q.waiting, i, i+1)
			q.running = append(q.running, t)
			q.began[t] = q.now()
			return t, true
		}
		if len(q.running) == 0 {
			return nil, false
		}
		q.changed.Wait()
	}
}

// back takes a drill that is over. If there is more of its series, it stands in
// line again.
func (q *queue) back(t *trials, made bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.running = slices.DeleteFunc(q.running, func(r *trials) bool { return r == t })
	q.left[t] = t.left()
	if made && q.left[t] > 0 {
		q.waiting = append(q.waiting, t)
	}
	if made {
		q.done++
		q.progress.Took += q.now().Sub(q.began[t])
		q.progress.Planned += t.plan.Usual()
		q.say()
	}
	q.changed.Broadcast()
}

// say tells how far the drills have come, while there are others to come.
func (q *queue) say() {
	left := 0
	for _, n := range q.left {
		left += n
	}
	if left > 0 {
		fmt.Fprintf(q.notes, "%d of %d done, %s left\n", q.done, q.done+left, roughly(q.remaining()))
	}
}

// remaining is how long the rest takes. The trials of a series come one after
// the other.
func (q *queue) remaining() time.Duration {
	p := q.progress
	for _, t := range q.waiting {
		p.Waiting = append(p.Waiting, schedule.Piece{Time: q.work(t), Weight: t.weight})
	}
	for _, t := range q.running {
		rest := q.work(t) - q.now().Sub(q.began[t])
		p.Going = append(p.Going, schedule.Piece{Time: max(0, rest), Weight: t.weight})
	}
	return q.host.Remaining(p)
}

// work is how long all that is left of a series takes.
func (q *queue) work(t *trials) time.Duration { return time.Duration(q.left[t]) * t.plan.Usual() }

func weightsOf(all []*trials) []schedule.Weight {
	weights := make([]schedule.Weight, len(all))
	for i, t := range all {
		weights[i] = t.weight
	}
	return weights
}

// roughly is a time as one says it: nobody knows the seconds.
func roughly(d time.Duration) string {
	switch {
	case d < 90*time.Second:
		return fmt.Sprintf("about %d s", max(10, int(d.Round(10*time.Second).Seconds())))
	case d < 2*time.Hour:
		return fmt.Sprintf("about %d min", int(d.Round(time.Minute).Minutes()))
	}
	return fmt.Sprintf("about %.1f h", d.Hours())
}
