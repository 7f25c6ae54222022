package exercise

import (
	"encoding/csv"
	"io"
	"strings"
	"time"

	"maildrill/harness/exercise"
	"maildrill/reports/words"
)

// CSV writes all actions of an exercise as a table (RFC 4180), one a row. No cell
// begins with what a spreadsheet would work out: such a text has an apostrophe
// before it.
func CSV(w io.Writer, rec exercise.Record) error {
	c := csv.NewWriter(w)
	c.UseCRLF = true
	rows := [][]string{{"exercise", "action", "finding", "title", "owner", "due", "priority", "status", "created", "closed", "retest run"}}
	for _, a := range rec.Actions {
		rows = append(rows, []string{rec.ID, a.ID, a.Finding, a.Title, a.Owner, a.Due, a.Priority, a.Status, utc(&a.Created), utc(a.Closed), a.Run})
	}
	for _, row := range rows {
		for i := range row {
			row[i] = inert(row[i])
		}
		if err := c.Write(row); err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}

// formulas are what a cell must not begin with; spreadsheets take the wide forms
// for the same.
const formulas = "=+-@|%＝＋－＠"

func inert(text string) string {
	text = words.Plain(text)
	if text != "" && strings.ContainsRune(formulas, []rune(text)[0]) {
		return "'" + text
	}
	return text
}

// utc is a moment for another program; empty if there is none.
func utc(at *time.Time) string {
	if at == nil || at.IsZero() {
		return ""
	}
	return at.UTC().Format(time.RFC3339)
}
