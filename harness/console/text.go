package console

import (
	"bytes"
	"fmt"
	"html/template"
	"strings"
	"time"

	"maildrill/reports/words"
)

var functions = template.FuncMap{
	"plain":   words.Plain,
	"upper":   func(s any) string { return strings.ToUpper(words.Plain(fmt.Sprint(s))) },
	"hour":    func(t time.Time) string { return t.UTC().Format("15:04:05") },
	"day":     func(t time.Time) string { return t.UTC().Format("2006-01-02") },
	"machine": func(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) },
	"span":    func(s float64) string { return clock(seconds(s)) },
	"tone":    tone,
	"list":    func(s []string) string { return words.Plain(strings.Join(s, ", ")) },
	"marks":   func() []string { return markKinds },
	"kinds":   func() []string { return noteKinds },
	"banner":  func() string { return "EXERCISE EXERCISE EXERCISE" },
}

// clock prints a time as on a clock: 4:07, 1:04:07, and with a minus what is over.
func clock(d time.Duration) string {
	sign := ""
	if d < 0 {
		sign, d = "\u2212", -d
	}
	s := int(d / time.Second)
	if s == 0 {
		sign = ""
	}
	if s < 3600 {
		return fmt.Sprintf("%s%d:%02d", sign, s/60, s%60)
	}
	return fmt.Sprintf("%s%d:%02d:%02d", sign, s/3600, s/60%60, s%60)
}

// tones of words that are known; what is not known has none.
var tones = map[string]string{
	"up": "good", "passed": "good", "done": "good", "go": "good", "confirmed": "good", "clean": "good", "FRESH": "good", "running": "good",
	"down": "bad", "failed": "bad", "no-go": "bad", "refuted": "bad", "refused": "bad", "OVERDUE": "bad", "NEVER": "bad", "aborted": "bad",
	"degraded": "open", "inconclusive": "open", "skipped": "open", "waived": "open", "hold": "open", "effective": "open", "installed": "open", "DUE": "open", "STALE": "open",
}

func tone(word any) string { return tones[fmt.Sprint(word)] }

// regionNames are the parts of the live view that are replaced when they change. No
// field in which people type is in one.
var regionNames = []string{"state", "clocks", "targets", "lanes", "counters", "windows", "injects", "runbook", "card", "roll", "moves", "notes", "marked"}

func regions(v view) map[string]string {
	all := map[string]string{}
	for _, name := range regionNames {
		all[name] = render("region-"+name, v)
	}
	return all
}

// part is a region inside of a page. Its HTML comes from the same template as in a
// message, and is escaped there.
type part struct {
	Name string
	HTML template.HTML
}

// Part renders one.
func (v view) Part(name string) part { return part{name, template.HTML(render("region-"+name, v))} }

func troubleRegion(text string) string { return render("region-trouble", text) }

func render(name string, data any) string {
	var out bytes.Buffer
	if err := templates.ExecuteTemplate(&out, name, data); err != nil {
		return "this part cannot be shown"
	}
	return out.String()
}
