package mta

import (
	"bytes"
	"errors"
	"io"
	"log"
	"mime"
	"mime/multipart"
	"net/mail"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/miekg/dns"

	"maildrill/harness/identity"
	"maildrill/harness/ledger"
	"maildrill/harness/topology"
)

func server(t *testing.T, dir string) *Server {
	t.Helper()
	s, err := Open(Config{Dir: dir, Addrs: []netip.Addr{netip.MustParseAddr("198.18.0.10")}, Log: log.New(io.Discard, "", 0),
		Node: topology.Node{Host: "mx2.drill.test", Mail: topology.Mail{Domains: []string{"drill.test"}, DeliverTo: "store1"}}})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestPreference: a host passes mail on only to hosts better than itself.
func TestPreference(t *testing.T) {
	for name, c := range map[string]struct {
		records string
		want    string
		code    int
	}{
		"no MX":         {"", "a.test", 0},
		"sorted":        {"20 b. 10 a.", "a. b.", 0},
		"only better":   {"10 a. 20 mx2.drill.test. 20 c. 30 b.", "a.", 0},
		"loops":         {"10 mx2.drill.test. 20 b.", "", 554},
		"takes no mail": {"0 .", "", 556},
	} {
		var rrs []dns.RR
		for words := strings.Fields(c.records); len(words) > 0; words = words[2:] {
			rr, err := dns.NewRR("a.test. 5 IN MX " + words[0] + " " + words[1])
			if err != nil {
				t.Fatal(err)
			}
			rrs = append(rrs, rr)
		}
		got, err := server(t, t.TempDir()).better("a.test", rrs)
		var reply *smtp.SMTPError
		if errors.As(err, &reply); strings.Join(got, " ") != c.want || (reply != nil) != (c.code != 0) || reply != nil && reply.Code != c.code {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}

func TestSpoolOutlivesItsServer(t *testing.T) {
	dir := t.TempDir()
	s := server(t, dir)
	close(s.stopping)
	if err := s.take("a@b.test", []string{"u1@drill.test", "u2@drill.test"}, "c", []byte("x: y\r\n\r\nz\r\n")); err != nil {
		t.Fatal(err)
	}
	for _, half := range []string{"A.eml", "B.json.tmp"} {
		if err := os.WriteFile(filepath.Join(dir, half), []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	again := server(t, dir)
	list, err := ReadQueue(dir)
	if err != nil || len(list) != 2 || len(again.waiting) != 1 || list[0].Sender != "a@b.test" {
		t.Fatalf("%v, %v, %v", list, again.waiting, err)
	}
	message, err := again.spool.message(list[0].ID)
	if err != nil || !bytes.Contains(message, []byte("by mx2.drill.test (maildrill) with ESMTP id "+list[0].ID)) {
		t.Errorf("%q, %v", message, err)
	}
	if names, _ := os.ReadDir(dir); len(names) != 2 {
		t.Errorf("files left: %v", names)
	}
}

func TestFate(t *testing.T) {
	key := identity.NewKey("r", 1)
	d := &topology.Defects{Lose: []uint32{1}, Duplicate: []uint32{2}, Corrupt: []uint32{3}, FalseDSN: []uint32{4}}
	for seq, want := range map[uint32]int{1: 0, 2: 2, 3: 1, 4: 0, 5: 1} {
		from := key.VERP(identity.Token{Run: key.Run, Seq: seq}, "bounce.test")
		if f := fateOf(d, from); f.copies() != want || f.corrupt != (seq == 3) || f.falseDSN != (seq == 4) {
			t.Errorf("%d: %+v", seq, f)
		}
	}
	canary := key.VERP(identity.Token{Run: key.Run, Stream: ledger.StreamProbe, Seq: 1}, "bounce.test")
	if f := fateOf(d, canary); f != (fate{}) {
		t.Errorf("a canary is lied about: %+v", f)
	}
	was := []byte("a: b\r\n\r\nline z\r\nmore\r\n")
	is := fate{corrupt: true}.alter(was)
	if bytes.Equal(was, is) || len(was) != len(is) || !bytes.HasPrefix(is, []byte("a: b\r\n\r\n")) {
		t.Errorf("altered to %q", is)
	}
}

func TestReport(t *testing.T) {
	text := report{host: "mx1.drill.test", to: "b.x@bounce.test", action: "failed", arrived: time.Now(),
		original: []byte("Subject: s\r\n\r\nbody\r\n"), recipients: []reported{{"u1@drill.test", "5.1.1", "550 no\nsuch"}}}.render("ID", time.Now())
	m, err := mail.ReadMessage(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/report" || params["report-type"] != "delivery-status" {
		t.Fatalf("%s %v %v", kind, params, err)
	}
	var parts []string
	for r := multipart.NewReader(m.Body, params["boundary"]); ; {
		p, err := r.NextPart()
		if err != nil {
			break
		}
		body, _ := io.ReadAll(p)
		parts = append(parts, p.Header.Get("Content-Type")+"|"+string(body))
	}
	if len(parts) != 3 || !strings.Contains(parts[1], "Final-Recipient: rfc822; u1@drill.test\r\nAction: failed\r\nStatus: 5.1.1") ||
		!strings.HasPrefix(parts[2], "text/rfc822-headers|Subject: s") {
		t.Errorf("parts %q", parts)
	}
}

// TestVerdicts: temporary failures wait, permanent ones and old ones fail.
func TestVerdicts(t *testing.T) {
	s := server(t, t.TempDir())
	q := &queued{envelope{Rcpts: []recipient{{Address: "ok"}, {Address: "no"}, {Address: "later"}, {Address: "untried"}}}}
	results := outcome{"ok": nil, "no": &smtp.SMTPError{Code: 550}, "later": &smtp.SMTPError{Code: 451}}
	left, failed := s.judge(q, results, false)
	if len(left) != 2 || len(failed) != 1 || failed[0].address != "no" {
		t.Errorf("left %v, failed %v", left, failed)
	}
	left, failed = s.judge(q, results, true)
	if len(left) != 1 || len(failed) != 2 || status(failed[1].err) != "5.4.7" {
		t.Errorf("expired: left %v, failed %v", left, failed)
	}
}

func TestBackoff(t *testing.T) {
	timers := Timers{RetryMin: 2 * time.Second, RetryMax: 8 * time.Second}
	for attempt, want := range []time.Duration{1: 2 * time.Second, 2: 4 * time.Second, 3: 8 * time.Second, 9: 8 * time.Second} {
		if want != 0 && timers.backoff(attempt) != want {
			t.Errorf("attempt %d: %v, want %v", attempt, timers.backoff(attempt), want)
		}
	}
	// The drill clock of the real servers has a constant backoff.
	for _, attempt := range []int{1, 2, 9} {
		if got := TimersOf(topology.Drill).backoff(attempt); got != 4*time.Second {
			t.Errorf("drill clock, attempt %d: %v, want 4s", attempt, got)
		}
	}
}

// A message that is stored without a byte cannot come up inside of another.
func TestNothingIsSplicedOfAnEmptyMessage(t *testing.T) {
	d := &drop{config: LMTP{Defects: &topology.Defects{}}, last: new(atomic.Pointer[[]byte])}
	message := func(name string) []byte { return []byte("Subject: " + name + "\r\n\r\none\r\ntwo\r\n") }
	d.damaged(topology.Lie{}, message("first"))
	if text := d.damaged(topology.Lie{Damage: "empty"}, message("second")); len(text) > 0 {
		t.Errorf("empty: %q", text)
	}
	if text := string(d.damaged(topology.Lie{Damage: "splice", At: 1}, message("third"))); !strings.Contains(text, "first") || strings.Contains(text, "second") {
		t.Errorf("spliced: %q", text)
	}
}
