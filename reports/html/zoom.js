// Cross-hair and zoom of figures over time. The script of the page calls
// figures(). How a figure says where its axis is, and what lies on it, is in the
// documentation of package svg.
"use strict";

// Figures of the same stretch of time share one view.
function figures() {
  const views = new Map();
  for (const svg of all("svg[data-left]")) {
    const { left, right, from, to } = svg.dataset, key = from + " " + to;
    if (!(right - left > 0 && to - from > 0)) continue;
    if (!views.has(key)) views.set(key, new View(+from, +to));
    views.get(key).add(svg, +left, +right);
  }
  addEventListener("resize", () => { for (const view of views.values()) view.point(null); });
}

// The pixels of a figure's unit.
const unit = (f) => f.svg.clientWidth / f.svg.viewBox.baseVal.width;

// View is what is shown of a stretch of time: from lo to hi, and the moment
// that is pointed at. Moments are seconds since the start of the run.
class View {
  constructor(from, to) { Object.assign(this, { from, to, lo: from, hi: to, at: null, figures: [] }); }

  add(svg, left, right) {
    const f = { svg, left, right, plot: svg.closest(".plot"), scrolled: new Scrolled(svg), said: make("output") };
    // Elements of their own: moving them must not paint the figure again.
    f.hair = make("div", { className: "hair", hidden: true });
    f.choice = make("div", { className: "choice", hidden: true });
    f.plot.append(f.hair, f.choice);
    f.all = button("Show all", "", () => this.show(this.from, this.to));
    f.all.disabled = true;
    f.plot.before(make("div", { className: "zoom" }, button("+", "Zoom in", () => this.zoom(.5)), button("−", "Zoom out", () => this.zoom(2)), f.all,
      make("small", { textContent: "or drag; keys: ← → + − 0" }), f.said));
    this.figures.push(f);
    this.listen(f);
  }

  x(f, t) { return f.left + (f.right - f.left) * (t - this.lo) / (this.hi - this.lo); }

  // The moment under a pointer, within what is shown.
  moment(f, event) {
    const p = new DOMPoint(event.clientX, event.clientY).matrixTransform(f.svg.getScreenCTM().inverse());
    return this.lo + (this.hi - this.lo) * Math.min(1, Math.max(0, (p.x - f.left) / (f.right - f.left)));
  }

  point(at) {
    this.at = at;
    const digits = Math.max(0, Math.ceil(-Math.log10((this.hi - this.lo) / 500)));
    for (const f of this.figures) {
      const shown = at !== null && at >= this.lo && at <= this.hi;
      f.hair.hidden = !shown;
      if (shown) f.hair.style.transform = `translateX(${this.x(f, at) * unit(f)}px)`;
      f.said.textContent = at === null ? "" : `at ${at.toFixed(digits)} s`;
    }
  }

  show(lo, hi) {
    const whole = this.to - this.from, span = Math.min(whole, Math.max(whole / 200, hi - lo));
    this.lo = Math.min(this.to - span, Math.max(this.from, lo));
    this.hi = this.lo + span;
    for (const f of this.figures) {
      f.scrolled.show(this, (x) => this.x(f, this.from + whole * (x - f.left) / (f.right - f.left)), (t) => this.x(f, t), f.left, f.right);
      f.all.disabled = span === whole;
    }
    this.point(this.at);
  }

  zoom(factor, around) {
    around ??= this.at !== null && this.at > this.lo && this.at < this.hi ? this.at : (this.lo + this.hi) / 2;
    const share = (around - this.lo) / (this.hi - this.lo), span = (this.hi - this.lo) * factor;
    this.show(around - share * span, around + (1 - share) * span);
  }

  listen(f) {
    let start = null, dragged = false;
    const choose = (a, b) => {
      f.choice.hidden = a === b;
      f.choice.style.left = this.x(f, Math.min(a, b)) * unit(f) + "px";
      f.choice.style.width = Math.abs(this.x(f, a) - this.x(f, b)) * unit(f) + "px";
    };
    const on = (kind, act, options) => f.svg.addEventListener(kind, act, options);
    on("pointermove", (e) => {
      this.point(this.moment(f, e));
      if (!start || Math.abs(e.clientX - start.x) < 6) return;
      dragged = true;
      f.svg.setPointerCapture(e.pointerId);
      choose(start.at, this.at);
    });
    on("pointerdown", (e) => {
      dragged = false;
      this.point(this.moment(f, e));
      if (e.pointerType !== "touch" && e.button === 0) start = { x: e.clientX, at: this.at };
    });
    on("pointerup", () => {
      if (start && dragged) this.show(Math.min(start.at, this.at), Math.max(start.at, this.at));
      start = null;
      choose(0, 0);
    });
    on("pointercancel", () => { start = null; choose(0, 0); });
    on("pointerleave", () => { if (!start) this.point(null); });
    on("dragstart", (e) => e.preventDefault());
    on("click", (e) => { if (dragged) e.preventDefault(); }, true);
    on("wheel", (e) => {
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
      this.point(Math.min(this.hi, Math.max(this.lo, (this.at ?? (this.lo + this.hi) / 2) + way * span / 100)));
      f.plot.scrollLeft = this.x(f, this.at) * unit(f) - f.plot.clientWidth / 2;
    } else if (e.key === "+" || e.key === "=") this.zoom(.5);
    else if (e.key === "-") this.zoom(2);
    else if (e.key === "0" || e.key === "Escape") { this.at = null; this.show(this.from, this.to); }
    else return;
    e.preventDefault();
  }
}

// Scrolled are the parts of a figure that lie on its axis of time.
class Scrolled {
  constructor(svg) {
    this.svg = svg;
    this.axis = all(".scroll", svg).find((g) => { const t = all("text", g); return t.length > 1 && t.every((t) => /^[\d.]+ (s|min|h)$/.test(t.textContent)); });
  }

  // The places that move: of a path every x after a capital letter, of a text its own.
  parts() {
    return this.found ??= {
      paths: all(".scroll path", this.svg).map((path) => ({ path, d: path.getAttribute("d").split(/(?<=[ML])(-?[\d.]+)/) })),
      texts: all(".scroll text", this.svg).map((text) => ({ text, x: +text.getAttribute("x"), anchor: text.getAttribute("text-anchor"), turned: text.hasAttribute("transform") })),
    };
  }

  show(view, move, x, left, right) {
    const { paths, texts } = this.parts();
    for (const { path, d } of paths) path.setAttribute("d", d.map((s, i) => (i % 2 ? move(+s).toFixed(2) : s)).join(""));
    for (const part of texts) {
      const { text } = part, at = this.place(part, move, left, right);
      text.setAttribute("x", at);
      if (part.turned) text.setAttribute("transform", `rotate(-90 ${at} ${text.getAttribute("y")})`);
    }
    if (this.axis) this.label(view, x);
  }

  // Words keep to the edge that they stand at, or to the middle of what is seen
  // of their box.
  place({ text, x, anchor }, move, left, right) {
    const inset = { middle: 0, end: -3 }[anchor] ?? 3, box = anchor === "middle" && text.parentNode !== this.axis && text.parentNode.querySelector("path");
    if (!box) return move(x - inset) + inset;
    const edges = [...box.getAttribute("d").matchAll(/[ML](-?[\d.]+)/g)].map((m) => +m[1]);
    return (Math.max(left, Math.min(...edges)) + Math.min(right, Math.max(...edges))) / 2;
  }

  // The axis gets words of its own for what is shown.
  label(view, x) {
    this.own?.remove();
    const whole = view.lo === view.from && view.hi === view.to;
    this.axis.setAttribute("visibility", whole ? "visible" : "hidden");
    if (whole) return;
    this.own = this.axis.cloneNode();
    this.own.removeAttribute("visibility");
    this.own.classList.remove("scroll");
    const least = (view.hi - view.lo) / 10, decade = 10 ** Math.floor(Math.log10(least));
    const step = [1, 2, 5, 10].map((n) => n * decade).find((s) => s >= least), digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
    const model = this.axis.querySelector("text");
    for (let n = Math.ceil(view.lo / step); n * step <= view.hi; n++) {
      const word = model.cloneNode(), at = x(n * step), y = +model.getAttribute("y");
      word.setAttribute("x", at);
      word.textContent = (n * step).toFixed(digits) + " s";
      this.own.append(draw("line", { x1: at, x2: at, y1: y - 15, y2: y - 11, class: "tick" }), word);
    }
    this.axis.after(this.own);
  }
}
