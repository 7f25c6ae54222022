package pdf

import (
	"fmt"
	"strings"
	"time"

	"maildrill/reports/dossier"
	"maildrill/reports/figure"
)

var sampleDate = time.Date(2026, 11, 23, 18, 41, 5, 0, time.UTC)

// samples are documents of runs that ended in each way.
var samples = map[string]func() dossier.Document{
	"passed":       passedSample,
	"failed":       failedSample,
	"inconclusive": inconclusiveSample,
	"aborted":      abortedSample,
	"dirty":        dirtySample,
}

func passedSample() dossier.Document {
	good := dossier.Verdict{Word: "PASSED", Tone: dossier.Good}
	d := sample(dossier.Verdict{Word: "PASSED", Tone: dossier.Good, Why: "All 5 objectives were met, and each of the 1,204 accepted messages was delivered."})
	d.Sections[0].Blocks = []dossier.Block{dossier.Cards{Cards: []dossier.Card{
		objective("rto.delivery", good, "9.3 to 9.8 s", "at most 45 s", bulletFigure("b1", 9.3, 9.8, 45, figure.Good)),
		objective("rto.mx", good, "2.1 to 2.4 s", "at most 10 s", bulletFigure("b2", 2.1, 2.4, 10, figure.Good)),
		objective("loss", good, "0 of 1,204", "none", nil),
		objective("duplicates", good, "3 of 1,204 (0.25%)", "at most 1%", nil),
		objective("rpo", good, "0 s, resolution 50 ms", "at most 2 s", bulletFigure("b5", 0, .05, 2, figure.Good)),
	}}}
	return d
}

func failedSample() dossier.Document {
	bad, good := dossier.Verdict{Word: "MISSED", Tone: dossier.Bad, Why: "Mail was refused for 12.4 s at least."}, dossier.Verdict{Word: "met", Tone: dossier.Good}
	d := sample(dossier.Verdict{Word: "FAILED", Tone: dossier.Bad, Why: "2 of 4 objectives were missed: rto.mx and loss. 17 messages that the system had accepted are lost, and nobody was told."})
	d.Sections[0].Blocks = []dossier.Block{dossier.Cards{Cards: []dossier.Card{
		objective("rto.mx", bad, "12.4 to 12.9 s", "at most 10 s", bulletFigure("b1", 12.4, 12.9, 10, figure.Bad)),
		objective("loss", dossier.Verdict{Word: "MISSED", Tone: dossier.Bad, Why: "17 accepted messages were neither delivered nor returned."}, "17 of 1,204", "none", nil),
		objective("rto.imap", good, "0 s", "at most 5 s", bulletFigure("b3", 0, .25, 5, figure.Good)),
		objective("duplicates", good, "0 of 1,204", "at most 1%", nil),
	}}}
	d.Sections[1].Blocks = append(d.Sections[1].Blocks, dossier.Paragraph{Tone: dossier.Bad, Text: "17 messages were accepted with 250 by mx1 in the last 1.9 s before its disk was lost, and were not seen again in any mailbox, queue or bounce."})
	return d
}

func inconclusiveSample() dossier.Document {
	open := dossier.Verdict{Word: "NO ANSWER", Tone: dossier.Open, Why: "The probe of mx was blind for 4.2 s."}
	d := sample(dossier.Verdict{Word: "INCONCLUSIVE", Tone: dossier.Open, Why: "The fault was not proven to have met the mail: no attempt reached mx1 while it was down."})
	d.Sections[0].Blocks = []dossier.Block{dossier.Cards{Cards: []dossier.Card{objective("rto.mx", open, "no data", "at most 10 s", nil)}}}
	d.Sections[1].Blocks = append(d.Sections[1].Blocks, dossier.Paragraph{Tone: dossier.Open, Text: "What to do next: raise the rate of the workload, so that mail meets the fault while it is there."})
	return d
}

func abortedSample() dossier.Document {
	d := sample(dossier.Verdict{Word: "ABORTED", Tone: dossier.Open, Why: "The guard “lost > 100” stopped the run at 31.2 s; every fault was taken back."})
	d.Sections[0].Blocks = []dossier.Block{dossier.Paragraph{Text: "No objective was judged, because the run did not reach its end."}}
	return d
}

func dirtySample() dossier.Document {
	d := failedSample()
	d.Notices = append(d.Notices, "DIRTY: 2 faults could not be proven gone. Run “maildrill cleanup” on the host, and do not trust what runs there before it says that nothing is left.",
		"The manifest does not match: logs/mx1.log was changed after the run.")
	return d
}

func objective(name string, v dossier.Verdict, value, target string, bar *figure.Figure) dossier.Card {
	return dossier.Card{Title: name, Verdict: v, Value: value, Target: "target: " + target, Bar: bar, Link: "objectives-table",
		Lines: []string{"clock: drill (retry every 2 s)", "resolution: 250 ms and a time-out of 1 s"}}
}

// sample is a whole document, but for its objectives.
func sample(v dossier.Verdict) dossier.Document {
	return dossier.Document{
		Title: "Mail keeps arriving when the primary MX dies", Kind: "Drill report", Verdict: v, Date: sampleDate,
		Chips: []dossier.Fact{{Name: "scenario", Value: "backup-mx-takes-over"}, {Name: "started", Value: "2026-11-23 18:41:05 UTC"}, {Name: "length", Value: "1 min 30 s"},
			{Name: "clock", Value: "drill"}, {Name: "runtime", Value: "embedded", Tone: dossier.Open}, {Name: "seed", Value: "1"}, {Name: "record", Value: "sha256 5f1c…9e02", Mono: true}},
		Notices:  []string{"SIMULATED: no real mail server took part. This record satisfies no requirement."},
		Footer:   "run 20261123-184105-backup-mx-takes-over-7f3a · sha256 5f1c2b7a90e4 · log 118 3b9f00aa12cd",
		Attached: []dossier.Attachment{{Name: "record.json", Data: []byte(`{"schema": "maildrill/record/v1", "run": {"id": "x"}}` + "\n")}, {Name: "scenario.yaml", Data: []byte("kind: Scenario\n")}},
		Sections: []dossier.Section{
			{ID: "objectives", Title: "Objectives"},
			{ID: "story", Title: "The run in five sentences", Blocks: []dossier.Block{
				dossier.Paragraph{Text: "At 15.0 s node mx1 was killed. Senders noticed within 0.6 s and went on with mx2, which took their mail 2.1 to 2.4 s after the fault. " +
					"1,204 messages were accepted, 1,204 arrived, 3 of them twice. The queue of mx2 was empty 32 s after the fault. mx1 was back at 45.2 s."},
				dossier.List{Items: []string{"The fault was installed, effective and exercised: 212 attempts of the workload met it.", "It was taken back, and nothing of it is left.",
					"The instrument was calibrated: it found each of 40 planted defects."}},
			}},
			{ID: "timeline-section", Title: "What happened", Blocks: []dossier.Block{
				dossier.Picture{Figure: timelineFigure(1500), Wide: true, Caption: "Each dot is a message, by when it was sent and how long it took. Triangles were late, crosses are lost. Hatched lanes were not observed. The same in numbers: table “Events”."},
				eventTable(14),
			}},
			{ID: "recovery", Title: "Recovery", Blocks: []dossier.Block{
				dossier.Picture{Figure: waterfallFigure(), Caption: "Automatic steps; each bar begins where the one before ends.", Twin: recoveryTable()},
			}},
			{ID: "accounting", Title: "Message accounting", Blocks: []dossier.Block{accountingTable(), dossier.Table{Caption: "Lost messages", Head: []dossier.Column{{Title: "id"}}, Empty: "No message was lost."}}},
			{ID: "environment", Title: "Environment", Folded: true, Blocks: []dossier.Block{
				dossier.Facts{Facts: []dossier.Fact{{Name: "tool", Value: "maildrill 0.9"}, {Name: "host", Value: "2 cores, 7.8 GiB"}, {Name: "engine", Value: "none"}, {Name: "noise", Value: "quiet", Tone: dossier.Good}, {Name: "kernel", Value: "6.1.0"}}},
				dossier.Facts{Facts: []dossier.Fact{{Name: "record.json", Value: "5f1c2b7a90e45f1c2b7a90e45f1c2b7a90e45f1c2b7a90e45f1c2b7a90e4dead", Mono: true},
					{Name: "scenario.yaml, as run, with every default filled in", Value: "a9f1c2b7a90e45f1c2b7a90e45f1c2b7a90e45f1c2b7a90e45f1c2b7a90e4dea", Mono: true}}},
				dossier.Paragraph{Text: "Play the run again:"},
				dossier.Code{Text: "maildrill run backup-mx-takes-over --runtime embedded --seed 1\nmaildrill verify runs/20261123-184105-backup-mx-takes-over-7f3a --objectives loss,rto.mx,rto.delivery,duplicates,rpo --explain --json\n\n\tif it differs:\n\t\tmaildrill compare A B\n"},
				dossier.List{Ordered: true, Items: []string{"Open the record.", "Compare the digest with the one on the foot of this page.", strings.Repeat("A long item goes over the line. ", 8)}},
			}},
			{ID: "canvas", Title: "Canvas", Blocks: []dossier.Block{dossier.Picture{Figure: paletteFigure(), Caption: "Only in samples."}}},
		},
	}
}

func eventTable(rows int) dossier.Table {
	t := dossier.Table{ID: "events", Caption: "Events", Search: true, Head: []dossier.Column{{Title: "event"}, {Title: "time", Right: true}, {Title: "kind"}, {Title: "what", Share: 5}, {Title: "digest", Share: 2}}}
	for i := range rows {
		tone := []dossier.Tone{dossier.Neutral, dossier.Neutral, dossier.Good, dossier.Bad, dossier.Open}[i%5]
		t.Rows = append(t.Rows, []dossier.Cell{{Text: fmt.Sprintf("e-%04d", i), Mono: true, ID: fmt.Sprintf("e-%04d", i)}, {Text: fmt.Sprintf("%.2f s", 3.7*float64(i)), Mono: true},
			{Text: []string{"fault.injected", "probe", "fault.reverted", "message.lost", "guard"}[i%5], Tone: tone},
			{Text: []string{"node mx1 was killed; its process is gone", "mx answers again after 2.1 to 2.4 s, seen by 9 probes in a row", "ok", "user07@example.test: accepted by mx1 with 250 2.0.0 Ok: queued as 4bXyZ12abc, last seen in the queue of mx1, never again", "lost > 100: closest approach 17"}[i%5]},
			{Text: fmt.Sprintf("%064x", i*7919), Mono: true}})
	}
	return t
}

func recoveryTable() *dossier.Table {
	return &dossier.Table{ID: "objectives-table", Caption: "Recovery times", Head: []dossier.Column{{Title: "service"}, {Title: "down at", Right: true}, {Title: "up again", Right: true}, {Title: "outage", Right: true}, {Title: "target", Right: true}, {Title: "verdict"}},
		Rows: [][]dossier.Cell{
			{{Text: "mx", Link: "e-0002"}, {Text: "15.02 s"}, {Text: "17.1 to 17.4 s"}, {Text: "2.1 to 2.4 s"}, {Text: "10 s"}, {Text: "met", Tone: dossier.Good}},
			{{Text: "delivery"}, {Text: "15.02 s"}, {Text: "24.3 to 24.8 s"}, {Text: "9.3 to 9.8 s"}, {Text: "45 s"}, {Text: "met", Tone: dossier.Good}},
			{{Text: "imap", Link: "nowhere"}, {Text: "–"}, {Text: "–"}, {Text: "0 s"}, {Text: "5 s"}, {Text: "missed", Tone: dossier.Bad}},
		}}
}

func accountingTable() dossier.Table {
	row := func(name string, n string) []dossier.Cell { return []dossier.Cell{{Text: name}, {Text: n}} }
	return dossier.Table{ID: "sums", Caption: "Where every message went", Head: []dossier.Column{{Title: "fate"}, {Title: "messages", Right: true}},
		Rows: [][]dossier.Cell{row("attempted", "1,210"), row("accepted", "1,204"), row("delivered", "1,204"), row("lost", "0"), row("unknown", "0")}}
}
