package docker

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/docker/docker/api/types/events"
	"github.com/docker/docker/api/types/filters"

	"maildrill/harness/agent/sweep"
	"maildrill/harness/pause"
)

// watcher hears what the engine says of the run's containers.
type watcher struct {
	mu      sync.Mutex
	broken  chan error
	over    bool
	started map[string]chan struct{} // by container name: it was started (again)
}

func newWatcher() *watcher {
	return &watcher{broken: make(chan error, 1), started: map[string]chan struct{}{}}
}

// restarts gives the channel that is poked when the container starts.
func (w *watcher) restarts(name string) chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.started[name] == nil {
		w.started[name] = make(chan struct{}, 1)
	}
	return w.started[name]
}

// report delivers the first error only.
func (w *watcher) report(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.over {
		return
	}
	select {
	case w.broken <- err:
	default:
	}
}

func (w *watcher) close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.over {
		w.over = true
		close(w.broken)
	}
}

// watch listens to the engine until the system is closed. A connection that
// breaks is made anew, from the moment it broke.
func (s *System) watch() {
	since := time.Now()
	s.background.Go(func() {
		for s.life.Err() == nil {
			err := s.listen(s.life, since)
			since = time.Now()
			if err != nil && !pause.For(s.life, aliveEvery) {
				return
			}
		}
	})
}

func (s *System) listen(ctx context.Context, since time.Time) error {
	messages, errs := s.cli.Events(ctx, events.ListOptions{
		Since: since.Format(time.RFC3339Nano),
		Filters: filters.NewArgs(
			filters.Arg("type", string(events.ContainerEventType)),
			filters.Arg("label", sweep.Run+"="+s.run),
			filters.Arg("event", string(events.ActionStart)),
			filters.Arg("event", string(events.ActionDie)),
		),
	})
	for {
		select {
		case m := <-messages:
			s.heard(m)
		case err := <-errs:
			return err
		}
	}
}

// heard passes a restart on, and reports the death of an instrument: a mail
// server whose namespace holder is gone has no network any more.
func (s *System) heard(m events.Message) {
	name, kind := m.Actor.Attributes["name"], m.Actor.Attributes[sweep.Kind]
	switch {
	case m.Action == events.ActionStart:
		select {
		case s.watcher.restarts(name) <- struct{}{}:
		default:
		}
	case s.isLeaving():
	case kind == "agent" || kind == sweep.Keeper || kind == "outside":
		s.watcher.report(fmt.Errorf("the drill's own %s %s has ended (exit code %s)", kind, name, m.Actor.Attributes["exitCode"]))
	}
}

// follow keeps the node's log from its first start to its end, through all
// restarts.
func (s *System) follow(p planned) {
	w := s.logs.open(p.Name)
	again := s.watcher.restarts(p.container)
	s.logs.followers.Add(1)
	s.background.Go(func() {
		defer s.logs.followers.Done()
		var since time.Time
		for {
			var err error
			since, err = tail(s.life, s.cli, p.container, since, w)
			if s.isLeaving() {
				return
			}
			if err != nil {
				fmt.Fprintf(w, "maildrill: the log was interrupted: %v\n", err)
			}
			select {
			case <-again:
			case <-s.leaving:
				return
			}
		}
	})
}
