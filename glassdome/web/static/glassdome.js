// Keeps a page fresh. Everything works without it.
"use strict";

const live = document.querySelector("[data-live]");
let shown = live ? live.innerHTML : "";
let loaded = null;

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
  if (document.hidden || busy()) return;
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
  if (!fresh || busy()) return;
  if (fresh.innerHTML !== shown) {
    shown = fresh.innerHTML;
    live.replaceChildren(...fresh.childNodes);
    if (loaded && document.getElementById(loaded.id)) document.getElementById(loaded.id).replaceWith(loaded);
    document.dispatchEvent(new Event("glassdome:fresh"));
  }
  if (!fresh.dataset.live) clearInterval(timer);
}

const timer = live ? setInterval(refresh, Number(live.dataset.live) * 1000) : 0;

/** Take in the part of another page that comes a moment later, such as the text of a message. */
async function load(part) {
  part.setAttribute("aria-busy", "true");
  const said = part.querySelector("p");
  const link = said.cloneNode(true);
  said.textContent = "Fetching from the mailbox ...";
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
