package period

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Span is a stretch of time in UTC, from From to just before To; a zero end is
// open.
type Span struct {
	Text string    `json:"text"` // as it was asked for
	From time.Time `json:"from,omitzero"`
	To   time.Time `json:"to,omitzero"`
}

// forms are the ways to write a day, a month or a year, and how long each is.
var forms = []struct {
	layout              string
	years, months, days int
}{{"2006-01-02", 0, 0, 1}, {"2006-01", 0, 1, 0}, {"2006", 1, 0, 0}}

// Parse reads a period: "2026", "2026-03", "2026-03-01", from the beginning of
// one to the end of another "2026-01..2026-12", or with an open end
// "2026-07-01..", "..2026-06".
func Parse(text string) (Span, error) {
	s := Span{Text: text}
	from, to, ranged := strings.Cut(text, "..")
	if !ranged {
		to = from
	}
	var err error
	if from != "" {
		if s.From, _, err = stretch(from); err != nil {
			return Span{}, err
		}
	}
	if to != "" {
		if _, s.To, err = stretch(to); err != nil {
			return Span{}, err
		}
	}
	switch {
	case text == "":
		return Span{}, fmt.Errorf("the period is empty; write it as 2026, 2026-03 or 2026-01..2026-12")
	case from != "" && to != "" && !s.From.Before(s.To):
		return Span{}, fmt.Errorf("the period %s ends before it begins", text)
	}
	return s, nil
}

// stretch is from when to when a day, a month or a year goes.
func stretch(text string) (from, to time.Time, err error) {
	for _, f := range forms {
		if at, err := time.Parse(f.layout, text); err == nil {
			return at, at.AddDate(f.years, f.months, f.days), nil
		}
	}
	return from, to, fmt.Errorf("%q is no year, month or day; write it as 2026, 2026-03 or 2026-03-31", text)
}

// Contains tells whether a moment is in the span.
func (s Span) Contains(at time.Time) bool {
	return (s.From.IsZero() || !at.Before(s.From)) && (s.To.IsZero() || at.Before(s.To))
}

// AsOf is the moment that a report on the span speaks of: its end, or the
// present as long as that is not over.
func (s Span) AsOf(now time.Time) time.Time {
	if s.To.IsZero() || s.To.After(now) {
		return now.UTC()
	}
	return s.To
}

// Length reads a length of time: "90d", "36h".
func Length(text string) (time.Duration, error) {
	if count, ok := strings.CutSuffix(text, "d"); ok {
		if n, err := strconv.Atoi(count); err == nil && n > 0 && n <= mostDays {
			return time.Duration(n) * 24 * time.Hour, nil
		}
	} else if d, err := time.ParseDuration(text); err == nil && d > 0 {
		return d, nil
	}
	return 0, fmt.Errorf("%q is no length of time; write it as 90d or 36h", text)
}

// mostDays is a century.
const mostDays = 36525

// Since reads a beginning: a length of time before the present, or a day, month
// or year.
func Since(text string, now time.Time) (time.Time, error) {
	if from, _, err := stretch(text); err == nil {
		return from, nil
	}
	d, err := Length(text)
	if err != nil {
		return time.Time{}, fmt.Errorf("%q is no beginning; write it as 30d, 2026, 2026-03 or 2026-03-31", text)
	}
	return now.Add(-d).UTC(), nil
}

// AsOf reads the moment that a report speaks of: the end of a day, month or
// year, or a time.
func AsOf(text string) (time.Time, error) {
	if _, to, err := stretch(text); err == nil {
		return to, nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}, fmt.Errorf("%q is no moment; write it as 2026-06-30 or 2026-06-30T12:00:00Z", text)
	}
	return at.UTC(), nil
}

// ReadIntervals reads how long evidence is good for: "90d" for all, "ID=365d"
// for one.
func ReadIntervals(texts []string) (Intervals, error) {
	all := Intervals{Default: 90 * 24 * time.Hour, By: map[string]time.Duration{}}
	for _, text := range texts {
		id, length, single := cutLast(text)
		d, err := Length(length)
		switch {
		case err != nil:
			return all, err
		case single && id == "":
			return all, fmt.Errorf("%q names no requirement or control; write it as backup-restore=30d", text)
		case single:
			all.By[id] = d
		default:
			all.Default = d
		}
	}
	return all, nil
}

// cutLast cuts at the last equals sign: ids of controls may have one.
func cutLast(text string) (id, length string, found bool) {
	i := strings.LastIndexByte(text, '=')
	if i < 0 {
		return "", text, false
	}
	return text[:i], text[i+1:], true
}
