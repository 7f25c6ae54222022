package runtimetest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-smtp"

	"maildrill/harness/topology"
)

// dial connects and bounds the connection by the case.
func (k kit) dial(name string, service topology.Service) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(k.ctx, 5*time.Second)
	defer cancel()
	conn, err := k.system.Dial(ctx, name, service)
	if err != nil {
		return nil, err
	}
	deadline, _ := k.ctx.Deadline()
	return conn, conn.SetDeadline(deadline)
}

// greeting reads the first line of a service.
func (k kit) greeting(name string, service topology.Service) (string, error) {
	conn, err := k.dial(name, service)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	return bufio.NewReader(conn).ReadString('\n')
}

func (k kit) greets(name string, service topology.Service, want string) error {
	got, err := k.greeting(name, service)
	if err == nil && !strings.HasPrefix(got, want) {
		err = fmt.Errorf("greeting of %s is %q, want %q", name, got, want)
	}
	return err
}

func greetings(k kit) {
	for _, c := range []struct {
		node    string
		service topology.Service
		want    string
	}{
		{"mx1", topology.SMTP, "220"}, {"mx1." + domain, topology.SMTP, "220"},
		{"store1", topology.IMAP, "* OK"}, {"store1", topology.LMTP, "220"},
	} {
		k.must(k.greets(c.node, c.service, c.want), "greeting")
	}
}

// send offers one message at mx1; its subject identifies it.
func (k kit) send(from, to, subject string) error {
	conn, err := k.dial("mx1", topology.SMTP)
	if err != nil {
		return err
	}
	c := smtp.NewClient(conn)
	defer c.Close()
	text := fmt.Sprintf("Message-ID: <%s@%s>\r\nDate: %s\r\nFrom: <%s>\r\nTo: <%s>\r\nSubject: %s\r\n\r\nfirst line\r\n.dot\r\nlast line\r\n",
		subject, domain, time.Now().Format(time.RFC1123Z), from, to, subject)
	if err := c.Hello("outside." + domain); err != nil {
		return err
	}
	if err := c.SendMail(from, []string{to}, strings.NewReader(text)); err != nil {
		return err
	}
	return c.Quit()
}

func subject(of string) string { return fmt.Sprintf("%s-%x", of, time.Now().UnixNano()) }

const (
	sender = "b.conformance@" + bounceDomain
	reader = "u1@" + domain
)

// found is what a mailbox shows of one subject.
type found struct {
	uids     []imap.UID
	validity uint32
	text     string
}

// look reads the mailbox of u1.
func (k kit) look(subject string) (found, error) {
	conn, err := k.dial("store1", topology.IMAP)
	if err != nil {
		return found{}, err
	}
	c := imapclient.New(conn, nil)
	defer c.Close()
	if err := c.Login(reader, password).Wait(); err != nil {
		return found{}, err
	}
	selected, err := c.Select("INBOX", &imap.SelectOptions{ReadOnly: true}).Wait()
	if err != nil {
		return found{}, err
	}
	search, err := c.UIDSearch(&imap.SearchCriteria{
		Header: []imap.SearchCriteriaHeaderField{{Key: "Subject", Value: subject}}}, nil).Wait()
	if err != nil {
		return found{}, err
	}
	f := found{uids: search.AllUIDs(), validity: selected.UIDValidity}
	if len(f.uids) == 0 {
		return f, errors.New("not in the mailbox")
	}
	return f, f.read(c)
}

func (f *found) read(c *imapclient.Client) error {
	all, err := c.Fetch(imap.UIDSetNum(f.uids...), &imap.FetchOptions{
		UID: true, RFC822Size: true, BodySection: []*imap.FetchItemBodySection{{Peek: true}}}).Collect()
	if err != nil {
		return err
	}
	for _, m := range all {
		for _, section := range m.BodySection {
			f.text += string(section.Bytes)
		}
	}
	return nil
}

// arrives waits for the message.
func (k kit) arrives(subject string) found {
	k.Helper()
	var f found
	k.eventually("wait for "+subject, func() (err error) {
		f, err = k.look(subject)
		return err
	})
	return f
}

func delivery(k kit) {
	s := subject("delivery")
	k.must(k.send(sender, reader, s), "send")
	f := k.arrives(s)
	if len(f.uids) != 1 {
		k.Errorf("%d copies arrived", len(f.uids))
	}
	if _, body, _ := strings.Cut(f.text, "\r\n\r\n"); body != "first line\r\n.dot\r\nlast line\r\n" {
		k.Errorf("the body arrived as %q", body)
	}
	if !strings.Contains(f.text, "by mx1."+domain) {
		k.Errorf("no trace of mx1 in %q", f.text)
	}
}

func refusals(k kit) {
	for _, to := range []string{"nobody@" + domain, "u1@elsewhere.test"} {
		err := k.send(sender, to, subject("refusal"))
		var reply *smtp.SMTPError
		if !errors.As(err, &reply) || reply.Code/100 != 5 {
			k.Errorf("mail for %s: %v, want a permanent refusal", to, err)
		}
	}
}

// sink takes bounces; it gives the envelope recipient and the text.
type sink struct {
	to       string
	received chan [2]string
}

func (s *sink) Reset()                                    {}
func (s *sink) Logout() error                             { return nil }
func (s *sink) Mail(string, *smtp.MailOptions) error      { return nil }
func (s *sink) Rcpt(to string, _ *smtp.RcptOptions) error { s.to = to; return nil }
func (s *sink) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	s.received <- [2]string{s.to, string(text)}
	return err
}

func bounce(k kit) {
	l, err := k.system.Listen(k.ctx, topology.SMTP)
	k.must(err, "listen")
	received := make(chan [2]string, 16)
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) {
		return &sink{received: received}, nil
	}))
	server.Domain = "outside." + domain
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	defer func() { server.Close(); <-served }()
	k.must(k.send(sender, "u1@"+voidDomain, subject("bounce")), "send")
	select {
	case b := <-received:
		if b[0] != sender || !strings.Contains(b[1], "Action: failed") || !strings.Contains(b[1], "u1@"+voidDomain) {
			k.Errorf("bounce to %s: %s", b[0], b[1])
		}
	case <-k.ctx.Done():
		k.Fatal("no bounce came")
	}
	k.emptied() // the sender has its 250 before the sink goes away
}
