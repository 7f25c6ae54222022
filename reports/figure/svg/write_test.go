package svg_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"maildrill/harness/record"
	"maildrill/reports/chronicle"
	"maildrill/reports/figure"
	"maildrill/reports/figure/svg"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func written(t *testing.T, f figure.Figure) string {
	t.Helper()
	var out bytes.Buffer
	if err := svg.Write(&out, f); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func at(v float64) *float64 { return &v }

func between(low, high float64) *record.Interval { return &record.Interval{Low: low, High: &high} }

// small is a run with one of everything.
func small() (record.Record, chronicle.Chronicle) {
	r := record.Record{
		Phases: []record.Phase{{Name: "baseline", Ended: 10}, {Name: "timeline", Began: 10, Ended: 30}, {Name: "observe", Began: 30, Ended: 60}},
		Faults: []record.Fault{{Step: "crash", Kind: "node.crash", Targets: []string{"mx1"}, Injected: between(10, 10.1), Effective: between(10.1, 10.6), Healed: between(25, 25.5),
			Clock:     &record.FaultClock{Clearing: between(24, 24)},
			Detection: &record.Detection{Probe: &record.Signal{After: *between(1, 1.5), What: "probe of mx"}}}},
		Services: map[string]record.Service{"mx": {Probes: 120, Failed: 30, Outages: []record.Outage{{Began: *between(10, 10.5), RTA: *between(15, 16.2), FirstSuccess: at(26), Step: "crash"}}}},
		Objectives: []record.Objective{
			{Name: "rto.mx", Target: map[string]float64{"max": 12}, Unit: "s", Measured: between(15, 16.2), Verdict: record.Failed},
			{Name: "rpo", Target: map[string]float64{"max": 2}, Unit: "s", Measured: between(0.4, 0.9), Verdict: record.Passed},
		},
		Accounting: record.Accounting{Planned: 4, Attempted: 4, Accepted: 3, RejectedTemporary: 1, Delivered: 2, Lost: 1},
	}
	c := chronicle.Chronicle{End: 60,
		Lanes: []chronicle.Lane{{Service: "mx", Cells: []chronicle.Cell{{To: 10, State: chronicle.Up}, {From: 10, To: 10.5, State: chronicle.Unsure},
			{From: 10.5, To: 26, State: chronicle.Down}, {From: 26, To: 36, State: chronicle.Unsteady}, {From: 36, To: 55, State: chronicle.Up}}}},
		Effects: []chronicle.Effect{{Step: "crash", Kind: "node.crash", Node: "mx1", Commanded: []chronicle.Stretch{{From: 10, To: 24}},
			Seen: []chronicle.Cell{{To: 10.1, State: chronicle.Off}, {From: 10.1, To: 10.6, State: chronicle.Unsure}, {From: 10.6, To: 25, State: chronicle.On}, {From: 25, To: 60, State: chronicle.Off}}}},
		Copies: chronicle.Copies{Fates: map[chronicle.Fate]int{chronicle.Delivered: 2, chronicle.Lost: 1, chronicle.RefusedForNow: 1}, Points: []chronicle.Point{
			{Seq: 1, Due: 5, Fate: chronicle.Delivered, Answer: at(0.01), Arrival: between(0, 0.8)}, {Seq: 2, Due: 9.5, Fate: chronicle.Lost, Answer: at(0.02)},
			{Seq: 3, Due: 12, Fate: chronicle.RefusedForNow, Answer: at(0.3)}, {Seq: 4, Due: 30, Fate: chronicle.Delivered, Answer: at(0.01), Arrival: between(11, 12)}}},
		Rates:  []chronicle.Rate{{To: 10, Offered: 2, Accepted: 2, Delivered: 1}, {From: 10, To: 60, Offered: 2, Accepted: 1, Refused: 1, Delivered: 1}},
		Depths: []chronicle.Depth{{Node: "mx1", Readings: []chronicle.Reading{{At: 1}, {At: 20, Count: 3}, {At: 40, Error: "gone"}, {At: 50}}}},
		Events: []chronicle.Moment{{N: 12, At: 10, Kind: "fault.injected", Step: "crash"}},
	}
	return r, c
}

func figures() []figure.Figure {
	r, c := small()
	h := figure.History{ID: "rto.mx", Title: "rto.mx", Unit: "s", Target: at(12), Runs: []figure.Outcome{
		{Label: "2026-10-01", Measured: between(10, 11), Verdict: record.Passed}, {Label: "2026-10-08", Verdict: record.Inconclusive},
		{Label: "2026-10-15", Measured: &record.Interval{Low: 14}, Verdict: record.Failed, Change: "postfix 3.9"}}}
	return []figure.Figure{figure.Timeline(r, c), figure.Compact(r, c), figure.Bullet(r.Objectives[0]), figure.Waterfall(r), figure.Accounting(r),
		figure.LatencyBars([]record.Latency{{Phase: "before", Count: 50, P50: at(0.01), P90: at(0.02), Max: 0.2}, {Phase: "during"}}),
		figure.Trend(h), figure.Sparkline(h), figure.Overlay(figure.Side{Name: "before", Record: r, Chronicle: c}, figure.Side{Name: "after", Record: r})}
}

func TestGolden(t *testing.T) {
	for _, f := range figures() {
		got := written(t, f)
		path := filepath.Join("testdata", f.ID+".svg")
		if *update {
			if err := os.MkdirAll("testdata", 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s is not as in %s; look at it and run with -update", f.ID, path)
		}
		if problems := examined(got); len(problems) > 0 {
			t.Errorf("%s: %s", f.ID, problems)
		}
	}
}

// examined says what is wrong with the markup of a figure.
func examined(text string) []string {
	var wrong []string
	ids, used := map[string]bool{}, []string{}
	dec := xml.NewDecoder(strings.NewReader(text))
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return append(wrong, err.Error())
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		if !allowed[start.Name.Local] {
			wrong = append(wrong, "element "+start.Name.Local)
		}
		for _, a := range start.Attr {
			switch {
			case a.Name.Local == "id" && ids[a.Value]:
				wrong = append(wrong, "the id "+a.Value+" is there twice")
			case a.Name.Local == "id":
				ids[a.Value] = true
			case strings.HasPrefix(a.Value, "url(#"):
				used = append(used, strings.TrimSuffix(strings.TrimPrefix(a.Value, "url(#"), ")"))
			case strings.HasPrefix(a.Name.Local, "on"), a.Name.Local == "href" && !strings.HasPrefix(a.Value, "#"):
				wrong = append(wrong, "attribute "+a.Name.Local+"="+a.Value)
			}
		}
	}
	for _, id := range used {
		if !ids[id] {
			wrong = append(wrong, "no id "+id)
		}
	}
	for _, bad := range []string{"NaN", "Inf", "e+", "e-0", "\x00"} {
		if i := strings.Index(text, bad); i >= 0 && bad != "e-0" {
			wrong = append(wrong, bad+" at "+text[max(0, i-20):min(len(text), i+20)])
		}
	}
	return wrong
}

var allowed = map[string]bool{"svg": true, "title": true, "desc": true, "defs": true, "pattern": true, "clipPath": true,
	"path": true, "text": true, "g": true, "a": true}

func TestTheExaminerSees(t *testing.T) {
	for _, text := range []string{"<svg><g></svg>", "<svg><script/></svg>", `<svg><g id="a"/><g id="a"/></svg>`,
		`<svg><path fill="url(#gone)"/></svg>`, `<svg><path d="MNaN 2"/></svg>`, `<svg><g onclick="x"/></svg>`, `<svg><a href="http://x/"/></svg>`} {
		if len(examined(text)) == 0 {
			t.Errorf("%s was not seen", text)
		}
	}
}

var hostile = []string{"<script>alert(1)</script>", "a\x00b\x1b[31m\x07", "\u202egnirts", "\xff\xfe\xfd", "\"><svg onload=x>", "]]>--><!--", "&amp;&#0;", "'\r\n\t", strings.Repeat("long ", 5000)}

// TestHostileTexts: whatever a text is, the markup is sound and harmless.
func TestHostileTexts(t *testing.T) {
	for _, text := range hostile {
		f := figure.Figure{ID: text, Title: text, Alt: text, Width: 100, Height: 50, Draw: func(c figure.Canvas) {
			c.Group(figure.Group{Label: text, Link: text}, func() { c.Text(figure.Point{X: 5, Y: 20}, text, figure.Lettering{}) })
		}}
		if wrong := examined(written(t, f)); len(wrong) > 0 {
			t.Errorf("%q: %v", text, wrong)
		}
		r, c := small()
		r.Faults[0].Step, r.Faults[0].Kind, r.Faults[0].Targets = text, text, []string{text, text}
		r.Phases[0].Name, c.Lanes[0].Service, c.Depths[0].Node, c.Torn, c.Effects[0].Step = text, text, text, text, text
		r.Objectives[0].Name, r.Objectives[0].Unit, r.Faults[0].Detection.Probe.What = "rto."+text, text, text
		for _, f := range []figure.Figure{figure.Timeline(r, c), figure.Waterfall(r), figure.Bullet(r.Objectives[0]),
			figure.Trend(figure.History{ID: text, Title: text, Unit: text, Runs: []figure.Outcome{{Label: text, Change: text, Link: text}}})} {
			if wrong := examined(written(t, f)); len(wrong) > 0 {
				t.Errorf("%s of %q: %v", f.ID, text, wrong)
			}
		}
	}
}

func TestHostileNumbers(t *testing.T) {
	bad := []figure.Point{{X: math.NaN(), Y: 1}, {X: math.Inf(1), Y: 1}, {X: 1, Y: math.Inf(-1)}, {X: 3, Y: 4}, {X: -0.01, Y: 1e15}}
	f := figure.Figure{ID: "n", Width: 100, Height: 50, Draw: func(c figure.Canvas) {
		c.Path(bad, false, figure.Style{Stroke: figure.Text})
		c.Path(bad[:3], true, figure.Style{Fill: figure.Text})
		for shape := figure.Dot; shape <= figure.Tick; shape++ {
			c.Marks(shape, bad, 3, figure.Style{Fill: figure.Good, Stroke: figure.Good})
			c.Marks(shape, bad, math.NaN(), figure.Style{Fill: figure.Good})
		}
		c.Text(bad[0], "nowhere", figure.Lettering{})
	}}
	if wrong := examined(written(t, f)); len(wrong) > 0 {
		t.Error(wrong)
	}
}
