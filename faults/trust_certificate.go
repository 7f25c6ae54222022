package faults

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// secured are the services that may have TLS, those first that surely have, with
// the software behind each and how a client comes to TLS (RFC 3207, RFC 2595).
var secured = []struct {
	service, software, greeting, say string
	Handshake
}{
	{service: "submissions", software: "postfix"},
	{service: "imaps", software: "dovecot"},
	{"submission", "postfix", "220", "EHLO look.drill.invalid\r\nSTARTTLS\r\n", startSMTP},
	{"imap", "dovecot", "* OK", "s STARTTLS\r\n", Handshake{"s OK", []string{"s NO", "s BAD", "* BYE"}}},
	{"smtp", "postfix", "220", "EHLO look.drill.invalid\r\nSTARTTLS\r\n", startSMTP},
	{"lmtp", "dovecot", "220", "LHLO look.drill.invalid\r\nSTARTTLS\r\n", startSMTP},
	{"pop3", "dovecot", "+OK", "STLS\r\n", Handshake{"+OK", []string{"-ERR"}}},
}

var startSMTP = Handshake{"220", []string{"4", "5"}}

type shownParams struct {
	File    string `yaml:"file"`
	Service string `yaml:"service"`
	Reload  bool   `yaml:"reload"`
}

// newShownCertificate makes the constructor of a kind that replaces certificates.
func newShownCertificate(kind string, bad BadCertificate) func(func(any) error) (Fault, error) {
	return func(decode func(any) error) (Fault, error) {
		p, err := decoded(decode, shownParams{Reload: true})
		if err == nil {
			err = errors.Join(checkFile(p.File), p.checkService())
		}
		if err != nil {
			return nil, err
		}
		c := &shownCertificate{shownParams: p, bad: bad}
		return newSetting(kind, p, c.spec, c.sees)
	}
}

func (p shownParams) checkService() error {
	var names []string
	for _, s := range secured {
		names = append(names, s.service)
	}
	if p.Service != "" && !slices.Contains(names, p.Service) {
		return fmt.Errorf("service is %q; valid: %s", p.Service, strings.Join(names, ", "))
	}
	return nil
}

// shownCertificate is one of these faults, with what was shown before it.
type shownCertificate struct {
	shownParams
	bad BadCertificate

	mu     sync.Mutex
	before string
}

// way finds the service to look at, and the software behind it.
func (f *shownCertificate) way(t Target) (Visit, software, error) {
	p, _ := t.Peer(t.Node.Name())
	for _, s := range secured {
		if _, offered := p.Services[s.service]; !offered || f.Service != "" && f.Service != s.service {
			continue
		}
		by, err := softwareOf(t, f.File, s.software, "haproxy")
		if err != nil && f.Service == "" {
			continue
		}
		v, _ := own(t, s.service) // addresses are not known before it runs
		v.Greeting, v.Say, v.Secure = s.greeting, []byte(s.say), &s.Handshake
		return v, by, err
	}
	return Visit{}, software{}, fmt.Errorf("%s offers no service with TLS that its servers' certificate is shown at", t.Node.Name())
}

func (f *shownCertificate) spec(t Target) (SettingSpec, error) {
	_, by, err := f.way(t)
	s := SettingSpec{File: by.certificate, Do: SettingCertify, Certificate: f.bad}
	if f.File != "" {
		s.File = f.File
	}
	if f.Reload {
		s.Reload = by.reload
	}
	return s, err
}

// sees makes a handshake. Where the server is not told of the new certificate,
// what is looked for is the file, as it will find it.
func (f *shownCertificate) sees(ctx context.Context, t Target, known phase) (Evidence, error) {
	v, _, err := f.way(t)
	if err != nil {
		return Evidence{}, err
	}
	s, err := visit(ctx, t.Node, v)
	if err != nil && !missed(err) {
		return Evidence{Detail: err.Error()}, ctx.Err()
	}
	shown, words := certificateShown(s, err)
	e := Evidence{Effective: f.shows(shown, err), Detail: f.compared(words, known)}
	if f.Reload {
		return e, nil
	}
	waiting, err := f.waiting(ctx, t)
	e.Effective = e.Effective || waiting
	if waiting {
		e.Detail += "; the file is read at the next start"
	}
	return e, err
}

// shows tells whether a handshake went as the fault has it.
func (f *shownCertificate) shows(shown *x509.Certificate, err error) bool {
	if f.bad == CertificateMisfit {
		return errors.Is(err, ErrNoHandshake)
	}
	return shown != nil && isBad(shown, f.bad)
}

// compared sets what is seen beside what was seen before the fault.
func (f *shownCertificate) compared(now string, known phase) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	if known == idle {
		f.before = now
	}
	if known != held || f.before == "" {
		return now
	}
	return now + "; before: " + f.before
}

// waiting tells whether the bad certificate is in the file that the server has.
func (f *shownCertificate) waiting(ctx context.Context, t Target) (bool, error) {
	s, err := f.spec(t)
	if err != nil {
		return false, err
	}
	felt, err := touch(ctx, t.Node, Touch{Try: TryRun, Run: []string{"cat", s.File}})
	if err != nil {
		return false, err
	}
	for block, rest := pem.Decode(felt.Output); block != nil; block, rest = pem.Decode(rest) {
		if block.Type == "CERTIFICATE" {
			c, err := x509.ParseCertificate(block.Bytes)
			return err == nil && isBad(c, f.bad), nil
		}
	}
	return false, nil
}

// certificateShown reads what a handshake has shown.
func certificateShown(s Sight, err error) (*x509.Certificate, string) {
	if err != nil {
		return nil, err.Error()
	}
	c, err := x509.ParseCertificate(s.Certificate)
	if err != nil {
		return nil, errNoCertificate.Error()
	}
	return c, fmt.Sprintf("a certificate for %s by %q, valid until %s", strings.Join(c.DNSNames, ", "), c.Issuer.CommonName, c.NotAfter.UTC().Format(time.RFC3339))
}
