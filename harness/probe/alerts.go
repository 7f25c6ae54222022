package probe

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"time"

	"maildrill/harness/ledger"
)

// Limits of the receiver: whoever posts is not ours.
const (
	alertBody    = 256 << 10 // bytes of one request
	alertHeader  = 16 << 10  // bytes
	alertTimeout = 5 * time.Second
	alertConns   = 16   // at the same time
	alertBatch   = 100  // alerts of one request
	alertsMost   = 1000 // alerts of one run
)

// Alerts is the receiver of alerts: any POST is one, or several in the form of
// Alertmanager. It stands outside of what is drilled.
type Alerts struct {
	// Report is called for each alert, from several goroutines.
	Report func(ledger.Alert)
	// Dropped is told once, when there are more alerts than are kept.
	Dropped func(why string)

	mu   sync.Mutex
	kept int
}

// Serve receives until the context ends, and returns when every connection is
// gone. The error is the listener's.
func (a *Alerts) Serve(ctx context.Context, l net.Listener) error {
	server := &http.Server{Handler: a, ReadTimeout: alertTimeout, WriteTimeout: alertTimeout, IdleTimeout: alertTimeout,
		MaxHeaderBytes: alertHeader, ErrorLog: log.New(io.Discard, "", 0)}
	closing := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer closing()
	err := server.Serve(&limited{Listener: l, slots: make(chan struct{}, alertConns)})
	if ctx.Err() != nil || errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// ServeHTTP implements [http.Handler].
func (a *Alerts) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		http.Error(w, "POST an alert", http.StatusMethodNotAllowed)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, alertBody))
	if err != nil {
		http.Error(w, fmt.Sprintf("an alert has at most %d bytes", alertBody), http.StatusRequestEntityTooLarge)
		return
	}
	if !a.take(parseAlerts(body)) {
		http.Error(w, "too many alerts", http.StatusTooManyRequests)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// take reports alerts as long as there is room; false: there is none.
func (a *Alerts) take(all []ledger.Alert) bool {
	for _, one := range all {
		a.mu.Lock()
		a.kept++
		n := a.kept
		a.mu.Unlock()
		if n == alertsMost+1 {
			a.Dropped(fmt.Sprintf("more than %d alerts were received; the rest is not kept", alertsMost))
		}
		if n > alertsMost {
			return false
		}
		a.Report(one)
	}
	return true
}

// limited accepts no more connections at the same time than it has slots.
type limited struct {
	net.Listener
	slots chan struct{}
}

// Accept implements net.Listener. Those that find no slot are dropped: to wait
// for one would let a few silent clients keep everybody out.
func (l *limited) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		select {
		case l.slots <- struct{}{}:
			return &slotted{Conn: conn, free: sync.OnceFunc(func() { <-l.slots })}, nil
		default:
			_ = conn.Close()
		}
	}
}

type slotted struct {
	net.Conn
	free func()
}

func (s *slotted) Close() error {
	defer s.free()
	return s.Conn.Close()
}
