package control

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

// Desk does what is asked for. say passes on what happens meanwhile; it may be
// called until the method returns, and not after. Errors may be a [*Refusal];
// all others are defects.
type Desk interface {
	// Inject returns when the fault is proven; one that is over by itself, when
	// it is proven gone. When the context ends first, the fault is taken back.
	Inject(ctx context.Context, ask Ask, say func(Line)) (*Fault, error)
	// Revert returns when the faults are proven gone.
	Revert(ctx context.Context, what Reversion, say func(Line)) (*Reverted, error)
	Status(ctx context.Context) (*Status, error)
}

// Server serves a desk.
type Server struct {
	http http.Server
	done chan struct{}
}

const (
	largestRequest = 1 << 20
	headerLimit    = 10 * time.Second
)

// Serve makes the socket in folder, which must not exist yet, and serves it
// until [Server.Close].
func Serve(folder string, desk Desk) (*Server, error) {
	l, err := listen(folder)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /inject", answer(func(ctx context.Context, ask Ask, say func(Line)) (end Line, err error) {
		end.Fault, err = desk.Inject(ctx, ask, say)
		return end, err
	}))
	mux.HandleFunc("POST /revert", answer(func(ctx context.Context, what Reversion, say func(Line)) (end Line, err error) {
		// What has begun is brought to its end, whether somebody waits or not.
		end.Reverted, err = desk.Revert(context.WithoutCancel(ctx), what, say)
		return end, err
	}))
	mux.HandleFunc("GET /status", status(desk))
	s := &Server{http: http.Server{Handler: mux, ReadHeaderTimeout: headerLimit}, done: make(chan struct{})}
	go func() {
		defer close(s.done)
		_ = s.http.Serve(l)
	}()
	return s, nil
}

// Close answers what is under way and ends.
func (s *Server) Close(ctx context.Context) error {
	err := s.http.Shutdown(ctx)
	if err != nil {
		err = errors.Join(fmt.Errorf("close the control socket: %w", err), s.http.Close())
	}
	<-s.done
	return err
}

// answer reads one request and streams its answer.
func answer[Q any](do func(context.Context, Q, func(Line)) (Line, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var question Q
		// Read to its end, so that the server notices when the asker leaves.
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, largestRequest))
		if err == nil {
			err = json.Unmarshal(body, &question)
		}
		if err != nil {
			http.Error(w, "the request cannot be read: "+err.Error(), http.StatusBadRequest)
			return
		}
		lines := &lines{w: w}
		end, err := do(r.Context(), question, lines.write)
		if err != nil {
			end = Line{Refusal: refusal(err)}
		}
		lines.write(end)
	}
}

// refusal is what a client is told of an error.
func refusal(err error) *Refusal {
	var known *Refusal
	if errors.As(err, &known) {
		return known
	}
	return &Refusal{Class: Broken, Why: err.Error()}
}

func status(desk Desk) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s, err := desk.Status(r.Context())
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		_ = json.NewEncoder(w).Encode(s) // whoever asked has gone
	}
}

// lines writes one line after the other. A client that does not read any more
// is no mistake of the work that it asked for.
type lines struct {
	mu sync.Mutex
	w  http.ResponseWriter
}

func (l *lines) write(line Line) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if json.NewEncoder(l.w).Encode(line) == nil {
		_ = http.NewResponseController(l.w).Flush()
	}
}
