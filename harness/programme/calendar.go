package programme

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"

	"maildrill/reports/words"
	"maildrill/scenarios"
)

// Told is what calendars were told of one event.
type Told struct {
	// Sequence rises with each change of what is told (RFC 5545, 3.8.7.4).
	Sequence int       `json:"sequence"`
	Stamp    time.Time `json:"stamp"` // of the last change
	Event    Event     `json:"event"`
}

// Event is a date as a calendar shows it: without the time of what is unannounced.
type Event struct {
	UID     string    `json:"uid"`
	Summary string    `json:"summary"`
	Text    string    `json:"text"`
	From    time.Time `json:"from"`
	To      time.Time `json:"to"`
	// Days: it takes whole days, from that of From to before that of To.
	Days      bool                 `json:"days,omitempty"`
	Cancelled bool                 `json:"cancelled,omitempty"`
	Category  string               `json:"category"`
	Alarms    []scenarios.Duration `json:"alarms,omitempty"`
}

// length is how long an event is shown: how long a drill takes is not known.
const length = time.Hour

// Calendar writes all dates of the programme for calendars (RFC 5545), and gives
// what they are told by that. told is what they were told before: an event that
// differs from it has a higher sequence, and one that is no more is cancelled. An
// event keeps its UID wherever it is moved, for that is made of its planned time.
func (p *Plan) Calendar(w io.Writer, told map[string]Told, now time.Time) (map[string]Told, error) {
	next := map[string]Told{}
	var order []string
	for _, o := range p.all {
		e := p.event(o)
		next[e.UID] = told[e.UID].changed(e, now)
		order = append(order, e.UID)
	}
	for uid, before := range told {
		if _, still := next[uid]; still || before.Event.To.Before(now) {
			continue
		}
		e := before.Event
		e.Cancelled = true
		next[uid] = before.changed(e, now)
		order = append(order, uid)
	}
	slices.SortStableFunc(order, func(a, b string) int {
		return cmp.Or(next[a].Event.From.Compare(next[b].Event.From), cmp.Compare(a, b))
	})
	return next, p.publish(w, order, next)
}

// changed is what is told now of an event.
func (t Told) changed(e Event, now time.Time) Told {
	switch {
	case t.Stamp.IsZero():
		return Told{Stamp: now.UTC().Truncate(time.Second), Event: e}
	case digest(t.Event) == digest(e):
		return t
	}
	return Told{Sequence: t.Sequence + 1, Stamp: now.UTC().Truncate(time.Second), Event: e}
}

// digest tells events apart, whatever zone their times are in.
func digest(e Event) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %q %q %d %d %v %v %q %v", e.UID, e.Summary, e.Text, e.From.Unix(), e.To.Unix(), e.Days, e.Cancelled, e.Category, e.Alarms))
	return hex.EncodeToString(sum[:])
}

func (p *Plan) event(o Occurrence) Event {
	it, _ := p.file.Item(o.Item)
	e := Event{UID: p.uid(o), Summary: words.Plain(cmp.Or(it.Title, it.ID)), Text: p.text(it, o), Category: "drill", Alarms: it.Alarm}
	if it.GameDay != "" {
		e.Category = "game day"
	}
	switch {
	case o.Window != nil:
		from, last := Wall(o.Window.From, p.zone).Truncate(24*time.Hour), Wall(o.Window.To.Add(-time.Minute), p.zone).Truncate(24*time.Hour)
		e.From, e.To, e.Days = from, last.AddDate(0, 0, 1), true
	case o.Skipped != "":
		e.From, e.To = o.planned.UTC(), o.planned.Add(length).UTC()
	default:
		e.From, e.To = o.Start.UTC(), o.Start.Add(length).UTC()
	}
	e.Cancelled = o.Skipped != ""
	return e
}

func (p *Plan) uid(o Occurrence) string {
	return strings.NewReplacer("-", "", ":", "").Replace(o.Planned) + "-" + o.Item + "@" + p.file.Metadata.Name + ".maildrill"
}

// text is what one reads in the event.
func (p *Plan) text(it scenarios.ProgrammeItem, o Occurrence) string {
	lines := []string{"Drill: " + it.Drill}
	if it.GameDay != "" {
		lines = []string{"Game day: " + it.GameDay}
	}
	lines = append(lines, "Owner: "+p.file.OwnerOf(it))
	if o.Window != nil {
		lines = append(lines, "Unannounced: at some time of these days.")
	}
	if len(o.Moved) > 0 && o.Window == nil {
		lines = append(lines, fmt.Sprintf("Moved from %s: %s.", o.planned.In(p.zone).Format(momentForm), o.Moved[0].Why))
	}
	if o.Skipped != "" {
		lines = append(lines, "Skipped: "+o.Skipped)
	}
	if ids := slices.Concat(it.Causes, it.Mitigations, it.Controls); len(ids) > 0 {
		lines = append(lines, "Answers: "+strings.Join(ids, ", "))
	}
	for i := range lines {
		lines[i] = words.Plain(lines[i])
	}
	return strings.Join(lines, "\n")
}

// publish writes the events.
func (p *Plan) publish(w io.Writer, order []string, told map[string]Told) error {
	cal := ics.NewCalendarFor("maildrill")
	cal.SetProductId("-//maildrill//programme//EN")
	cal.SetMethod(ics.MethodPublish)
	name := words.Plain(cmp.Or(p.file.Metadata.Title, p.file.Metadata.Name))
	cal.SetXWRCalName(name)
	for _, uid := range order {
		p.addEvent(cal, told[uid])
	}
	var out bytes.Buffer
	if err := cal.SerializeTo(&out, ics.WithNewLineWindows); err != nil {
		return fmt.Errorf("write the calendar: %w", err)
	}
	_, err := w.Write(out.Bytes())
	return err
}

func (p *Plan) addEvent(cal *ics.Calendar, t Told) {
	e := cal.AddEvent(t.Event.UID)
	e.SetDtStampTime(t.Stamp)
	e.SetModifiedAt(t.Stamp)
	e.SetSequence(t.Sequence)
	e.SetProperty(ics.ComponentPropertyOrganizer, "mailto:programme@maildrill.invalid", ics.WithCN(unquoted(p.file.Owner)))
	e.SetSummary(t.Event.Summary)
	e.SetDescription(t.Event.Text)
	e.AddCategory(t.Event.Category)
	if t.Event.Days {
		e.SetAllDayStartAt(t.Event.From.UTC())
		e.SetAllDayEndAt(t.Event.To.UTC())
		e.SetTimeTransparency(ics.TransparencyTransparent)
	} else {
		e.SetStartAt(t.Event.From)
		e.SetEndAt(t.Event.To)
	}
	e.SetStatus(ics.ObjectStatusConfirmed)
	if t.Event.Cancelled {
		e.SetStatus(ics.ObjectStatusCancelled)
		return
	}
	for _, before := range t.Event.Alarms {
		a := e.AddAlarm()
		a.SetAction(ics.ActionDisplay)
		a.SetTrigger("-" + lead(time.Duration(before)))
		a.SetProperty(ics.ComponentPropertyDescription, t.Event.Summary)
	}
}

// unquoted takes out of a parameter what would have to be quoted there.
func unquoted(text string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(`",;:\'`, r) {
			return ' '
		}
		return r
	}, words.Plain(text))
}

// lead is a duration as calendars write it.
func lead(d time.Duration) string {
	const aDay = 24 * time.Hour
	switch {
	case d%aDay == 0:
		return fmt.Sprintf("P%dD", d/aDay)
	case d%time.Minute == 0:
		return fmt.Sprintf("PT%dM", d/time.Minute)
	}
	return fmt.Sprintf("PT%dS", d/time.Second)
}
