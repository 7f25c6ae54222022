package faults_test

import (
	"strings"
	"testing"
	"time"

	"maildrill/faults"
	"maildrill/faults/faulttest"
)

// trustVariants are the kinds that change a server's configuration.
var trustVariants = []struct{ kind, with string }{
	{"cert.expired", ""}, {"cert.expired", "reload: false"}, {"cert.expired", "service: imap"},
	{"cert.wrong-name", ""}, {"cert.wrong-name", "file: /etc/postfix/other.pem"},
	{"cert.untrusted", ""}, {"cert.untrusted", "reload: false"},
	{"cert.rotated-wrong", ""}, {"cert.rotated-wrong", "reload: false"},
	{"cred.revoked", ""}, {"cred.revoked", "user: u1@drill.test"},
	{"node.upgrade", "image: maildrill/postfix:next"},
	{"config.bad-reload", ""}, {"config.bad-reload", "{file: /etc/dovecot/dovecot.conf, line: 'ssl {'}"},
}

func init() { required["node.upgrade"] = "image: maildrill/postfix:next" }

func TestTrustConformance(t *testing.T) {
	for _, v := range trustVariants {
		t.Run(v.kind+" "+v.with, func(t *testing.T) {
			mk := func(*testing.T) faults.Target { return faulttest.Trusting(faulttest.NewNode("mx1")) }
			faulttest.Conformance(t, kind(t, v.kind), mk, faulttest.Options{With: with(v.with), Within: 5 * time.Second, Every: time.Millisecond})
		})
	}
}

func TestLiesAboutSettingsComeOut(t *testing.T) {
	for _, v := range trustVariants {
		liesAboutRulesComeOut(t, v.kind+" "+v.with, func(t *testing.T, lie faulttest.Lie) *scene {
			s := newScene(t, v.kind, v.with, faulttest.NewNode("mx1", lie))
			s.target = faulttest.Trusting(s.node)
			return s
		})
	}
}

// What is looked at is the service and the file of the right server.
func TestSettingsAreOfTheRightServer(t *testing.T) {
	for _, c := range []struct{ kind, with, want string }{
		{"cert.expired", "", `"/etc/postfix/tls.pem"`},
		{"cert.expired", "service: imap", `"/etc/dovecot/tls.pem"`},
		{"cert.expired", "service: imap", `["doveadm","reload"]`},
		{"cred.revoked", "user: u2@drill.test", `username_filter = u2@drill.test`},
		{"config.bad-reload", "", `smtpd_recipient_restrictions = reject`},
		{"config.bad-reload", "file: /etc/dovecot/dovecot.conf", `protocols {`},
	} {
		s := newScene(t, c.kind, c.with, faulttest.NewNode("mx1"))
		s.target = faulttest.Trusting(faulttest.NewNode("mx1"))
		s.do(s.fault.Inject)
		r, _ := s.target.Node.(faults.Ruler)
		standing, err := r.Rules(t.Context(), faults.Settings)
		if err != nil || len(standing) != 1 || !strings.Contains(string(standing[0].Spec), c.want) {
			t.Errorf("%s %s: %+v, %v; want %s", c.kind, c.with, standing, err, c.want)
		}
	}
}

// Another user who cannot log in either is a victim that was not meant.
func TestARevokedUserIsTheOnlyOne(t *testing.T) {
	n := faulttest.NewNode("mx1")
	one := newScene(t, "cred.revoked", "user: u1@drill.test", n)
	one.target = faulttest.Trusting(n)
	one.do(one.fault.Inject)
	if e := one.look(); !e.Effective || e.BystanderHurt {
		t.Errorf("one user: %+v", e)
	}
	all := newScene(t, "cred.revoked", "", n)
	all.target = one.target
	all.do(all.fault.Inject)
	if e := one.look(); !e.BystanderHurt {
		t.Errorf("all users: %+v", e)
	}
}

// What brings a server down starts it again.
func TestABadConfigurationIsUndoneByAStart(t *testing.T) {
	n := faulttest.NewNode("mx1")
	s := newScene(t, "config.bad-reload", "", n)
	s.target = faulttest.Trusting(n)
	s.do(s.fault.Inject)
	n.Exit(89)
	if e := s.look(); !e.Effective || !strings.Contains(e.Detail, "down") {
		t.Errorf("while it is down: %+v", e)
	}
	s.do(s.fault.Revert)
	if st, err := n.State(t.Context()); err != nil || !st.Running {
		t.Errorf("after the revert: %+v, %v", st, err)
	}
}

func TestTargetsThatDoNotFitSettingsAreRefused(t *testing.T) {
	for _, c := range []struct {
		kind, with, server string
		services           map[string]int
		want               string
	}{
		{"cert.expired", "", "directory", map[string]int{"ldap": 389}, "no service with TLS"},
		{"cert.expired", "service: imaps", "dovecot", map[string]int{"imap": 143}, "no service with TLS"},
		{"cert.expired", "", "dovecot", map[string]int{"imaps": 993}, ""},
		{"cert.expired", "{file: /srv/x.pem, service: imaps}", "dovecot", map[string]int{"imaps": 993}, "nobody knows"},
		{"cred.revoked", "", "postfix", map[string]int{"smtp": 25}, "about dovecot"},
		{"cred.revoked", "", "dovecot", map[string]int{"pop3": 110}, "no imap"},
		{"cred.revoked", "user: nobody", "dovecot", map[string]int{"imap": 143}, "no account"},
		{"config.bad-reload", "", "directory", nil, "directory"},
		{"config.bad-reload", "", "haproxy", nil, ""},
	} {
		f, err := kind(t, c.kind).New(with(c.with))
		if err != nil {
			t.Fatal(err)
		}
		p, ok := f.(faults.Particular)
		if !ok {
			t.Fatalf("%s checks no target", c.kind)
		}
		target := faults.Target{Node: faulttest.NewNode("n"), Peers: []faults.Peer{{Name: "n", Server: c.server, Services: c.services}},
			Accounts: []faults.Account{{User: "u1"}}}
		err = p.Check(target)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s %s on %s: %v, want %q", c.kind, c.with, c.server, err, c.want)
		}
	}
}

func TestParametersOfSettingsAreChecked(t *testing.T) {
	for kindID, all := range map[string][]string{
		"node.upgrade":      {"", "image: 'a b'"},
		"cert.expired":      {"file: tls.pem", "file: /etc/../x", "service: http"},
		"cred.revoked":      {"user: 'a b'", "file: x"},
		"config.bad-reload": {"file: main.cf", `line: "a\nb"`},
	} {
		for _, text := range all {
			if _, err := kind(t, kindID).New(with(text)); err == nil {
				t.Errorf("%s takes %q", kindID, text)
			}
		}
	}
}
