package html

import (
	"fmt"
	"math"
	"strings"
	"time"

	"maildrill/reports/dossier"
	"maildrill/reports/figure"
)

// samples are documents with every kind of block, one for each end of a drill.
var samples = []struct {
	name  string
	make  func() dossier.Document
	notes []string
}{
	{name: "passed", make: func() dossier.Document { return sample("PASSED", dossier.Good) }},
	{name: "failed", make: func() dossier.Document { return sample("FAILED", dossier.Bad) }},
	{name: "inconclusive", make: func() dossier.Document { return sample("INCONCLUSIVE", dossier.Open, simulated) }},
	{name: "aborted", make: func() dossier.Document { return sample("ABORTED", dossier.Open) }},
	{name: "dirty", make: func() dossier.Document { return sample("DIRTY", dossier.Bad, dirty, simulated) }},
	{name: "bare", make: func() dossier.Document { return dossier.Document{Title: "A plan"} }},
}

const (
	simulated = "SIMULATED: no real mail server ran. This result satisfies no requirement, control, trend or due date."
	dirty     = "DIRTY: clean-up could not be proven. Apart from that the drill ended: passed."
)

func sample(word string, tone dossier.Tone, notices ...string) dossier.Document {
	return dossier.Document{
		Title: "Mail keeps arriving when the primary MX dies", Kind: "Drill report",
		Verdict: dossier.Verdict{Word: word, Tone: tone, Why: "4 of 5 objectives were met; rto.delivery took 51.2 to 51.9 s where 45 s are allowed."},
		Chips: []dossier.Fact{{Name: "scenario", Value: "backup-mx-takes-over"}, {Name: "started", Value: "2026-11-23 18:41:05 UTC"},
			{Name: "length", Value: "2 min 10 s"}, {Name: "clock", Value: "drill clock"}, {Name: "runtime", Value: "docker"}},
		Notices:  notices,
		Sections: []dossier.Section{objectives(), story(), timeline(), accounting(), problems(), faults(), method()},
		Footer:   "01JDX7Q0T5-backup-mx-takes-over · sha256 3f1c9b0d77aa",
		Date:     time.Date(2026, 11, 23, 18, 41, 5, 0, time.UTC),
		Attached: []dossier.Attachment{{Name: "record.json", Data: []byte(`{"schema":"maildrill/record/v1"}`)},
			{Name: "ledger.jsonl", Data: []byte(strings.Repeat(`{"copy":"0001","fate":"delivered"}`+"\n", 8000))}},
	}
}

func objectives() dossier.Section {
	card := func(title, word string, tone dossier.Tone, value, target, why string, share float64) dossier.Card {
		return dossier.Card{Title: title, Verdict: dossier.Verdict{Word: word, Tone: tone, Why: why}, Value: value, Target: target,
			Bar: bullet("bar-"+strings.ReplaceAll(title, ".", "-"), share), Link: "faults", Lines: []string{"measured under the drill clock"}}
	}
	return dossier.Section{ID: "objectives", Title: "Objectives", Blocks: []dossier.Block{dossier.Cards{Cards: []dossier.Card{
		card("rto.delivery", "FAILED", dossier.Bad, "51.2 to 51.9 s", "at most 45 s", "Mail that was accepted at mx2 waited for the store.", 1.15),
		card("rto.imap", "INCONCLUSIVE", dossier.Open, "no data", "at most 5 s", "The probe was blind for 4 s around the edge.", 0),
		card("rto.mx", "PASSED", dossier.Good, "2.1 to 2.4 s", "at most 10 s", "", .24),
		card("loss", "PASSED", dossier.Good, "0 copies", "at most 0 copies", "", .01),
		card("duplicates", "PASSED", dossier.Good, "0.25 %", "at most 1 %", "", .25),
	}}}}
}

func story() dossier.Section {
	return dossier.Section{ID: "story", Title: "What happened", Blocks: []dossier.Block{
		dossier.List{Ordered: true, Items: []string{
			"At 18:41:20 UTC mx1 lost its power; 0.2 s later nobody outside could reach it.",
			"Senders moved to mx2 after 2.1 to 2.4 s.",
			"1204 copies were accepted while mx1 was gone. All of them arrived, 3 of them twice.",
			"mx1 came back after 30 s, and its queue was empty 21.9 s later.",
		}},
		dossier.Paragraph{Text: "The second reading of the mailboxes agreed with the first.", Tone: dossier.Good},
		dossier.Paragraph{Text: "Three copies arrived twice: mx1 had handed them over, and lost the reply.", Tone: dossier.Open},
		dossier.Paragraph{Text: "Delivery was gone for longer than is allowed.", Tone: dossier.Bad},
	}}
}

func timeline() dossier.Section {
	twin := dossier.Table{Caption: "Fault windows", Head: []dossier.Column{{Title: "Fault"}, {Title: "From", Right: true}, {Title: "To", Right: true}},
		Rows: [][]dossier.Cell{{{Text: "node.crash on mx1"}, {Text: "15.0 s"}, {Text: "45.1 s"}}}}
	return dossier.Section{ID: "timeline", Title: "Timeline", Blocks: []dossier.Block{
		dossier.Picture{Figure: lanes(), Wide: true, Twin: &twin, Caption: "Each dot is one copy: when it was sent, and how long it took to arrive."},
	}}
}

func accounting() dossier.Section {
	head := []dossier.Column{{Title: "Of 2604 attempted", Share: 3}, {Title: "Copies", Right: true}, {Title: "Share", Right: true}}
	rows := [][]dossier.Cell{
		{{Text: "accepted"}, {Text: "2600"}, {Text: "99.85 %"}},
		{{Text: "refused for now"}, {Text: "3"}, {Text: "0.12 %"}},
		{{Text: "in doubt", Tone: dossier.Open}, {Text: "1"}, {Text: "0.04 %"}},
		{{Text: "LOST", Tone: dossier.Bad}, {Text: "0"}, {Text: "0 %"}},
	}
	return dossier.Section{ID: "accounting", Title: "What became of every message", Blocks: []dossier.Block{
		dossier.Table{ID: "sums", Caption: "Both sums hold.", Head: head, Rows: rows},
		dossier.Table{Caption: "Lost copies", Empty: "No accepted copy was lost."},
	}}
}

func problems() dossier.Section {
	t := dossier.Table{ID: "copies", Caption: "Copies that did not simply arrive", Search: true,
		Head: []dossier.Column{{Title: "Copy"}, {Title: "Sent", Right: true}, {Title: "Fate"}, {Title: "Mailbox"}, {Title: "Subject"}, {Title: "Last reply", Share: 3}}}
	fates := []string{"duplicate", "in doubt", "late", "deferred"}
	for i := range 60 {
		t.Rows = append(t.Rows, []dossier.Cell{{Text: fmt.Sprintf("c-%04d", i), Mono: true, ID: fmt.Sprintf("c-%04d", i)}, {Text: fmt.Sprintf("%.2f s", 15+float64(i*7%120)/4)},
			{Text: fates[i%4], Tone: dossier.Tone(i % 4)}, {Text: fmt.Sprintf("user%02d@example.test", i%20)}, {Text: "Quarterly figures, second try"},
			{Text: "451 4.3.0 <user@example.test>: Temporary lookup failure (in reply to RCPT TO command)", Mono: true}})
	}
	return dossier.Section{ID: "problems", Title: "Problem messages", Blocks: []dossier.Block{t}}
}

func faults() dossier.Section {
	return dossier.Section{ID: "faults", Title: "Faults and their proofs", Blocks: []dossier.Block{
		dossier.Table{Head: []dossier.Column{{Title: "Step"}, {Title: "Kind"}, {Title: "On"}, {Title: "Proofs"}, {Title: "Revert"}},
			Rows: [][]dossier.Cell{{{Text: "crash", Link: "c-0003"}, {Text: "node.crash", Mono: true}, {Text: "mx1"}, {Text: "installed, effective, exercised 12 times", Tone: dossier.Good}, {Text: "proven gone", Tone: dossier.Good}}}},
	}}
}

func method() dossier.Section {
	return dossier.Section{ID: "method", Title: "Method and limits", Folded: true, Blocks: []dossier.Block{
		dossier.Paragraph{Text: "Probes ran every 250 ms with a time-out of 1 s. A service counts as back after 10 s without a failure."},
		dossier.Facts{Facts: []dossier.Fact{{Name: "Seed", Value: "42"}, {Name: "Version", Value: "v0.9.1"}, {Name: "Scenario digest", Value: "9a0364b9e99bb480dd25e1f0284c8555", Mono: true},
			{Name: "Host", Value: "busy: 91 % of both cores", Tone: dossier.Open}, {Name: "Clean-up", Value: "proven", Tone: dossier.Good}, {Name: "Clock step", Value: "seen: 0.4 s", Tone: dossier.Bad}}},
		dossier.Code{Text: "maildrill run backup-mx-takes-over --seed 42 \\\n  --runtime docker --out runs"},
	}}
}

func bullet(id string, share float64) *figure.Figure {
	return &figure.Figure{ID: id, Title: "measured and allowed", Alt: "How much of what is allowed was used.", Width: 220, Height: 26, Draw: func(c figure.Canvas) {
		c.Path(figure.Box{X: 0, Y: 8, W: 220, H: 8}.Corners(), true, figure.Style{Fill: figure.Grid})
		c.Path(figure.Box{X: 0, Y: 8, W: 170 * share, H: 8}.Corners(), true, figure.Style{Fill: figure.Accent})
		c.Path([]figure.Point{{X: 170, Y: 3}, {X: 170, Y: 21}}, false, figure.Style{Stroke: figure.Text, Width: 2})
	}}
}

// lanes is a small stand-in for the timeline: phases, a fault, dots.
func lanes() figure.Figure {
	axis := figure.Axis{Left: 70, Right: 710, From: 0, To: 130}
	x := func(s float64) float64 { return axis.Left + (axis.Right-axis.Left)*(s-axis.From)/(axis.To-axis.From) }
	return figure.Figure{ID: "lanes", Title: "Timeline", Alt: "mx was gone from 15 to 17.4 s, delivery from 15 to 66.9 s.", Width: 720, Height: 240, Axis: &axis, Draw: func(c figure.Canvas) {
		plot := figure.Box{X: axis.Left, Y: 10, W: axis.Right - axis.Left, H: 200}
		c.Text(figure.Point{X: 64, Y: 44}, "mx", figure.Lettering{Anchor: figure.End})
		c.Text(figure.Point{X: 64, Y: 64}, "delivery", figure.Lettering{Anchor: figure.End})
		c.Group(figure.Group{Label: "node.crash on mx1", Clip: &plot, Scroll: true}, func() {
			c.Path(figure.Box{X: x(15), Y: 10, W: x(45) - x(15), H: 200}.Corners(), true, figure.Style{Fill: figure.Fault1, Opacity: .12, Stroke: figure.Fault1})
			c.Text(figure.Point{X: x(15) + 3, Y: 22}, "node.crash on mx1", figure.Lettering{Bold: true})
			for i, gone := range []float64{17.4, 66.9} {
				y := 36 + 20*float64(i)
				c.Path(figure.Box{X: x(0), Y: y, W: x(130) - x(0), H: 12}.Corners(), true, figure.Style{Fill: figure.Good, Opacity: .7})
				c.Path(figure.Box{X: x(15), Y: y, W: x(gone) - x(15), H: 12}.Corners(), true, figure.Style{Fill: figure.Bad, Hatch: figure.Rising})
			}
			var dots []figure.Point
			for i := range 800 {
				s := 130 * float64(i) / 800
				y := 190 - 10*math.Abs(math.Sin(float64(i)*1.7))
				if s > 15 && s < 67 {
					y -= 60 * math.Abs(math.Sin(float64(i)))
				}
				dots = append(dots, figure.Point{X: x(s), Y: y})
			}
			c.Marks(figure.Dot, dots, 3, figure.Style{Fill: figure.Accent})
		})
		c.Path([]figure.Point{{X: 70, Y: 210}, {X: 710, Y: 210}}, false, figure.Style{Stroke: figure.Text})
		c.Group(figure.Group{Clip: &figure.Box{X: 50, Y: 210, W: 670, H: 20}, Scroll: true}, func() {
			for s := 0.0; s <= 130; s += 10 {
				c.Text(figure.Point{X: x(s), Y: 224}, fmt.Sprintf("%g s", s), figure.Lettering{Anchor: figure.Middle})
			}
		})
	}}
}
