package ledger

import (
	"bytes"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestEntryAsJSON(t *testing.T) {
	for want, e := range map[string]Entry{
		`{"kind":"intent","seq":7,"rcpt":1,"start":5.000000001,"detail":"u1@drill.test"}`: {Kind: Intent, Copy: Copy{Seq: 7, Rcpt: 1},
			Start: 5*time.Second + 1, Detail: "u1@drill.test"},
		`{"kind":"outcome","stream":"probe","start":-0.500000000,"verdict":"rejected_temporary","phase":"done","code":450}`: {Kind: Outcome,
			Copy: Copy{Stream: StreamProbe}, Start: -time.Second / 2, Verdict: RejectedTemporary, Phase: PhaseDone, Code: 450},
		`{"kind":"seen","seq":1,"scan":2,"mailbox":"\"ü\"/INBOX","integrity":"damaged","detail_base64":"/wA="}`: {Kind: Seen, Copy: Copy{Seq: 1},
			Scan: 2, Mailbox: `"ü"/INBOX`, Integrity: Damaged, Detail: "\xff\x00"},
		`{"kind":99,"stream":9,"verdict":77}`: {Kind: 99, Copy: Copy{Stream: 9}, Verdict: 77},
	} {
		got, err := json.Marshal(e)
		if err != nil || string(got) != want {
			t.Errorf("%s, %v; want %s", got, err, want)
		}
		var back Entry
		if err := json.Unmarshal(got, &back); err != nil || back != e {
			t.Errorf("%s came back as %+v, %v", got, back, err)
		}
	}
	for _, bad := range []string{`{}`, `{"kind":"new"}`, `{"kind":256}`, `{"kind":"seen","uidd":1}`, `{"kind":"seen","scan":65536}`,
		`{"kind":"seen","uid":-1}`, `{"kind":"seen","mailbox":3}`, `{"kind":"seen","hops_base64":"%"}`, `{"kind":"try","start":"soon"}`, `[]`} {
		if err := json.Unmarshal([]byte(bad), new(Entry)); err == nil {
			t.Errorf("%s is an entry", bad)
		}
	}
}

// What was exported and imported is the same ledger, entry by entry.
func TestExportAndImport(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	entries := make([]Entry, 3000)
	for i := range entries {
		entries[i] = anyEntry(r, i%2 == 0)
	}
	var lines bytes.Buffer
	if err := Export(&lines, inMemory(entries)); err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(lines.Bytes(), []byte("\n")); n != len(entries) {
		t.Errorf("%d lines", n)
	}
	dir := t.TempDir()
	l, err := Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(Import(&lines, l), l.Close()); err != nil {
		t.Fatal(err)
	}
	if all, torn := read(t, dir); !slices.Equal(all, entries) || torn != "" {
		t.Errorf("%d entries, torn %q", len(all), torn)
	}
	err = Import(strings.NewReader("{\"kind\":\"seen\"}\n\n{\"kind\":\"sean\"}\n"), l)
	if err == nil || !strings.Contains(err.Error(), ErrClosed.Error()) {
		t.Errorf("into a closed ledger: %v", err)
	}
	if err := Import(strings.NewReader("\n{\"kind\":\"sean\"}\n"), l); err == nil || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("a bad line: %v", err)
	}
}
