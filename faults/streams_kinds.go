package faults

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"
)

// greeters are the services at which a look can be made, because the server
// speaks first: how it greets, and what ends the dialogue.
var greeters = map[string]struct{ greeting, quit string }{
	"smtp": {"220", sayQuit}, "submission": {"220", sayQuit}, "lmtp": {"220", sayQuit},
	"imap": {"* OK", "a LOGOUT\r\n"}, "pop3": {"+OK", sayQuit},
}

var overStreams = []string{"imap", "lmtp", "pop3", "smtp", "submission"}

// streamLook visits a service and tells what shows the fault.
type streamLook struct {
	shows func(Sight, error) bool
	// measures compares, while the fault is held; nil: there is nothing to measure.
	measures func(Sight) Measured
	timeout  time.Duration
}

func (l streamLook) at(ctx context.Context, p passage) (Sight, bool, string, error) {
	g := greeters[p.service]
	v := Visit{To: p.to[0], Greeting: g.greeting, Say: []byte(g.quit), Hear: lookHears, Timeout: max(l.timeout, lookTime)}
	s, err := visit(ctx, p.from, v)
	if ctx.Err() != nil {
		return s, false, "", ctx.Err()
	}
	if err != nil && !missed(err) {
		return s, false, err.Error(), nil
	}
	return s, l.shows(s, err), fmt.Sprintf("greeted after %v, over after %v, %v", s.Greeted.Round(time.Millisecond), s.Heard.Round(time.Millisecond), err), nil
}

// newStreamed makes a fault of one toxic.
func newStreamed(kind string, params any, spec StreamSpec, look streamLook) (Fault, error) {
	spec.Reset = true
	f, err := newRuled(kind, params, &ruled{
		mechanism: Streams,
		place: func(t Target) ([]placed, error) {
			all, err := paths(t, overStreams)
			var rules []placed
			for _, p := range all {
				own := spec
				own.To = p.to
				rules = append(rules, placed{p.from, own})
			}
			return rules, err
		},
		sees: func(ctx context.Context, t Target, known phase) (Evidence, error) { return look.all(ctx, t, known) },
	})
	return proxied{f, overStreams}, err
}

// all looks on every way.
func (l streamLook) all(ctx context.Context, t Target, known phase) (Evidence, error) {
	measured := make(chan Measured, len(t.Peers)+1)
	e, err := seen(ctx, t, overStreams, known, func(ctx context.Context, p passage) (bool, string, error) {
		s, shows, what, err := l.at(ctx, p)
		if err == nil && shows && l.measures != nil {
			measured <- l.measures(s)
		}
		return shows, what, err
	})
	close(measured)
	for m := range measured {
		e.Measured = append(e.Measured, m)
	}
	return e, err
}

func failsBy(way error) func(Sight, error) bool {
	return func(_ Sight, err error) bool { return errors.Is(err, way) }
}

type resetParams struct {
	After time.Duration `yaml:"after"`
	Bytes int           `yaml:"bytes"`
}

func newLinkReset(decode func(any) error) (Fault, error) {
	p, err := decoded(decode, resetParams{})
	if err == nil && (p.After < 0 || p.Bytes < 0 || p.After > 0 && p.Bytes > 0) {
		err = errors.New("valid: a time after which it is reset, or a number of bytes, or neither")
	}
	if err != nil {
		return nil, err
	}
	spec := StreamSpec{Toxic: ToxicReset, After: p.After}
	if p.Bytes > 0 {
		spec = StreamSpec{Toxic: ToxicCut, Bytes: int64(p.Bytes)}
	}
	return newStreamed("link.reset", p, spec, streamLook{shows: failsBy(ErrReset)})
}

type stallParams struct {
	After time.Duration `yaml:"after"`
}

func newLinkStall(decode func(any) error) (Fault, error) {
	p, err := decoded(decode, stallParams{})
	if err == nil && p.After < 0 {
		err = errors.New("after; valid: 0s and more")
	}
	if err != nil {
		return nil, err
	}
	return newStreamed("link.stall", p, StreamSpec{Toxic: ToxicStall, After: p.After},
		streamLook{shows: func(s Sight, err error) bool { return errors.Is(err, ErrNoGreeting) && s.Greeted == 0 }})
}

type slicerParams struct {
	Size  int           `yaml:"size"`
	Delay time.Duration `yaml:"delay"`
}

func newLinkSlicer(decode func(any) error) (Fault, error) {
	p, err := decoded(decode, slicerParams{8, 50 * time.Millisecond})
	if err == nil && (p.Size < 1 || p.Size > 16 || p.Delay < 20*time.Millisecond || p.Delay > 200*time.Millisecond) {
		err = errors.New("valid: a size of 1 to 16 bytes, a delay of 20ms to 200ms: greetings are short, and must show it")
	}
	if err != nil {
		return nil, err
	}
	return newStreamed("link.slicer", p, StreamSpec{Toxic: ToxicSlice, Bytes: int64(p.Size), Delay: p.Delay},
		streamLook{timeout: 20 * time.Second, shows: func(s Sight, _ error) bool {
			pieces := max(1, len(s.Bytes)/p.Size) // of the answer; those of the greeting's line come on top
			return s.Greeted > 0 && len(s.Bytes) > 0 && s.Heard-s.Greeted >= time.Duration(pieces)*p.Delay/2
		}})
}

type lateParams struct {
	Delay time.Duration `yaml:"delay"`
}

// longestDelay is as late as a stream may come: a look has to wait for it.
const longestDelay = 10 * time.Second

func late(decode func(any) error, delay time.Duration) (lateParams, error) {
	p, err := decoded(decode, lateParams{delay})
	if err == nil && (p.Delay < 50*time.Millisecond || p.Delay > longestDelay) {
		err = fmt.Errorf("delay is %v; valid: 50ms to %v", p.Delay, longestDelay)
	}
	return p, err
}

func newLinkSlowClose(decode func(any) error) (Fault, error) {
	p, err := late(decode, 2*time.Second)
	if err != nil {
		return nil, err
	}
	return newStreamed("link.slow-close", p, StreamSpec{Toxic: ToxicSlowClose, Delay: p.Delay},
		streamLook{timeout: p.Delay + lookTime, shows: func(s Sight, _ error) bool { return s.Greeted > 0 && s.Heard-s.Greeted >= p.Delay }})
}

// newLinkSlow: the answer to a word, and the end after it, take the delay twice,
// there and back.
func newLinkSlow(decode func(any) error) (Fault, error) {
	p, err := late(decode, 200*time.Millisecond)
	if err != nil {
		return nil, err
	}
	asked := 2 * p.Delay
	return newStreamed("link.slow", p, StreamSpec{Toxic: ToxicSlow, Delay: p.Delay}, streamLook{
		timeout: 2*asked + lookTime,
		shows:   func(s Sight, _ error) bool { return s.Greeted > 0 && s.Heard-s.Greeted >= asked*8/10 },
		measures: func(s Sight) Measured {
			seen := s.Heard - s.Greeted
			off := math.Abs(float64(seen - asked))
			return Measured{What: "delay there and back", Unit: "s", Asked: asked.Seconds(), Seen: seen.Seconds(),
				Within: off <= max(0.1*float64(asked), float64(5*time.Millisecond))}
		},
	})
}
