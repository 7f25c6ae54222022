package faults_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"maildrill/faults"
	"maildrill/faults/faulttest"
)

// mailboxVariants are the kinds of IMAP and POP3, each on a link of its service.
var mailboxVariants = []struct{ kind, with, service string }{
	{"imap.no", "", "imap"},
	{"imap.no", "{command: login, code: AUTHENTICATIONFAILED, rate: 10%}", "imap"},
	{"imap.no", "{command: FETCH, code: '', text: no}", "imap"},
	{"imap.no", "{command: APPEND, code: OVERQUOTA}", "imap"},
	{"imap.bye", "", "imap"},
	{"imap.bye", "at: login", "imap"},
	{"imap.bye", "{at: session, after: 9}", "imap"},
	{"imap.slow", "delay: 200ms", "imap"},
	{"imap.slow", "{delay: 200ms, command: FETCH}", "imap"},
	{"imap.auth", "mode: fail", "imap"},
	{"imap.auth", "mode: unavailable", "imap"},
	{"imap.auth", "{mode: slow, delay: 200ms}", "imap"},
	{"imap.starttls", "mode: strip", "imap"},
	{"imap.starttls", "mode: fail", "imap"},
	{"imap.starttls", "mode: garbage", "imap"},
	{"pop3.err", "", "pop3"},
	{"pop3.err", "{command: RETR, code: ''}", "pop3"},
	{"pop3.slow", "delay: 200ms", "pop3"},
	{"pop3.slow", "{delay: 200ms, command: PASS}", "pop3"},
	{"pop3.cut", "", "pop3"},
}

func TestMailboxConformance(t *testing.T) {
	for _, v := range mailboxVariants {
		t.Run(v.kind+" "+v.with, func(t *testing.T) {
			t.Parallel() // some wait for what comes late
			mk := func(*testing.T) faults.Target { return toStore(faulttest.NewNode("mx1"), v.service) }
			faulttest.Conformance(t, kind(t, v.kind), mk, faulttest.Options{With: with(v.with), Within: 10 * time.Second, Every: time.Millisecond})
		})
	}
}

// Aimed at a store, a fault is in the way of everybody who may read mail there.
func TestMailboxesAtANode(t *testing.T) {
	n := faulttest.NewNode("mx1")
	s := newScene(t, "imap.no", "", n)
	store, _ := s.target.Peer("store1")
	s.target.Node = store.Node
	s.do(s.fault.Inject)
	var on []string
	for _, u := range s.fault.Undo(s.target) {
		on = append(on, u.Node)
	}
	if !slices.Equal(on, []string{"mx1", "dns1", "outside"}) {
		t.Errorf("the inverse is on %v", on)
	}
	if e := s.look(); !e.Installed || !e.Effective || !strings.Contains(e.Detail, "3 of 3 rules") {
		t.Errorf("got %+v", e)
	}
	s.do(s.fault.Revert)
	if e := s.look(); e.Installed || e.Effective {
		t.Errorf("got %+v", e)
	}
	s.target = n.Target() // which has no mailboxes
	if err := s.fault.(faults.Particular).Check(s.target); err == nil || !strings.Contains(err.Error(), "none of the services") {
		t.Errorf("a node without IMAP: %v", err)
	}
}

func TestLiesAboutMailboxesComeOut(t *testing.T) {
	for _, v := range []struct{ kind, with string }{{"imap.no", ""}, {"imap.bye", ""}, {"imap.slow", "delay: 200ms"}, {"pop3.cut", ""}} {
		liesAboutRulesComeOut(t, v.kind, func(t *testing.T, lie faulttest.Lie) *scene {
			service, _, _ := strings.Cut(v.kind, ".")
			s := newScene(t, v.kind, v.with, faulttest.NewNode("mx1", lie))
			s.target = toStore(s.node, service)
			return s
		})
	}
}

func TestMailboxParametersAreRefused(t *testing.T) {
	for _, c := range []struct{ kind, with, want string }{
		{"imap.no", "command: LUNCH", "valid: NOOP"}, {"imap.no", "command: LOGOUT", "valid: NOOP"}, {"imap.no", "code: '[X]'", "without brackets"},
		{"imap.no", `text: "a\r\nb"`, "one line"}, {"imap.no", "text: ''", "not empty"}, {"imap.no", "rate: 0%", "more than 0%"},
		{"imap.bye", "at: lunch", "valid: greeting"}, {"imap.bye", "after: -1", "0 commands"}, {"imap.bye", "code: a b", "without brackets"},
		{"imap.slow", "delay: 1ms", "at least 200ms"}, {"imap.slow", "command: RETR", "valid: NOOP"},
		{"imap.auth", "mode: maybe", "valid: fail"}, {"imap.auth", "{mode: slow, delay: 1ms}", "at least 200ms"},
		{"imap.starttls", "mode: maybe", "valid: strip"},
		{"pop3.err", "command: SELECT", "valid: USER"}, {"pop3.err", "text: ''", "not empty"}, {"pop3.slow", "delay: 0s", "at least 200ms"},
		{"pop3.cut", "after: -1", "0 bytes"}, {"pop3.cut", "rate: 2", "a percentage"},
	} {
		if _, err := kind(t, c.kind).New(with(c.with)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s with %q: error %v, want one with %q", c.kind, c.with, err, c.want)
		}
	}
}
