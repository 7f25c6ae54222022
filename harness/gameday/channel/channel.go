package channel

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"time"

	"maildrill/scenarios"
)

// Channel carries messages.
type Channel interface {
	// Send gives a message to the other side. Without a deadline it takes at most
	// ten seconds. The receipt is filled as far as it came, with an error too.
	Send(ctx context.Context, m Message) (Receipt, error)
}

// Receipt is what the other side said. It tells that the message was taken, not
// that somebody read it.
type Receipt struct {
	Channel string `json:"channel"`
	Kind    string `json:"kind"`
	// Message is our name of the message, ID that of the other side if it gave one.
	Message string `json:"message,omitempty"`
	ID      string `json:"id,omitempty"`
	// Status is "200 OK", "exit 0", "250 queued".
	Status string        `json:"status,omitempty"`
	Tries  int           `json:"tries,omitempty"`
	Took   time.Duration `json:"took"` // nanoseconds
	// Refused are the addresses that the other side did not take, if it took others.
	Refused []string `json:"refused,omitempty"`
	Note    string   `json:"note,omitempty"`
}

const (
	defaultTimeout = 10 * time.Second
	maxAnswer      = 64 << 10 // bytes of an answer that are read
)

// carrier is what the kinds of channels differ in.
type carrier interface {
	carry(ctx context.Context, n note) (Receipt, error)
}

// Open makes a channel of its entry in the file, and finds its secrets. Nothing
// is sent yet.
func Open(c scenarios.Channel, secrets Secrets) (Channel, error) { return open(c, secrets, nil) }

// open takes the authorities that are trusted, nil for those of the system.
func open(c scenarios.Channel, secrets Secrets, trusted *x509.CertPool) (*opened, error) {
	makers := map[string]func(scenarios.Channel, Secrets, *x509.CertPool) (carrier, error){
		"webhook": openWebhook, "ntfy": openNtfy, "matrix": openMatrix, "exec": openExec, "email": openEmail, "wall": openWall,
	}
	makeIt, ok := makers[c.Kind]
	if !ok {
		return nil, fmt.Errorf("channel %s: there is no kind %q", c.ID, c.Kind)
	}
	carrier, err := makeIt(c, secrets, trusted)
	if err != nil {
		return nil, fmt.Errorf("channel %s: %w", c.ID, err)
	}
	return &opened{id: c.ID, kind: c.Kind, carrier: carrier}, nil
}

type opened struct {
	id, kind string
	carrier  carrier
}

func (o *opened) Send(ctx context.Context, m Message) (Receipt, error) {
	start := time.Now()
	if _, ok := ctx.Deadline(); !ok {
		var done context.CancelFunc
		ctx, done = context.WithTimeout(ctx, defaultTimeout)
		defer done()
	}
	ctx, cancel := context.WithCancel(ctx) // what a kind left open ends with it
	defer cancel()
	var receipt Receipt
	n, err := m.note(start)
	if err == nil {
		receipt, err = o.carrier.carry(ctx, n)
	}
	receipt.Channel, receipt.Kind, receipt.Message, receipt.Took = o.id, o.kind, n.id, time.Since(start)
	if err != nil {
		return receipt, fmt.Errorf("channel %s: %w", o.id, explained(ctx, err))
	}
	return receipt, nil
}

// explained says what it was that ended when only a connection seems to have.
func explained(ctx context.Context, err error) error {
	end := ctx.Err()
	if end == nil || errors.Is(err, end) {
		return err
	}
	return failure{text: fmt.Sprintf("%v (%v)", err, end), cause: end}
}

// Format keeps secrets out of what is printed of a channel.
func (o *opened) Format(s fmt.State, _ rune) {
	_, _ = io.WriteString(s, "channel "+o.id+" ("+o.kind+")")
}

// wall is a screen on the wall: the web console shows what is sent.
type wall struct{}

func openWall(scenarios.Channel, Secrets, *x509.CertPool) (carrier, error) { return wall{}, nil }

func (wall) carry(context.Context, note) (Receipt, error) {
	return Receipt{Status: "shown", Note: "nothing was sent: the web console shows it"}, nil
}
