package security

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"

	"maildrill/harness/ledger"
	"maildrill/harness/topology"
)

// script answers commands by their beginning; the longest that fits counts. The
// answer "TLS" begins TLS, "!" hangs up.
type script map[string]string

// with is the script with other answers.
func (s script) with(more script) script {
	all := script{}
	for _, one := range []script{s, more} {
		for k, v := range one {
			all[k] = v
		}
	}
	return all
}

func (s script) answer(line string) string {
	best, answer := -1, "500 what?"
	for command, reply := range s {
		if len(command) > best && strings.HasPrefix(line, command) {
			best, answer = len(command), reply
		}
	}
	return answer
}

// Dial implements Dialer: each connection is played by the script.
func (s script) Dial(context.Context, string, topology.Service) (net.Conn, error) {
	if s == nil {
		return nil, errors.New("refused")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	defer l.Close()
	ours, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		return nil, err
	}
	theirs, err := l.Accept() // before the listener is closed, which drops who waits
	if err != nil {
		return nil, err
	}
	go s.play(theirs)
	return ours, nil
}

func (s script) play(conn net.Conn) {
	defer conn.Close()
	in := bufio.NewReader(conn)
	fmt.Fprintf(conn, "%s\r\n", s.answer(""))
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		reply := s.answer(strings.TrimSpace(line))
		if reply == "!" {
			return
		}
		secured := strings.HasPrefix(reply, "TLS ")
		fmt.Fprintf(conn, "%s\r\n", strings.TrimPrefix(reply, "TLS "))
		if secured {
			server := tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{certificate}})
			if server.Handshake() != nil {
				return
			}
			conn, in = server, bufio.NewReader(server)
		}
	}
}

var certificate = func() tls.Certificate {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	raw, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)},
		&x509.Certificate{SerialNumber: big.NewInt(1)}, &key.PublicKey, key)
	if err != nil {
		panic(err)
	}
	return tls.Certificate{Certificate: [][]byte{raw}, PrivateKey: key}
}()

// msa is a submission host as it should be.
var msa = script{
	"": "220 msa", "EHLO": "250-msa\r\n250-STARTTLS\r\n250 AUTH PLAIN LOGIN", "STARTTLS": "TLS 220 go on", "AUTH": "535 5.7.8 no",
	"MAIL": "250 ok", "RCPT": "554 5.7.1 Relay access denied", "RSET": "250 ok", "QUIT": "221 bye",
}

var store = script{
	"": "* OK dovecot", "c1 CAPABILITY": "* CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED\r\nc1 OK done", "c2 STARTTLS": "TLS c2 OK go on",
	"c3 CAPABILITY": "* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\nc3 OK done", "c4 LOGIN": "c4 NO [AUTHENTICATIONFAILED] no", "c5": "c5 OK",
}

// shown stands for the digest of the certificate.
const shown = "a certificate"

func TestInterviewTellsWhatAServerLetsThrough(t *testing.T) {
	clean := map[string]string{"relay": "refused", "relay.forged": "refused", "relay.routed": "refused", "auth.none": "refused",
		"auth.wrong": "refused", "auth.clear": "offered", "tls.offered": "offered", "tls.certificate": shown}
	nothing := map[string]string{"relay": "", "relay.forged": "", "relay.routed": "", "auth.none": "", "auth.wrong": "", "auth.clear": "", "tls.offered": ""}
	imap := map[string]string{"tls.offered": "offered", "tls.certificate": shown, "auth.clear": "absent", "auth.wrong": "refused"}
	for name, c := range map[string]struct {
		service topology.Service
		server  script
		base    map[string]string
		but     map[string]string // "-": not asked
	}{
		"as it should be":      {topology.MSA, msa, clean, nil},
		"an open relay":        {topology.MSA, msa.with(script{"RCPT": "250 ok"}), clean, map[string]string{"relay": "taken", "relay.forged": "taken", "relay.routed": "taken", "auth.none": "taken"}},
		"open to its own":      {topology.MSA, msa.with(script{"RCPT TO:<probe@drill.test>": "250 ok"}), clean, map[string]string{"auth.none": "taken"}},
		"it believes senders":  {topology.MSA, msa.with(script{"MAIL FROM:<stranger": "530 no"}).with(script{"RCPT": "250 ok"}), clean, map[string]string{"relay.forged": "taken"}},
		"it follows routes":    {topology.MSA, msa.with(script{"RCPT TO:<relay-check%": "250 ok"}), clean, map[string]string{"relay.routed": "taken"}},
		"any password":         {topology.MSA, msa.with(script{"AUTH": "235 welcome"}), clean, map[string]string{"auth.wrong": "taken"}},
		"the directory is out": {topology.MSA, msa.with(script{"AUTH": "454 4.7.0 later"}), clean, nil},
		"without TLS":          {topology.MSA, msa.with(script{"EHLO": "250-msa\r\n250 AUTH PLAIN"}), clean, map[string]string{"tls.offered": "absent", "tls.certificate": "-"}},
		"no log-in at all":     {topology.MSA, msa.with(script{"EHLO": "250-msa\r\n250 STARTTLS"}), clean, map[string]string{"auth.clear": "absent", "auth.wrong": "absent"}},
		"a broken handshake":   {topology.MSA, msa.with(script{"STARTTLS": "454 not now"}), clean, map[string]string{"tls.certificate": "", "auth.wrong": ""}},
		"turned away":          {topology.MSA, msa.with(script{"": "421 too busy"}), clean, map[string]string{"auth.wrong": "", "auth.clear": "", "tls.offered": "", "tls.certificate": "-"}},
		"one error is enough":  {topology.MSA, msa.with(script{"RSET": "!"}), clean, map[string]string{"relay.forged": "", "relay.routed": "", "auth.none": ""}},
		"nobody there":         {topology.MSA, nil, nothing, nil},
		"no SMTP":              {topology.MSA, script{"": "hello"}, nothing, nil},
		"a mail exchanger": {topology.SMTP, msa.with(script{"EHLO": "250 mx"}), clean,
			map[string]string{"auth.none": "-", "auth.wrong": "-", "auth.clear": "absent", "tls.offered": "absent", "tls.certificate": "-"}},
		"IMAP":                     {topology.IMAP, store, imap, nil},
		"IMAP, any password":       {topology.IMAP, store.with(script{"c4 LOGIN": "c4 OK welcome"}), imap, map[string]string{"auth.wrong": "taken"}},
		"IMAP in the clear":        {topology.IMAP, store.with(script{"c1 CAPABILITY": "* CAPABILITY IMAP4rev1\r\nc1 OK done"}), imap, map[string]string{"tls.offered": "absent", "tls.certificate": "-", "auth.clear": "offered"}},
		"IMAP, closed":             {topology.IMAP, store.with(script{"c1 CAPABILITY": "* CAPABILITY IMAP4rev1 LOGINDISABLED\r\nc1 OK done"}), imap, map[string]string{"tls.offered": "absent", "tls.certificate": "-"}},
		"IMAP does not understand": {topology.IMAP, store.with(script{"c4 LOGIN": "c4 BAD what"}), imap, map[string]string{"auth.wrong": ""}},
		"IMAP says good-bye":       {topology.IMAP, store.with(script{"": "* BYE"}), imap, map[string]string{"tls.offered": "", "tls.certificate": "-", "auth.clear": "", "auth.wrong": ""}},
	} {
		t.Run(name, func(t *testing.T) {
			got := map[string]string{}
			for _, a := range interview(c.service, c.server).Ask(t.Context(), 0) {
				if len(a.Found) == 64 {
					a.Found = shown
				}
				if a.Found == "" && a.Said == "" {
					t.Errorf("%s: no answer, and nobody says why", a.Question)
				}
				got[a.Question] = a.Found
			}
			for question, want := range c.base {
				if other, ok := c.but[question]; ok {
					want = other
				}
				found, asked := got[question]
				if want == "-" && asked || want != "-" && (!asked || found != want) {
					t.Errorf("%s: found %q (asked: %v), want %q", question, found, asked, want)
				}
			}
		})
	}
}

func interview(service topology.Service, server script) Interview {
	return Interview{Dialer: server, Node: "msa1", Service: service, Foreign: "bounce.test",
		Account: topology.Account{Address: "probe@drill.test", User: "probe@drill.test", Password: "drill"}, Clock: func() time.Duration { return time.Second }}
}

// A dialogue is evidence: it has what was said, and no secret.
func TestTheDialogueIsKept(t *testing.T) {
	answers := interview(topology.MSA, msa.with(script{"RCPT": "250 2.1.5 Ok", "AUTH": "235 welcome"})).Ask(t.Context(), 0)
	for _, a := range answers {
		switch a.Question {
		case ledger.AskRelay:
			if !strings.HasSuffix(a.Said, "C: MAIL FROM:<stranger@bounce.test>\nS: 250 ok\nC: RCPT TO:<relay-check@bounce.test>\nS: 250 2.1.5 Ok") {
				t.Errorf("%s", a.Said)
			}
		case ledger.AskWrongPassword:
			if !strings.HasSuffix(a.Said, "C: AUTH PLAIN (a wrong password)\nS: 235 welcome") {
				t.Errorf("%s", a.Said)
			}
		}
		if strings.Contains(a.Said, "DATA") {
			t.Errorf("a message was offered: %s", a.Said)
		}
	}
}

// A server that hangs up after the first refusal answers each question in turn.
func TestEachQuestionComesFirst(t *testing.T) {
	found := map[string]bool{}
	for round := range 4 {
		for _, a := range interview(topology.MSA, msa.with(script{"RSET": "!"})).Ask(t.Context(), round) {
			found[a.Question] = found[a.Question] || a.Found != ""
		}
	}
	for _, q := range []string{ledger.AskRelay, ledger.AskRelayForged, ledger.AskRelayRouted, ledger.AskNoAuth} {
		if !found[q] {
			t.Errorf("%s was never answered", q)
		}
	}
}

// Wrong passwords are few: whoever locks out after some of them would lock out
// the instrument.
func TestWrongPasswordsAreFew(t *testing.T) {
	for service, server := range map[topology.Service]script{topology.MSA: msa, topology.IMAP: store} {
		tried := 0
		for round := range 10 {
			for _, a := range interview(service, server).Ask(t.Context(), round) {
				if a.Question == ledger.AskWrongPassword {
					tried++
				}
			}
		}
		if tried != 2 {
			t.Errorf("%s: %d of 10 rounds", service, tried)
		}
	}
}

// What takes any mail by design is not asked about it.
func TestOpenByDesign(t *testing.T) {
	i := interview(topology.MSA, msa)
	i.Open = true
	for _, a := range i.Ask(t.Context(), 0) {
		if strings.HasPrefix(a.Question, "relay") || a.Question == ledger.AskNoAuth {
			t.Errorf("asked %s", a.Question)
		}
	}
}

// The watch asks from the beginning, and reports nothing that it broke off.
func TestWatch(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	var got []ledger.SecurityAnswer
	Watch{Interview: interview(topology.SMTP, msa), Report: func(a ledger.SecurityAnswer, node string) {
		if got = append(got, a); node != "msa1" || len(got) == 3 {
			stop()
		}
	}}.Run(ctx)
	if len(got) != 3 {
		t.Errorf("%d answers: %+v", len(got), got)
	}
}
