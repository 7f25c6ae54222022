package console

import (
	"fmt"
	"net/http"
	"time"
)

// A view without changes is sent a beat, so that both ends know that the other is
// there. What a viewer does not take within the patience ends the view.
const (
	beat     = 15 * time.Second
	patience = 10 * time.Second
)

// live streams the view of the person's role, wallLive that of an observer: a wall
// is seen by all.
func (c *Console) live(w http.ResponseWriter, r *http.Request, p *person) { c.stream(w, r, p, p.Role) }

func (c *Console) wallLive(w http.ResponseWriter, r *http.Request, p *person) {
	c.stream(w, r, p, Observer)
}

func (c *Console) stream(w http.ResponseWriter, r *http.Request, p *person, role Role) {
	v, err := c.fan.join(role)
	if err != nil {
		w.Header().Set("Retry-After", "30")
		c.refuse(w, r, http.StatusServiceUnavailable, err.Error())
		return
	}
	defer c.fan.leave(v)
	s := &sender{w: w, to: http.NewResponseController(w), seen: -1}
	if s.start() != nil {
		return
	}
	c.pump(r, p, v, s)
}

// pump sends until the viewer leaves, the log-in ends or somebody is too slow.
func (c *Console) pump(r *http.Request, p *person, v *viewer, s *sender) {
	beats := time.NewTicker(beat)
	defer beats.Stop()
	over := time.NewTimer(time.Until(p.Until))
	defer over.Stop()
	for {
		var err error
		select {
		case f := <-v.frames:
			err = s.frame(f)
		case <-beats.C:
			err = s.send(fmt.Appendf(nil, "event: beat\ndata: %d\n\n", time.Now().UnixMilli()))
		case <-over.C:
			return
		case <-p.Gone:
			return
		case <-r.Context().Done():
			return
		}
		if err != nil {
			return
		}
	}
}

// sender writes to one viewer.
type sender struct {
	w    http.ResponseWriter
	to   *http.ResponseController
	seen int
}

// start lifts the server's time limits: a view may last for hours.
func (s *sender) start() error {
	h := s.w.Header()
	h.Set("Content-Type", "text/event-stream; charset=utf-8")
	h.Set("X-Accel-Buffering", "no")
	_ = s.to.SetReadDeadline(time.Time{}) // a recorder in a test has none
	return s.send([]byte("retry: 3000\n\n"))
}

func (s *sender) frame(f *frame) error {
	err := s.send(f.after(s.seen))
	s.seen = f.n
	return err
}

func (s *sender) send(message []byte) error {
	_ = s.to.SetWriteDeadline(time.Now().Add(patience))
	if _, err := s.w.Write(message); err != nil {
		return err
	}
	return s.to.Flush()
}
