// The command palette (Ctrl+K, or [data-opens-palette]): go to, create, and act on the selection or the open task. The
// server gives places and things by what is typed; what can be done here is in palette_acts.js.
// The field is a combobox: arrows choose, Enter does it, Escape closes and gives the focus back.

import { choose, chosen, options, step } from "./combobox.js";
import { acts, groups } from "./palette_acts.js";

const dialog = document.getElementById("palette");
const field = document.getElementById("palette-q");
const list = document.getElementById("palette-list");
const none = dialog?.querySelector("[data-palette-none]");
const count = dialog?.querySelector("[data-palette-count]");
let asked = null;
let timer = 0;
let back = null;

function draw(answer) {
  const held = chosen(list)?.id;
  const places = new DOMParser().parseFromString(answer, "text/html").body.childNodes;
  list.replaceChildren(...groups(list, field.value), ...places);
  const all = options(list);
  choose(field, list, (held && document.getElementById(held)) || all[0]);
  none.hidden = all.length > 0;
  count.textContent = count.dataset.paletteCount.replace("#", all.length);
}

async function ask() {
  asked?.abort();
  asked = new AbortController();
  const words = field.value;
  try {
    const answer = await fetch(`${dialog.dataset.palette}?q=${encodeURIComponent(words)}`, { signal: asked.signal });
    if (answer.redirected) return location.assign(answer.url);
    if (answer.ok && dialog.open) draw(await answer.text());
  } catch (fault) {
    if (fault.name !== "AbortError") draw("");
  }
}

function run(line) {
  const element = line && acts.get(line.id);
  if (!line) return field.value.trim() && location.assign(document.querySelector(".find").action + `?q=${encodeURIComponent(field.value)}`);
  if (line.dataset.href) return location.assign(line.dataset.href);
  back = null;
  dialog.close();
  if (element.matches("input:not([type=checkbox]), textarea, select") || "keyFocus" in element.dataset) element.focus();
  else element.click();
}

function open() {
  if (!dialog || dialog.open || document.querySelector("dialog:modal")) return;
  back = document.activeElement;
  field.value = "";
  list.replaceChildren();
  dialog.showModal();
  draw("");
  ask();
}

dialog?.addEventListener("close", () => {
  asked?.abort();
  if (back?.isConnected && back !== document.body) back.focus();
});

field?.addEventListener("input", () => {
  clearTimeout(timer);
  choose(field, list, null);
  timer = setTimeout(ask, 120);
});

field?.addEventListener("keydown", (event) => {
  if (step(event, field, list) || event.key !== "Enter" || event.isComposing) return;
  event.preventDefault();
  clearTimeout(timer);
  const first = chosen(list);
  if (first) run(first);
  else ask().then(() => run(options(list)[0] || null));
});

list?.addEventListener("click", (event) => {
  const line = event.target.closest("[role=option]");
  if (line) run(line);
});

dialog?.addEventListener("click", (event) => {
  if (event.target === dialog || event.target.closest("[data-palette-close]")) dialog.close();
});

document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
  event.preventDefault();
  open();
});

document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-opens-palette]")) open();
});

document.querySelectorAll("[data-opens-palette]").forEach((button) => (button.hidden = false));
