package reports

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"maildrill/harness/record"
	"maildrill/reports/words"
)

// Series writes what the trials of one scenario say together: the verdict, what
// it is worth, every trial, and every recovery time. The layout is that of
// [Terminal].
func Series(w io.Writer, s record.Series, color bool, width int) error {
	sc := &screen{color: color, width: min(max(width, narrowest), widest)}
	sc.series(s)
	sc.trials(s)
	sc.recoveries(s)
	_, err := io.WriteString(w, sc.String())
	return err
}

func (s *screen) series(of record.Series) {
	word, v := strings.ToUpper(words.Verdict(of.Verdict)), of.Verdict
	if of.Dirty {
		word, v = "DIRTY", record.Error
	}
	word += ", " + size(of)
	if of.Simulated {
		word += " (SIMULATED)"
	}
	s.WriteString("\n" + s.paint("* "+words.Cut(word, s.width-2), v) + "\n")
	s.put("  ", cmp.Or(words.Plain(of.Scenario.Name), "unnamed")+": "+words.Plain(of.Scenario.Title))
	s.put("  ", fmt.Sprintf("exit code %d, %s, runtime %s", of.ExitCode, words.Clock(record.Record{Clock: of.Clock}), cmp.Or(words.Plain(of.Runtime), "unknown")))
	s.flow("  ", words.Plain(of.Confidence.Statement), 3)
	s.flow("  declared: ", declared(of.Rule), 2)
	if reason := words.Plain(of.Reason); reason != "" {
		s.flow("  why: ", reason, 3)
	}
	if ended := words.Plain(of.Ended); ended != "" {
		s.flow("  ended early: ", ended, 2)
	}
	if of.Simulated {
		s.flow("  ", words.Simulated, 3)
	}
}

// size says how many trials there are, and how many there should be.
func size(of record.Series) string {
	switch extra := len(of.Trials) - of.Rule.N; {
	case extra > 0:
		return fmt.Sprintf("a series of %d trials and %d more in place of others", of.Rule.N, extra)
	case extra < 0:
		return fmt.Sprintf("a series of %d out of %d trials", len(of.Trials), of.Rule.N)
	}
	return fmt.Sprintf("a series of %d trials", of.Rule.N)
}

// declared is the rule of a series in words.
func declared(r record.Rule) string {
	text := fmt.Sprintf("%d trials", r.N)
	if r.N == 1 {
		text = "1 trial"
	}
	if r.Stop == "first_fail" {
		text += ", the first that fails is the last"
	}
	if r.Reruns > 0 {
		text += fmt.Sprintf(", up to %d more in place of inconclusive ones", r.Reruns)
	}
	return text
}

// trials gives a line to every run that was made.
func (s *screen) trials(of record.Series) {
	s.head("trials, every one that was made")
	if len(of.Trials) == 0 {
		s.put("  ", "none")
	}
	for _, t := range of.Trials {
		word := words.Verdict(t.Verdict)
		if t.Verdict != record.Passed {
			word = strings.ToUpper(word)
		}
		line := fmt.Sprintf("%d: lost %d of %d", t.Trial, t.Lost, t.Accepted)
		if t.Unknown > 0 {
			line += fmt.Sprintf(", unknown %d", t.Unknown)
		}
		s.marked(word, 12, t.Verdict, line+trialMarks(t)+", seed "+fmt.Sprint(t.Seed)+", run "+cmp.Or(words.Plain(t.Run), "not recorded"))
		if reason := words.Plain(t.Reason); reason != "" {
			s.flow("                ", reason, 2)
		}
	}
}

// trialMarks say what is special about a trial.
func trialMarks(t record.Trial) string {
	text := ""
	if t.RerunOf > 0 {
		text += fmt.Sprintf(", in place of trial %d", t.RerunOf)
	}
	if t.Replaced {
		text += ", made again"
	}
	if t.Dirty {
		text += ", DIRTY"
	}
	return text
}

// recoveries shows every point: a few numbers hide less than a summary.
func (s *screen) recoveries(of record.Series) {
	if len(of.Recoveries) == 0 {
		return
	}
	s.head("recovery times, by trial; * is not sound and not counted")
	for _, r := range of.Recoveries {
		s.flow("  "+words.Pad(words.Plain(r.Objective), 14)+"  ", words.Plain(r.Statement)+" ("+words.Clock(record.Record{Clock: of.Clock})+")", 3)
		if r.Median != nil {
			s.put("                  ", "median "+words.Interval(r.Median, "s"))
		}
		var points []string
		for _, p := range r.Points {
			star := ""
			if !p.Sound {
				star = "*"
			}
			points = append(points, fmt.Sprintf("%d%s: %s", p.Trial, star, words.Interval(p.Measured, "s")))
		}
		s.flow("                  ", strings.Join(points, "; "), len(points)+1)
		for _, p := range r.Points {
			if p.Note != "" {
				s.flow(fmt.Sprintf("                  %d* ", p.Trial), words.Plain(p.Note), 2)
			}
		}
	}
}
