package dossier

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"maildrill/harness/record"
	"maildrill/reports/chronicle"
	"maildrill/reports/words"
)

// Source is all that the dossier of a run is made from.
type Source struct {
	Record    record.Record
	JSON      []byte // record.json, byte for byte: its digest is on every page
	Scenario  string // scenario.yaml as run; empty: not there
	Chronicle chronicle.Chronicle
}

// Of makes the dossier of one run. The same source gives the same document.
func Of(s Source) Document {
	r := s.Record
	return Document{
		Title:    cmp.Or(words.Plain(r.Scenario.Title), words.Name(r)),
		Kind:     "Drill report",
		Verdict:  verdict(r),
		Chips:    chips(r),
		Notices:  notices(r),
		Sections: sections(s),
		Footer:   footer(s),
		Date:     date(r),
		Attached: []Attachment{{Name: "record.json", Data: s.JSON}},
	}
}

// sections are in the order in which readers need them: what the answer is, what
// happened, what it rests on.
func sections(s Source) []Section {
	r := s.Record
	all := []Section{
		objectives(r), story(s), system(r), fidelity(r), people(r), timeline(s), recovery(r), mail(s), stored(r), degraded(r),
		faultsAndProofs(r), steps(r), findings(s), method(r), controlMap(r), environment(s), integrity(s),
	}
	var out []Section
	for _, section := range all {
		if len(section.Blocks) > 0 {
			out = append(out, section)
		}
	}
	return out
}

// verdict is the one word, and the sentence that goes with it.
func verdict(r record.Record) Verdict {
	v := Verdict{Word: words.Headline(r), Tone: tone(r.Verdict), Why: brief(words.Plain(r.Reason))}
	if r.Dirty {
		v.Tone = Bad
		v.Why = words.Dirty(r) + " " + v.Why
	}
	if v.Why == "" && r.Verdict == record.Passed {
		v.Why = fmt.Sprintf("All %d objectives are met, all %d gates hold.", len(r.Objectives), len(r.Gates))
	}
	return v
}

// longestWhy bounds the sentence beside the verdict, in columns; the findings
// have all of it.
const longestWhy = 240

// brief keeps the first of many reasons.
func brief(why string) string {
	if words.Columns(why) <= longestWhy {
		return why
	}
	first, _, several := strings.Cut(why, "; ")
	if several {
		return words.Cut(first, longestWhy) + "; and more, under findings"
	}
	return words.Cut(why, longestWhy)
}

func tone(v record.Verdict) Tone {
	switch v {
	case record.Passed:
		return Good
	case record.Failed, record.Error:
		return Bad
	}
	return Open
}

// chips are what identifies the run at a glance.
func chips(r record.Record) []Fact {
	facts := []Fact{
		{Name: "scenario", Value: words.Name(r), Mono: true},
		{Name: "date", Value: cmp.Or(stamp(r.Run.Started), "not known")},
		{Name: "lasted", Value: lasted(r)},
		{Name: "clock", Value: words.Clock(r)},
		{Name: "environment", Value: place(r)},
		{Name: "exit code", Value: fmt.Sprint(record.ExitCode(r))},
	}
	if r.Run.Trials > 1 {
		facts = append(facts, Fact{Name: "trial", Value: fmt.Sprintf("%d of %d", r.Run.Trial, r.Run.Trials)})
	}
	if e := words.Expectation(r); e != "" {
		facts = append(facts, Fact{Name: "ended", Value: e})
	}
	return facts
}

// place says on what the drill was played.
func place(r record.Record) string {
	if r.Simulated {
		return "embedded, SIMULATED"
	}
	return "real servers in containers (" + cmp.Or(words.Plain(r.Run.Runtime), "unknown runtime") + ")"
}

// notices are what no reader may overlook.
func notices(r record.Record) []string {
	var out []string
	if r.Dirty {
		out = append(out, "DIRTY: "+words.Dirty(r)+" Run maildrill cleanup.")
	}
	if r.Simulated {
		out = append(out, words.Simulated)
	}
	if wrong := words.Unbalanced(r.Accounting); wrong != "" {
		out = append(out, "BROKEN: "+wrong)
	}
	return out
}

// footer identifies the record on every page.
func footer(s Source) string {
	said := fmt.Sprintf("run %s · record.json sha256 %s", cmp.Or(words.Plain(s.Record.Run.ID), "without id"), digest(s.JSON)[:16])
	if at := s.Record.Run.Register; at != nil {
		said += fmt.Sprintf(" · register %d %.12s", at.Size, words.Plain(at.Root))
	}
	return said
}

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// date is the day of the document: when the run ended, else when it began.
func date(r record.Record) time.Time {
	for _, text := range []string{r.Run.Ended, r.Run.Started} {
		if t, err := time.Parse(time.RFC3339Nano, text); err == nil {
			return t.UTC()
		}
	}
	return time.Unix(0, 0).UTC()
}

// stamp is a wall-clock time in UTC; empty if it is none.
func stamp(text string) string {
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return ""
	}
	return t.UTC().Format("2006-01-02 15:04:05Z")
}

// lasted is the length of the run.
func lasted(r record.Record) string {
	began, err := time.Parse(time.RFC3339Nano, r.Run.Started)
	if err != nil {
		return "not known"
	}
	ended, err := time.Parse(time.RFC3339Nano, r.Run.Ended)
	if err != nil || ended.Before(began) {
		return "not known"
	}
	return ended.Sub(began).Round(100 * time.Millisecond).String()
}

// wall is a moment of the run on the wall clock, "10:02:11Z"; empty if the start
// is not known.
func wall(r record.Record, at float64) string {
	began, err := time.Parse(time.RFC3339Nano, r.Run.Started)
	if err != nil {
		return ""
	}
	return began.Add(time.Duration(at * float64(time.Second))).UTC().Format("15:04:05Z")
}
