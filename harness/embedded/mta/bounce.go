package mta

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/emersion/go-smtp"

	"maildrill/harness/identity"
)

// failure is a recipient that the message will never reach.
type failure struct {
	address string
	err     error
}

// bounce puts a delivery status notification for the sender into the queue.
// A message with the null reverse-path is never answered (RFC 5321, section
// 4.5.5).
func (s *Server) bounce(q *queued, failed []failure) error {
	for _, f := range failed {
		s.config.Log.Printf("%s: to=<%s> status=bounced (%v)", q.ID, f.address, f.err)
	}
	if q.From == "" {
		return nil
	}
	message, err := s.spool.message(q.ID)
	if err != nil {
		return err
	}
	r := report{host: s.config.Node.Host, to: q.From, action: "failed", arrived: q.Arrived, original: message}
	for _, f := range failed {
		r.recipients = append(r.recipients, reported{f.address, status(f.err), f.err.Error()})
	}
	return s.notify(r)
}

// claim tells the sender something about a message that nobody found out: it is
// a lie, and planted. No action: nothing is said.
func (s *Server) claim(action, from string, to []string, message []byte) error {
	codes := map[string]string{"delivered": "2.0.0", "delayed": "4.4.1", "failed": "5.0.0"}
	r := report{host: s.config.Node.Host, to: from, action: action, arrived: time.Now(), original: message}
	for _, a := range to {
		r.recipients = append(r.recipients, reported{a, codes[action], "planted"})
	}
	switch action {
	case "":
		return nil
	case "malformed":
		return s.mail("", from, func(id string, _ time.Time) []byte {
			return []byte("From: <>\r\nSubject: sorry\r\nContent-Type: multipart/report; boundary=\"" + id + "\"\r\n\r\nIt did not work.\r\n")
		})
	case "answerable":
		r.action = "failed"
		return s.mail("MAILER-DAEMON@"+r.host, from, r.render)
	case "astray":
		r.action, r.to = "failed", astray(from)
	}
	return s.notify(r)
}

// astray is the sender of the message with the same number in another run.
func astray(from string) string {
	token, _ := identity.FromAddress(from) // only the workload is lied about
	key := identity.NewKey("another run", 1)
	token.Run = key.Run
	return key.VERP(token, domainOf(from))
}

// notify reports with the null reverse-path (RFC 3464, section 2).
func (s *Server) notify(r report) error { return s.mail("", r.to, r.render) }

// mail queues a message of the server's own.
func (s *Server) mail(from, to string, render func(id string, now time.Time) []byte) error {
	now := time.Now()
	e := envelope{ID: s.ids.next(), From: from, Arrived: now, Due: now, Rcpts: []recipient{{Address: to}}}
	return s.enqueue(e, render(e.ID, now))
}

// status is the enhanced status code of an error (RFC 3463).
func status(err error) string {
	var reply *smtp.SMTPError
	if errors.As(err, &reply) && reply.Code/100 == 5 {
		c := reply.EnhancedCode
		if c[0] <= 0 {
			return "5.0.0"
		}
		return fmt.Sprintf("%d.%d.%d", c[0], c[1], c[2])
	}
	return "5.4.7" // delivery time expired
}

// report is a delivery status notification (RFC 3464).
type report struct {
	host, to, action string
	arrived          time.Time
	original         []byte
	recipients       []reported
}

type reported struct{ address, status, diagnostic string }

// render writes the multipart/report (RFC 6522): words, status, and the header
// of the original.
func (r report) render(id string, now time.Time) []byte {
	boundary := "report." + id
	var b bytes.Buffer
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\r\n", args...) }
	line("From: Mail Delivery System <MAILER-DAEMON@%s>\r\nTo: <%s>", r.host, r.to)
	line("Date: %s\r\nMessage-ID: <%s@%s>", now.Format(time.RFC1123Z), id, r.host)
	line("Subject: Delivery status: %s\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0", r.action)
	line("Content-Type: multipart/report; report-type=delivery-status; boundary=%q", boundary)
	line("\r\n--%s\r\nContent-Type: text/plain\r\n", boundary)
	for _, p := range r.recipients {
		line("<%s>: %s: %s", p.address, r.action, oneLine(p.diagnostic))
	}
	line("\r\n--%s\r\nContent-Type: message/delivery-status\r\n", boundary)
	line("Reporting-MTA: dns; %s\r\nArrival-Date: %s", r.host, r.arrived.Format(time.RFC1123Z))
	for _, p := range r.recipients {
		line("\r\nFinal-Recipient: rfc822; %s\r\nAction: %s\r\nStatus: %s", p.address, r.action, p.status)
		line("Diagnostic-Code: smtp; %s", oneLine(p.diagnostic))
	}
	line("\r\n--%s\r\nContent-Type: text/rfc822-headers\r\n", boundary)
	b.Write(header(r.original))
	line("\r\n--%s--", boundary)
	return b.Bytes()
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// header is the header section of a message.
func header(message []byte) []byte {
	if i := bytes.Index(message, []byte("\r\n\r\n")); i >= 0 {
		return message[:i+2]
	}
	return message
}
