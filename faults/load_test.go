package faults_test

import (
	"strings"
	"testing"

	"maildrill/faults"
	"maildrill/faults/faulttest"
)

var loads = []variant{
	{"flood", "load.connection-flood", "sessions: 5", false},
	{"slow senders", "load.slow-senders", "", false},
	{"guesses", "load.auth-brute-force", "{user: u1, service: smtp}", false},
	{"mail bomb", "load.mail-bomb", "to: u1@drill.test", false},
	{"surge", "load.surge", "to: [u1@drill.test, u2@drill.test]", false},
	{"bounce storm", "load.bounce-storm", "to: [u1@drill.test]", false},
}

func init() { variants = append(variants, loads...) }

// One who logs in to send comes to submission.
func TestConformanceOfAStolenAccount(t *testing.T) {
	mk := func(*testing.T) faults.Target {
		target := faulttest.NewNode("mx1").Target()
		target.Peers[0].Services["submission"] = 587
		return target
	}
	faulttest.Conformance(t, kind(t, "load.stolen-account"), mk, faulttest.Options{With: with("{user: u1@drill.test, password: x, to: [u2@drill.test]}")})
}

// IMAP clients come to a store.
func TestConformanceOfAReconnectStorm(t *testing.T) {
	mk := func(*testing.T) faults.Target {
		target := faulttest.NewNode("mx1").Target()
		target.Peers[0].Services["imap"] = 143
		return target
	}
	faulttest.Conformance(t, kind(t, "load.reconnect-storm"), mk, faulttest.Options{With: with("{user: u1, password: x}")})
}

func TestLoadsThatLieComeOut(t *testing.T) {
	for _, v := range loads {
		for _, lie := range []faulttest.Lie{faulttest.RuleSpares, faulttest.RulePretends} {
			s := newScene(t, v.kind, v.with, faulttest.NewNode("mx1", lie))
			s.do(s.fault.Inject)
			if e := s.look(); e.Installed && e.Effective {
				t.Errorf("%s is proven although %s: %+v", v.kind, lie, e)
			}
		}
		for _, lie := range []faulttest.Lie{faulttest.TakeFails, faulttest.TakeHides} {
			s := newScene(t, v.kind, v.with, faulttest.NewNode("mx1", lie))
			s.do(s.fault.Inject)
			s.do(s.fault.Revert)
			if e := s.look(); !e.Installed && !e.Effective {
				t.Errorf("%s is proven gone although %s: %+v", v.kind, lie, e)
			}
		}
	}
}

func TestLoadsAreRefused(t *testing.T) {
	for _, c := range []struct{ kind, with, want string }{
		{"load.connection-flood", "sessions: 0", "valid: 1 to 2000"},
		{"load.connection-flood", "service: pop3", "no service pop3"},
		{"load.auth-brute-force", "{rate: -1, user: u1}", "valid: 0 to 1000"},
		{"load.auth-brute-force", "service: smtp", "`user` is missing"},
		{"load.mail-bomb", "count: -1", "valid: 0"},
		{"load.mail-bomb", "", "`to` is missing"},
		{"load.mail-bomb", "to: u1", "\"u1\" is no address"},
		{"load.mail-bomb", `to: "u1@drill.test\r\nDATA"`, "is no address"},
		{"load.mail-bomb", "{to: u1@drill.test, from: a b@drill.test}", "\"a b@drill.test\" is no address"},
		{"load.surge", "to: [u1@drill.test, <u2@drill.test>]", "is no address"},
		{"load.surge", "size: -1", "valid: 0"},
		{"load.bounce-storm", "count: 0", "valid: 1 to"},
		{"load.bounce-storm", "", "`to` is missing"},
		{"load.stolen-account", "count: 100001", "valid: 1 to"},
		{"load.stolen-account", "user: u1@drill.test", "no service submission"},
		{"load.surge", "client: nobody", "name one in `client`"},
	} {
		f, err := kind(t, c.kind).New(with(c.with))
		if err == nil {
			err = f.(faults.Particular).Check(faulttest.NewNode("mx1").Target())
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s with %q: error %v, want one with %q", c.kind, c.with, err, c.want)
		}
	}
}

// TestTurnedAwayIsMetToo: of clients that hold connections, those count that the
// server's limit turns away. The node of the tests has five open and two denied.
func TestTurnedAwayIsMetToo(t *testing.T) {
	for sessions, within := range map[string]bool{"7": true, "20": false} {
		n := faulttest.NewNode("mx1")
		s := newScene(t, "load.connection-flood", "sessions: "+sessions, n)
		s.do(s.fault.Inject)
		e := s.look()
		if len(e.Measured) != 1 || e.Measured[0].Within != within || !strings.Contains(e.Detail, "2 turned away") {
			t.Errorf("of %s: %+v, %s", sessions, e.Measured, e.Detail)
		}
	}
}
