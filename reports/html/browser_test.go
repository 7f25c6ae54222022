package html

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"maildrill/harness/browsertest"
	"maildrill/reports/dossier"
	"maildrill/reports/hostile"
)

// step is one thing that is done in a browser.
type step = browsertest.Step

// tab is a report in a browser.
type tab struct {
	*browsertest.Tab
	t *testing.T
}

func TestMain(m *testing.M) { browsertest.Main(m) }

// open shows a page in a tab of its own.
func open(t *testing.T, page []byte, before ...step) *tab {
	t.Helper()
	s := &tab{browsertest.Open(t), t}
	file := filepath.Join(t.TempDir(), "page.html")
	if err := os.WriteFile(file, page, 0o644); err != nil {
		t.Fatal(err)
	}
	s.Do(before...)
	s.Go("file://" + file)
	return s
}

func ask[T any](s *tab, expression string) T {
	s.t.Helper()
	return browsertest.Ask[T](s.Tab, expression)
}

// quiet checks that the page kept to itself.
func (s *tab) quiet() {
	s.t.Helper()
	for _, n := range s.noise() {
		s.t.Error(n)
	}
}

// noise is what the browser complained of, and what the page asked for beside
// itself.
func (s *tab) noise() []string {
	noise, requests := s.Noise()
	for _, r := range requests {
		if !(strings.HasPrefix(r, "file://") && strings.HasSuffix(r, "/page.html")) && !strings.HasPrefix(r, "data:image/svg+xml,") {
			noise = append(noise, fmt.Sprintf("the page asked for %.200s", r))
		}
	}
	return noise
}

var screens = []struct{ width, height int64 }{{360, 640}, {768, 1024}, {1400, 900}}

func TestNothingIsCutOnAnyScreen(t *testing.T) {
	for _, sample := range samples {
		for _, size := range screens {
			t.Run(fmt.Sprintf("%s at %d", sample.name, size.width), func(t *testing.T) {
				s := open(t, render(t, sample.make()), browsertest.Screen(size.width, size.height))
				s.fits()
				s.run(`for (const d of document.querySelectorAll("details")) d.open = true`)
				s.fits()
				s.quiet()
				s.picture(sample.name, size.width)
			})
		}
	}
}

// picture keeps what a person should look at.
func (s *tab) picture(name string, width int64) {
	if *keep == "" {
		return
	}
	for _, theme := range []string{"light", "dark"} {
		s.Do(chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`document.documentElement.className = "js %s"`, theme)))
		png, err := chromedp.Run(s, chromedp.FullScreenshot(100))
		if err != nil {
			s.t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(*keep, fmt.Sprintf("%s-%d-%s.png", name, width, theme)), png, 0o644); err != nil {
			s.t.Fatal(err)
		}
	}
}

func TestHostileTextRunsNothing(t *testing.T) {
	for name, d := range map[string]dossier.Document{
		"mixed": filled(attacks...), "turned": filled(slices.Concat(attacks[7:], attacks[:7])...), "huge": filled(strings.Repeat(attacks[0], 300_000)),
		"a run": dossier.Of(dossier.Source{Record: hostile.Mixed(), Scenario: strings.Join(attacks, "\n")}), "a run of one word": dossier.Of(dossier.Source{Record: hostile.Sober(attacks[0])}),
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, render(t, d), browsertest.Screen(360, 640))
			if ask[bool](s, `"pwned" in window`) {
				t.Error("a text of the document was executed")
			}
			if n := ask[int](s, `document.querySelectorAll("script, img, iframe, object, embed, base, form, link:not([rel=icon])").length`); n != 1 {
				t.Errorf("%d scripts, pictures and frames in the page, want its one script", n)
			}
			if n := ask[int](s, `[...document.querySelectorAll("*")].filter(e => [...e.attributes].some(a => a.name.startsWith("on"))).length`); n != 0 {
				t.Errorf("%d elements have handlers", n)
			}
			s.fits()
			s.quiet()
		})
	}
}

func TestCompleteWithoutScript(t *testing.T) {
	d := sample("INCONCLUSIVE", dossier.Open, simulated)
	s := open(t, render(t, d), browsertest.NoScript(), browsertest.Screen(768, 1024))
	s.fits()
	shown := ask[string](s, `document.body.textContent`)
	for _, want := range []string{"INCONCLUSIVE", simulated, "51.2 to 51.9 s", "c-0059", "Probes ran every 250 ms", "maildrill run backup-mx-takes-over", "ledger.jsonl.gz"} {
		if !strings.Contains(shown, want) {
			t.Errorf("without its script the page does not say %q", want)
		}
	}
	if ask[bool](s, `document.documentElement.classList.contains("js")`) {
		t.Fatal("the script ran: this test proves nothing")
	}
	const hidden = `!document.querySelector(".fold .inside p").checkVisibility()`
	if !ask[bool](s, hidden) {
		t.Error("a folded section is open")
	}
	s.Do(chromedp.Click(chromedp.CSS(".fold summary")))
	if ask[bool](s, hidden) {
		t.Error("a folded section does not open")
	}
	s.quiet()
}

func TestLinksOpenWhatIsFolded(t *testing.T) {
	s := open(t, render(t, sample("PASSED", dossier.Good)), browsertest.Screen(1400, 900))
	s.Do(chromedp.Click(chromedp.CSS(`.rail a[href="#method"]`)), chromedp.WaitVisible(chromedp.CSS(".fold .inside p")))
	s.quiet()
}

func TestKeyboardReachesEverything(t *testing.T) {
	s := open(t, render(t, sample("PASSED", dossier.Good)), browsertest.Screen(768, 1024))
	want := map[string]string{"the way to the content": ".skip", "dark page": ".tools button", "contents": ".menu summary", "twin": ".twin summary", "figure": ".wide .plot",
		"zoom": ".zoom button", "filter": ".filter input", "sorting": "th button", "table": ".scroll", "fold": ".fold summary", "link of a card": ".card a", "file": ".files a"}
	if !ask[bool](s, `window.reached = [], true`) {
		t.Fatal("no page")
	}
	for range 60 {
		s.Do(chromedp.KeyEvent(kb.Tab))
		if !ask[bool](s, `reached.push(document.activeElement), getComputedStyle(document.activeElement).outlineStyle !== "none" || document.activeElement === document.body`) {
			t.Errorf("focus cannot be seen on %s", ask[string](s, `document.activeElement.outerHTML.slice(0, 120)`))
		}
	}
	for what, selector := range want {
		if !ask[bool](s, fmt.Sprintf(`reached.some(e => e.matches(%q))`, selector)) {
			t.Errorf("Tab does not reach the %s", what)
		}
	}
	if !ask[bool](s, `reached[0].matches(".skip")`) {
		t.Error("the way to the content is not the first stop")
	}
}
