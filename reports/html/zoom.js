// Cross-hair and zoom of figures over time. The script of the page calls figures().
"use strict";
// Figures over time share one cross-hair and one stretch of time.
function figures() {
  const views = new Map();
  for (const svg of all("svg[data-axis]")) {
    const [left, right, from, to] = svg.dataset.axis.split(" ").map(Number), key = from + " " + to;
    if (!(right > left && to > from)) continue;
    if (!views.has(key)) views.set(key, new View(from, to));
    views.get(key).add(svg, left, right);
  }
}

class View {
  constructor(from, to) { Object.assign(this, { from, to, lo: from, hi: to, at: null, figures: [] }); }

  add(svg, left, right) {
    const plot = svg.closest(".plot"), f = { svg, left, right, plot };
    f.hair = svg.appendChild(draw("line", { class: "hair", y1: 0, y2: svg.viewBox.baseVal.height }));
    f.choice = svg.appendChild(draw("rect", { class: "choice", y: 0, height: svg.viewBox.baseVal.height }));
    f.said = make("output");
    f.all = button("Show all", "", () => this.show(this.from, this.to));
    const bar = make("div", { className: "zoom" }, button("+", "Zoom in", () => this.zoom(.5)), button("−", "Zoom out", () => this.zoom(2)), f.all, f.said);
    plot.before(bar);
    f.moments = timed(svg);
    this.figures.push(f);
    this.listen(f);
    this.draw();
  }

  x(f, t) { return f.left + (f.right - f.left) * (t - this.lo) / (this.hi - this.lo); }

  // The moment under a pointer, within what is shown.
  moment(f, event) {
    const p = new DOMPoint(event.clientX, event.clientY).matrixTransform(f.svg.getScreenCTM().inverse());
    return this.lo + (this.hi - this.lo) * Math.min(1, Math.max(0, (p.x - f.left) / (f.right - f.left)));
  }

  point(at) { this.at = at; this.draw(); }

  show(lo, hi) {
    const least = (this.to - this.from) / 5000, span = Math.min(this.to - this.from, Math.max(least, hi - lo));
    this.lo = Math.min(this.to - span, Math.max(this.from, lo));
    this.hi = this.lo + span;
    this.draw();
  }

  zoom(factor, around) {
    around ??= this.at !== null && this.at > this.lo && this.at < this.hi ? this.at : (this.lo + this.hi) / 2;
    const share = (around - this.lo) / (this.hi - this.lo), span = (this.hi - this.lo) * factor;
    this.show(around - share * span, around + (1 - share) * span);
  }

  draw() {
    const digits = Math.max(0, Math.ceil(-Math.log10((this.hi - this.lo) / 500)));
    for (const f of this.figures) {
      stretch(f, this);
      f.all.disabled = this.lo === this.from && this.hi === this.to;
      const shown = this.at !== null && this.at >= this.lo && this.at <= this.hi;
      f.hair.setAttribute("visibility", shown ? "visible" : "hidden");
      if (shown) for (const end of ["x1", "x2"]) f.hair.setAttribute(end, this.x(f, this.at));
      f.said.textContent = this.at === null ? "" : `at ${this.at.toFixed(digits)} s`;
    }
  }

  listen(f) {
    let start = null, dragged = false;
    const choose = (a, b) => { f.choice.setAttribute("x", this.x(f, Math.min(a, b))); f.choice.setAttribute("width", Math.abs(this.x(f, a) - this.x(f, b))); };
    f.svg.addEventListener("pointermove", (e) => {
      this.point(this.moment(f, e));
      if (start && Math.abs(e.clientX - start.x) > 5) {
        dragged = true;
        f.svg.setPointerCapture(e.pointerId);
        choose(start.at, this.at);
      }
    });
    f.svg.addEventListener("pointerdown", (e) => {
      dragged = false;
      this.point(this.moment(f, e));
      if (e.pointerType !== "touch" && e.button === 0) start = { x: e.clientX, at: this.at };
    });
    f.svg.addEventListener("pointerup", () => {
      if (start && dragged) this.show(Math.min(start.at, this.at), Math.max(start.at, this.at));
      start = null;
      choose(0, 0);
    });
    f.svg.addEventListener("pointerleave", () => { if (!start) this.point(null); });
    f.svg.addEventListener("pointercancel", () => { start = null; choose(0, 0); });
    f.svg.addEventListener("dragstart", (e) => e.preventDefault());
    f.svg.addEventListener("click", (e) => { if (dragged) e.preventDefault(); }, true);
    f.svg.addEventListener("wheel", (e) => {
      if (!e.ctrlKey) return;
      e.preventDefault();
      this.zoom(e.deltaY > 0 ? 1.25 : .8, this.moment(f, e));
    }, { passive: false });
    f.plot.addEventListener("keydown", (e) => this.key(f, e));
  }

  key(f, e) {
    if (e.ctrlKey || e.altKey || e.metaKey) return;
    const span = this.hi - this.lo, way = { ArrowLeft: -1, ArrowRight: 1 }[e.key];
    if (way && e.shiftKey) this.show(this.lo + way * span / 4, this.lo + way * span / 4 + span);
    else if (way) {
      const at = this.at ?? (this.lo + this.hi) / 2;
      this.point(Math.min(this.hi, Math.max(this.lo, at + way * span / 100)));
      f.plot.scrollLeft = this.x(f, this.at) * f.svg.clientWidth / f.svg.viewBox.baseVal.width - f.plot.clientWidth / 2;
    } else if (e.key === "+" || e.key === "=") this.zoom(.5);
    else if (e.key === "-") this.zoom(2);
    else if (e.key === "0" || e.key === "Escape") { this.at = null; this.show(this.from, this.to); }
    else return;
    e.preventDefault();
  }
}

// What keeps its shape while the parts on the axis are stretched.
function timed(svg) {
  return { groups: all(".scroll", svg), texts: all(".scroll text", svg) };
}
function stretch(f, view) {
  const scale = (view.to - view.from) / (view.hi - view.lo), start = f.left + (f.right - f.left) * (view.lo - view.from) / (view.to - view.from);
  for (const g of f.moments.groups) g.setAttribute("transform", `translate(${f.left - start * scale} 0) scale(${scale} 1)`);
  for (const t of f.moments.texts) t.setAttribute("transform", `translate(${t.x.baseVal[0].value * (1 - 1 / scale)} 0) scale(${1 / scale} 1)`);
}
