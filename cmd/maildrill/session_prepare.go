package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"maildrill/harness/hostload"
	"maildrill/harness/topology"
)

// preparer is a runtime that can make what systems are made of before they start.
type preparer interface {
	Prepare(ctx context.Context, all []topology.Topology, progress func(string)) error
}

// prepare finds out what several drills share: the host, and the images, which
// they might else make at the same time. What it cannot make is told by each drill
// that needs it.
func (s *session) prepare(ctx context.Context) {
	s.host = s.o.jobs.host()
	if len(s.trials) < 2 {
		return
	}
	rt, err := s.runtime(ctx, s.o.runtime, "")
	if err != nil {
		return
	}
	if c, ok := rt.(io.Closer); ok {
		defer c.Close()
	}
	if engine, ok := rt.(interface{ Host() (int, int64) }); ok {
		s.host = s.host.Within(engine.Host())
	}
	if s.o.jobs == 0 {
		s.lookAround(ctx)
	}
	if r, can := rt.(preparer); can {
		s.makeImages(ctx, r)
	}
}

// glance is how long the load of the host is looked at before the first drill.
const glance = time.Second

// lookAround finds out what others take of the host. Where that cannot be read,
// the host is taken to be idle.
func (s *session) lookAround(ctx context.Context) {
	from, err := hostload.Read("/proc")
	if err != nil {
		return
	}
	select {
	case <-time.After(glance):
	case <-ctx.Done():
		return
	}
	if to, err := hostload.Read("/proc"); err == nil {
		s.host.Busy = hostload.Busy(from, to)
		fmt.Fprintf(s.p.Stderr, "host: %d CPUs, %.0f %% busy with other work\n", s.host.CPUs, 100*s.host.Busy)
	}
}

func (s *session) makeImages(ctx context.Context, r preparer) {
	var all []topology.Topology
	for _, t := range s.trials {
		all = append(all, t.plan.Topology)
	}
	began := time.Now()
	err := r.Prepare(ctx, all, func(text string) { fmt.Fprintf(s.p.Stderr, "  %s\n", text) })
	s.images = time.Since(began)
	if err != nil {
		fmt.Fprintf(s.p.Stderr, "note: not all server images could be made: %v\n", err)
		return
	}
	fmt.Fprintf(s.p.Stderr, "server images: ready after %.1f s\n", s.images.Seconds())
}
