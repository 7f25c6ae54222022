package html

import "strings"

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
