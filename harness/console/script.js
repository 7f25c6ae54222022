// What the pages do by themselves. They are complete without it.
"use strict";
const find = (selector) => document.querySelector(selector);
let ahead = 0; // of the server's clock to ours, in milliseconds

// Clocks go on between two messages.
function face(ms) {
  const s = Math.trunc(Math.abs(ms) / 1000), pad = (n) => String(n).padStart(2, "0");
  const sign = ms < 0 && s > 0 ? "\u2212" : "";
  return sign + (s < 3600 ? `${Math.trunc(s / 60)}:${pad(s % 60)}` : `${Math.trunc(s / 3600)}:${pad(Math.trunc(s / 60) % 60)}:${pad(s % 60)}`);
}
function tick() {
  for (const e of document.querySelectorAll(".tick")) {
    if (e.dataset.still) continue;
    const gone = Date.now() + ahead - Date.parse(e.dataset.at), text = face("down" in e.dataset ? -gone : gone);
    if (e.textContent !== text) e.textContent = text;
  }
}

// A message has the parts of the page that changed.
function show(message) {
  ahead = Date.parse(message.now) - Date.now();
  for (const [name, html] of Object.entries(message.regions)) put(name, html);
  tick();
}

// What had the focus has it again. A part in which a button is held down changes when
// it is let go: a button that is exchanged in between would not be clicked.
let held = null;
const later = new Map();
function put(name, html) {
  const region = document.getElementById("region-" + name);
  if (!region) return;
  if (region.contains(held)) return later.set(name, html);
  const focused = region.contains(document.activeElement) ? document.activeElement : null;
  const fresh = document.createElement("template");
  fresh.innerHTML = html;
  region.replaceChildren(fresh.content);
  if (focused) [...region.querySelectorAll("button")].find((b) => b.name === focused.name && b.value === focused.value)?.focus();
}
function release() {
  held = null;
  for (const [name, html] of later) put(name, html);
  later.clear();
  tick();
}
for (const down of ["pointerdown", "keydown"]) addEventListener(down, (e) => { if (!e.button) held = e.target; }, true); // a menu of the browser's lets nothing go
for (const up of ["pointerup", "pointercancel", "keyup", "blur"]) addEventListener(up, () => setTimeout(release), true);

// The reader is told when what is shown is old.
function follow(path) {
  const link = find("#link"), source = new EventSource(path);
  let last = Date.now();
  const alive = () => { last = Date.now(); link.hidden = true; document.body.classList.remove("old"); };
  const old = (text) => {
    if (link.textContent !== text) link.textContent = text;
    link.hidden = false;
    document.body.classList.add("old");
  };
  source.onmessage = (e) => { alive(); show(JSON.parse(e.data)); };
  source.addEventListener("beat", alive);
  setInterval(() => {
    if (source.readyState === EventSource.CLOSED) old("Not connected: log in again, or load the page again. What is shown is old.");
    else if (source.readyState === EventSource.CONNECTING || Date.now() - last > 40000) old(`Connection lost at ${new Date(last).toISOString().slice(11, 19)} UTC. What is shown is old.`);
  }, 1000);
}

function say(text, good) {
  const said = find("#said");
  said.textContent = text;
  said.className = good ? "good" : "bad";
  clearTimeout(say.timer);
  say.timer = setTimeout(() => { said.textContent = ""; said.className = ""; }, good ? 4000 : 20000);
}

// Forms are sent without leaving the page, so that a half-written note stays.
addEventListener("submit", async (e) => {
  const form = e.target, button = e.submitter;
  if (!("send" in form.dataset)) return;
  e.preventDefault();
  const data = new URLSearchParams(new FormData(form, button));
  try {
    const answer = await fetch(button?.getAttribute("formaction") || form.getAttribute("action"), { method: "POST", body: data, headers: { Accept: "text/plain" } });
    if (!answer.ok) return say(await answer.text(), false);
    say("It is in the log.", true);
    form.reset();
  } catch {
    say("NOT SENT: the console does not answer. Use the terminal, or try again.", false);
  }
});

// A code behind the number sign goes into the form, and out of the address.
function fill() {
  if (location.hash.length < 2) return;
  find("#answer input").value = decodeURIComponent(location.hash.slice(1));
  history.replaceState(null, "", location.pathname);
}
if (find("#answer")) {
  fill();
  addEventListener("hashchange", fill);
}
if (document.body.dataset.stream) {
  follow(document.body.dataset.stream);
  setInterval(tick, 250);
}
