package nameserver

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"syscall"
	"time"

	"maildrill/faults"
)

// Socket is where a name server in a container takes its rules: a Unix socket
// in its own file system, which no network of the drill leads to.
const Socket = "/names.sock"

// controlLimit bounds one order.
const controlLimit = 5 * time.Second

// Orders of the control.
const (
	orderPut   = "put"
	orderTake  = "take"
	orderRules = "rules"
	orderLead  = "lead"
)

type order struct {
	Do   string      `json:"do"`
	Rule faults.Rule `json:"rule,omitzero"`
	From string      `json:"from,omitempty"`
	To   string      `json:"to,omitempty"`
}

type outcome struct {
	Rules   []faults.Standing `json:"rules,omitempty"`
	Names   []string          `json:"names,omitempty"`
	Failure string            `json:"failure,omitempty"`
}

// Put lets a rule stand; one with the same id is replaced.
func (s *Server) Put(r faults.Rule) error { return s.rules.put(r) }

// Take takes a rule away and returns when nothing is held back by it any more.
func (s *Server) Take(id string) { s.rules.take(id) }

// Rules reads back what stands.
func (s *Server) Rules() []faults.Standing { return s.rules.standing() }

// ServeControl takes orders on a Unix socket at the path until the context
// ends. What an earlier server left there is replaced.
func (s *Server) ServeControl(ctx context.Context, path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("name server: %w", err)
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "unix", path)
	if err != nil {
		return fmt.Errorf("name server: %w", err)
	}
	stop := context.AfterFunc(ctx, func() { _ = l.Close() })
	defer stop()
	for {
		conn, err := l.Accept()
		if err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return fmt.Errorf("name server: %w", err)
		}
		go s.obey(conn)
	}
}

// obey carries out the one order of a connection.
func (s *Server) obey(conn net.Conn) {
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(controlLimit))
	var o order
	if json.NewDecoder(conn).Decode(&o) != nil {
		return
	}
	var out outcome
	switch o.Do {
	case orderPut:
		if err := s.Put(o.Rule); err != nil {
			out.Failure = err.Error()
		}
	case orderTake:
		s.Take(o.Rule.ID)
	case orderRules:
		out.Rules = s.Rules()
	case orderLead:
		names, err := s.Lead(o.From, o.To)
		if err == nil {
			err = s.Keep(LedFile)
		}
		if out.Names = names; err != nil {
			out.Failure = err.Error()
		}
	default:
		out.Failure = fmt.Sprintf("unknown order %q", o.Do)
	}
	_ = json.NewEncoder(conn).Encode(out)
}

// Control gives orders to the name server that listens at the path.
type Control struct{ Path string }

// ErrAbsent is returned by a [Control] at whose path nobody listens: no server
// runs there, or not yet. It holds no rules.
var ErrAbsent = errors.New("no name server listens")

// Put lets a rule stand.
func (c Control) Put(ctx context.Context, r faults.Rule) error {
	_, err := c.tell(ctx, order{Do: orderPut, Rule: r})
	return err
}

// Take takes a rule away.
func (c Control) Take(ctx context.Context, id string) error {
	_, err := c.tell(ctx, order{Do: orderTake, Rule: faults.Rule{ID: id}})
	return err
}

// Rules reads back what stands.
func (c Control) Rules(ctx context.Context) ([]faults.Standing, error) {
	out, err := c.tell(ctx, order{Do: orderRules})
	return out.Rules, err
}

// Lead has the names of one node lead to another.
func (c Control) Lead(ctx context.Context, from, to string) ([]string, error) {
	out, err := c.tell(ctx, order{Do: orderLead, From: from, To: to})
	return out.Names, err
}

func (c Control) tell(ctx context.Context, o order) (out outcome, err error) {
	ctx, cancel := context.WithTimeout(ctx, controlLimit)
	defer cancel()
	var d net.Dialer
	conn, err := d.DialContext(ctx, "unix", c.Path)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ECONNREFUSED) {
		return out, fmt.Errorf("%w: %w", ErrAbsent, err)
	}
	if err != nil {
		return out, err
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Now()) })
	defer stop()
	if err = json.NewEncoder(conn).Encode(o); err == nil {
		err = json.NewDecoder(conn).Decode(&out)
	}
	if err == nil && out.Failure != "" {
		err = errors.New(out.Failure)
	}
	if err != nil {
		return out, fmt.Errorf("name server: %s: %w", o.Do, err)
	}
	return out, nil
}
