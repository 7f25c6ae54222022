package channel

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"maildrill/reports/hostile"
)

func TestIsRealWorld(t *testing.T) {
	for text, want := range map[string]bool{
		"REAL WORLD": true, "real world": true, "stop, Real World! the UPS burns": true, "real-world": true, "REAL\nWORLD": true,
		"real \u00a0 world": true, "_real_world_": true, "re\u200bal world": true, "(REAL WORLD)": true, "REAL – WORLD": true,
		"": false, "surreal world": false, "real worlds": false, "the real thing, the world": false, "It is real. World peace": false,
		"realworld": false, "éreal world": false, "real world2": false, "REAL": false,
	} {
		if got := IsRealWorld(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func TestEveryKindIsMarked(t *testing.T) {
	for _, kind := range kinds {
		n, err := Message{Kind: kind, Subject: RealWorld, Text: "x"}.note(time.Now())
		if err != nil {
			t.Fatal(err)
		}
		want := Mark
		if kind == Real {
			want = RealWorld
		}
		for where, text := range shown(t, n) {
			if !strings.HasPrefix(text, want) {
				t.Errorf("%s: %s begins with %.40q", kind, where, text)
			}
		}
	}
	for _, kind := range []Kind{"", "test", "real world", "Stop"} {
		if _, err := (Message{Kind: kind}).note(time.Now()); err == nil {
			t.Errorf("kind %q is sent", kind)
		}
	}
}

// shown is what each format begins with on a screen.
func shown(t *testing.T, n note) map[string]string {
	s, m, c := slackForm(n).(slack), mattermostForm(n).(mattermost), teamsForm(n).(teams).Attachments[0].Content
	p, f := plainForm(n).(plain), ntfy{topic: "t"}.form(n)
	all := map[string]string{
		"json subject": p.Subject, "json text": p.Text, "slack text": s.Text, "slack header": s.Blocks[0].Text.Text, "mattermost": m.Text,
		"teams": c.Body[0].Inlines[0].Text, "teams fallback": c.FallbackText, "ntfy title": f.Title, "ntfy message": f.Message, "matrix and e-mail": n.body(matrixText),
	}
	if n.text != "" {
		all["slack section"] = s.Blocks[1].Text.Text
	}
	return all
}

func TestLinks(t *testing.T) {
	for address, ok := range map[string]bool{
		"https://h/x": true, "http://localhost:8080/r/1?a=b#c": true,
		"javascript:alert(1)": false, "https://": false, "/x": false, "https://me:you@h/": false, "https://h/a b": false, "https://h/|x>": false,
		"https://h/\u202ex": false, "https://h/\n": false, "https://h/" + strings.Repeat("x", maxURL): false, "https://h/`": false,
	} {
		_, err := Message{Kind: Stop, Links: []Link{{"x", address}}}.note(time.Now())
		if (err == nil) != ok {
			t.Errorf("%.40q: %v", address, err)
		}
		if err != nil && len(address) > len("https://") && strings.Contains(err.Error(), address) {
			t.Errorf("the address is shown: %v", err)
		}
	}
	if _, err := (Message{Kind: Stop, Links: make([]Link, maxLinks+1)}).note(time.Now()); err == nil {
		t.Error("any number of links is sent")
	}
	n, err := Message{Kind: Stop, Links: []Link{{"@all", "https://h/@all(x)"}}}.note(time.Now())
	if err != nil || n.links[0] != (Link{"@ all", "https://h/%40all%28x%29"}) {
		t.Errorf("%+v, %v", n.links, err)
	}
}

func TestMentions(t *testing.T) {
	for text, want := range map[string]string{
		"@here": "@ here", "(@Channel)": "(@ Channel)", "x.@all": "x.@ all", "@@all": "@ @ all", "_@all": "_@ all", "@\u200ball": "@ all",
		"ops@drill.test": "ops@drill.test", "at @ nine": "at @ nine", "é@here": "é@here", "@": "@",
	} {
		if got := clean(text); got != want {
			t.Errorf("%q: %q, not %q", text, got, want)
		}
	}
}

func TestCut(t *testing.T) {
	for _, c := range []struct {
		text  string
		limit int
		want  string
	}{
		{"short", 5, "short"},
		{strings.Repeat("a", 50), 30, strings.Repeat("a", 4) + " [cut: 46 characters more]"},
		{strings.Repeat("é", 50), 60, strings.Repeat("é", 17) + " [cut: 33 characters more]"},
		{strings.Repeat("a", 50), -1, " [cut: 50 characters more]"},
	} {
		if got := cutBytes(c.text, c.limit); got != c.want {
			t.Errorf("%q, not %q", got, c.want)
		}
	}
}

// TestLimits sends the longest message there may be: all that is cut is the text,
// and it says so.
func TestLimits(t *testing.T) {
	for _, piece := range []string{"word ", "<&>", "💥", "\n", "*_`", "漢"} {
		m := Message{Kind: Inject, Exercise: strings.Repeat(piece, 1<<16), Subject: strings.Repeat(piece, 1<<16), Text: "x" + strings.Repeat(piece, 1<<16) + "y"}
		for range maxLinks {
			m.Links = append(m.Links, Link{strings.Repeat("💥", 100), "https://h/" + strings.Repeat("&", maxURL-10)})
		}
		checkLimits(t, fmt.Sprintf("%q", piece), m)
	}
}

func checkLimits(t *testing.T, name string, m Message) {
	t.Helper()
	n, err := m.note(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	s, p := slackForm(n).(slack), plainForm(n).(plain)
	for i, b := range s.Blocks {
		if limit := map[bool]int{true: slackHeader, false: slackText}[i == 0]; utf8.RuneCountInString(b.Text.Text) > limit {
			t.Errorf("%s: block %d of Slack has %d characters", name, i, utf8.RuneCountInString(b.Text.Text))
		}
	}
	sizes := map[string][2]int{
		"teams":      {len(encoded(teamsForm(n))), 28 << 10},
		"mattermost": {utf8.RuneCountInString(mattermostForm(n).(mattermost).Text), mattermostText},
		"ntfy":       {len(ntfy{}.form(n).Message), ntfyMessage},
		"matrix":     {len(n.body(matrixText)), matrixText},
		"json":       {len(p.Text), plainLimit},
	}
	for format, size := range sizes {
		if size[0] > size[1] {
			t.Errorf("%s: %s has %d, more than %d", name, format, size[0], size[1])
		}
	}
	for where, text := range map[string]string{"json": p.Text, "ntfy": ntfy{}.form(n).Message, "matrix": n.body(matrixText)} {
		for _, l := range n.links {
			if !strings.Contains(text, l.URL) {
				t.Errorf("%s: %s has lost a link", name, where)
			}
		}
	}
	if utf8.RuneCountInString(n.text) > 20000 && !strings.Contains(p.Text, " characters more]") {
		t.Errorf("%s: nothing says that the text is cut", name)
	}
}

func TestHostileTexts(t *testing.T) {
	for _, text := range append(hostile.Strings, hostile.Huge()) {
		checkHostile(t, text)
	}
}

func FuzzForms(f *testing.F) {
	for _, text := range hostile.Strings {
		f.Add(text)
	}
	f.Fuzz(checkHostile)
}

// checkHostile puts a text into every place: what comes out is marked, printable,
// within the limits, and calls nobody.
func checkHostile(t *testing.T, text string) {
	m := Message{Exercise: text, Kind: Inject, Subject: text, Text: text, To: []string{text}, Links: []Link{{text, "https://drill.example/r/1"}}}
	checkLimits(t, fmt.Sprintf("%.60q", text), m)
	n, err := m.note(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	for where, text := range shown(t, n) {
		if !strings.HasPrefix(text, Mark) {
			t.Errorf("%s begins with %.60q", where, text)
		}
	}
	for _, to := range n.to { // an address is no text: @ops:chat.example stays
		if err := hostile.Printable(to); err != nil || strings.Contains(to, "\n") {
			t.Errorf("address %q: %v", to, err)
		}
	}
	n.to = nil
	for _, form := range []any{plainForm(n), slackForm(n), teamsForm(n), mattermostForm(n), ntfy{}.form(n), n.body(maxText)} {
		if !json.Valid(encoded(form)) {
			t.Errorf("%T is no JSON", form)
		}
		eachString(reflect.ValueOf(form), func(s string) { checkShown(t, form, s) })
	}
	checkSlack(t, slackForm(n).(slack))
}

func checkShown(t *testing.T, form any, s string) {
	t.Helper()
	if err := hostile.Printable(s); err != nil {
		t.Errorf("%T: %v in %.80q", form, err, s)
	}
	for _, mention := range []string{"@here", "@channel", "@all", "@everyone"} {
		if i := strings.Index(strings.ToLower(" "+s), mention); i > 0 {
			before, _ := utf8.DecodeLastRuneInString((" " + s)[:i])
			if strings.ContainsRune(" \n.,;:([{<>*_~-@#/\\", before) {
				t.Errorf("%T calls %s: %.80q", form, mention, s)
			}
		}
	}
}

// checkSlack looks for what Slack reads as a link, a channel or a person.
func checkSlack(t *testing.T, s slack) {
	t.Helper()
	for _, b := range s.Blocks {
		text := strings.ReplaceAll(b.Text.Text, "<https://drill.example/r/1|", "")
		if b.Text.Type == "mrkdwn" && strings.Contains(text, "<") {
			t.Errorf("Slack obeys %.80q", text)
		}
	}
}

func eachString(v reflect.Value, do func(string)) {
	switch v.Kind() {
	case reflect.String:
		do(v.String())
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				eachString(v.Field(i), do)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			eachString(v.Index(i), do)
		}
	}
}
