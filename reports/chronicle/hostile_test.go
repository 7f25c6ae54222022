package chronicle_test

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"maildrill/harness/ledger"
	"maildrill/harness/record"
	"maildrill/reports/chronicle"
)

// nasty is what may stand in text that others wrote.
var nasty = []string{"<script>alert(1)</script>", "\x1b[2J\x00", "\u202eevil\u2066", "\xff\xfe", strings.Repeat("ü", 1<<16), "a;b;;c;", "@", "@@@/", ""}

// Foreign bytes are kept, whatever they are, but for their length.
func TestForeignTextIsKeptAndShort(t *testing.T) {
	for _, text := range nasty {
		d := &drill{messages: 30, each: 800 * time.Millisecond, fate: func(seq uint32, _ uint16) string { return whats[int(seq)%len(whats)] }}
		r := d.judged(t)
		for i := range d.ledger.entries {
			e := &d.ledger.entries[i]
			switch e.Kind {
			case ledger.Outcome, ledger.Raw:
				e.Detail, e.Enhanced, e.Node = text, text, text
			case ledger.Intent:
				e.Detail = text
			case ledger.Seen:
				e.Detail, e.Hops, e.Mailbox, e.Node = text, text, text, text
			}
		}
		for i := range d.events {
			if e := &d.events[i]; e.Kind == ledger.PhaseBegan {
				e.Step, e.Node, e.Data = text, text, []byte(`{"phase":`+quoted(text)+`}`)
			}
		}
		c := d.read(t, r)
		short(t, reflect.ValueOf(c))
		if text != "" && !strings.Contains(text, "@") && !strings.Contains(c.Problems.Copies[0].Reply, strings.TrimSuffix(text[:min(len(text), 8)], "\xc3")) {
			t.Errorf("%.20q is %.40q", text, c.Problems.Copies[0].Reply)
		}
		_ = inJSON(t, c)
	}
}

func quoted(text string) string {
	b, err := json.Marshal(text)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// short finds texts that are too long, wherever they are.
func short(t *testing.T, v reflect.Value) {
	t.Helper()
	switch v.Kind() {
	case reflect.String:
		if n := utf8.RuneCountInString(v.String()); n > chronicle.TextMost {
			t.Errorf("a text of %d characters: %.40q", n, v.String())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() && v.Field(i).Type() != reflect.TypeFor[*record.Fault]() {
				short(t, v.Field(i))
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			short(t, v.Index(i))
		}
	case reflect.Pointer:
		if !v.IsNil() {
			short(t, v.Elem())
		}
	}
}

// A record may say anything of its copies. That is told, and takes no time.
func TestHostileRecord(t *testing.T) {
	d := &drill{messages: 100, each: 200 * time.Millisecond}
	sound := d.judged(t)
	for _, p := range []record.Problem{
		{Class: "lost", Count: 1, Seqs: "1-4294967295"}, {Class: "phantom", Count: 1, Seqs: "0-4294967295"}, {Class: "lost", Seqs: "x 3- 9-2 -"},
		{Class: "lost", Seqs: "..."}, {Class: "damaged", Seqs: "50-60 1-100 55 ..."}, {Class: "\x1b[2J", Seqs: "7"}, {Class: strings.Repeat("x", 1<<20), Seqs: "7"},
		{Class: "", Seqs: ""}, {Class: "unreadable", Seqs: "", Note: strings.Repeat("y", 1<<20)}, {Class: "indeterminate", Seqs: "1-100"},
	} {
		r := sound
		r.Problems = []record.Problem{p, p}
		r.Phases = []record.Phase{{Began: math.MaxFloat64, Ended: math.MaxFloat64}, {Ended: -1}}
		r.Services = map[string]record.Service{"@": {Outages: []record.Outage{{Began: record.Interval{Low: -5}}}}, "": {}}
		c := d.read(t, r)
		if len(c.Problems.Copies) > chronicle.ProblemsMost || len(c.Rates) > 300 || len(c.Copies.Points) != 100 {
			t.Errorf("%.20q: %d problem copies, %d rates, %d points", p.Class, len(c.Problems.Copies), len(c.Rates), len(c.Copies.Points))
		}
		short(t, reflect.ValueOf(c))
	}
}

// A ledger may say anything of times and numbers.
func TestHostileLedger(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 5))
	d := &drill{messages: 200, each: 100 * time.Millisecond, fate: func(seq uint32, _ uint16) string { return whats[int(seq)%len(whats)] }}
	r := d.judged(t)
	extremes := []time.Duration{math.MinInt64, -1, 0, 1, math.MaxInt64, time.Hour}
	for range 4 {
		for i := range d.ledger.entries {
			e := &d.ledger.entries[i]
			switch rng.IntN(12) {
			case 0:
				e.Start, e.End, e.Arrived, e.Sent = extremes[rng.IntN(6)], extremes[rng.IntN(6)], extremes[rng.IntN(6)], extremes[rng.IntN(6)]
			case 1:
				e.Copy.Seq = rng.Uint32()
			case 2:
				e.Copy.Rcpt, e.Copy.Stream = uint16(rng.Uint32()), uint16(rng.IntN(2))
			case 3:
				e.Kind, e.Verdict, e.Scan = ledger.Kind(rng.IntN(14)), ledger.Verdict(rng.IntN(9)), uint16(rng.Uint32())
			}
		}
		c := d.read(t, r)
		if len(c.Rates) > 300 || len(c.Accept) > 300 || c.End < 0 {
			t.Fatalf("%d rates, %d quantiles, end %g", len(c.Rates), len(c.Accept), c.End)
		}
		_ = inJSON(t, c)
	}
}

// Events may say anything. What cannot be understood is counted, and the rest is
// shown.
func TestHostileEvents(t *testing.T) {
	kinds := []string{ledger.RunPlanned, ledger.Probed, ledger.QueueRead, ledger.Scanned, ledger.Gap, ledger.FaultInjecting, ledger.FaultProof, ledger.PhaseBegan,
		ledger.Note, ledger.RunEnded, ledger.Aborted, ledger.Residue, ledger.Salted, ledger.SentinelSeen, "unheard of"}
	data := []string{``, `null`, `7`, `"x"`, `{`, `{"scan":-1,"reading":-1,"from":9e9,"to":-9e9}`, `{"scheduled":1e400}`, `{"began":5,"ended":1,"start":9,"end":2}`,
		`{"services":["","@","mx","mx"],"probe":{"interval":-1}}`}
	var events []ledger.Event
	for _, k := range kinds {
		for _, text := range data {
			events = append(events, ledger.Event{N: len(events), At: ledger.Seconds(math.MaxInt64), Kind: k, Data: json.RawMessage(text)})
		}
	}
	c, err := chronicle.Read(chronicle.Sources{Events: events})
	if err != nil || len(c.Doubts) == 0 || !strings.Contains(c.Doubts[0], "cannot be understood") || len(c.Events) == 0 {
		t.Errorf("%v, doubts %q, %d moments", err, c.Doubts, len(c.Events))
	}
	short(t, reflect.ValueOf(c))
	_ = inJSON(t, c)
}

func TestNotes(t *testing.T) {
	var events []ledger.Event
	for _, text := range []string{`{"note":"two were dropped"}`, `{"how":"search","why":"no space"}`, `{"text":"we called the vendor"}`, `{"other":1}`} {
		events = append(events, ledger.Event{N: 412, Kind: ledger.Note, Data: json.RawMessage(text)})
	}
	c, err := chronicle.Read(chronicle.Sources{Events: events})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"two were dropped", "search: no space", "we called the vendor", `{"other":1}`} {
		if m := c.Events[i]; m.Text != want || m.Anchor() != "e-0412" {
			t.Errorf("%s: %q", m.Anchor(), m.Text)
		}
	}
}
