package console

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"maildrill/harness/exercise"
	"maildrill/reports/hostile"
)

var pages = []string{"/", "/wall", "/history", "/programme", "/trends", "/login", "/answer", "/answered", "/nowhere"}

// all gives each page as each role sees it.
func (k *kit) all(see func(name, path string, page string)) {
	for _, role := range Roles() {
		k.each(role, see)
	}
}

func (k *kit) each(role Role, see func(name, path string, page string)) {
	as, _ := k.login(role)
	for _, path := range pages {
		see(fmt.Sprintf("%s of the %s", path, role), path, k.ask("GET", path, nil, as).Body.String())
	}
}

var (
	element = regexp.MustCompile(`<(/?)([a-zA-Z][a-zA-Z0-9]*)((?:"[^"]*"|'[^']*'|[^>"'])*?)(/?)>`)
	noise   = regexp.MustCompile(`(?s)<!--.*?-->`)
	quoted  = regexp.MustCompile(`"[^"]*"`)
	inline  = regexp.MustCompile(`(?i)\s(on[a-z]+|style|srcdoc)\s*=`)
	named   = regexp.MustCompile(`\sid="([^"]*)"`)
	asked   = regexp.MustCompile(`(?:src|href|action)="([^"]*)"`)
	empty   = []string{"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
)

// wellFormed tells what is wrong with the nesting of a page, and which of its
// elements do what ours never do.
func wellFormed(page string) (problems []string) {
	var open []string
	ids := map[string]bool{}
	for _, m := range element.FindAllStringSubmatch(noise.ReplaceAllString(page, ""), -1) {
		name, attributes := strings.ToLower(m[2]), m[3]
		if inline.MatchString(quoted.ReplaceAllString(attributes, `""`)) {
			problems = append(problems, "inline handler or style: "+m[0])
		}
		if slices.Contains([]string{"iframe", "object", "embed", "style", "base", "img", "math"}, name) {
			problems = append(problems, "an element that we never have: "+m[0])
		}
		if id := named.FindStringSubmatch(attributes); id != nil {
			if ids[id[1]] {
				problems = append(problems, "twice the same id: "+id[1])
			}
			ids[id[1]] = true
		}
		switch {
		case slices.Contains(empty, name) || m[4] == "/":
		case m[1] == "":
			open = append(open, name)
		case len(open) == 0 || open[len(open)-1] != name:
			return append(problems, fmt.Sprintf("</%s> closes %v", name, open))
		default:
			open = open[:len(open)-1]
		}
	}
	if len(open) > 0 {
		problems = append(problems, fmt.Sprintf("never closed: %v", open))
	}
	return problems
}

func TestTheCheckOfPagesSees(t *testing.T) {
	for _, bad := range []string{"<p><b>x</p></b>", "<p>", "</p>", `<p onclick="x">y</p>`, `<p style="x">y</p>`, "<iframe></iframe>", `<p id="a"></p><p id="a"></p>`} {
		if len(wellFormed(bad)) == 0 {
			t.Errorf("%s passes", bad)
		}
	}
}

func TestPagesAreWellFormed(t *testing.T) {
	for _, state := range exercise.States() {
		k := newKit(t, newFake(state))
		k.all(func(name, path, page string) {
			for _, p := range wellFormed(page) {
				t.Errorf("%s, %s: %s", state, name, p)
			}
			for _, m := range asked.FindAllStringSubmatch(page, -1) {
				if !strings.HasPrefix(m[1], "/") && !strings.HasPrefix(m[1], "#") || strings.HasPrefix(m[1], "//") {
					t.Errorf("%s asks for %s", name, m[1])
				}
			}
		})
	}
}

func TestHostileTextIsEscaped(t *testing.T) {
	for i, text := range hostile.Strings {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			k := newKit(t, hostileBoard(text), func(c *Config) { c.Shelf = hostileShelf(text) })
			k.each(Operator, func(name, path, page string) {
				if path == "/login" || strings.HasPrefix(path, "/answer") {
					return // nobody's text is there
				}
				for _, p := range wellFormed(page) {
					t.Errorf("%s: %s", name, p)
				}
				if err := hostile.Printable(page); err != nil {
					t.Errorf("%s: %v", name, err)
				}
				if strings.Count(page, "<script") != 1 {
					t.Errorf("%s has %d scripts", name, strings.Count(page, "<script"))
				}
			})
			if w := k.send(Scribe, "/note", url.Values{"text": {"x" + text}}); w.Code != http.StatusSeeOther {
				t.Errorf("as a note: status %d: %s", w.Code, w.Body)
			}
		})
	}
}

func hostileBoard(text string) *fake {
	f := newFake(exercise.Running)
	hostile.Fill(&f.record, text)
	hostile.Fill(f.live, text)
	f.record.State = exercise.Running
	return f
}

func hostileShelf(text string) *shelf {
	s := sampleShelf()
	hostile.Fill(&s.exercises, text)
	hostile.Fill(&s.programme, text)
	hostile.Fill(&s.trends, text)
	return s
}

func TestShelfAlone(t *testing.T) {
	k := newKit(t, newFake(exercise.Running), func(c *Config) { c.Board = nil })
	w := k.ask("POST", "/login", url.Values{"token": {k.tokens[Observer]}})
	as := func(r *http.Request) { r.AddCookie(w.Result().Cookies()[0]) }
	if got := k.ask("GET", "/", nil, as).Header().Get("Location"); got != "/history" {
		t.Errorf("the way in leads to %q", got)
	}
	if w := k.ask("GET", "/history", nil, as); w.Code != http.StatusOK || strings.Contains(w.Body.String(), "/wall") {
		t.Errorf("status %d: %s", w.Code, w.Body)
	}
	for _, path := range []string{"/live", "/wall", "/answer"} {
		if w := k.ask("GET", path, nil, as); w.Code != http.StatusNotFound {
			t.Errorf("%s without an exercise: status %d", path, w.Code)
		}
	}
}

func TestHeaders(t *testing.T) {
	k := newKit(t, newFake(exercise.Running))
	as, _ := k.login(Observer)
	for _, path := range append(slices.Clone(pages), "/style.css", "/script.js") {
		h := k.ask("GET", path, nil, as).Header()
		for name, want := range map[string]string{
			"Content-Security-Policy": policy, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY", "Cross-Origin-Opener-Policy": "same-origin",
		} {
			if h.Get(name) != want {
				t.Errorf("%s: %s is %q", path, name, h.Get(name))
			}
		}
		if !strings.HasPrefix(h.Get("Cache-Control"), "no-") {
			t.Errorf("%s: Cache-Control is %q", path, h.Get("Cache-Control"))
		}
	}
}

func TestReportsAreInASandbox(t *testing.T) {
	k := newKit(t, newFake(exercise.Running))
	as, _ := k.login(Observer)
	w := k.ask("GET", "/report/2026-09-14-disk-of-the-store/html", nil, as)
	got := w.Header().Get("Content-Security-Policy")
	if w.Code != http.StatusOK || !strings.HasPrefix(got, "sandbox ") || strings.Contains(got, "allow-scripts") || strings.Contains(got, "allow-same-origin") {
		t.Errorf("status %d, policy %q", w.Code, got)
	}
	if w := k.ask("GET", "/report/2026-09-14-disk-of-the-store/pdf", nil, as); !strings.HasPrefix(w.Header().Get("Content-Disposition"), "attachment") {
		t.Error("a PDF is opened in the browser")
	}
	if w := k.ask("GET", "/report/2026-12-01-loss-of-the-mail-site/html", nil, as); w.Code != http.StatusForbidden {
		t.Errorf("an observer reads the report of what is played: status %d", w.Code)
	}
}

func TestSurprisesAreHidden(t *testing.T) {
	const surprise, fault = "The backup is unreadable", "disk.loss"
	k := newKit(t, newFake(exercise.Running))
	k.all(func(name, path, page string) {
		hidden := path == "/wall" || strings.HasSuffix(name, "observer")
		if path != "/" && path != "/wall" {
			return
		}
		for _, text := range []string{surprise, fault} {
			if strings.Contains(page, text) == hidden {
				t.Errorf("%s: %q is hidden: %v, want %v", name, text, !hidden, hidden)
			}
		}
	})
	k.board.change(func(r *exercise.Record) { r.Injects[2].Released = at(0) })
	k.console.book.last = nil
	k.all(func(name, path, page string) {
		if path == "/" && !strings.Contains(page, surprise) {
			t.Errorf("%s hides what was released", name)
		}
	})
}

// TestSecretsStayAtHome looks for tokens, cookies, codes and form words wherever
// they could get out.
func TestSecretsStayAtHome(t *testing.T) {
	k := newKit(t, newFake(exercise.Running))
	secrets := slices.Collect(maps.Values(k.tokens))
	secrets = append(secrets, rollCode, noticeCode)
	var told strings.Builder
	for _, role := range Roles() {
		w := k.ask("POST", "/login", url.Values{"token": {k.tokens[role]}})
		told.WriteString(w.Header().Get("Location"))
		cookie := w.Result().Cookies()[0]
		secrets = append(secrets, cookie.Value, k.console.sessions.find(cookie.Value).Word)
		for _, path := range append(slices.Clone(pages), "/?token="+k.tokens[role], "/answer/"+rollCode, "/login/"+k.tokens[role]) {
			page := k.ask("GET", path, nil, func(r *http.Request) { r.AddCookie(cookie) })
			told.WriteString(page.Header().Get("Location"))
			told.WriteString(regexp.MustCompile(`name="word" value="[^"]*"`).ReplaceAllString(page.Body.String(), ""))
		}
	}
	k.ask("POST", "/answer", url.Values{"code": {rollCode}})
	k.ask("POST", "/login?token="+k.tokens[Observer], url.Values{"token": {"wrong" + k.tokens[Observer]}})
	for _, s := range secrets {
		if strings.Contains(k.log.String(), s) {
			t.Errorf("%s... is in the log of requests", s[:8])
		}
		if strings.Contains(told.String(), s) {
			t.Errorf("%s... is in an address or a page", s[:8])
		}
	}
	if !strings.Contains(k.log.String(), "path=/login") || !strings.Contains(k.log.String(), "no such page") {
		t.Errorf("the log tells nothing:\n%s", k.log)
	}
}
