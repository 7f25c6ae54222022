package workload

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"time"

	"maildrill/harness/esmtp"
	"maildrill/harness/topology"
)

// Entry is where mail enters the system.
const (
	EntryMX         = "mx"         // directly, at the domain's mail exchangers
	EntrySubmission = "submission" // as a user, with AUTH (RFC 6409)
	EntryRelay      = "relay"      // through a real, retrying server outside the fault domain
)

// Whether STARTTLS (RFC 3207) is used.
const (
	TLSNone          = esmtp.TLSNone
	TLSOpportunistic = esmtp.TLSOpportunistic
	TLSRequired      = esmtp.TLSRequired
)

// Config says what is offered. Zero values are replaced by the defaults named.
type Config struct {
	Rate    float64 // messages a second; 0: none
	Poisson bool    // exponential gaps; otherwise even ones
	Seed    int64
	Limit   int // messages in all; 0: until the context ends

	Sizes      []int64  // bytes; each message takes one of them. Default: 1 KiB
	Recipients int      // of one message; default 1
	Mailboxes  []string // addresses that recipients are drawn from

	Entry          string   // [EntryMX], [EntrySubmission] or [EntryRelay]
	Domain         string   // whose mail exchangers are asked for; entry mx
	BounceDomain   string   // of the envelope senders
	DNSNode        string   // the drill's name server; entry mx
	SubmissionNode string   // entry submission
	RelayNode      string   // entry relay
	Views          []string // [ViewDirect], [ViewViaRelay]; entry mx. None: direct
	HelloName      string   // of EHLO; default: "outside." and Domain, or BounceDomain

	// Login gives the credentials of a mailbox's owner for AUTH PLAIN (RFC
	// 4616); entry submission. Nil: no AUTH.
	Login func(mailbox string) (user, password string)
	TLS   string // [TLSNone] (default), [TLSOpportunistic] or [TLSRequired]
	// TLSConfig is used for STARTTLS. Nil accepts every certificate: the servers
	// of a drill sign their own.
	TLSConfig *tls.Config

	Sessions int // connections at the same time, at most; default 20
	// PerConnection is how many messages one connection takes, at most. Default
	// 1: most senders a mail system meets come with one message and leave. With
	// more, a connection is kept for up to two seconds for the next message to the
	// same host, as MTAs do.
	PerConnection int
	MaxQueue      int           // arrivals that wait for a session, at most; default: a minute of load, at least 1000 and at most a million
	Timeout       time.Duration // to connect, of each reply and of each block of data; default 5 s
	ReplyTimeout  time.Duration // of the reply to the terminator; default 10 s
	Linger        time.Duration // for what is in flight when the context ends; default 30 s
}

// Dialer is the way into the system; topology.System is one.
type Dialer interface {
	Dial(ctx context.Context, node string, service topology.Service) (net.Conn, error)
}

func (c Config) filled() Config {
	if len(c.Sizes) == 0 {
		c.Sizes = []int64{1 << 10}
	}
	fill(&c.Recipients, 1)
	fill(&c.Entry, EntryMX)
	fill(&c.HelloName, "outside."+cmp.Or(c.Domain, c.BounceDomain))
	fill(&c.TLS, TLSNone)
	fill(&c.Sessions, 20)
	fill(&c.PerConnection, 1)
	fill(&c.MaxQueue, int(min(max(1000, 60*c.Rate), 1e6)))
	fill(&c.Timeout, 5*time.Second)
	fill(&c.ReplyTimeout, 10*time.Second)
	fill(&c.Linger, 30*time.Second)
	if c.TLSConfig == nil {
		c.TLSConfig = &tls.Config{InsecureSkipVerify: true}
	}
	return c
}

func fill[T comparable](v *T, otherwise T) {
	var zero T
	if *v == zero {
		*v = otherwise
	}
}

// check names every mistake at once.
func (c Config) check() error {
	var wrong []error
	refuse := func(mistake bool, format string, args ...any) {
		if mistake {
			wrong = append(wrong, fmt.Errorf("workload: "+format, args...))
		}
	}
	refuse(c.Rate < 0, "rate %g/s", c.Rate)
	refuse(c.Recipients > len(c.Mailboxes), "%d recipients of one message, but %d mailboxes", c.Recipients, len(c.Mailboxes))
	refuse(c.PerConnection < 0, "%d messages on a connection", c.PerConnection)
	refuse(c.BounceDomain == "", "no bounce domain")
	refuse(c.TLS != TLSNone && c.TLS != TLSOpportunistic && c.TLS != TLSRequired, "tls %q", c.TLS)
	refuse(c.wrongViews() != "", "views %v: %s", c.Views, c.wrongViews())
	switch c.Entry {
	case EntryMX:
		refuse(c.Domain == "" || c.DNSNode == "", "entry mx needs a domain and a name server")
	case EntrySubmission:
		refuse(c.SubmissionNode == "", "entry submission needs a node")
	case EntryRelay:
		refuse(c.RelayNode == "", "entry relay needs a node")
	default:
		refuse(true, "entry %q", c.Entry)
	}
	return errors.Join(wrong...)
}

// service is the port that mail enters by.
func (c Config) service() topology.Service {
	if c.Entry == EntrySubmission {
		return topology.MSA
	}
	return topology.SMTP
}
