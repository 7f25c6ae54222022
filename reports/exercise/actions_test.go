package exercise

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"

	"github.com/emersion/go-ical"

	"maildrill/harness/exercise"
	"maildrill/reports/exercise/exercisetest"
)

func tasks(t *testing.T, r exercise.Record, log []exercise.Event) []*ical.Component {
	t.Helper()
	c, err := ical.NewDecoder(bytes.NewReader(made(t, ICS, r, log))).Decode()
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := c.Props.Text(ical.PropMethod); got != "PUBLISH" {
		t.Errorf("METHOD %q", got)
	}
	return c.Children
}

// Another parser reads what was written.
func TestCalendarIsReadByOthers(t *testing.T) {
	for i, task := range tasks(t, exercisetest.LostStore(), exercisetest.Events()) {
		want := []struct{ summary, status, due, sequence string }{
			{"Correct page 12", "COMPLETED", "20261215", "2"}, {"Find out why the folder was empty", "NEEDS-ACTION", "20270115", "0"},
			{`=HYPERLINK("http://evil.test") buy faster disks`, "CANCELLED", "20270201", "2"},
		}[i]
		text := func(name string) string { got, _ := task.Props.Text(name); return got }
		if text(ical.PropSummary) != want.summary || text(ical.PropStatus) != want.status || task.Props.Get(ical.PropDue).Value != want.due || task.Props.Get(ical.PropSequence).Value != want.sequence {
			t.Errorf("task %d: %+v", i, task.Props)
		}
		if _, err := task.Props.DateTime(ical.PropDateTimeStamp, nil); err != nil {
			t.Errorf("task %d: %v", i, err)
		}
		if !strings.Contains(text(ical.PropDescription), "\nowner: ") {
			t.Errorf("task %d: %q", i, text(ical.PropDescription))
		}
	}
}

// A task keeps its name while it changes, and its number grows.
func TestTaskKeepsItsName(t *testing.T) {
	r := exercisetest.LostStore()
	first := tasks(t, r, nil)[1]
	r.Actions[1].Status, r.Actions[1].Title, r.Actions[1].Due = "done", "another title", "soon"
	second := tasks(t, r, nil)[1]
	if first.Props.Get(ical.PropUID).Value != second.Props.Get(ical.PropUID).Value {
		t.Error("another UID")
	}
	if first.Props.Get(ical.PropSequence).Value >= second.Props.Get(ical.PropSequence).Value {
		t.Error("the number did not grow")
	}
	if second.Props.Get(ical.PropStatus).Value != "IN-PROCESS" || second.Props.Get(ical.PropDue) != nil {
		t.Errorf("%+v", second.Props)
	}
	r.ID = "another exercise"
	if third := tasks(t, r, nil)[1]; third.Props.Get(ical.PropUID).Value == first.Props.Get(ical.PropUID).Value {
		t.Error("tasks of two exercises have one UID")
	}
}

func TestCalendarWithoutActionsIsRefused(t *testing.T) {
	var out bytes.Buffer
	if err := ICS(&out, exercisetest.Phishing(), nil); err == nil || !strings.Contains(err.Error(), "tt-2026-10-phishing has no action") || out.Len() > 0 {
		t.Errorf("%v, %q", err, out.String())
	}
}

// What is settled is no ticket any more.
func TestTicketsAreOfWhatIsOpen(t *testing.T) {
	for _, write := range []render{without(GitHub), without(GitLab)} {
		out := string(made(t, write, exercisetest.LostStore(), nil))
		if !strings.Contains(out, "Find out why") || strings.Contains(out, "page 12") || strings.Contains(out, "HYPERLINK") || !strings.Contains(out, "found-by: drill") {
			t.Error(out)
		}
	}
}

// Labels and dates are ours: what people wrote makes none.
func TestNoLabelFromText(t *testing.T) {
	r := exercisetest.LostStore()
	r.Actions[1].Priority, r.Actions[1].Due = "urgent,admin", "tomorrow"
	out := string(made(t, without(GitLab), r, nil))
	if !strings.Contains(out, `"labels": "found-by: drill"`) || strings.Contains(out, "due_date") {
		t.Error(out)
	}
}

func TestTableIsReadByOthers(t *testing.T) {
	out := made(t, without(CSV), exercisetest.LostStore(), nil)
	rows, err := csv.NewReader(bytes.NewReader(out)).ReadAll()
	if err != nil || len(rows) != 4 || len(rows[0]) != 11 {
		t.Fatalf("%v: %q", err, rows)
	}
	if rows[3][3] != `'=HYPERLINK("http://evil.test") buy faster disks` {
		t.Errorf("a formula: %q", rows[3][3])
	}
	if bytes.Count(out, []byte("\n")) != bytes.Count(out, []byte("\r\n")) {
		t.Error("a line does not end as RFC 4180 asks")
	}
}
