// Keeps a page fresh. Everything works without it.
"use strict";

const live = document.querySelector("[data-live]");
let shown = live ? live.innerHTML : "";
let loaded = null;
let missed = false; // something happened while somebody was at work here

/** Somebody is at work in that part: it must not change under their hands. */
function busy() {
  const chosen = document.getSelection();
  return live.contains(document.activeElement)
    || (!chosen.isCollapsed && live.contains(chosen.anchorNode))
    || live.querySelector("details[open], input:checked") !== null
    || document.querySelector("dialog[open]") !== null;
}

/** Ask for the page again and take over its live part. */
async function refresh() {
  missed = document.hidden || busy();
  if (missed) return;
  let answer;
  try {
    answer = await fetch(location.href, { redirect: "manual" });
  } catch {
    return; // away for a moment: what is shown stays
  }
  if (answer.type === "opaqueredirect") {
    location.reload(); // signed out meanwhile
    return;
  }
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById(live.id);
  missed = Boolean(fresh) && busy();
  if (!fresh || missed) return;
  if (fresh.innerHTML !== shown) {
    shown = fresh.innerHTML;
    live.replaceChildren(...fresh.childNodes);
    if (loaded && document.getElementById(loaded.id)) document.getElementById(loaded.id).replaceWith(loaded);
    document.dispatchEvent(new Event("glassdome:fresh"));
  }
  if (!fresh.dataset.live) {
    clearInterval(timer);
    if (stream) stream.close();
  }
}

const EVERY = live ? Number(live.dataset.live) * 1000 : 0;
/** With a stream the page is asked for this seldom: some changes, such as new jobs, are no event. */
const SELDOM = 60_000;
/** So many milliseconds pass between two changes of the page, however much happens. */
const CALM = 1_000;
let stream = null;
let asked = Date.now();
let due = 0;

function ask() {
  asked = Date.now();
  due = 0;
  refresh();
}

function told() {
  if (!due) due = setTimeout(ask, Math.max(0, asked + CALM - Date.now()));
}

/** Follow the stream of events, while the page is looked at: a browser has few connections. */
function follow() {
  if (document.hidden || !window.EventSource) return;
  stream = new EventSource("./events");
  stream.addEventListener("news", told);
  stream.addEventListener("open", told); // the page may be older than the stream
  stream.addEventListener("error", told); // ended, perhaps since the visitor signed out
}

function tick() {
  const streaming = stream && stream.readyState === EventSource.OPEN;
  if (!streaming || Date.now() - asked >= SELDOM || missed) ask();
}

const timer = live ? setInterval(tick, EVERY) : 0;
if (live) {
  follow();
  document.addEventListener("visibilitychange", () => {
    if (stream) stream.close();
    stream = null;
    follow();
  });
}

/** Take in the part of another page that comes a moment later, such as the text of a message. */
async function load(part) {
  part.setAttribute("aria-busy", "true");
  const said = part.querySelector("p");
  const link = said.cloneNode(true);
  said.textContent = part.dataset.loading;
  try {
    const answer = await fetch(part.dataset.later, { redirect: "error" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    loaded = document.adoptNode(page.getElementById(part.id));
    document.getElementById(part.id).replaceWith(loaded);
  } catch {
    said.replaceWith(link); // the link leads to the page that says why
    part.removeAttribute("aria-busy");
  }
}

const later = document.querySelector("[data-later]");
if (later) load(later);
