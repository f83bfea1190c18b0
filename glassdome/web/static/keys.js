// The list by keyboard. Everything works without it.
"use strict";

const bulk = document.getElementById("bulk");
const help = document.getElementById("keys");
const keysOn = document.getElementById("keys-on");
const OFF = "glassdome-keys-off";
let at = "";

const rows = () => [...document.querySelectorAll(".row")];
const link = (row) => row.querySelector("h2 a");
const box = (row) => row.querySelector(".pick input");
const current = () => rows().find((row) => link(row).href === at);

/** Point at a row: by its link, so that it is found again in a fresh list. */
function point(row) {
  if (!row) return;
  for (const other of document.querySelectorAll(".row.at")) other.classList.remove("at");
  at = link(row).href;
  row.classList.add("at");
  row.scrollIntoView({ block: "nearest" });
}

function step(by) {
  const all = rows();
  const here = all.indexOf(current());
  point(all[here < 0 ? 0 : Math.min(Math.max(here + by, 0), all.length - 1)]);
}

function count() {
  const said = document.getElementById("selected");
  const many = document.querySelectorAll(".pick input:checked").length;
  if (said) said.textContent = many ? said.dataset.some.replace("#", many) : said.dataset.none;
}

/** Press a button of the bar, for the row pointed at where none is selected. */
function press(what) {
  const button = bulk && bulk.querySelector(`button[value="${what}"]`);
  const row = current();
  if (!button || (!row && !document.querySelector(".pick input:checked"))) return;
  if (!document.querySelector(".pick input:checked")) box(row).checked = true;
  bulk.requestSubmit(button);
}

const acts = {
  j: () => step(1),
  k: () => step(-1),
  o: () => current() && link(current()).click(),
  x: () => {
    if (!current() || !box(current())) return;
    box(current()).checked = !box(current()).checked;
    count();
  },
  e: () => press("done"),
  "!": () => press("phishing"),
  "/": () => document.querySelector("input[type=search]").focus(),
  "?": () => help.showModal(),
};

function off() {
  try {
    return localStorage.getItem(OFF) === "yes";
  } catch {
    return false; // no storage: keys work
  }
}

function pressed(event) {
  const typing = event.target.closest("input:not([type=checkbox]), select, textarea, dialog");
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const act = acts[event.key];
  if (!act || (off() && event.key !== "?")) return;
  event.preventDefault();
  act();
}

if (help) {
  document.addEventListener("keydown", pressed);
  document.addEventListener("change", count);
  document.addEventListener("glassdome:fresh", () => point(current()));
  keysOn.checked = !off();
  keysOn.addEventListener("change", () => localStorage.setItem(OFF, keysOn.checked ? "" : "yes"));
}
