package exercise

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	ical "github.com/arran4/golang-ical"

	"maildrill/harness/exercise"
	"maildrill/reports/words"
)

// todo is how an action stands, in the words of iCalendar. What is done waits for
// its retest: it is not over yet.
var todo = map[string]struct {
	status ical.ObjectStatus
	rank   int
}{
	"open":     {ical.ObjectStatusNeedsAction, 0},
	"done":     {ical.ObjectStatusInProcess, 1},
	"verified": {ical.ObjectStatusCompleted, 2},
	"accepted": {ical.ObjectStatusCancelled, 2},
}

// priorities of iCalendar; 0 is none.
var priorities = map[string]int{"critical": 1, "high": 2, "medium": 5, "low": 9}

// ICS writes all actions as tasks of a calendar (RFC 5545). A task keeps its name,
// and its number grows with each change in the log, so that a calendar that has it
// takes the new state over.
func ICS(w io.Writer, rec exercise.Record, events []exercise.Event) error {
	if len(rec.Actions) == 0 {
		return fmt.Errorf("exercise %s has no action: there is nothing to put into a calendar; add one first", words.Plain(rec.ID))
	}
	c := ical.NewCalendarFor("maildrill")
	c.SetProductId("-//maildrill//exercise//EN")
	c.SetMethod(ical.MethodPublish)
	history := changesOf(events)
	for _, a := range rec.Actions {
		c.AddVTodo(task(rec, a, history[a.ID]))
	}
	return c.SerializeTo(w, ical.WithNewLineWindows)
}

// changesOf are the moments at which each action was made or changed.
func changesOf(events []exercise.Event) map[string][]time.Time {
	all := map[string][]time.Time{}
	for _, e := range events {
		var a exercise.Action
		if e.Kind == exercise.ActionChanged && json.Unmarshal(e.Data, &a) == nil {
			all[a.ID] = append(all[a.ID], e.At)
		}
	}
	return all
}

func task(rec exercise.Record, a exercise.Action, changes []time.Time) *ical.VTodo {
	t := ical.NewTodo(uid(rec, a))
	state, ok := todo[a.Status]
	if !ok {
		state = todo["open"]
	}
	sequence, last := state.rank, a.Created
	if a.Closed != nil {
		last = *a.Closed
	}
	if n := len(changes); n > 0 {
		sequence, last = n-1, slices.MaxFunc(changes, time.Time.Compare)
	}
	t.SetDtStampTime(last)
	t.SetModifiedAt(last)
	t.SetCreatedTime(a.Created)
	t.SetSequence(sequence)
	t.SetStatus(state.status)
	t.SetPriority(priorities[a.Priority])
	t.SetOrganizer("mailto:maildrill@exercise.invalid", ical.WithCN("maildrill"))
	t.SetSummary(words.Plain(a.Title))
	t.SetDescription(strings.Join(told(rec, a), "\n"))
	t.SetProperty(ical.ComponentPropertyCategories, "found-by: drill")
	if due, err := time.Parse(time.DateOnly, a.Due); err == nil {
		t.SetAllDayDueAt(due)
	}
	if a.Status == "verified" && a.Closed != nil {
		t.SetCompletedAt(*a.Closed)
		t.SetPercentComplete(100)
	}
	return t
}

// told is what a task or a ticket says of an action, a line each.
func told(rec exercise.Record, a exercise.Action) (lines []string) {
	for _, f := range factsOf(rec, a) {
		lines = append(lines, f.Name+": "+f.Value)
	}
	return lines
}

// uid names an action for ever, whatever is in its own name.
func uid(rec exercise.Record, a exercise.Action) string {
	sum := sha256.Sum256([]byte(rec.ID + "\x00" + a.ID))
	return hex.EncodeToString(sum[:16]) + "@maildrill"
}
