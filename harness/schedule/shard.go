package schedule

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Part is one of several shards: 2/5 is the second of five.
type Part struct{ This, Of int }

func (p Part) String() string { return fmt.Sprintf("%d/%d", p.This, p.Of) }

// mostShards is far more machines than anybody has drills for.
const mostShards = 1000

// ParsePart reads "2/5".
func ParsePart(text string) (Part, error) {
	this, of, two := strings.Cut(text, "/")
	k, err := strconv.Atoi(this)
	n, also := strconv.Atoi(of)
	switch {
	case !two || err != nil || also != nil || this != strconv.Itoa(k) || of != strconv.Itoa(n):
		return Part{}, fmt.Errorf("%q is no shard: say which one of how many, such as 2/5", text)
	case n < 1 || n > mostShards:
		return Part{}, fmt.Errorf("%q: there are between 1 and %d shards", text, mostShards)
	case k < 1 || k > n:
		return Part{}, fmt.Errorf("%q: of %d shards, the first is 1/%d and the last %d/%d", text, n, n, n, n)
	}
	return Part{k, n}, nil
}

// Job is a drill with the time that it is expected to take.
type Job struct {
	Name string
	Time time.Duration
}

// Shard gives the places of the jobs that belong to a part, in their order: the
// longest jobs are dealt first, each to the shard that has the least so far. It
// depends on names and times alone, so that every machine deals alike.
func Shard(jobs []Job, part Part) (places []int) {
	order := make([]int, len(jobs))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(jobs[b].Time, jobs[a].Time), cmp.Compare(jobs[a].Name, jobs[b].Name))
	})
	load := make([]time.Duration, part.Of)
	count := make([]int, part.Of)
	for _, i := range order {
		least := 0
		for s := range load {
			if load[s] < load[least] || load[s] == load[least] && count[s] < count[least] {
				least = s
			}
		}
		load[least] += jobs[i].Time
		count[least]++
		if least == part.This-1 {
			places = append(places, i)
		}
	}
	slices.Sort(places)
	return places
}
