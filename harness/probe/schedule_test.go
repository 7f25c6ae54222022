package probe

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"maildrill/harness/ledger"
	"maildrill/harness/pause"
	"maildrill/harness/topology"
)

// results collects what a schedule reports.
type results struct {
	mu  sync.Mutex
	all []ledger.ProbeResult
}

func (r *results) take(p ledger.ProbeResult, _ string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all = append(r.all, p)
}

func (r *results) sorted() []ledger.ProbeResult {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := slices.Clone(r.all)
	slices.SortFunc(all, func(a, b ledger.ProbeResult) int { return int(a.Scheduled - b.Scheduled) })
	return all
}

// played runs a schedule for some time of a bubble's clock.
func played(t *testing.T, for_ time.Duration, s Schedule) []ledger.ProbeResult {
	t.Helper()
	var r results
	began := time.Now()
	s.Clock, s.Report = func() time.Duration { return time.Since(began) }, r.take
	ctx, cancel := context.WithTimeout(t.Context(), for_)
	defer cancel()
	s.Run(ctx)
	return r.sorted()
}

// Hanging probes do not delay the next ones: the schedule is open.
func TestScheduleIsOpen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hang := func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
		got := played(t, 10*time.Second-1, Schedule{Service: "mx", Check: hang, Interval: 250 * time.Millisecond, Limit: time.Second})
		if len(got) != 40 {
			t.Fatalf("%d probes, want 40", len(got))
		}
		for k, r := range got {
			at := ledger.Seconds(k) * ledger.Seconds(250*time.Millisecond)
			if r.Scheduled != at || r.Start != at || r.End != at+ledger.Seconds(time.Second) || r.OK || r.Error == "" {
				t.Errorf("probe %d: %+v", k, r)
			}
		}
	})
}

// A service that goes and comes back is seen to, probe by probe.
func TestScheduleSeesFlapping(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		flap := func(context.Context) error {
			if int(time.Since(began).Seconds())%2 == 1 {
				return errors.New("refused")
			}
			return nil
		}
		for _, r := range played(t, 4*time.Second-1, Schedule{Service: "imap", Check: flap, Interval: 250 * time.Millisecond}) {
			if want := int(time.Duration(r.Scheduled).Seconds())%2 == 0; r.OK != want {
				t.Errorf("at %v: ok %v, want %v", time.Duration(r.Scheduled), r.OK, want)
			}
		}
	})
}

// Probes in flight when the run ends are let end, and are reported.
func TestScheduleLetsProbesEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := func(ctx context.Context) error {
			if !pause.For(ctx, 700*time.Millisecond) {
				return errors.New("cut short")
			}
			return nil
		}
		got := played(t, time.Second-1, Schedule{Service: "mx", Check: slow, Interval: 250 * time.Millisecond})
		if len(got) != 4 || slices.ContainsFunc(got, func(r ledger.ProbeResult) bool { return !r.OK }) {
			t.Errorf("%+v", got)
		}
	})
}

// When the process was held up, missed times are left out instead of being
// made up for in a burst.
func TestScheduleLeavesOutWhatItMissed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began, leap := time.Now(), time.Duration(0)
		clock := func() time.Duration { return time.Since(began) + leap }
		var at []time.Duration
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		slots(ctx, time.Second, clock, func(scheduled time.Duration) {
			at = append(at, scheduled)
			switch len(at) {
			case 3:
				leap = 5*time.Second + time.Second/2
			case 6:
				cancel()
			}
		})
		want := []time.Duration{0, 1, 2, 7, 8, 9}
		for i := range want {
			want[i] *= time.Second
		}
		if !slices.Equal(at, want) {
			t.Errorf("probed at %v, want %v", at, want)
		}
	})
}

func TestDelivery(t *testing.T) {
	for _, c := range []struct {
		name  string
		plant func(*testing.T, *system)
		ok    bool
		want  string
	}{
		{"healthy", func(*testing.T, *system) {}, true, ""},
		{"accepted and gone", func(_ *testing.T, s *system) { s.deliver = func(string, []byte) [][]byte { return nil } }, false, "not in the mailbox"},
		{"store hangs", func(t *testing.T, s *system) { s.serve(silent(t), key("store", topology.IMAP)) }, false, "last look"},
		{"nobody accepts", func(_ *testing.T, s *system) { s.rcpt = errors.New("no") }, false, "offer the canary"},
		{"the first mail host is silent", func(t *testing.T, s *system) { s.serve(silent(t), key("10.9.0.1", topology.SMTP)) }, true, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := build(t, "probe@drill.test")
			c.plant(t, s)
			p := prober(s)
			p.Timeout = 500 * time.Millisecond
			var r results
			began := time.Now()
			ctx, cancel := context.WithTimeout(t.Context(), 600*time.Millisecond)
			defer cancel()
			Delivery{Prober: p, Send: p.MX("ns", "drill.test"), Store: "store", Interval: 200 * time.Millisecond,
				Clock: func() time.Duration { return time.Since(began) }, Report: r.take}.Run(ctx)
			got := r.sorted()
			if len(got) < 2 {
				t.Fatalf("%d canaries", len(got))
			}
			for _, one := range got {
				if one.OK != c.ok || one.Service != "delivery" {
					t.Errorf("%+v, want ok %v", one, c.ok)
				}
				if !c.ok {
					wants(t, errors.New(one.Error), c.want)
				}
			}
		})
	}
}

// A store that was set back gives the same UIDs again; the collector reads it
// from its beginning.
func TestDeliveryAfterASetback(t *testing.T) {
	s, p, seed := seeded(t)
	d := Delivery{Prober: p, Store: "store"}
	at := cursor{validity: seed.UIDValidity, next: 500}
	token := p.canary()
	seen := newSightings()
	arrived := seen.expect(token)
	if err := p.MX("ns", "drill.test")(t.Context(), token); err != nil {
		t.Fatal(err)
	}
	if err := d.poll(t.Context(), &at, seen); err != nil {
		t.Fatal(err)
	}
	select {
	case <-arrived:
	default:
		t.Errorf("the canary was not seen; the cursor is at %+v", at)
	}
	if s.users["probe@drill.test"] == nil || at.next != 3 {
		t.Errorf("cursor at %d, want 3", at.next)
	}
}
