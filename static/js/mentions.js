// @ and the beginning of a name in a <textarea data-mentions="address"> offers the people who may see the task: arrows
// choose, Enter or Tab takes, Escape closes. A textarea may not be an ARIA combobox, so it says aria-autocomplete, what it
// controls and which option is chosen; how many there are is said politely. Without script names are typed as ever.

import { choose, chosen, options, step } from "./combobox.js";

const BEGUN = /(?:^|[^\p{L}\p{N}_.+@-])@([\p{L}\p{M}'’.-]*(?: [\p{L}\p{M}'’.-]*)?)$/u;
const WAIT = 150;
let field = null;
let timer = 0;
let asked = null;

const list = () => document.getElementById("mentions");
const begun = () => BEGUN.exec(field.value.slice(0, field.selectionStart))?.[1];

function close() {
  clearTimeout(timer);
  asked?.abort();
  const place = list();
  if (!place || place.hidden) return;
  place.hidden = true;
  choose(field, place, null);
}

async function ask() {
  const text = begun();
  if (text === undefined) return close();
  asked?.abort();
  asked = new AbortController();
  try {
    const answer = await fetch(`${field.dataset.mentions}?q=${encodeURIComponent(text)}`, { signal: asked.signal, redirect: "error" });
    if (!answer.ok || begun() !== text) return;
    const place = list();
    place.innerHTML = await answer.text();
    const all = options(place);
    if (!all.length) return close();
    place.hidden = false;
    choose(field, place, all[0]);
    document.dispatchEvent(new CustomEvent("say", { detail: place.dataset.count.replace("#", all.length) }));
  } catch {
    // Out of reach, or asked anew: what is typed is what counts.
  }
}

function take(line) {
  const at = field.selectionStart - begun().length;
  field.setRangeText(`${line.dataset.name} `, at, field.selectionStart, "end");
  close();
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

document.addEventListener("input", ({ target }) => {
  if (!target.matches?.("textarea[data-mentions]")) return;
  field = target;
  clearTimeout(timer);
  if (begun() === undefined) close();
  else timer = setTimeout(ask, WAIT);
});

document.addEventListener("keydown", (event) => {
  const place = list();
  if (event.target !== field || !place || place.hidden || event.ctrlKey || event.metaKey || event.isComposing) return;
  if (step(event, field, place)) return;
  if (event.key === "Escape") close();
  else if (["Enter", "Tab"].includes(event.key) && chosen(place) && begun() !== undefined) take(chosen(place));
  else return;
  event.preventDefault();
  event.stopPropagation();
}, { capture: true });

document.addEventListener("mousedown", (event) => {
  const line = event.target.closest?.("#mentions [role=option]");
  if (!line) return;
  event.preventDefault(); // the focus stays in the field
  take(line);
});

document.addEventListener("focusout", (event) => event.target === field && close());
