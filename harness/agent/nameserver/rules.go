package nameserver

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/miekg/dns"

	"maildrill/faults"
)

// rules are what has the server answer otherwise. They are kept here and
// nowhere else: a server that is started anew has none.
type rules struct {
	mu  sync.Mutex
	all []*rule
}

type rule struct {
	faults.Rule
	spec    faults.NameSpec
	records []dns.RR
	until   time.Time
	gone    chan struct{} // closed when it is taken away: nothing is held back any more
	met     uint64        // questions of the system's own
	last    time.Time     // when that was
}

// put lets a rule stand; one with the same id is replaced.
func (s *rules) put(r faults.Rule) error {
	made := &rule{Rule: r, until: time.Now().Add(r.TTL), gone: make(chan struct{})}
	if err := r.Decode(&made.spec); err != nil {
		return err
	}
	for _, line := range made.spec.Effect.Records {
		rr, err := dns.NewRR(line)
		if err == nil && rr == nil {
			err = errors.New("it is empty")
		}
		if err != nil {
			return fmt.Errorf("rule %s: record %q: %w", r.ID, line, err)
		}
		made.records = append(made.records, rr)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.strike(r.ID)
	s.all = append(s.all, made)
	return nil
}

// take takes a rule away; what it held back is answered now.
func (s *rules) take(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.strike(id)
}

func (s *rules) strike(id string) {
	s.all = slices.DeleteFunc(s.all, func(r *rule) bool {
		if r.ID == id {
			close(r.gone)
		}
		return r.ID == id
	})
}

// expire forgets the rules whose time is over.
func (s *rules) expire(now time.Time) {
	s.all = slices.DeleteFunc(s.all, func(r *rule) bool { return !now.Before(r.until) })
}

// standing reads back what stands.
func (s *rules) standing() []faults.Standing {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	s.expire(now)
	found := []faults.Standing{}
	for _, r := range s.all {
		found = append(found, faults.Standing{ID: r.ID, Spec: r.Rule.Spec, Left: r.until.Sub(now),
			Counters: map[string]uint64{"questions": r.met}, Last: r.last})
	}
	return found
}

// meet finds the rules that a question meets, in the order in which they were
// put, and counts it with each, unless the drill itself asks.
func (s *rules) meet(q dns.Question, client netip.AddrPort) (met []*rule) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	s.expire(now)
	for _, r := range s.all {
		if !r.spec.Meets(dns.CanonicalName(q.Name), dns.Type(q.Qtype).String(), client.Addr()) {
			continue
		}
		met = append(met, r)
		if port := client.Port(); port < faults.VisitorPorts[0] || port > faults.VisitorPorts[1] {
			r.met, r.last = r.met+1, now
		}
	}
	return met
}

// hold waits as long as the answer is held back, and no longer than the rule
// stands.
func (r *rule) hold() {
	if r.spec.Effect.Delay <= 0 {
		return
	}
	timer := time.NewTimer(min(r.spec.Effect.Delay, time.Until(r.until)))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-r.gone:
	}
}
