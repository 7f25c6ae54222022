package mta

import (
	"context"
	"fmt"
	"io"
	"log"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/emersion/go-smtp"

	"maildrill/harness/pause"
	"maildrill/harness/topology"
)

// maxMessage is the largest message taken, in bytes (RFC 1870).
const maxMessage = 64 << 20

// serve answers on a port until the context ends, then resets what is
// connected and waits for the sessions.
func serve(ctx context.Context, server *smtp.Server, port Port) {
	var wg sync.WaitGroup
	wg.Go(func() { _ = server.Serve(port) }) // it ends with the port
	<-ctx.Done()
	port.Cut()
	wg.Wait()
	_ = server.Shutdown(context.WithoutCancel(ctx)) // every connection is reset: sessions end by themselves
}

func newSMTP(backend smtp.Backend, host string, l *log.Logger) *smtp.Server {
	server := smtp.NewServer(backend)
	server.Domain, server.ErrorLog = host, l
	server.AllowInsecureAuth, server.MaxMessageBytes, server.MaxRecipients = true, maxMessage, 1000
	return server
}

// received makes the trace field (RFC 5321, section 4.4).
func received(from, by, protocol, id string, at time.Time) []byte {
	return fmt.Appendf(nil, "Received: from %s\r\n\tby %s (maildrill) with %s id %s;\r\n\t%s\r\n",
		from, by, protocol, id, at.Format(time.RFC1123Z))
}

// Mailboxes is where a mail store puts what it is given.
type Mailboxes interface {
	// Has tells whether the address has a mailbox.
	Has(address string) bool
	// Deliver returns when the message is on stable storage in the inbox.
	Deliver(address string, message []byte) error
}

// LMTP is what the receiving side of a mail store needs.
type LMTP struct {
	Host    string
	Boxes   Mailboxes
	Defects *topology.Defects
	Log     *log.Logger
}

// ServeLMTP takes deliveries (RFC 2033) until the context ends, and waits for
// those under way.
func ServeLMTP(ctx context.Context, c LMTP, port Port) {
	ids, last := new(sequence), new(atomic.Pointer[[]byte])
	server := newSMTP(smtp.BackendFunc(func(conn *smtp.Conn) (smtp.Session, error) {
		return &drop{ctx: ctx, config: c, helo: conn.Hostname, next: ids.next, last: last}, nil
	}), c.Host, c.Log)
	server.LMTP = true
	serve(ctx, server, port)
}

// drop is one LMTP session. Its methods take no context, so it keeps the
// server's: a planted delay must end with the server.
type drop struct {
	ctx    context.Context
	config LMTP
	helo   func() string
	next   func() string
	last   *atomic.Pointer[[]byte] // what was stored before, by anybody; only kept for lies
	from   string
	to     []string
}

var _ smtp.LMTPSession = (*drop)(nil)

// Reset implements smtp.Session.
func (d *drop) Reset() { d.from, d.to = "", nil }

// Logout implements smtp.Session.
func (d *drop) Logout() error { return nil }

// Mail implements smtp.Session.
func (d *drop) Mail(from string, _ *smtp.MailOptions) error {
	d.from = from
	return nil
}

// Rcpt implements smtp.Session.
func (d *drop) Rcpt(to string, _ *smtp.RcptOptions) error {
	if !d.config.Boxes.Has(to) {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "<" + to + "> no such mailbox"}
	}
	d.to = append(d.to, to)
	return nil
}

// Data implements smtp.Session; LMTP uses LMTPData.
func (d *drop) Data(io.Reader) error { return errNotLMTP }

var errNotLMTP = &smtp.SMTPError{Code: 503, EnhancedCode: smtp.EnhancedCode{5, 5, 1}, Message: "LMTP only"}

// LMTPData stores the message for each recipient and answers for each.
func (d *drop) LMTPData(r io.Reader, status smtp.StatusCollector) error {
	message, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	fate := fateOf(d.config.Defects, d.from)
	if !pause.For(d.ctx, fate.delay) {
		return deferral("shutting down")
	}
	for _, to := range d.to {
		status.SetStatus(to, d.store(to, fate, message))
	}
	return nil
}

func (d *drop) store(to string, f fate, message []byte) error {
	id := d.next()
	trace := append([]byte("Return-Path: <"+d.from+">\r\nDelivered-To: "+to+"\r\n"),
		received(d.helo(), d.config.Host, "LMTP", id, time.Now())...)
	text := d.damaged(f.Lie, append(trace, f.alter(message)...))
	for n := range f.filed() {
		if err := d.file(f.Lie, n, to, text); err != nil {
			d.config.Log.Printf("%s: <%s>: %v", id, to, err)
			return deferral("cannot store: " + err.Error())
		}
	}
	d.config.Log.Printf("%s: from=<%s> to=<%s> size=%d saved to INBOX", id, d.from, to, len(message))
	return nil
}

// deferral is a reply that asks to try again (RFC 5321, section 4.2.1).
func deferral(text string) error {
	return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: strings.ReplaceAll(text, "\n", " ")}
}
