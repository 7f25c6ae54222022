package reports

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"maildrill/harness/record"
	"maildrill/reports/words"
)

// Room of a summary, in bytes. GitHub drops one of more than 1 MiB whole, and
// nobody reads as much.
const (
	summaryRoom = 60 << 10
	tableRoom   = 40 << 10 // of the rows of all runs
	noteRoom    = 2 << 10  // kept for saying what was left out
)

// Markdown writes the summary of runs, for a job summary or a merge request. It
// stays below 64 KiB: of several runs first a row for each, then the details as
// far as there is room, the worst first; and it says what was left out.
func Markdown(w io.Writer, runs []Run, wish Wish) error {
	text := ""
	if len(runs) == 1 && !wish.Declared {
		text = detail(runs[0].Record, "#", summaryRoom)
	} else {
		text = joined(bySeverity(runs), wish)
	}
	_, err := io.WriteString(w, text)
	return err
}

// detail writes the sections of one run that fit into the room.
func detail(r record.Record, level string, room int) string {
	var b strings.Builder
	var left []string
	for _, s := range sections {
		p := &page{r: r, level: level}
		s.write(p)
		if b.Len()+p.Len()+noteRoom > room {
			left = append(left, s.title)
			continue
		}
		b.WriteString(p.String())
	}
	if len(left) > 0 {
		fmt.Fprintf(&b, "\n**Left out for want of room: %s.** record.json has everything.\n", strings.Join(left, ", "))
	}
	return b.String()
}

// severities are the headlines, worst first. One that is not known is as bad as
// an error.
var severities = []string{"DIRTY", "ERROR", "FAILED", "ABORTED", "INCONCLUSIVE", "PASSED"}

func severity(r record.Record) int {
	if i := slices.Index(severities, words.Headline(r)); i >= 0 {
		return i
	}
	return 1
}

// bySeverity gives the records, the worst first, else in their order.
func bySeverity(runs []Run) []record.Record {
	all := records(runs)
	slices.SortStableFunc(all, func(a, b record.Record) int { return severity(a) - severity(b) })
	return all
}

func joined(runs []record.Record, wish Wish) string {
	p := &page{}
	p.linef("# Mail drills: %s\n", tally(runs))
	p.overview(runs, wish)
	var left []string
	for _, r := range runs {
		text := detail(r, "##", summaryRoom/2)
		if p.Len()+len(text)+noteRoom > summaryRoom {
			left = append(left, words.Name(r))
			continue
		}
		p.linef("\n---\n\n%s", text)
	}
	if len(left) > 0 {
		p.linef("\n**Details left out for want of room, of %s:** %s. Each run folder has its own summary.md.", count(len(left), "run"), names(left))
	}
	return p.String()
}

// names lists some of many.
func names(all []string) string {
	const most = 20
	var out []string
	for _, n := range all[:min(len(all), most)] {
		out = append(out, code(words.Cut(n, 60)))
	}
	if len(all) > most {
		out = append(out, "and others")
	}
	return strings.Join(out, ", ")
}

// tally counts the runs: "3 runs, 1 FAILED, 2 PASSED".
func tally(runs []record.Record) string {
	said := []string{count(len(runs), "run")}
	for i, word := range severities {
		n := 0
		for _, r := range runs {
			if severity(r) == i {
				n++
			}
		}
		if n > 0 {
			said = append(said, fmt.Sprintf("%d %s", n, word))
		}
	}
	return strings.Join(said, ", ")
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// overview gives a row to each run.
func (p *page) overview(runs []record.Record, wish Wish) {
	if len(runs) == 0 {
		p.linef("**No run was made, and nothing was shown.**")
		return
	}
	head := []string{"verdict", "scenario", "missed or open", "copies lost", "longest recovery", "time", "clock", "runtime", "why"}
	if wish.Declared {
		head = append(head, "declared")
	}
	p.linef("| %s |", strings.Join(head, " | "))
	p.linef("|%s", strings.Repeat("---|", len(head)))
	for i, r := range runs {
		row := "| " + strings.Join(overviewRow(r, wish), " | ") + " |"
		if p.Len()+len(row) > tableRoom {
			p.linef("\n**%s more left out for want of room: %s.**", count(len(runs)-i, "run"), tally(runs[i:]))
			return
		}
		p.linef("%s", row)
	}
}

func overviewRow(r record.Record, wish Wish) []string {
	bad := r.Dirty || r.Verdict != record.Passed
	runtime := code(r.Run.Runtime)
	if r.Simulated {
		runtime += " **SIMULATED**"
	}
	row := []string{strong(words.Cut(words.Headline(r), 20), bad), code(words.Cut(words.Name(r), 60)), unmet(r), lost(r), longest(r), took(r),
		escape(words.Cut(words.Plain(r.Clock), 20)), runtime, escape(words.Cut(words.Plain(r.Reason), 120))}
	if wish.Declared {
		row = append(row, strong(cmp.Or(words.Cut(words.Expectation(r), 120), "declares no ending"), r.Expect == nil || !r.Expect.Met))
	}
	return row
}

// lost is how many copies are gone; where nothing was attempted it is not
// known.
func lost(r record.Record) string {
	if r.Accounting.Attempted == 0 {
		return "no data"
	}
	return fmt.Sprintf("%d of %d", r.Accounting.Lost, r.Accounting.Accepted)
}

// longest is the longest recovery time that was an objective.
func longest(r record.Record) string {
	o, ok := words.Slowest(r.Objectives)
	if !ok {
		return ""
	}
	return escape(words.Cut(words.Plain(strings.TrimPrefix(o.Name, "rto.")), 20) + " " + words.Interval(o.Measured, "s"))
}

func took(r record.Record) string {
	if d := lasted(r); d > 0 {
		return fmt.Sprintf("%.0f s", d)
	}
	return ""
}

// unmet lists the objectives that were not met.
func unmet(r record.Record) string {
	const most = 6
	var out []string
	n := 0
	for _, o := range r.Objectives {
		if o.Verdict == record.Passed {
			continue
		}
		if n++; n <= most {
			out = append(out, code(words.Cut(words.Plain(o.Name), 40)))
		}
	}
	if n > most {
		out = append(out, fmt.Sprintf("%d more", n-most))
	}
	return strings.Join(out, ", ")
}
