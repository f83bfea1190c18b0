// Keeps a page fresh. Everything works without it.
"use strict";

const live = document.querySelector("[data-live]");

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
  if (fresh.innerHTML !== live.innerHTML) {
    live.replaceChildren(...fresh.childNodes);
    document.dispatchEvent(new Event("glassdome:fresh"));
  }
  if (!fresh.dataset.live) clearInterval(timer);
}

const timer = live ? setInterval(refresh, Number(live.dataset.live) * 1000) : 0;
