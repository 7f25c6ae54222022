package html

import (
	"fmt"
	"slices"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"maildrill/harness/browsertest"
	"maildrill/reports/dossier"
)

// run evaluates statements for what they do.
func (s *tab) run(statements string) {
	s.t.Helper()
	s.Do(chromedp.Evaluate[chromedp.Void](statements))
}

func TestFilterAndSort(t *testing.T) {
	s := open(t, render(t, sample("PASSED", dossier.Good)), browsertest.Screen(1400, 900))
	rows := func() int {
		return ask[int](s, `document.querySelectorAll("[data-search] tbody tr:not([hidden])").length`)
	}
	for query, want := range map[string]int{"": 60, "fate:late": 15, "late": 15, "-fate:late": 45, "fate:late user02": 3, `"in doubt"`: 15, "c-0007": 1, "fate:user02": 0, "nosuch:thing": 0} {
		s.run(fmt.Sprintf(`for (const i of document.querySelectorAll(".filter input")) { i.value = %q; i.dispatchEvent(new Event("input")); }`, query))
		if got := rows(); got != want {
			t.Errorf("filter %q shows %d rows, want %d", query, got, want)
		}
	}
	for _, want := range []string{"15.00 s", "44.75 s", "15.00 s"} {
		s.run(`document.querySelectorAll("[data-search] th button")[1].click()`)
		if got := ask[string](s, `document.querySelector("[data-search] tbody tr td:nth-child(2)").textContent`); got != want {
			t.Errorf("after a click on the head the first row was sent at %s, want %s", got, want)
		}
	}
	s.quiet()
}

// What the test asks of the first figure over time.
const (
	firstPlace = `+document.querySelector(".wide .scroll path").getAttribute("d").match(/M([-\d.]+)/)[1]`
	axisWords  = `[...document.querySelectorAll(".wide text")].filter(t => t.textContent.endsWith(" s") && getComputedStyle(t).visibility === "visible").map(t => t.textContent)`
	pointed    = `document.querySelector(".zoom output").textContent`
)

func TestZoomByKeys(t *testing.T) {
	s := open(t, render(t, sample("PASSED", dossier.Good)), browsertest.Screen(1400, 900))
	s.run(`document.querySelector(".wide .plot").focus()`)
	place, words := ask[float64](s, firstPlace), ask[[]string](s, axisWords)
	s.Do(chromedp.KeyEvent("+"), chromedp.KeyEvent("+"))
	// A quarter of 130 s is left, around the middle.
	if got, want := ask[float64](s, firstPlace), 390+4*(place-390); got < want-.1 || got > want+.1 {
		t.Errorf("after zooming in the fault begins at %g, want %g", got, want)
	}
	if got := ask[[]string](s, axisWords); !slices.Equal(got, []string{"50 s", "55 s", "60 s", "65 s", "70 s", "75 s", "80 s"}) {
		t.Errorf("the axis says %q", got)
	}
	s.Do(chromedp.KeyEvent(kb.ArrowRight))
	if got := ask[string](s, pointed); got != "at 65.33 s" {
		t.Errorf("the cross-hair is %q", got)
	}
	s.Do(chromedp.KeyEvent("0"))
	if got := ask[float64](s, firstPlace); got != place {
		t.Errorf("after showing all the fault begins at %g, want %g", got, place)
	}
	if got := ask[[]string](s, axisWords); !slices.Equal(got, words) {
		t.Errorf("the axis says %q, want %q", got, words)
	}
	s.quiet()
}

func TestZoomByDragging(t *testing.T) {
	s := open(t, render(t, sample("PASSED", dossier.Good)), browsertest.Screen(1400, 900))
	s.run(`document.documentElement.style.scrollBehavior = "auto"; document.querySelector(".wide").scrollIntoView({block: "center"})`)
	at := func(seconds float64) (x, y float64) {
		place := ask[[]float64](s, fmt.Sprintf(`(() => { const r = document.querySelector(".wide svg").getBoundingClientRect(); return [r.left + r.width * (70 + 640 * %g / 130) / 720, r.top + r.height / 2]; })()`, seconds))
		return place[0], place[1]
	}
	fromX, y := at(26)
	toX, _ := at(39)
	s.Do(chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, fromX, y))
	if got := ask[string](s, pointed); got != "at 26.0 s" {
		t.Errorf("the cross-hair is %q", got)
	}
	if left := ask[float64](s, `document.querySelector(".wide .hair").getBoundingClientRect().left`); left < fromX-1 || left > fromX+1 {
		t.Errorf("the cross-hair is at %g, the pointer at %g", left, fromX)
	}
	s.Do(chromedp.MouseEvent(chromedp.MousePressed, fromX, y, chromedp.ButtonLeft), chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, toX, y, chromedp.ButtonLeft),
		chromedp.MouseEvent(input.DispatchMouseEventTypeMouseReleased, toX, y, chromedp.ButtonLeft))
	got := ask[[]string](s, axisWords)
	if len(got) == 0 || got[0] != "26 s" || got[len(got)-1] != "38 s" {
		t.Errorf("after dragging from 26 to 39 s the axis says %q", got)
	}
	s.quiet()
}

func TestCompressedFilesAreUnpacked(t *testing.T) {
	s := open(t, render(t, sample("PASSED", dossier.Good)))
	const save = `new Promise((done) => {
		const make = URL.createObjectURL;
		URL.createObjectURL = (blob) => { blob.text().then(done); return make.call(URL, blob); };
		document.querySelector("a[data-name]").click();
	})`
	got, err := chromedp.Run(s, chromedp.Evaluate[string](save, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(err)
	}
	if want := string(sample("", 0).Attached[1].Data); got != want {
		t.Errorf("saved are %d bytes, want %d", len(got), len(want))
	}
}
