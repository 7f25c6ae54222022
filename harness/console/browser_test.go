package console

import (
	"flag"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"maildrill/harness/browsertest"
)

var keep = flag.String("keep", "", "folder for pictures of the pages")

func TestMain(m *testing.M) { browsertest.Main(m) }

func ask[T any](s *tab, expression string) T {
	s.t.Helper()
	return browsertest.Ask[T](s.Tab, expression)
}

// tab is a page of a console in a browser.
type tab struct {
	*browsertest.Tab
	t    *testing.T
	k    *kit
	base string
}

// open makes a tab with cookies of its own.
func open(t *testing.T, k *kit) *tab {
	t.Helper()
	s := browsertest.Open(t)
	return &tab{Tab: s, t: t, k: k, base: "http://" + served(t, k)}
}

// login comes in as a role, by the page.
func (s *tab) login(role Role) {
	s.t.Helper()
	s.Go(s.base + "/login")
	s.Write("[name=token]", s.k.tokens[role])
	s.Click("main button")
	s.Wait(`location.pathname === "/" && document.readyState === "complete"`)
}

// quiet checks that the page kept to itself, and that no address had a secret.
func (s *tab) quiet(expected ...string) {
	s.t.Helper()
	complaints, requests := s.Noise(expected...)
	for _, c := range complaints {
		s.t.Errorf("the browser complains: %s", c)
	}
	for _, r := range requests {
		if !strings.HasPrefix(r, s.base+"/") || strings.Contains(r, "?") {
			s.t.Errorf("the page asked for %.200s", r)
		}
		for _, token := range s.k.tokens {
			if strings.Contains(r, token) {
				s.t.Error("a token is in an address")
			}
		}
	}
}

var screens = []struct {
	name          string
	width, height int64
}{{"phone", 390, 844}, {"laptop", 1280, 800}, {"wall", 1920, 1080}}

// picture keeps what a person should look at, on each screen, and checks that
// nothing is cut.
func (s *tab) picture(name string) {
	s.t.Helper()
	for _, size := range screens {
		s.Do(browsertest.Screen(size.width, size.height))
		if over := ask[int](s, `document.documentElement.scrollWidth - innerWidth`); over > 0 {
			s.t.Errorf("%s on the %s is %d pixels too wide: %s", name, size.name, over, ask[string](s,
				`[...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > innerWidth + 1).map(e => e.outerHTML.slice(0, 80)).slice(0, 5).join("\n")`))
		}
		for _, theme := range []string{"light", "dark"} {
			s.Do(browsertest.Theme(theme))
			if size.name == "laptop" {
				for _, faint := range ask[[]string](s, contrast) {
					s.t.Errorf("%s, %s: %s", name, theme, faint)
				}
			}
			if *keep != "" {
				s.Keep(filepath.Join(*keep, fmt.Sprintf("%s-%s-%s.png", name, size.name, theme)))
			}
		}
		s.Do(browsertest.Theme("light"))
	}
	s.Do(browsertest.Screen(1280, 800))
}

// contrast lists texts that WCAG 2.2 level AA finds too faint (1.4.3): below 4.5 to
// 1, or below 3 to 1 if they are large. Text on a picture is left out.
const contrast = `(() => {
	const parse = (c) => (c.match(/[\d.]+/g) || []).map(Number);
	const light = (c) => { const [r, g, b] = c.map((v) => (v /= 255) <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4); return .2126 * r + .7152 * g + .0722 * b; };
	const ground = (e) => { for (; e; e = e.parentElement) { const s = getComputedStyle(e), c = parse(s.backgroundColor); if (s.backgroundImage !== "none") return null; if (c.length === 3 || c[3] === 1) return c; } return [255, 255, 255]; };
	const faint = [];
	for (const e of document.querySelectorAll("body *")) {
		if (![...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim()) || !e.checkVisibility()) continue;
		const s = getComputedStyle(e), below = ground(e), size = parseFloat(s.fontSize);
		for (let p = e; p; p = p.parentElement) if (getComputedStyle(p).opacity < 1) { faint.push("faded: " + e.outerHTML.slice(0, 100)); break; }
		if (!below) continue;
		const [a, b] = [light(parse(s.color).slice(0, 3)), light(below.slice(0, 3))].sort((x, y) => y - x);
		const ratio = (a + .05) / (b + .05);
		if (ratio < (size >= 24 || size >= 18.66 && s.fontWeight >= 700 ? 3 : 4.5)) faint.push(ratio.toFixed(2) + " to 1: " + e.outerHTML.slice(0, 100));
	}
	return faint;
})()`
