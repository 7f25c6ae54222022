package badge

import (
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"
	"testing"
	"time"

	"maildrill/harness/record"
	"maildrill/reports/hostile"
)

func drill(v record.Verdict, rto *record.Interval) record.Record {
	return record.Record{Run: record.Run{Ended: "2026-11-12T23:30:00Z"}, Clock: "drill", Verdict: v, Objectives: []record.Objective{{Name: "loss"}, {Name: "rto.mx", Measured: rto}}}
}

func between(low, high float64) *record.Interval { return &record.Interval{Low: low, High: &high} }

func TestSays(t *testing.T) {
	simulated, dirty, undated, begun, several := drill(record.Passed, between(2, 2.38)), drill(record.Passed, nil), drill(record.Passed, nil), drill(record.Aborted, nil), drill(record.Failed, between(0, 2))
	simulated.Simulated, dirty.Dirty, undated.Run.Ended = true, true, ""
	begun.Run = record.Run{Started: "2026-11-12T23:30:00+02:00"}
	several.Objectives = append(several.Objectives, record.Objective{Name: "rto.imap", Measured: &record.Interval{Low: 40.06}}, record.Objective{Name: "rto.pop3", Measured: between(3, 99)})
	now := time.Date(2027, 2, 11, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name         string
		r            record.Record
		age          Age
		want, colour string
	}{
		{"passed", drill(record.Passed, between(1.9, 2.38)), Age{}, "passed · RTO 2.38 s (drill clock) · 12 Nov 2026", green},
		{"no recovery time was asked for", record.Record{Verdict: record.Passed, Run: record.Run{Ended: "2026-11-12T23:30:00Z"}}, Age{}, "passed · 12 Nov 2026", green},
		{"none was measured", drill(record.Inconclusive, nil), Age{}, "inconclusive · 12 Nov 2026", amber},
		{"the worst counts, an open end most", several, Age{}, "failed · RTO over 40 s (drill clock) · 12 Nov 2026", red},
		{"simulated", simulated, Age{}, "passed · RTO 2.38 s (drill clock) · 12 Nov 2026 · SIMULATED", grey},
		{"dirty", dirty, Age{}, "dirty · 12 Nov 2026", red},
		{"error", drill(record.Error, nil), Age{}, "error · 12 Nov 2026", red},
		{"aborted, and never ended", begun, Age{}, "aborted · 12 Nov 2026", amber},
		{"no date is no pass", undated, Age{}, "passed · date unknown", grey},
		{"no verdict", drill("", nil), Age{}, "no verdict · 12 Nov 2026", amber},
		{"a verdict nobody knows", drill("PASSED", nil), Age{}, "PASSED · 12 Nov 2026", amber},
		{"young enough", drill(record.Passed, nil), Age{now, 91 * 24 * time.Hour}, "passed · 12 Nov 2026", green},
		{"stale", drill(record.Passed, nil), Age{now, 90 * 24 * time.Hour}, "passed · 12 Nov 2026 · stale", grey},
		{"nothing is stale unless it is asked for", drill(record.Passed, nil), Age{AsOf: now}, "passed · 12 Nov 2026", green},
	} {
		if said, colour := says(c.r, c.age); said != c.want || colour != c.colour {
			t.Errorf("%s: %q %s, want %q %s", c.name, said, colour, c.want, c.colour)
		}
	}
}

// drawn reads a badge strictly: elements and attributes that badges have, and
// nothing that asks for anything or acts.
func drawn(t *testing.T, text string) (said string, wide int) {
	t.Helper()
	allowed := map[string]string{"svg": "xmlns width height role aria-label", "title": "", "path": "fill d", "g": "fill font-family font-size", "text": "x y textLength lengthAdjust"}
	for dec := xml.NewDecoder(strings.NewReader(text)); ; {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return said, wide
		}
		if err != nil {
			t.Fatalf("not XML: %v\n%s", err, text)
		}
		switch token := token.(type) {
		case xml.StartElement:
			attributes, ok := allowed[token.Name.Local]
			if !ok {
				t.Fatalf("element %s\n%s", token.Name.Local, text)
			}
			for _, a := range token.Attr {
				if !strings.Contains(" "+attributes+" ", " "+a.Name.Local+" ") {
					t.Fatalf("%s has %s\n%s", token.Name.Local, a.Name.Local, text)
				}
				if token.Name.Local == "svg" && a.Name.Local == "width" {
					wide, _ = strconv.Atoi(a.Value)
				}
			}
		case xml.CharData:
			said += string(token)
		case xml.Comment, xml.Directive, xml.ProcInst:
			t.Fatalf("%T\n%s", token, text)
		}
	}
}

func TestHostileTextIsInert(t *testing.T) {
	check := func(text string, r record.Record) {
		var b strings.Builder
		if err := Write(&b, r, Age{}); err != nil {
			t.Fatal(err)
		}
		if said, wide := drawn(t, b.String()); hostile.Printable(b.String()) != nil || !strings.Contains(said, subject) || wide > 800 || b.Len() > 4096 {
			t.Errorf("%.40q: %d wide, %d bytes, %v", text, wide, b.Len(), hostile.Printable(b.String()))
		}
	}
	hostile.Records(check)
	check("huge", hostile.Record(hostile.Huge()))
}

func TestWidth(t *testing.T) {
	for text, want := range map[string]int{"": 0, "i": 4, "m": 11, "0000000000": 70, "漢": 12} {
		if got := width(text); got != want {
			t.Errorf("width(%q) = %d, want %d", text, got, want)
		}
	}
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, io.ErrShortWrite }

func TestWriteErrorsAreReported(t *testing.T) {
	if Write(fullDisk{}, drill(record.Passed, nil), Age{}) == nil {
		t.Error("a failed write was not reported")
	}
}
