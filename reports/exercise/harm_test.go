package exercise

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-ical"

	"maildrill/harness/exercise"
	"maildrill/reports/exercise/exercisetest"
	"maildrill/reports/hostile"
)

// planted is a record, and a log, in which every text is this one. Nothing in it
// makes sense.
func planted(text string) (exercise.Record, []exercise.Event) {
	var r exercise.Record
	hostile.Fill(&r, text)
	for i := range r.Actions {
		r.Actions[i].Status = "open"
	}
	var log []exercise.Event
	for _, data := range []any{&exercise.Saying{}, &exercise.Progress{}, &exercise.Action{}} {
		hostile.Fill(data, text)
		raw, err := json.Marshal(data)
		if err != nil {
			panic(err)
		}
		kind := map[string]string{"Saying": exercise.Said, "Progress": exercise.DrillSaid}[kindOf(data)]
		log = append(log, exercise.Event{By: text, Role: text, Kind: kind, Data: raw})
	}
	return r, append(log, exercise.Event{Kind: exercise.Said, Data: json.RawMessage(`{"broken`)})
}

func kindOf(v any) string {
	if _, ok := v.(*exercise.Saying); ok {
		return "Saying"
	}
	if _, ok := v.(*exercise.Progress); ok {
		return "Progress"
	}
	return ""
}

// sober is such a record in which what steers a report makes sense.
func sober(text string) (exercise.Record, []exercise.Event) {
	r := exercisetest.LostStore()
	for _, part := range []any{&r.Hypotheses, &r.People, &r.Channels, &r.RollCall, &r.Notices, &r.Card, &r.Injects, &r.Steps, &r.Notes, &r.Findings, &r.Actions, &r.Risks, &r.HotWash,
		&r.Ratings, &r.Signatures, &r.Checks, &r.Levels, &r.Drill, &r.Plan, &r.StopWhen, &r.Facts, &r.Mitigations, &r.Controls} {
		hostile.Fill(part, text)
	}
	r.Title, r.Story, r.Goal, r.Name, r.ID, r.Head = text, text, text, text, text, text
	for i := range r.Actions {
		r.Actions[i].Status, r.Actions[i].Due = "open", "2027-01-15"
	}
	_, log := planted(text)
	for i := range log {
		log[i].At = r.Started.Add(time.Duration(i) * time.Minute)
	}
	return r, log
}

// harm lists what a text of the corpus does to a format; nil: nothing.
type harm func(text string, out, tame []byte) []string

var tags = regexp.MustCompile(`<[/!]?[a-zA-Z]+`)

// readers read a format again, as somebody else does.
var readers = []struct {
	ending string
	write  render
	harm   harm
}{
	{"html", HTML, sameTags}, {"md", Markdown, sameLines}, {"csv", without(CSV), tamed}, {"ics", ICS, oneTaskEach},
	{"github", without(GitHub), quiet}, {"gitlab", without(GitLab), quiet},
	{"trend", func(w io.Writer, r exercise.Record, _ []exercise.Event) error {
		return TrendText(w, []exercise.Record{r, r}, 80)
	}, nil},
}

func TestHostileTextDoesNoHarm(t *testing.T) {
	for _, fill := range []func(string) (exercise.Record, []exercise.Event){planted, sober} {
		for _, w := range readers {
			r, log := fill("plain words")
			tame := made(t, w.write, r, log)
			for _, text := range hostile.Strings {
				r, log := fill(text)
				out := made(t, w.write, r, log)
				if err := hostile.Printable(strings.ReplaceAll(string(out), "\r\n", "\n")); err != nil {
					t.Errorf("%s: %.60q: %v", w.ending, text, err)
				}
				if w.harm == nil || strings.TrimSpace(text) == "" {
					continue
				}
				for _, wrong := range w.harm(text, out, tame) {
					t.Errorf("%s: %.60q: %s", w.ending, text, wrong)
				}
			}
		}
	}
}

// sameTags: the text makes no markup, and takes none away. Texts that are no
// anchor leave a link out.
func sameTags(text string, out, tame []byte) []string {
	count := func(page []byte) map[string]int {
		n := map[string]int{}
		for _, tag := range tags.FindAllString(string(page), -1) {
			n[tag]++
		}
		return n
	}
	got, want := count(out), count(tame)
	var wrong []string
	for tag := range got {
		if want[tag] == 0 {
			wrong = append(wrong, "makes "+tag)
		}
	}
	if got["<script"] != want["<script"] || got["<section"] != want["<section"] {
		wrong = append(wrong, "changes the sections or the scripts")
	}
	return wrong
}

// sameLines: the text makes no line of its own.
func sameLines(_ string, out, tame []byte) []string {
	heads := regexp.MustCompile(`(?m)^(#+ |\||>|` + "```" + `)`)
	if got, want := len(heads.FindAll(out, -1)), len(heads.FindAll(tame, -1)); got != want {
		return []string{"changes the headings and the rows"}
	}
	if marked.Match(spans.ReplaceAll(out, nil)) {
		return []string{"makes a link or markup"}
	}
	return nil
}

// spans are code, shown letter by letter; marked is a link or HTML outside of it
// that is not taken back by a backslash.
var (
	spans  = regexp.MustCompile("`[^`\n]+`")
	marked = regexp.MustCompile(`(^|[^\\])\]\(|<[a-zA-Z/!]`)
)

// tamed: the table has as many cells, and none is worked out.
func tamed(_ string, out, _ []byte) (wrong []string) {
	rows, err := csv.NewReader(bytes.NewReader(out)).ReadAll()
	if err != nil {
		return []string{err.Error()}
	}
	for _, row := range rows {
		for _, cell := range row {
			if cell != "" && strings.ContainsRune("=+-@|%\t\r＝＋－＠", []rune(cell)[0]) {
				wrong = append(wrong, "a cell begins as a formula: "+cell)
			}
		}
	}
	return wrong
}

// oneTaskEach: another parser finds the tasks, and in each what was written.
func oneTaskEach(text string, out, tame []byte) (wrong []string) {
	c, err := ical.NewDecoder(bytes.NewReader(out)).Decode()
	if err != nil {
		return []string{err.Error()}
	}
	if got, want := len(c.Children), bytes.Count(tame, []byte("BEGIN:VTODO")); got != want {
		wrong = append(wrong, "changes how many tasks there are")
	}
	for _, task := range c.Children {
		if task.Name != ical.CompToDo || len(task.Props.Values(ical.PropUID)) != 1 || len(task.Props.Values(ical.PropSummary)) != 1 || len(task.Props.Values("ATTENDEE")) > 0 {
			wrong = append(wrong, "changes what a task has")
		}
		if got, err := task.Props.Text(ical.PropSummary); err != nil || strings.ContainsAny(got, "\r\n") {
			wrong = append(wrong, "breaks the summary")
		}
	}
	return wrong
}

// quiet: the services get one issue for each action, and no line that they obey.
func quiet(_ string, out, _ []byte) (wrong []string) {
	var issues []map[string]any
	if err := json.Unmarshal(out, &issues); err != nil {
		return []string{err.Error()}
	}
	for _, i := range issues {
		body, _ := i["body"].(string)
		if body == "" {
			body, _ = i["description"].(string)
		}
		for line := range strings.Lines(body) {
			if line != "\n" && !strings.HasPrefix(line, "#") && !strings.HasPrefix(line, "- ") {
				wrong = append(wrong, "begins a line: "+line)
			}
		}
		if strings.Contains(body, "@") || marked.MatchString(body) {
			wrong = append(wrong, "calls somebody, or links")
		}
		if title, _ := i["title"].(string); title == "" || len([]rune(title)) > 255 || strings.Contains(title, "\n") {
			wrong = append(wrong, "is no title: "+title)
		}
	}
	return wrong
}

// Each reader has to see its defect.
func TestReadersSeeWhatIsPlanted(t *testing.T) {
	r, log := sober("plain words")
	for _, w := range readers {
		if w.harm == nil {
			continue
		}
		tame := made(t, w.write, r, log)
		bad := map[string]string{"html": "<iframe>", "md": "\n# heading\n", "csv": "a,b,c,d,e,f,g,h,i,j,=1\r\n", "ics": "planted\r\n",
			"github": "", "gitlab": ""}[w.ending]
		out := append(slices.Clone(tame), bad...)
		if bad == "" {
			out = bytes.Replace(tame, []byte(`\n- action`), []byte(`\n/close\n- action`), 1)
		}
		if w.ending == "ics" {
			out = bytes.Replace(tame, []byte("SUMMARY:"), []byte("ATTENDEE:mailto:x@evil.test\r\nSUMMARY:"), 1)
		}
		if len(w.harm("", out, tame)) == 0 {
			t.Errorf("%s: nothing is said of what was planted", w.ending)
		}
	}
}

// The PDF takes long; the texts that mean something to it are enough.
func TestHostileTextInPDF(t *testing.T) {
	for _, text := range []string{"(PDF) Tj ET endstream endobj", "\x1b[2J", "\xff\xfe broken", "\u202eright to left", strings.Repeat("x", 900), ""} {
		for _, fill := range []func(string) (exercise.Record, []exercise.Event){planted, sober} {
			r, log := fill(text)
			if out := made(t, PDF, r, log); !bytes.HasPrefix(out, []byte("%PDF-")) {
				t.Errorf("%q: no PDF", text)
			}
		}
	}
}
