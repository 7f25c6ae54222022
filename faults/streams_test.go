package faults_test

import (
	"strings"
	"testing"
	"time"

	"maildrill/faults"
	"maildrill/faults/faulttest"
)

// streamVariants are the kinds of streams.
var streamVariants = []struct{ kind, with string }{
	{"link.reset", ""}, {"link.reset", "after: 5m"}, {"link.reset", "bytes: 5000"},
	{"link.slicer", "{size: 16, delay: 20ms}"}, {"link.slow-close", "delay: 100ms"}, {"link.slow", "delay: 50ms"},
}

func TestStreamConformance(t *testing.T) {
	for _, v := range streamVariants {
		t.Run(v.kind+" "+v.with, func(t *testing.T) {
			t.Parallel()
			mk := func(*testing.T) faults.Target { return toStore(faulttest.NewNode("mx1"), "lmtp") }
			faulttest.Conformance(t, kind(t, v.kind), mk, faulttest.Options{With: with(v.with), Within: 10 * time.Second, Every: time.Millisecond})
		})
	}
	t.Run("link.stall", func(t *testing.T) { // each look at it takes its whole time
		t.Parallel()
		mk := func(*testing.T) faults.Target { return toStore(faulttest.NewNode("mx1"), "lmtp") }
		faulttest.Conformance(t, kind(t, "link.stall"), mk, faulttest.Options{Within: 10 * time.Second, Every: time.Millisecond, Quick: true})
	})
}

func TestLatencyIsMeasured(t *testing.T) {
	s := newScene(t, "link.slow", "delay: 100ms", faulttest.NewNode("mx1"))
	s.target = toStore(s.node, "lmtp")
	s.do(s.fault.Inject)
	e := s.look()
	if len(e.Measured) != 1 || e.Measured[0].Asked != 0.2 || e.Measured[0].Seen < 0.2 {
		t.Errorf("got %+v", e.Measured)
	}
}

func TestStreamParametersAreRefused(t *testing.T) {
	for _, c := range []struct{ kind, with, want string }{
		{"link.reset", "{after: 1s, bytes: 5}", "or neither"}, {"link.stall", "after: -1s", "0s and more"},
		{"link.slicer", "size: 0", "1 to 16"}, {"link.slow-close", "delay: 1m", "50ms to 10s"}, {"link.slow", "delay: 1ms", "50ms to 10s"},
	} {
		if _, err := kind(t, c.kind).New(with(c.with)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s with %q: error %v, want one with %q", c.kind, c.with, err, c.want)
		}
	}
}
