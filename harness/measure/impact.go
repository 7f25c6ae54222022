package measure

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"

	"maildrill/harness/record"
)

// classes of service as users know them. Each is gone while any of its services
// is; of the lists, the first counts that was probed.
var serviceClasses = []struct {
	name  string
	lists [][]string
}{
	{"sending", [][]string{{"submission"}, {"mx"}}},
	{"receiving", [][]string{{"mx", "delivery"}}},
	{"access", [][]string{{"imap"}}},
}

// impact is what outages cost the users, for each class that was probed.
func (q *inquiry) impact() []record.Impact {
	users := q.story.spec.Timing.Users
	if users == 0 {
		users = max(0, q.story.spec.Mailboxes-1) // one is the probe's own
	}
	var rows []record.Impact
	for _, c := range serviceClasses {
		services := q.probedOf(c.lists)
		if len(services) == 0 {
			continue
		}
		row := record.Impact{Class: c.name, Services: services, Users: users}
		surely, ever, open := q.gone(services)
		total := span{low: surely, high: ever, open: open}
		row.Outage = *total.interval()
		row.UserMinutes = scaled(row.Outage, float64(users)/60)
		rows = append(rows, row)
	}
	return rows
}

// scaled multiplies both ends, to a millionth: what is beyond is noise of the
// decimal point.
func scaled(i record.Interval, by float64) record.Interval {
	millionth := func(v float64) float64 { return math.Round(v*by*1e6) / 1e6 }
	s := record.Interval{Low: millionth(i.Low)}
	if i.High != nil {
		high := millionth(*i.High)
		s.High = &high
	}
	return s
}

// probedOf lists the services of the first list that has any.
func (q *inquiry) probedOf(lists [][]string) []string {
	for _, list := range lists {
		var found []string
		for _, s := range list {
			if len(q.story.probes[s]) > 0 {
				found = append(found, s)
			}
		}
		if len(found) > 0 {
			return found
		}
	}
	return nil
}

// gone is for how long any of the services was: surely, from the first failing
// probe to the last, and at most, from the good one before to the stable one
// after. An outage that did not end lasts to the end of the observation, at
// least.
func (q *inquiry) gone(services []string) (surely, ever time.Duration, open bool) {
	var sure, most []span
	for _, key := range services {
		probes := q.story.probes[key]
		for _, o := range q.rules.outages(probes, q.story.spec.Probe.Stable) {
			s := span{low: time.Duration(probes[o.firstFail].End), high: time.Duration(probes[o.lastFail].Scheduled)}
			m := span{high: time.Duration(probes[o.lastFail].End)}
			if o.firstFail > 0 {
				m.low = time.Duration(probes[o.firstFail-1].Start)
			}
			if o.stable >= 0 {
				m.high = time.Duration(probes[o.stable].End)
			}
			open = open || o.stable < 0
			sure, most = append(sure, s), append(most, m)
		}
	}
	if len(sure) == 0 {
		return 0, q.unseen(services), false
	}
	return covered(sure), covered(most), open
}

// unseen is what may have passed between two probes: once for each fault, and for
// each server that operators took down.
func (q *inquiry) unseen(services []string) (most time.Duration) {
	for _, b := range q.story.blows() {
		var worst *record.Interval
		for _, key := range services {
			worst = worse(worst, q.story.unbroken(q.story.probes[key], b.at))
		}
		if worst != nil && worst.High != nil {
			most += duration(*worst.High)
		}
	}
	return most
}

// covered is the length of all stretches together, each moment counted once.
func covered(stretches []span) time.Duration {
	slices.SortFunc(stretches, func(a, b span) int { return cmp.Compare(a.low, b.low) })
	var total, until time.Duration
	for _, s := range stretches {
		from := max(s.low, until)
		if s.high > from {
			total += s.high - from
		}
		until = max(until, s.high)
	}
	return total
}

// Views of the sender.
const (
	viewDirect = "direct"
	viewRelay  = "via_relay"
)

// relays tells whether a host is a relay of the topology.
func (s Spec) relays(host string) bool {
	for node, roles := range s.Timing.Roles {
		if slices.Contains(roles, "relay") && names(strings.TrimSuffix(host, "."), node) {
			return true
		}
	}
	return false
}
