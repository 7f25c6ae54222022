package stored

import (
	"bufio"
	"fmt"
	"net"
	"reflect"
	"slices"
	"strings"
	"testing"

	"maildrill/harness/identity"
	"maildrill/harness/ledger"
)

// scripted is an IMAP server that wants the commands of a script and gives its
// answers: "C: " is a command without its tag, "S: " an answer with "TAG" for it.
func scripted(t *testing.T, script string) *wire {
	t.Helper()
	client, server := net.Pipe()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		defer server.Close()
		in := bufio.NewReader(server)
		tag := ""
		for line := range strings.Lines(script) {
			line = strings.TrimSpace(line)
			if want, ok := strings.CutPrefix(line, "C: "); ok {
				got, _ := in.ReadString('\n')
				var command string
				tag, command, _ = strings.Cut(strings.TrimSpace(got), " ")
				if command != want {
					t.Errorf("the client says %q, want %q", command, want)
					return
				}
			}
			if answer, ok := strings.CutPrefix(line, "S: "); ok {
				answer = strings.ReplaceAll(strings.ReplaceAll(answer, "TAG", tag), "~", "\r\n")
				if _, err := server.Write([]byte(answer + "\r\n")); err != nil {
					return
				}
			}
		}
	}()
	t.Cleanup(func() { client.Close(); <-ended })
	return newWire(client)
}

func TestWireReadsAnswers(t *testing.T) {
	w := scripted(t, `S: * PREAUTH ready (not "balanced
		C: X
		S: * 4 FETCH (UID 7 FLAGS (\Seen $a) MODSEQ (12) BODY[HEADER.FIELDS (X-Drill-Token)] {6}~abcd~)
		S: * LIST (\HasNoChildren) "/" "a \"quoted\" \\ name"
		S: * LIST () NIL INBOX
		S: * VANISHED (EARLIER) 3,7:9
		S: * OK [HIGHESTMODSEQ 715194045007] Highest
		S: * ESEARCH
		S: TAG OK [READ-ONLY] done (and more`)
	if err := w.greeting(); err != nil {
		t.Fatal(err)
	}
	got, err := w.command("X")
	if err != nil {
		t.Fatal(err)
	}
	want := []answer{
		{values: []any{"4", "FETCH", []any{"UID", "7", "FLAGS", []any{`\Seen`, "$a"}, "MODSEQ", []any{"12"}, "BODY[HEADER.FIELDS (X-Drill-Token)]", "abcd\r\n"}}},
		{values: []any{"LIST", []any{`\HasNoChildren`}, "/", `a "quoted" \ name`}},
		{values: []any{"LIST", []any{}, "NIL", "INBOX"}},
		{values: []any{"VANISHED", []any{"EARLIER"}, "3,7:9"}},
		{status: "OK", code: "HIGHESTMODSEQ 715194045007"},
		{values: []any{"ESEARCH"}},
		{status: "OK", code: "READ-ONLY"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%+v\nwant\n%+v", got, want)
	}
	said := read(got)
	if !slices.Equal(said.vanished, []uint32{3, 7, 8, 9}) || !slices.Equal(said.changed, []uint32{7}) || said.modseq != 715194045007 {
		t.Errorf("read as %+v", said)
	}
}

// TestWireRefusesHostileAnswers: bad answers are errors, and bounded.
func TestWireRefusesHostileAnswers(t *testing.T) {
	for name, answer := range map[string]string{
		"refused":          "TAG NO [ALERT] go away",
		"an open list":     "* LIST (",
		"deep lists":       "* X " + strings.Repeat("(", 50),
		"a huge literal":   "* X {99999999999}",
		"no literal":       "* X {y}",
		"an endless atom":  "* " + strings.Repeat("a", wireAtom+10),
		"an endless quote": `* X "` + strings.Repeat("a", wireAtom+10),
		"the end":          "* X y",
	} {
		w := scripted(t, "C: X\nS: "+answer)
		if got, err := w.command("X"); err == nil {
			t.Errorf("%s: read as %v", name, got)
		}
	}
	if got := uidSet("1:4294967295"); len(got) != vanishedMost {
		t.Errorf("a set of %d UIDs", len(got))
	}
	if got := uidSet("x,4:y,5"); !slices.Equal(got, []uint32{5}) {
		t.Errorf("a broken set gives %v", got)
	}
}

func FuzzWire(f *testing.F) {
	f.Add("* 1 FETCH (UID 1)\r\nm1 OK x\r\n")
	f.Fuzz(func(_ *testing.T, text string) {
		client, server := net.Pipe()
		go func() {
			in := bufio.NewReader(server)
			_, _ = in.ReadString('\n')
			_, _ = server.Write([]byte(text))
			server.Close()
		}()
		defer client.Close()
		answers, err := newWire(client).command("X")
		if err == nil {
			read(answers)
		}
	})
}

// TestQResyncClient: what it asks, and what it makes of the answers: it takes
// what changed and forgets what vanished, and nothing else.
func TestQResyncClient(t *testing.T) {
	key := identity.NewKey("wire", 1)
	body := func(seq int) string {
		field := identity.HeaderToken + ": " + key.Encode(identity.Token{Run: key.Run, Stream: ledger.StreamStored, Seq: uint32(seq)}) + "~~"
		return fmt.Sprintf("BODY[HEADER.FIELDS (X-Drill-Token)] {%d}~%s", len(strings.ReplaceAll(field, "~", "\r\n")), field)
	}
	c := newCachedClients()[1]
	w := scripted(t, `C: EXAMINE "INBOX" (CONDSTORE)
		S: * 2 EXISTS
		S: * OK [UIDVALIDITY 5] valid
		S: * OK [UIDNEXT 3] next
		S: * OK [HIGHESTMODSEQ 70] highest
		S: TAG OK [READ-ONLY] done
		C: UID FETCH 1:* (UID BODY.PEEK[HEADER.FIELDS (X-Drill-Token)])
		S: * 1 FETCH (UID 1 `+body(11)+`)
		S: * 2 FETCH (UID 2 `+body(12)+`)
		S: TAG OK done
		C: EXAMINE "INBOX" (QRESYNC (5 70))
		S: * 2 EXISTS
		S: * OK [UIDVALIDITY 5] valid
		S: * OK [UIDNEXT 9] next
		S: * OK [HIGHESTMODSEQ 75] highest
		S: * VANISHED (EARLIER) 1,44
		S: * 1 FETCH (UID 2 FLAGS (\Seen) MODSEQ (71))
		S: * 2 FETCH (UID 8 FLAGS () MODSEQ (75))
		S: TAG OK [READ-ONLY] done
		C: UID FETCH 8 (UID BODY.PEEK[HEADER.FIELDS (X-Drill-Token)])
		S: * 2 FETCH (UID 8 `+body(13)+`)
		S: TAG OK done
		C: EXAMINE "INBOX" (QRESYNC (5 75))
		S: * 1 EXISTS
		S: * OK [UIDVALIDITY 6] valid
		S: * OK [UIDNEXT 2] next
		S: * OK [HIGHESTMODSEQ 3] highest
		S: TAG OK [READ-ONLY] done
		C: UID FETCH 1:* (UID BODY.PEEK[HEADER.FIELDS (X-Drill-Token)])
		S: * 1 FETCH (UID 1 `+body(11)+`)
		S: TAG OK done`)
	for _, want := range []ledger.SyncFolder{
		{Name: "INBOX", UIDValidity: 5, UIDNext: 3, ModSeq: 70, New: []ledger.SyncedMail{{UID: 1, Seq: 11}, {UID: 2, Seq: 12}}},
		{Name: "INBOX", UIDValidity: 5, UIDNext: 9, ModSeq: 75, New: []ledger.SyncedMail{{UID: 8, Seq: 13}}, Vanished: []uint32{1}},
		{Name: "INBOX", UIDValidity: 6, UIDNext: 2, ModSeq: 3, New: []ledger.SyncedMail{{UID: 1, Seq: 11}}},
	} {
		got, err := c.syncFolder(w, "INBOX", key)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("got %+v, %v; want %+v", got, err, want)
		}
	}
}
