// What paper cannot do. The page is complete without it.
"use strict";
const all = (selector, from = document) => [...from.querySelectorAll(selector)];
const SVG = "http://www.w3.org/2000/svg";

function make(tag, properties = {}, ...inside) {
  const e = Object.assign(document.createElement(tag), properties);
  e.append(...inside);
  return e;
}
function draw(tag, attributes) {
  const e = document.createElementNS(SVG, tag);
  for (const name in attributes) e.setAttribute(name, attributes[name]);
  return e;
}
const button = (text, label, act) => {
  const b = make("button", { type: "button", textContent: text, onclick: act });
  if (label) b.setAttribute("aria-label", label);
  return b;
};

// Dark or light: as the reader's system has it, until the reader chooses.
function theme() {
  const root = document.documentElement, system = matchMedia("(prefers-color-scheme: dark)");
  const remember = (value) => { try { return value ? localStorage.setItem("maildrill.theme", value) : localStorage.getItem("maildrill.theme"); } catch { return null; } };
  let chosen = remember();
  const b = button("", "", () => { chosen = dark() ? "light" : "dark"; remember(chosen); show(); });
  const dark = () => (chosen || (system.matches ? "dark" : "light")) === "dark";
  const show = () => {
    root.classList.toggle("dark", dark());
    root.classList.toggle("light", !dark());
    b.textContent = dark() ? "Light page" : "Dark page";
  };
  system.addEventListener("change", show);
  show();
  document.querySelector(".tools").append(b);
}

// What is folded opens for a link into it, and for the printer.
function folds() {
  const reveal = () => {
    const target = document.getElementById(location.hash.slice(1));
    for (let e = target; e; e = e.parentElement) if (e.tagName === "DETAILS") e.open = true;
    if (target) { target.hidden = false; target.scrollIntoView(); }
  };
  addEventListener("hashchange", reveal);
  addEventListener("click", (e) => { if (location.hash && e.target.closest("a")?.getAttribute("href") === location.hash) reveal(); });
  if (location.hash) reveal();
  let opened = [];
  addEventListener("beforeprint", () => { opened = all("details:not([open])"); for (const d of opened) d.open = true; });
  addEventListener("afterprint", () => { for (const d of opened) d.open = false; });
}

// The contents say which section is in sight.
function contents() {
  const links = new Map(all(".rail a").map((a) => [document.querySelector(`[aria-labelledby="_h-${a.hash.replace(/^#_?/, "")}"]`), a]));
  const seen = new Set();
  const watch = new IntersectionObserver((changes) => {
    for (const c of changes) c.isIntersecting ? seen.add(c.target) : seen.delete(c.target);
    let first = true;
    for (const [section, link] of links) {
      if (first && seen.has(section)) { link.setAttribute("aria-current", "true"); first = false; } else link.removeAttribute("aria-current");
    }
  }, { rootMargin: "-110px 0px -40% 0px" });
  for (const section of links.keys()) if (section) watch.observe(section);
}

function copies() {
  for (const box of all(".code")) {
    const code = box.querySelector("code");
    const b = button("Copy", "", async () => {
      try { await navigator.clipboard.writeText(code.textContent); b.textContent = "Copied"; }
      catch { getSelection().selectAllChildren(code); b.textContent = "Selected"; }
    });
    box.append(b);
  }
}

// Compressed files are unpacked before they are saved.
function files() {
  if (!window.DecompressionStream) return;
  for (const a of all("a[data-name]")) {
    a.textContent = a.dataset.name;
    a.addEventListener("click", async (event) => {
      event.preventDefault();
      const packed = Uint8Array.from(atob(a.getAttribute("href").split(",")[1]), (c) => c.charCodeAt(0));
      const blob = await new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"))).blob();
      const url = URL.createObjectURL(blob);
      make("a", { href: url, download: a.dataset.name }).click();
      setTimeout(() => URL.revokeObjectURL(url), 60000);
    });
  }
}

// Words that a row must hold: "lost", "fate:lost" of one column, "-late", "\"two words\"".
function query(text, titles) {
  const tests = [];
  for (const [, not, key, quoted, bare] of text.toLowerCase().matchAll(/(-?)(?:([^\s:"]+):)?(?:"([^"]*)"|(\S+))/g)) {
    let column = key ? titles.findIndex((t) => t.startsWith(key)) : -1;
    if (key && column < 0) column = titles.findIndex((t) => t.includes(key));
    const word = (key && column < 0 ? key + ":" : "") + (quoted ?? bare);
    tests.push((cells) => (column < 0 ? cells.some((c) => c.includes(word)) : (cells[column] ?? "").includes(word)) === !not);
  }
  return (cells) => tests.every((t) => t(cells));
}

function tables() {
  for (const table of all("table[data-search]")) {
    const body = table.tBodies[0], heads = [...table.tHead.rows[0].cells], titles = heads.map((h) => h.textContent.toLowerCase());
    const rows = [...body.rows].map((row) => ({ row, cells: [...row.cells].map((c) => c.textContent.toLowerCase()) }));
    const count = make("output"), input = make("input", { type: "search", placeholder: `words, or ${titles[0].split(" ")[0]}:word` });
    input.oninput = () => {
      const fits = query(input.value, titles);
      let n = 0;
      for (const r of rows) n += (r.row.hidden = !fits(r.cells)) ? 0 : 1;
      count.textContent = (n === rows.length ? "" : `${n} of `) + (rows.length === 1 ? "1 row" : `${rows.length} rows`);
    };
    input.oninput();
    table.closest(".table").prepend(make("div", { className: "filter" }, make("label", {}, "Show rows with ", input), count));
    heads.forEach((head, column) => sortable(head, heads, (way) => {
      const sorted = way ? rows.toSorted((a, b) => way * order(a.cells[column] ?? "", b.cells[column] ?? "")) : rows;
      body.append(...sorted.map((r) => r.row));
    }));
  }
}
const letters = new Intl.Collator("en", { numeric: true });
function order(a, b) {
  const x = parseFloat(a), y = parseFloat(b);
  if (isNaN(x) !== isNaN(y)) return isNaN(x) ? 1 : -1;
  return x - y || letters.compare(a, b);
}
function sortable(head, heads, sort) {
  const b = button(head.textContent, "", () => {
    const was = head.getAttribute("aria-sort"), next = { ascending: "descending", descending: null }[was];
    for (const h of heads) h.removeAttribute("aria-sort");
    const now = was ? next : "ascending";
    if (now) head.setAttribute("aria-sort", now);
    sort(now === "ascending" ? 1 : now ? -1 : 0);
  });
  head.dataset.title = head.textContent;
  head.replaceChildren(b);
}

// Boxes that do not scroll are no stops for the keyboard.
function stops() {
  for (const e of all(".scroll, .plot, pre")) {
    if (e.checkVisibility() && e.scrollWidth <= e.clientWidth && e.scrollHeight <= e.clientHeight && !e.querySelector("[data-left]")) e.removeAttribute("tabindex");
  }
}

document.documentElement.classList.add("js");
for (const part of [theme, folds, contents, copies, files, tables, figures, stops]) part();
