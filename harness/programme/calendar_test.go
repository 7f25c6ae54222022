package programme

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	ical "github.com/emersion/go-ical"
)

// shelf is a calendar as an importing program keeps it: by UID, the highest
// sequence wins, cancelled events go (RFC 5546, 3.2.1 and 3.2.5). The texts are
// read by another implementation than the one that writes them.
type shelf map[string]ical.Event

func (s shelf) take(t *testing.T, text []byte) (wrong []string) {
	t.Helper()
	cal, err := ical.NewDecoder(bytes.NewReader(text)).Decode()
	if err != nil {
		t.Fatalf("another implementation does not read it: %v", err)
	}
	if m, err := cal.Props.Text(ical.PropMethod); err != nil || m != "PUBLISH" || cal.Props.Get(ical.PropProductID) == nil {
		t.Errorf("method %q, %v", m, err)
	}
	for _, e := range cal.Events() {
		uid := textOf(t, e, ical.PropUID)
		before, known := s[uid]
		if known && sequence(t, e) < sequence(t, before) {
			wrong = append(wrong, uid+": the sequence falls")
		}
		if known && sequence(t, e) == sequence(t, before) && fmt.Sprint(e.Props) != fmt.Sprint(before.Props) {
			wrong = append(wrong, uid+": it has changed and its sequence has not")
		}
		if !known || sequence(t, e) > sequence(t, before) {
			s[uid] = e
		}
	}
	return wrong
}

// visible are the starts of what one sees, by UID.
func (s shelf) visible(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	for uid, e := range s {
		if status, _ := e.Status(); status == ical.EventCancelled {
			continue
		}
		start, err := e.DateTimeStart(time.UTC)
		if err != nil {
			t.Fatal(err)
		}
		all[uid] = start.UTC().Format("01-02 15:04")
	}
	return all
}

func textOf(t *testing.T, e ical.Event, name string) string {
	t.Helper()
	text, err := e.Props.Text(name)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func sequence(t *testing.T, e ical.Event) int {
	t.Helper()
	n, err := e.Props.Get(ical.PropSequence).Int()
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestAForgottenCalendarIsFound: without what calendars were told, the sequence
// stays behind.
func TestAForgottenCalendarIsFound(t *testing.T) {
	s := shelf{}
	for i, c := range []struct{ more, wrong string }{
		{"", "[]"}, {"freezes: [{name: audit, from: 2027-05-10, until: 2027-05-14}]", "[20270511T1000-exercise@test.maildrill: it has changed and its sequence has not]"},
	} {
		var out bytes.Buffer
		if _, err := planOf(t, c.more, exercise).Calendar(&out, nil, at(t, "2027-01-02")); err != nil {
			t.Fatal(err)
		}
		if wrong := s.take(t, out.Bytes()); fmt.Sprint(wrong) != c.wrong {
			t.Errorf("%d: %v, want %s", i, wrong, c.wrong)
		}
	}
}

const exercise = `id: exercise, title: "Eine Übung, \"ernst\"; mit Komma und einem sehr langen Namen, der über die Zeile hinausgeht: ja", gameday: site-loss-day, owner: "head; of, \"operations\"", alarm: [168h, 90m], every: {months: 6, month: 5, day: 11, at: "10:00"}`

// TestAnImportMovesWhatHasMoved, and doubles nothing.
func TestAnImportMovesWhatHasMoved(t *testing.T) {
	f, s := folder(t), shelf{}
	publish := func(p *Plan, day string) []byte {
		t.Helper()
		text, err := f.Publish(p, at(t, day))
		if err != nil {
			t.Fatal(err)
		}
		for _, wrong := range s.take(t, text) {
			t.Error(wrong)
		}
		return text
	}
	may, november := "20270511T1000-exercise@test.maildrill", "20271111T1000-exercise@test.maildrill"
	want := func(what string, want map[string]string) {
		t.Helper()
		if got := s.visible(t); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	first := publish(planOf(t, "", exercise), "2027-01-02")
	want("at first", map[string]string{may: "05-11 08:00", november: "11-11 09:00"})
	if again := publish(planOf(t, "", exercise), "2027-02-02"); !bytes.Equal(first, again) {
		t.Error("nothing has changed, and the calendar has")
	}
	publish(planOf(t, "freezes: [{name: audit, from: 2027-05-10, until: 2027-05-14T13:00}]", exercise), "2027-02-03")
	want("moved", map[string]string{may: "05-14 11:00", november: "11-11 09:00"})
	if e := s[may]; sequence(t, e) != 1 || !strings.Contains(textOf(t, e, ical.PropDescription), "Moved from 2027-05-11 10:00: freeze: audit.") {
		t.Errorf("%+v", e.Props)
	}
	if n := sequence(t, s[november]); n != 0 {
		t.Errorf("what has not moved has sequence %d", n)
	}
	publish(planOf(t, "freezes: [{name: audit, from: 2027-05-10, until: 2027-11-20}]", exercise), "2027-02-04")
	want("skipped", map[string]string{november: "11-20 23:00"})
	publish(planOf(t, "", exercise), "2027-02-05")
	want("back", map[string]string{may: "05-11 08:00", november: "11-11 09:00"})
	publish(planOf(t, "", strings.Replace(exercise, "day: 11", "day: 12", 1)), "2027-07-06")
	want("another day: what is over stays, what comes is replaced", map[string]string{may: "05-11 08:00", "20270512T1000-exercise@test.maildrill": "05-12 08:00",
		"20271112T1000-exercise@test.maildrill": "11-12 09:00"})
}

// TestTheCalendarIsAsTheStandardAsks: lines, times, alarms and text.
func TestTheCalendarIsAsTheStandardAsks(t *testing.T) {
	p := planOf(t, "", exercise, `id: surprise, drill: single-server-crash, every: {months: 12, month: 3, day: 27, at: "10:00"}, unannounced: {window_days: 5, from: "09:00", to: "17:00"}, alarm: [24h]`)
	var out bytes.Buffer
	if _, err := p.Calendar(&out, nil, at(t, "2027-01-02 12:00")); err != nil {
		t.Fatal(err)
	}
	text := out.String()
	if strings.Count(text, "\n") != strings.Count(text, "\r\n") || !strings.HasSuffix(text, "END:VCALENDAR\r\n") {
		t.Error("lines do not end with CRLF")
	}
	for line := range strings.SplitSeq(text, "\r\n") {
		if len(line) > 75 {
			t.Errorf("%d octets: %s", len(line), line)
		}
	}
	s := shelf{}
	s.take(t, out.Bytes())
	e := s["20270511T1000-exercise@test.maildrill"]
	if got := textOf(t, e, ical.PropSummary); got != `Eine Übung, "ernst"; mit Komma und einem sehr langen Namen, der über die Zeile hinausgeht: ja` {
		t.Errorf("summary: %s", got)
	}
	if got := textOf(t, e, ical.PropDescription); !strings.Contains(got, `Owner: head; of, "operations"`) {
		t.Errorf("description: %s", got)
	}
	var triggers []string
	for _, a := range e.Children {
		d, err := a.Props.Get(ical.PropTrigger).Duration()
		if err != nil || a.Name != ical.CompAlarm || a.Props.Get(ical.PropAction).Value != "DISPLAY" || a.Props.Get(ical.PropDescription) == nil {
			t.Errorf("alarm: %+v, %v", a, err)
		}
		triggers = append(triggers, d.String())
	}
	if fmt.Sprint(triggers) != "[-168h0m0s -1h30m0s]" {
		t.Errorf("triggers: %v", triggers)
	}
	if status, _ := e.Status(); status != ical.EventConfirmed || textOf(t, e, ical.PropCategories) != "game day" || e.Props.Get(ical.PropDateTimeStamp).Value != "20270102T120000Z" ||
		e.Props.Get(ical.PropDateTimeStart).Value != "20270511T080000Z" || e.Props.Get(ical.PropDateTimeEnd).Value != "20270511T090000Z" {
		t.Errorf("%+v", e.Props)
	}
	u := s["20270327T1000-surprise@test.maildrill"]
	start, end := u.Props.Get(ical.PropDateTimeStart), u.Props.Get(ical.PropDateTimeEnd)
	if start.Value != "20270327" || end.Value != "20270401" || start.ValueType() != ical.ValueDate || len(u.Children) != 1 {
		t.Errorf("unannounced: %+v", u.Props)
	}
	drawn := p.of("surprise")[0].Start
	for _, form := range []string{"1504", "15:04"} {
		for _, zone := range []*time.Location{time.UTC, p.zone} {
			if said := drawn.In(zone).Format(form); strings.Contains(fmt.Sprint(u.Props), said) {
				t.Errorf("the drawn time %s is in the event: %+v", said, u.Props)
			}
		}
	}
}
