package openmetrics

import (
	"io"
	"time"
)

// Item is how one item of a programme stands. A time that is zero is not known.
type Item struct {
	Name       string
	LastPassed time.Time
	NextDue    time.Time
	Overdue    bool
	Manual     bool // people hold it
}

// WriteProgramme writes how the items of a programme stand.
func WriteProgramme(w io.Writer, items []Item) error {
	passed := &family{name: "maildrill_programme_last_passed_timestamp_seconds", unit: "seconds", help: "When the newest evidence began that an item passed, in Unix time. Never: it is not there."}
	due := &family{name: "maildrill_programme_next_due_timestamp_seconds", unit: "seconds", help: "The first date of an item that nothing proves, in Unix time. It lies in the past if it is due."}
	overdue := &family{name: "maildrill_programme_overdue", help: "1 if an item is past its date and its grace, and nothing proves it."}
	for _, i := range items {
		labels := []label{{"item", i.Name}, {"runner", runner(i.Manual)}}
		moment(passed, i.LastPassed, labels)
		moment(due, i.NextDue, labels)
		overdue.add(one(i.Overdue), labels)
	}
	for _, f := range []*family{passed, due, overdue} {
		if _, err := io.WriteString(w, f.String()); err != nil {
			return err
		}
	}
	_, err := io.WriteString(w, "# EOF\n")
	return err
}

func runner(manual bool) string {
	if manual {
		return "manual"
	}
	return "auto"
}

func moment(f *family, at time.Time, labels []label) {
	if !at.IsZero() {
		f.add(float64(at.Unix()), labels)
	}
}
