package html

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"maildrill/reports/dossier"
	"maildrill/reports/hostile"
)

// patience bounds what a browser on a busy machine may take.
const patience = 2 * time.Minute

// browserPath finds a Chromium.
func browserPath() string {
	for _, name := range []string{os.Getenv("CHROME"), "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); name != "" && err == nil {
			return path
		}
	}
	return ""
}

type step = chromedp.Action[chromedp.Void]

// tab is a page in a browser, and all that it did beside showing itself.
type tab struct {
	context.Context
	t  *testing.T
	mu sync.Mutex
	// complaints are errors of scripts and of the console, violations of the
	// policy among them; requests are what was asked for.
	complaints, requests []string
}

// started is the one browser of all tests. What it leaves behind is in a folder
// that goes with it.
var started = sync.OnceValues(func() (context.Context, error) {
	folder, err := os.MkdirTemp("", "maildrill-browser-")
	if err != nil {
		return nil, err
	}
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]), chromedp.ExecPath(browserPath()), chromedp.NoSandbox,
		chromedp.Flag("disable-dev-shm-usage", true), chromedp.WSURLReadTimeout(patience), chromedp.Env("TMPDIR="+folder))
	ctx, stop := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, _ = chromedp.NewContext(ctx)
	stopBrowser = func() error {
		err := chromedp.Cancel(ctx)
		stop()
		return errors.Join(err, os.RemoveAll(folder))
	}
	return ctx, chromedp.Do(ctx)
})

var stopBrowser = func() error { return nil }

func TestMain(m *testing.M) {
	flag.Parse()
	code := m.Run()
	if err := stopBrowser(); err != nil {
		fmt.Fprintln(os.Stderr, "stop the browser:", err)
	}
	os.Exit(code)
}

// browser is there for a test, or the test is skipped.
func browser(t *testing.T) context.Context {
	t.Helper()
	if browserPath() == "" {
		const missing = "no Chromium: install chromium, or name one in CHROME"
		if os.Getenv("MAILDRILL_TEST_BROWSER") == "1" {
			t.Fatal(missing)
		}
		t.Skip("SKIPPED: " + missing)
	}
	ctx, err := started()
	if err != nil {
		t.Fatalf("start %s: %v", browserPath(), err)
	}
	return ctx
}

// open shows a page in a tab of its own.
func open(t *testing.T, in context.Context, page []byte, before ...step) *tab {
	t.Helper()
	file := filepath.Join(t.TempDir(), "page.html")
	if err := os.WriteFile(file, page, 0o644); err != nil {
		t.Fatal(err)
	}
	ctx, stop := chromedp.NewContext(in)
	t.Cleanup(stop)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	ctx, stop = context.WithTimeout(ctx, patience)
	t.Cleanup(stop)
	s := &tab{Context: ctx, t: t}
	if err := chromedp.Listen(ctx, s.hear); err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(ctx, network.Enable, network.EnableParams{}); err != nil {
		t.Fatal(err)
	}
	s.do(append(before, chromedp.Navigate("file://"+file))...)
	return s
}

func (s *tab) hear(event any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		s.requests = append(s.requests, e.Request.URL)
	case *log.EventEntryAdded:
		s.complaints = append(s.complaints, e.Entry.Text)
	case *runtime.EventConsoleAPICalled:
		s.complaints = append(s.complaints, "console: "+string(e.Type))
	case *runtime.EventExceptionThrown:
		s.complaints = append(s.complaints, e.ExceptionDetails.Text+" "+fmt.Sprint(e.ExceptionDetails.Exception))
	}
}

func (s *tab) do(steps ...step) {
	s.t.Helper()
	if err := chromedp.Do(s, steps...); err != nil {
		s.t.Fatal(err)
	}
}

// ask evaluates an expression in the page, with scripting on or off.
func ask[T any](s *tab, expression string) T {
	s.t.Helper()
	answer, err := chromedp.Run(s, chromedp.Evaluate[T](expression))
	if err != nil {
		s.t.Fatal(err)
	}
	return answer
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
	s.mu.Lock()
	defer s.mu.Unlock()
	noise := slices.Clone(s.complaints)
	for _, r := range s.requests {
		if !(strings.HasPrefix(r, "file://") && strings.HasSuffix(r, "/page.html")) && !strings.HasPrefix(r, "data:image/svg+xml,") {
			noise = append(noise, fmt.Sprintf("the page asked for %.200s", r))
		}
	}
	return noise
}

func screen(width, height int64) step { return chromedp.EmulateViewport(width, height) }

// scriptless turns scripting off; what the test itself asks still runs.
func scriptless() step {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		return err
	})
}

var screens = []struct{ width, height int64 }{{360, 640}, {768, 1024}, {1400, 900}}

func TestNothingIsCutOnAnyScreen(t *testing.T) {
	in := browser(t)
	for _, sample := range samples {
		for _, size := range screens {
			t.Run(fmt.Sprintf("%s at %d", sample.name, size.width), func(t *testing.T) {
				s := open(t, in, render(t, sample.make()), screen(size.width, size.height))
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
		s.do(chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`document.documentElement.className = "js %s"`, theme)))
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
	in := browser(t)
	for name, d := range map[string]dossier.Document{
		"mixed": filled(attacks...), "turned": filled(slices.Concat(attacks[7:], attacks[:7])...), "huge": filled(strings.Repeat(attacks[0], 300_000)),
		"a run": dossier.Of(dossier.Source{Record: hostile.Mixed(), Scenario: strings.Join(attacks, "\n")}), "a run of one word": dossier.Of(dossier.Source{Record: hostile.Sober(attacks[0])}),
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, in, render(t, d), screen(360, 640))
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
	in := browser(t)
	d := sample("INCONCLUSIVE", dossier.Open, simulated)
	s := open(t, in, render(t, d), scriptless(), screen(768, 1024))
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
	s.do(chromedp.Click(chromedp.CSS(".fold summary")))
	if ask[bool](s, hidden) {
		t.Error("a folded section does not open")
	}
	s.quiet()
}

func TestLinksOpenWhatIsFolded(t *testing.T) {
	s := open(t, browser(t), render(t, sample("PASSED", dossier.Good)), screen(1400, 900))
	s.do(chromedp.Click(chromedp.CSS(`.rail a[href="#method"]`)), chromedp.WaitVisible(chromedp.CSS(".fold .inside p")))
	s.quiet()
}

func TestKeyboardReachesEverything(t *testing.T) {
	s := open(t, browser(t), render(t, sample("PASSED", dossier.Good)), screen(768, 1024))
	want := map[string]string{"the way to the content": ".skip", "dark page": ".tools button", "contents": ".menu summary", "twin": ".twin summary", "figure": ".wide .plot",
		"zoom": ".zoom button", "filter": ".filter input", "sorting": "th button", "table": ".scroll", "fold": ".fold summary", "link of a card": ".card a", "file": ".files a"}
	if !ask[bool](s, `window.reached = [], true`) {
		t.Fatal("no page")
	}
	for range 60 {
		s.do(chromedp.KeyEvent(kb.Tab))
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
