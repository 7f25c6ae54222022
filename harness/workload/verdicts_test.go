package workload

import (
	"errors"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"maildrill/harness/esmtp"
	"maildrill/harness/ledger"
)

// Servers that most rows below start from.
var (
	secure   = obliging.with("EHLO", "250-mx\r\n250-PIPELINING\r\n250 STARTTLS")
	login    = obliging.with("EHLO", "250-mx\r\n250 AUTH LOGIN PLAIN", "AUTH", "235 2.7.0 welcome")
	plodding = obliging.with("EHLO", "250 mx")
)

// verdictCases end every phase in every way. "tls" and "auth" say what the
// client wants.
var verdictCases = []struct {
	name    string
	server  script
	verdict ledger.Verdict
	phase   ledger.Phase
	code    uint16
	status  string
}{
	{"all is well", obliging, ledger.Accepted, ledger.PhaseDone, 250, "2.0.0"},
	{"without extensions", plodding, ledger.Accepted, ledger.PhaseDone, 250, "2.0.0"},
	{"only HELO", obliging.with("EHLO", "502 what?", "HELO", "250 mx"), ledger.Accepted, ledger.PhaseDone, 250, "2.0.0"},
	{"reply in several lines", obliging.with(".", "250-2.0.0 a\r\n250 2.0.0 b"), ledger.Accepted, ledger.PhaseDone, 250, "2.0.0"},
	{"QUIT refused", obliging.with("QUIT", cut), ledger.Accepted, ledger.PhaseDone, 250, "2.0.0"},
	{"QUIT unanswered", obliging.with("QUIT", hang), ledger.Accepted, ledger.PhaseDone, 250, "2.0.0"},

	{"refused", nil, ledger.NotAttempted, ledger.PhaseConnect, 0, ""},
	{"greeting 421", obliging.with("greeting", "421 4.3.2 busy"), ledger.NotAttempted, ledger.PhaseGreeting, 421, "4.3.2"},
	{"greeting 554", obliging.with("greeting", "554 no mail here"), ledger.NotAttempted, ledger.PhaseGreeting, 554, ""},
	{"greeting cut", obliging.with("greeting", cut), ledger.NotAttempted, ledger.PhaseGreeting, 0, ""},
	{"greeting never comes", obliging.with("greeting", hang), ledger.NotAttempted, ledger.PhaseGreeting, 0, ""},
	{"greeting half", obliging.with("greeting", half), ledger.NotAttempted, ledger.PhaseGreeting, 0, ""},
	{"greeting of another protocol", obliging.with("greeting", "* OK IMAP4rev1"), ledger.NotAttempted, ledger.PhaseGreeting, 0, ""},
	{"EHLO 421", obliging.with("EHLO", "421 bye"), ledger.NotAttempted, ledger.PhaseHello, 421, ""},
	{"EHLO and HELO 550", obliging.with("EHLO", "550 no", "HELO", "550 no"), ledger.NotAttempted, ledger.PhaseHello, 550, ""},
	{"EHLO cut", obliging.with("EHLO", cut), ledger.NotAttempted, ledger.PhaseHello, 0, ""},
	{"EHLO hangs", obliging.with("EHLO", hang), ledger.NotAttempted, ledger.PhaseHello, 0, ""},
	{"STARTTLS not offered", obliging.with("tls", TLSRequired), ledger.NotAttempted, ledger.PhaseTLS, 0, ""},
	{"STARTTLS 454", secure.with("tls", TLSOpportunistic, "STARTTLS", "454 later"), ledger.NotAttempted, ledger.PhaseTLS, 454, ""},
	{"STARTTLS 501", secure.with("tls", TLSRequired, "STARTTLS", "501 no"), ledger.NotAttempted, ledger.PhaseTLS, 501, ""},
	{"STARTTLS then cut", secure.with("tls", TLSRequired, "STARTTLS", "421 bye"), ledger.NotAttempted, ledger.PhaseTLS, 421, ""},
	{"injected before the handshake", secure.with("tls", TLSRequired, "STARTTLS", swap), ledger.NotAttempted, ledger.PhaseTLS, 0, ""},
	{"handshake hangs", secure.with("tls", TLSRequired, "STARTTLS", "220 go on"), ledger.NotAttempted, ledger.PhaseTLS, 0, ""},
	{"AUTH works", login.with("auth", "yes"), ledger.Accepted, ledger.PhaseDone, 250, "2.0.0"},
	{"AUTH not offered", obliging.with("auth", "yes"), ledger.NotAttempted, ledger.PhaseAuth, 0, ""},
	{"AUTH 454", login.with("auth", "yes", "AUTH", "454 4.7.0 later"), ledger.NotAttempted, ledger.PhaseAuth, 454, "4.7.0"},
	{"AUTH 535", login.with("auth", "yes", "AUTH", "535 5.7.8 no"), ledger.NotAttempted, ledger.PhaseAuth, 535, "5.7.8"},
	{"AUTH cut", login.with("auth", "yes", "AUTH", cut), ledger.NotAttempted, ledger.PhaseAuth, 0, ""},

	{"MAIL 451", obliging.with("MAIL", "451 4.3.0 no"), ledger.RejectedTemporary, ledger.PhaseMail, 451, "4.3.0"},
	{"MAIL 421", obliging.with("MAIL", "421 no"), ledger.RejectedTemporary, ledger.PhaseMail, 421, ""},
	{"MAIL 550", obliging.with("MAIL", "550 no"), ledger.RejectedPermanent, ledger.PhaseMail, 550, ""},
	{"MAIL cut", obliging.with("MAIL", cut), ledger.NotAttempted, ledger.PhaseMail, 0, ""},
	{"MAIL hangs", obliging.with("MAIL", hang), ledger.NotAttempted, ledger.PhaseMail, 0, ""},
	{"MAIL 354", obliging.with("MAIL", "354 what?"), ledger.NotAttempted, ledger.PhaseMail, 354, ""},
	{"MAIL 451 without pipelining", plodding.with("MAIL", "451 no"), ledger.RejectedTemporary, ledger.PhaseMail, 451, ""},
	{"RCPT 450", obliging.with("RCPT", "450 4.2.0 greylisted"), ledger.RejectedTemporary, ledger.PhaseRcpt, 450, "4.2.0"},
	{"RCPT 550", obliging.with("RCPT", "550 5.1.1 who?"), ledger.RejectedPermanent, ledger.PhaseRcpt, 550, "5.1.1"},
	{"RCPT cut", obliging.with("RCPT", cut), ledger.NotAttempted, ledger.PhaseRcpt, 0, ""},
	{"RCPT half", plodding.with("RCPT", half), ledger.NotAttempted, ledger.PhaseRcpt, 0, ""},
	{"DATA 451", obliging.with("DATA", "451 no"), ledger.RejectedTemporary, ledger.PhaseData, 451, ""},
	{"DATA 554", obliging.with("DATA", "554 no"), ledger.RejectedPermanent, ledger.PhaseData, 554, ""},
	{"DATA 250", obliging.with("DATA", "250 ok"), ledger.NotAttempted, ledger.PhaseData, 250, ""},
	{"DATA cut", obliging.with("DATA", cut), ledger.NotAttempted, ledger.PhaseData, 0, ""},
	{"DATA hangs", obliging.with("DATA", hang), ledger.NotAttempted, ledger.PhaseData, 0, ""},
	{"content cut", obliging.with("content", cut), ledger.NotAttempted, ledger.PhaseContent, 0, ""},

	{"reply 451", obliging.with(".", "451 4.3.0 no"), ledger.RejectedTemporary, ledger.PhaseReply, 451, "4.3.0"},
	{"reply 421", obliging.with(".", "421 4.3.2 shutting down"), ledger.RejectedTemporary, ledger.PhaseReply, 421, "4.3.2"},
	{"reply 554", obliging.with(".", "554 5.6.0 no"), ledger.RejectedPermanent, ledger.PhaseReply, 554, "5.6.0"},
	{"reply cut", obliging.with(".", cut), ledger.Indeterminate, ledger.PhaseReply, 0, ""},
	{"reply never comes", obliging.with(".", hang), ledger.Indeterminate, ledger.PhaseReply, 0, ""},
	{"reply half", obliging.with(".", half), ledger.Indeterminate, ledger.PhaseReply, 0, ""},
	{"reply nonsense", obliging.with(".", "ok"), ledger.Indeterminate, ledger.PhaseReply, 0, ""},
	{"reply 354", obliging.with(".", "354 more?"), ledger.Indeterminate, ledger.PhaseReply, 354, ""},
	{"reply cut between its lines", obliging.with(".", "250-2.0.0 a\r\n25x"), ledger.Indeterminate, ledger.PhaseReply, 0, ""},
}

// The verdict, the phase and the code are what the ledger must say.
func TestVerdicts(t *testing.T) {
	for _, c := range verdictCases {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m, w := &memory{}, &world{peers: map[string]func(net.Conn){}}
				if c.server != nil {
					w.peers["relay"] = c.server.play
				}
				cfg := relayed
				cfg.Sizes, cfg.TLS = []int64{200 << 10}, c.server["tls"]
				if c.server["auth"] != "" {
					cfg.Entry, cfg.SubmissionNode = EntrySubmission, "relay"
					cfg.Login = func(a string) (string, string) { return a, "drill" }
				}
				if _, err := drill(t, cfg, w, m); err != nil {
					t.Fatal(err)
				}
				verifyOutcome(t, m, ledger.Entry{Verdict: c.verdict, Phase: c.phase, Code: c.code, Enhanced: c.status, Node: "relay"})
			})
		})
	}
}

// verifyOutcome compares the only outcome with what it must say, and the
// ledger with its own rules.
func verifyOutcome(t *testing.T, m *memory, want ledger.Entry) {
	t.Helper()
	outcomes, tries := m.of(ledger.Outcome), m.of(ledger.Try)
	if len(outcomes) != 1 || len(tries) != 0 {
		t.Fatalf("%d outcomes and %d tries, want one outcome", len(outcomes), len(tries))
	}
	got := outcomes[0]
	if got.Verdict != want.Verdict || got.Phase != want.Phase || got.Code != want.Code || got.Enhanced != want.Enhanced || got.Node != want.Node {
		t.Errorf("outcome %+v\nwant    %+v", got, want)
	}
	if (got.Sent != 0) != (got.Phase >= ledger.PhaseReply) || got.Start < age || got.End < max(got.Start, got.Sent) {
		t.Errorf("in phase %d: began %v, terminator %v, ended %v", got.Phase, got.Start, got.Sent, got.End)
	}
	if len(m.of(ledger.Intent)) != 1 {
		t.Error("no intent")
	}
	if got.Verdict != ledger.Accepted && got.Detail == "" {
		t.Error("no detail")
	}
}

// The table has one row for each pair, and none leads from the reply gap to
// another host.
func TestTableOfVerdicts(t *testing.T) {
	seen := map[[2]int]bool{}
	for _, r := range verdicts {
		pair := [2]int{int(r.phase), int(r.class)}
		if seen[pair] {
			t.Errorf("phase %d, %s: two rows", r.phase, r.class)
		}
		seen[pair] = true
		if r.phase >= ledger.PhaseReply && r.elsewhere {
			t.Errorf("phase %d, %s: offered again", r.phase, r.class)
		}
		if (r.verdict == ledger.Indeterminate) != (r.phase == ledger.PhaseReply && r.class == esmtp.Broken) {
			t.Errorf("phase %d, %s: %d", r.phase, r.class, r.verdict)
		}
		if (r.verdict == ledger.Accepted) != (r.phase == ledger.PhaseDone) {
			t.Errorf("phase %d, %s: %d", r.phase, r.class, r.verdict)
		}
	}
	for p := ledger.PhaseGreeting; p <= ledger.PhaseReply; p++ {
		for _, c := range []esmtp.Class{esmtp.Transient, esmtp.Permanent, esmtp.Broken} {
			if !seen[[2]int{int(p), int(c)}] && p != ledger.PhaseContent {
				t.Errorf("phase %d, %s: no row", p, c)
			}
		}
	}
	if got := rule(0, 0); got.verdict != ledger.Indeterminate || got.elsewhere {
		t.Errorf("an unknown ending is %+v", got)
	}
}

// One DATA covers many recipients, but each is refused on its own, and a lost
// connection does not take back a refusal.
func TestRecipientsAreJudgedOneByOne(t *testing.T) {
	for name, c := range map[string]struct {
		server script
		want   map[string]ledger.Verdict
	}{
		"mixed": {obliging.with("RCPT a@", "450 4.2.0 later", "RCPT b@", "550 5.1.1 who?"),
			map[string]ledger.Verdict{"a@t": ledger.RejectedTemporary, "b@t": ledger.RejectedPermanent, "c@t": ledger.Accepted}},
		"mixed and cut": {obliging.with("RCPT a@", "450 4.2.0 later", "RCPT b@", "550 5.1.1 who?", ".", cut),
			map[string]ledger.Verdict{"a@t": ledger.RejectedTemporary, "b@t": ledger.RejectedPermanent, "c@t": ledger.Indeterminate}},
		"all refused": {obliging.with("RCPT", "550 5.1.1 who?", "DATA", "250 must not be asked"),
			map[string]ledger.Verdict{"a@t": ledger.RejectedPermanent, "b@t": ledger.RejectedPermanent, "c@t": ledger.RejectedPermanent}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cfg := relayed
				cfg.Recipients, cfg.Mailboxes = 3, []string{"a@t", "b@t", "c@t"}
				m := &memory{}
				d, err := drill(t, cfg, &world{peers: map[string]func(net.Conn){"relay": c.server.play}}, m)
				if err != nil {
					t.Fatal(err)
				}
				address := map[ledger.Copy]string{}
				for _, e := range m.of(ledger.Intent) {
					address[e.Copy] = e.Detail
				}
				for _, e := range m.of(ledger.Outcome) {
					if want := c.want[address[e.Copy]]; e.Verdict != want {
						t.Errorf("%s: verdict %d, want %d", address[e.Copy], e.Verdict, want)
					}
				}
				if n := d.Counters(); n.Planned != 3 || len(m.of(ledger.Outcome)) != 3 {
					t.Errorf("counters %+v, %d outcomes", n, len(m.of(ledger.Outcome)))
				}
			})
		})
	}
}

// Nothing of a message is begun before its intent is durable; that it comes late
// then shows.
func TestIntentIsDurableBeforeTheMessage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &memory{delay: 3 * time.Second}
		if _, err := drill(t, relayed, &world{peers: map[string]func(net.Conn){"relay": obliging.play}}, m); err != nil {
			t.Fatal(err)
		}
		if got := m.of(ledger.Outcome)[0]; got.Start != age+3*time.Second || got.Verdict != ledger.Accepted {
			t.Errorf("outcome %+v", got)
		}
		if got := m.of(ledger.Intent)[0]; got.Start != age {
			t.Errorf("intent %+v", got)
		}
	})
}

// What cannot be written down is not sent, and ends the workload.
func TestNothingWithoutIntent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		disk := errors.New("no space left")
		m := &memory{err: disk, delay: time.Second}
		cfg := relayed
		cfg.Limit = 1000
		ended := time.Now()
		dialled := func(net.Conn) { t.Error("a server was met") }
		_, err := drill(t, cfg, &world{peers: map[string]func(net.Conn){"relay": dialled}}, m)
		if !errors.Is(err, disk) {
			t.Errorf("run ends with %v", err)
		}
		if n := len(m.of(ledger.Outcome)); n != 0 {
			t.Errorf("%d outcomes", n)
		}
		if time.Since(ended) > 5*time.Second {
			t.Error("the workload went on")
		}
	})
}
