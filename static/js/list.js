// Lists by keyboard: [data-list] holds [data-row]s, each with a link and perhaps a checkbox. j and k move the focus, with
// Shift they choose on the way; Enter opens (it is a link), x chooses. A link with data-pane opens beside the list on wide screens and as a page of
// its own on narrow ones; the row it stands in becomes the chosen one.

const NARROW = matchMedia("(max-width: 860px)");
const TYPING = "input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]";

const rows = () => [...document.querySelectorAll("[data-list] [data-row]")].filter((row) => row.getClientRects().length);
const target = (row) => row.querySelector("a[href]") || row.querySelector("input");

function current(all) {
  const focused = document.activeElement?.closest?.("[data-row]");
  return all.findIndex((row) => row === focused);
}

function start(all) {
  return all.findIndex((row) => row.querySelector("a[aria-current]"));
}

function move(step) {
  const all = rows();
  if (!all.length) return;
  const from = current(all);
  const chosen = start(all);
  let next = from === -1 ? (chosen === -1 ? 0 : chosen) : from + step;
  next = Math.max(0, Math.min(all.length - 1, next));
  target(all[next])?.focus();
  all[next].scrollIntoView({ block: "nearest" });
}

// With Shift from the one chosen last to this one.
function choose(shiftKey) {
  const all = rows();
  const box = all[current(all)]?.querySelector("input[type=checkbox]");
  box?.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, shiftKey }));
}

function step(by, shiftKey) {
  const box = (at) => at?.querySelector("input[type=checkbox]:not(:checked)");
  const all = rows();
  if (shiftKey) box(all[current(all)])?.click();
  move(by);
  if (shiftKey) box(all[current(all)])?.click();
}

document.addEventListener("keydown", (event) => {
  if (document.body.dataset.singleKeys === "off" || event.defaultPrevented || event.isComposing) return;
  if (event.ctrlKey || event.altKey || event.metaKey || document.querySelector("dialog:modal")) return;
  if (event.target.closest?.(TYPING) || !document.querySelector("[data-list]")) return;
  const act = { j: () => step(1, event.shiftKey), k: () => step(-1, event.shiftKey), x: () => choose(event.shiftKey) }[event.key.toLowerCase()];
  if (!act) return;
  event.preventDefault();
  act();
});

function mark(link) {
  for (const row of document.querySelectorAll("[data-list] [data-row]")) {
    const on = row.contains(link);
    row.classList.toggle("is-on", on);
    const anchor = row.querySelector("a[data-pane]");
    if (on) anchor?.setAttribute("aria-current", "true");
    else anchor?.removeAttribute("aria-current");
  }
}

document.addEventListener("htmx:beforeRequest", (event) => {
  const link = event.detail.elt.closest?.("a[data-pane]");
  if (!link) return;
  if (NARROW.matches) {
    event.preventDefault();
    location.assign(link.href);
  }
});

document.addEventListener("htmx:afterOnLoad", (event) => {
  const link = event.detail.elt.closest?.("a[data-pane]");
  if (link && event.detail.xhr.status < 400) mark(link);
});
