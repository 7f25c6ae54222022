package faults_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"maildrill/faults"
	"maildrill/faults/faulttest"
)

// dialogueVariants are the kinds of a dialogue, each on a link of its service.
var dialogueVariants = []struct{ kind, with, service string }{
	{"smtp.reply", "", "smtp"},
	{"smtp.reply", "{phase: connect, code: 421}", "smtp"},
	{"smtp.reply", "{phase: helo, code: 451}", "smtp"},
	{"smtp.reply", "{phase: starttls, code: 454}", "smtp"},
	{"smtp.reply", "{phase: auth, code: 535}", "smtp"},
	{"smtp.reply", "{phase: mail, code: 452, enhanced: 4.3.1}", "smtp"},
	{"smtp.reply", "{phase: data, code: 451}", "smtp"},
	{"smtp.reply", "{phase: eod, code: 550, rate: 10%, match: u1@*}", "smtp"},
	{"smtp.reply", "{phase: quit, code: 421}", "smtp"},
	{"smtp.greylist", "", "smtp"},
	{"smtp.tarpit", "banner: 200ms", "smtp"},
	{"smtp.tarpit", "{banner: 0s, reply: 200ms}", "smtp"},
	{"smtp.cut-before-eod", "", "smtp"},
	{"smtp.cut-after-eod", "", "smtp"},
	{"smtp.partial-recipients", "", "smtp"},
	{"smtp.size-limit", "", "smtp"},
	{"smtp.rate-limit", "", "smtp"},
	{"smtp.starttls", "mode: strip", "smtp"},
	{"smtp.starttls", "mode: fail", "smtp"},
	{"smtp.starttls", "mode: garbage", "smtp"},
	{"tls.certificate", "problem: expired", "smtp"},
	{"tls.certificate", "problem: wrong-name", "smtp"},
	{"tls.certificate", "problem: untrusted", "smtp"},
	{"smtp.auth", "mode: '454'", "smtp"},
	{"smtp.auth", "mode: '535'", "smtp"},
	{"smtp.auth", "{mode: slow, delay: 200ms}", "smtp"},
	{"smtp.accept-and-drop", "", "smtp"},
	{"smtp.dsn-suppressed", "", "smtp"},
	{"dep.smarthost", "", "smtp"},
	{"dep.smarthost", "mode: 4xx", "smtp"},
	{"dep.smarthost", "mode: 5xx", "submission"},
	{"dep.smarthost", "mode: auth", "submission"},
	{"dep.smarthost", "{mode: slow, delay: 200ms}", "submission"},
	{"lmtp.reply", "", "lmtp"},
	{"lmtp.cut-after-eod", "", "lmtp"},
}

// toStore aims at the link from a node to the store.
func toStore(n *faulttest.Node, service string) faults.Target {
	t := n.Target()
	to, _ := t.Peer("store1")
	t.Link = &faults.Link{Name: "mx1-store1", To: to, Service: service, Port: 25}
	return t
}

func TestDialogueConformance(t *testing.T) {
	for _, v := range dialogueVariants {
		t.Run(v.kind+" "+v.with, func(t *testing.T) {
			t.Parallel() // some wait for what comes late
			mk := func(*testing.T) faults.Target { return toStore(faulttest.NewNode("mx1"), v.service) }
			faulttest.Conformance(t, kind(t, v.kind), mk, faulttest.Options{With: with(v.with), Within: 10 * time.Second, Every: time.Millisecond})
		})
	}
}

// Aimed at a node, a fault is in the way of all others that may come.
func TestDialogueAtANode(t *testing.T) {
	s := newScene(t, "smtp.reply", "", faulttest.NewNode("mx1"))
	s.do(s.fault.Inject)
	e := s.look()
	if !e.Installed || !e.Effective || !strings.Contains(e.Detail, "3 of 3 rules") {
		t.Errorf("got %+v", e)
	}
	var on []string
	for _, u := range s.fault.Undo(s.target) {
		on = append(on, u.Node)
	}
	if !slices.Equal(on, []string{"store1", "dns1", "outside"}) {
		t.Errorf("the inverse is on %v", on)
	}
	s.do(s.fault.Revert)
	if e := s.look(); e.Installed || e.Effective {
		t.Errorf("got %+v", e)
	}
}

func TestLiesAboutDialoguesComeOut(t *testing.T) {
	for _, kind := range []string{"smtp.reply", "dep.smarthost", "lmtp.cut-after-eod"} {
		liesAboutRulesComeOut(t, kind, func(t *testing.T, lie faulttest.Lie) *scene {
			service := "smtp"
			if strings.HasPrefix(kind, "lmtp.") {
				service = "lmtp"
			}
			s := newScene(t, kind, "", faulttest.NewNode("mx1", lie))
			s.target = toStore(s.node, service)
			return s
		})
	}
}

func TestDialoguesAreAimedAtTheirServices(t *testing.T) {
	n := faulttest.NewNode("mx1")
	for _, c := range []struct{ kind, service, want string }{
		{"smtp.reply", "lmtp", "is for lmtp"}, {"lmtp.reply", "smtp", "is for smtp"}, {"smtp.reply", "smtp", ""}, {"lmtp.stall", "lmtp", ""},
	} {
		f, err := kind(t, c.kind).New(with(""))
		if err != nil {
			t.Fatal(err)
		}
		err = f.(faults.Particular).Check(toStore(n, c.service))
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s on a link for %s: %v, want %q", c.kind, c.service, err, c.want)
		}
	}
}

func TestDialogueParametersAreRefused(t *testing.T) {
	for _, c := range []struct{ kind, with, want string }{
		{"smtp.reply", "phase: lunch", "valid: connect"}, {"smtp.reply", "code: 250", "400 to 599"},
		{"smtp.reply", `text: "a\r\nb"`, "one line"}, {"smtp.reply", "enhanced: 5.1.1", "does not fit"},
		{"smtp.reply", "rate: 0%", "more than 0%"}, {"smtp.reply", "rate: 0.5", "a percentage"}, {"smtp.reply", "match: '['", "syntax"},
		{"smtp.greylist", "delay: 0s", "more than 0s"}, {"smtp.tarpit", "{banner: 0s}", "at least 200ms"},
		{"smtp.cut-before-eod", "after: -1", "0 bytes"}, {"smtp.size-limit", "limit: 0", "1 to"},
		{"smtp.rate-limit", "messages: 0", "at least 1"}, {"smtp.starttls", "mode: maybe", "valid: strip"},
		{"dep.smarthost", "mode: gone", "valid: down"}, {"dep.smarthost", "{mode: slow, delay: 1ms}", "at least 200ms"},
		{"smtp.auth", "mode: maybe", "valid: 454"}, {"tls.certificate", "problem: ugly", "valid: expired"},
	} {
		if _, err := kind(t, c.kind).New(with(c.with)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s with %q: error %v, want one with %q", c.kind, c.with, err, c.want)
		}
	}
}

func TestAStallIsSeen(t *testing.T) {
	t.Parallel()
	mk := func(*testing.T) faults.Target { return toStore(faulttest.NewNode("mx1"), "lmtp") }
	faulttest.Conformance(t, kind(t, "lmtp.stall"), mk, faulttest.Options{Within: 10 * time.Second, Every: time.Millisecond, Quick: true})
}

// What a fault is about is told in words.
func TestAFaultOnAnotherServicesLinkIsRefused(t *testing.T) {
	f, err := kind(t, "smtp.reply").New(with(""))
	if err != nil {
		t.Fatal(err)
	}
	target := faulttest.NewNode("mx1").Target()
	target.Link = &faults.Link{Name: "mx1-store1", Service: "lmtp"}
	const want = "the link mx1-store1 is for lmtp; the fault is about smtp, submission"
	if err := f.(faults.Particular).Check(target); err == nil || err.Error() != want {
		t.Errorf("error %v, want %q", err, want)
	}
}
