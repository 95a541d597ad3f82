// What is typed into a <form data-draft="name"> is kept on the server a second later, and offered when the form is opened
// again: by the same person, on any machine, also after signing out. Until the server has it, and while the session is
// over, it is kept in this tab, under the person's number. It is forgotten when the form was sent.

import { put, touched, typed } from "./draft_fields.js";
import { offer } from "./draft_note.js";
import { read, send } from "./draft_server.js";

const WAIT = 1000;
const person = document.body.dataset.person || "";
const place = (form) => `draft:${person}:${form.dataset.draft}`;
const timers = new Map();

for (const key of Object.keys(sessionStorage)) {
  if (key.startsWith("draft:") && !key.startsWith(`draft:${person}:`)) sessionStorage.removeItem(key);
}

async function flush(form, options) {
  clearTimeout(timers.get(form));
  timers.delete(form);
  const key = place(form);
  const kept = sessionStorage.getItem(key);
  if (kept === null) return;
  try {
    await send(form.dataset.draft, JSON.parse(kept), options);
    if (kept === "{}") sessionStorage.removeItem(key);
    form.querySelector("[data-draft-kept]")?.removeAttribute("hidden");
  } catch {
    // It stays in the tab, and goes out with the next key or after signing in.
  }
}

function keep(form) {
  sessionStorage.setItem(place(form), JSON.stringify(touched(form) ? typed(form) : {}));
  clearTimeout(timers.get(form));
  timers.set(form, setTimeout(() => flush(form), WAIT));
}

function forget(form) {
  clearTimeout(timers.get(form));
  timers.delete(form);
  sessionStorage.removeItem(place(form));
}

// Not wanted: the form is as it was drawn, and the draft is gone everywhere. What it was is given back to be taken again.
function discard(form) {
  const kept = typed(form);
  form.reset();
  keep(form);
  flush(form);
  return kept;
}

function back(form, kept) {
  put(form, kept);
  keep(form);
}

async function restore(form) {
  // A refused form carries what was typed last; a draft of before must not come over it.
  if (form.dataset.drafted || touched(form) || form.querySelector("[data-errors]")) return;
  form.dataset.drafted = "1";
  const kept = sessionStorage.getItem(place(form));
  const fields = kept ? JSON.parse(kept) : await read(form.dataset.draft);
  if (kept && Object.keys(fields).length) flush(form);
  if (!Object.keys(fields).length || touched(form) || !form.isConnected) return;
  put(form, fields);
  if (touched(form)) offer(form, { drop: () => discard(form), take: (kept) => back(form, kept) });
}

const all = (part) => part.querySelectorAll?.("form[data-draft]").forEach(restore);

document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (form?.dataset.draft) keep(form);
});

document.addEventListener("htmx:beforeSwap", () => {
  for (const form of [...timers.keys()]) flush(form, { keepalive: true });
});
addEventListener("pagehide", () => [...timers.keys()].forEach((form) => flush(form, { keepalive: true })));

// A form that is sent is kept by its verb or drawn again with all that was typed.
document.addEventListener("submit", (event) => event.target.dataset?.draft && !event.target.matches("[hx-post]") && forget(event.target));
document.addEventListener("htmx:beforeRequest", ({ detail: { elt } }) => {
  if (!elt.dataset?.draft) return;
  clearTimeout(timers.get(elt));
  timers.delete(elt);
});
document.addEventListener("htmx:beforeOnLoad", ({ detail: { elt, xhr } }) => {
  if (elt.dataset?.draft && xhr.status < 300 && !xhr.responseURL.includes(document.body.dataset.signIn)) forget(elt);
});

// Signing out clears this tab (Clear-Site-Data), so what was typed goes to the server first.
document.addEventListener("submit", (event) => {
  if (!event.target.matches?.("[data-sign-out]") || !timers.size) return;
  event.preventDefault();
  Promise.all([...timers.keys()].map((form) => flush(form))).finally(() => event.target.submit());
});

document.addEventListener("commented", () => document.getElementById("composer")?.reset());
document.addEventListener("htmx:afterSettle", () => all(document));
all(document);
