package badge

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"

	"maildrill/harness/record"
	"maildrill/reports/words"
)

// Age tells how old a run may be on the day of reading. The zero value asks for
// neither.
type Age struct {
	AsOf  time.Time
	Stale time.Duration // 0: no run is too old
}

// Colours of the right half, each dark enough for white letters (4.5:1).
const (
	green = "#2f7d32"
	red   = "#b3261e"
	amber = "#8a5a00"
	grey  = "#5f6368"
)

const subject = "mail drill"

// Write draws the badge of a run.
func Write(w io.Writer, r record.Record, age Age) error {
	said, colour := says(r, age)
	return draw(w, said, colour)
}

// says gives the words of the right half and their colour. A recovery time has
// its clock beside it.
func says(r record.Record, age Age) (string, string) {
	said := []string{word(r)}
	if t, ok := recovery(r); ok {
		said = append(said, t+" ("+words.Cut(words.Clock(r), longestWord)+")")
	}
	ended, known := when(r)
	if !known {
		return strings.Join(append(said, "date unknown"), " · "), grey
	}
	said = append(said, ended.Format("2 Jan 2006"))
	switch {
	case age.old(ended):
		return strings.Join(append(said, "stale"), " · "), grey
	case r.Simulated:
		return strings.Join(append(said, "SIMULATED"), " · "), grey
	}
	return strings.Join(said, " · "), colour(r)
}

func colour(r record.Record) string {
	switch {
	case r.Dirty:
		return red
	case r.Verdict == record.Passed:
		return green
	case r.Verdict == record.Failed, r.Verdict == record.Error:
		return red
	}
	return amber
}

// longestWord bounds a verdict or a clock that nobody knows.
const longestWord = 20

func word(r record.Record) string {
	if r.Dirty {
		return "dirty"
	}
	return words.Cut(words.Verdict(r.Verdict), longestWord)
}

// recovery is the worst recovery time that was asked for, by its upper end; one
// that was not measured is worse than any other.
func recovery(r record.Record) (string, bool) {
	var worst *record.Interval
	asked := false
	for _, o := range r.Objectives {
		if o.Name != "rto" && !strings.HasPrefix(o.Name, "rto.") {
			continue
		}
		if o.Measured == nil {
			return "", false
		}
		if !asked || longer(*o.Measured, *worst) {
			worst, asked = o.Measured, true
		}
	}
	if !asked {
		return "", false
	}
	if worst.High == nil {
		return "RTO over " + words.Low(worst.Low) + " s", true
	}
	return "RTO " + words.High(*worst.High) + " s", true
}

func longer(a, b record.Interval) bool {
	if a.High == nil || b.High == nil {
		return a.High == nil && (b.High != nil || a.Low > b.Low)
	}
	return *a.High > *b.High
}

// when a run ended; one that did not is dated by its start.
func when(r record.Record) (time.Time, bool) {
	for _, text := range []string{r.Run.Ended, r.Run.Started} {
		if t, err := time.Parse(time.RFC3339Nano, text); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

func (a Age) old(ended time.Time) bool {
	return !a.AsOf.IsZero() && a.Stale > 0 && a.AsOf.Sub(ended) > a.Stale
}

const padding = 6 // on either side of a text, in pixels

// draw draws both halves with their round corners. The texts have their length
// set, whatever font the viewer takes.
func draw(w io.Writer, said, colour string) error {
	left, right := width(subject), width(said)
	edge, whole := left+2*padding, left+right+4*padding
	title := escape(subject + ": " + said)
	_, err := fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="20" role="img" aria-label="%s">
<title>%s</title>
<path fill="#3c4043" d="M3 0H%[4]dV20H3a3 3 0 0 1-3-3V3a3 3 0 0 1 3-3z"/>
<path fill="%[5]s" d="M%[4]d 0H%[6]da3 3 0 0 1 3 3v14a3 3 0 0 1-3 3H%[4]dz"/>
<g fill="#ffffff" font-family="Verdana,DejaVu Sans,Geneva,sans-serif" font-size="11">
<text x="%[7]d" y="14" textLength="%[8]d" lengthAdjust="spacingAndGlyphs">%[9]s</text>
<text x="%[10]d" y="14" textLength="%[11]d" lengthAdjust="spacingAndGlyphs">%[12]s</text>
</g>
</svg>
`, whole, title, title, edge, colour, whole-3, padding, left, subject, edge+padding, right, escape(said))
	return err
}

func escape(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text)) // a Builder takes all
	return b.String()
}
