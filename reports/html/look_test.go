package html

import (
	"fmt"
	"strings"
	"testing"

	"maildrill/harness/browsertest"
	"maildrill/reports/dossier"
)

// fits checks that nothing is cut off, that nothing lies over something else
// and that the answer is in the first screen.
func (s *tab) fits() {
	s.t.Helper()
	for _, wrong := range ask[[]string](s, looks) {
		s.t.Error(wrong)
	}
}

// looks returns what is wrong with the look of a page, in words. Boxes that
// scroll on purpose may hold more than they show.
var looks = strings.TrimSpace(`
(() => {
  const wrong = [], root = document.documentElement;
  const seen = (selector) => [...document.querySelectorAll(selector)].filter((e) => e.checkVisibility({ visibilityProperty: true }) && e.getClientRects().length);
  const word = (e) => e.tagName + "." + (e.getAttribute("class") || "") + " \"" + e.textContent.trim().slice(0, 40) + "\"";
  if (root.scrollWidth > root.clientWidth) wrong.push("the page is " + root.scrollWidth + " wide on a screen of " + root.clientWidth);
  const parts = seen("h1, h2, h3, h3 span, h3 b, .verdict strong, .tools button, .chips div, .notice, .why, summary, figcaption, .card > *, .facts div, dt, dd, main > section > p, li, .table, .plot, pre, th, td, label, .zoom > *")
    .filter((e) => !e.closest(".rail"));
  for (const e of parts) {
    const style = getComputedStyle(e);
    if (style.overflowX === "visible" && style.display !== "inline" && e.clientWidth && e.scrollWidth > e.clientWidth + 1) wrong.push("cut or overflowing: " + word(e));
  }
  const boxes = parts.filter((e) => !e.closest("table")).map((e) => [e, e.getBoundingClientRect()]);
  for (let i = 0; i < boxes.length; i++) for (let j = i + 1; j < boxes.length; j++) {
    const [a, p] = boxes[i], [b, q] = boxes[j];
    if (a.contains(b) || b.contains(a)) continue;
    if (Math.min(p.right, q.right) - Math.max(p.left, q.left) > 1 && Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top) > 1) wrong.push(word(a) + " lies over " + word(b));
  }
  for (const svg of seen("svg.figure")) {
    const frame = svg.getBoundingClientRect();
    const texts = [...svg.querySelectorAll("text")].filter((t) => t.checkVisibility({ visibilityProperty: true }) && !t.closest("[clip-path]")).map((t) => [t, t.getBoundingClientRect()]);
    for (const [t, r] of texts) if (r.left < frame.left - 1 || r.right > frame.right + 1 || r.top < frame.top - 1 || r.bottom > frame.bottom + 1) wrong.push("beyond its figure: " + word(t));
  }
  const verdict = document.querySelector(".verdict strong");
  if (verdict) {
    const r = verdict.getBoundingClientRect();
    if (!(r.top >= 0 && r.left >= 0 && r.bottom <= innerHeight && r.right <= innerWidth)) wrong.push("the verdict is not in the first screen");
  }
  return wrong;
})()`)

func TestContrast(t *testing.T) {
	s := open(t, render(t, sample("FAILED", dossier.Bad, dirty)), browsertest.Screen(1400, 900))
	for _, theme := range []string{"light", "dark"} {
		s.run(fmt.Sprintf(`document.documentElement.className = "js %s"; for (const d of document.querySelectorAll("details")) d.open = true`, theme))
		if wrong := ask[[]string](s, contrasts); len(wrong) > 0 {
			t.Errorf("%s: %q", theme, wrong)
		}
	}
}

// contrasts are the texts that are too near to their ground (WCAG 2.2, success
// criterion 1.4.3, level AA).
var contrasts = strings.TrimSpace(`
(() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const parts = (colour) => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1); return [...canvas.getImageData(0, 0, 1, 1).data]; };
  const light = (p) => { const [r, g, b] = p.map((v) => v / 255).map((v) => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4); return .2126 * r + .7152 * g + .0722 * b; };
  const ground = (e) => { for (; e; e = e.parentElement) { const p = parts(getComputedStyle(e).backgroundColor); if (p[3] === 255) return p; } return [255, 255, 255]; };
  const wrong = new Set();
  for (const e of document.querySelectorAll("body *")) {
    if (e.disabled || e.closest(".aside, .skip") || !e.checkVisibility() || ![...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim())) continue;
    const style = getComputedStyle(e), size = parseFloat(style.fontSize), large = size >= 24 || size >= 18.66 && style.fontWeight >= 700;
    const pair = [light(parts(e.namespaceURI.endsWith("svg") ? style.fill : style.color)), light(ground(e))].sort((a, b) => b - a);
    const ratio = (pair[0] + .05) / (pair[1] + .05);
    if (ratio < (large ? 3 : 4.5)) wrong.add(ratio.toFixed(2) + " to 1: " + e.tagName + "." + (e.getAttribute("class") || "") + " " + e.textContent.trim().slice(0, 30));
  }
  return [...wrong];
})()`)

// Each check has to see its defect.
func TestChecksSeeWhatIsPlanted(t *testing.T) {
	s := open(t, render(t, sample("FAILED", dossier.Bad)), browsertest.Screen(360, 640))
	s.run(`fetch("http://evil.test/").catch(() => {}); document.querySelector("h1").setAttribute("style", "color: red"); setTimeout(() => { throw new Error("planted"); })`)
	for defect, plant := range map[string]string{
		"wide on a screen of": `const wide = document.createElement("p"); wide.textContent = "x"; wide.style.width = "500px"; document.querySelector("main").append(wide)`,
		"cut or overflowing":  `const why = document.querySelector(".card p:not([class])"); why.style.whiteSpace = "nowrap"`,
		"lies over":           `document.querySelector(".why").style.marginTop = "-2rem"`,
		"beyond its figure":   `document.querySelector(".wide text").setAttribute("x", "-40")`,
		"first screen":        `document.querySelector(".verdict").style.marginTop = "2000px"`,
	} {
		s.run(plant)
		if wrong := ask[[]string](s, looks); !strings.Contains(strings.Join(wrong, "\n"), defect) {
			t.Errorf("%s: nothing is said of it in %q", plant, wrong)
		}
	}
	s.run(`document.querySelector(".why").style.color = "#ccc"`)
	if wrong := ask[[]string](s, contrasts); len(wrong) != 1 {
		t.Errorf("pale letters are seen as %q", wrong)
	}
	if wrong := s.noise(); len(wrong) < 3 {
		t.Errorf("a request, an inline style and an error are seen as %q", wrong)
	}
}

func TestPaperIsChecked(t *testing.T) {
	page := `<html><style>@page{size:A5}p{position:absolute;top:9px}</style><p>some words<p>over others</html>`
	s := open(t, []byte(page))
	wrong := leaves(t, s.print())[0].check()
	if len(wrong) < 2 {
		t.Errorf("a small sheet with words over words is seen as %q", wrong)
	}
}
