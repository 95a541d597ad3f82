// The queue and its tasks. Redrawing a task never takes what somebody is typing: a field that was changed and not sent
// yet is left alone, and so is an open form; both only while it is the same task. [data-close="id"] empties that part.

let sent = null;
let same = true;

const CONTROLS = "input, textarea, select";

function dirty(field) {
  if (field.matches("select")) {
    const usual = [...field.options].findIndex((option) => option.defaultSelected);
    return field.selectedIndex !== Math.max(usual, 0);
  }
  if (field.matches("[type=checkbox], [type=radio]")) return field.checked !== field.defaultChecked;
  return field.type !== "hidden" && field.value !== field.defaultValue;
}

function keeps(old, fresh) {
  if (old.id === "bulk") return fresh.id === "bulk"; // what one is about to do with the selection
  if (old.id === "task") same = old.dataset.task === fresh.dataset?.task;
  if (!same || !old.matches || sent?.contains(old) || old.contains(sent)) return false;
  if (old.id === "verb-form") return Boolean(old.firstElementChild);
  return old.matches(CONTROLS) && dirty(old);
}

if (window.Idiomorph) Idiomorph.defaults.callbacks.beforeNodeMorphed = (old, fresh) => !keeps(old, fresh);

document.addEventListener("htmx:beforeRequest", (event) => {
  const { elt } = event.detail;
  sent = elt.matches("form") ? elt : null;
  same = true;
});

// A step that is done has no field any more: the focus that was in it goes on to the next one.
let inStep = false;

document.addEventListener("htmx:beforeSwap", () => {
  inStep = Boolean(document.activeElement?.closest(".step"));
});

document.addEventListener("htmx:afterSettle", (event) => {
  if (inStep && !document.activeElement?.closest(".step, .composer, .verb-form")) {
    document.querySelector("[data-next-step]")?.focus();
  }
  inStep = false;
  if (event.detail.target?.id !== "main") return;
  document.querySelector("[data-list] .is-on")?.scrollIntoView({ block: "nearest" });
});

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-close]");
  const part = button && document.getElementById(button.dataset.close);
  if (!part) return;
  event.preventDefault();
  part.replaceChildren();
  const opener = part.opener?.isConnected ? part.opener : document.getElementById("t-h");
  (opener?.closest("details:not([open])")?.querySelector("summary") || opener)?.focus();
});

// A form that opens takes the focus; its errors do, where it has some (errors.js).
document.addEventListener("htmx:afterSettle", (event) => {
  const { target, requestConfig } = event.detail;
  if (!["verb-form", "filters", "bulk-form"].includes(target?.id)) return;
  if (requestConfig?.verb === "get") target.opener = requestConfig.elt;
  if (!target.querySelector("[data-errors]")) target.querySelector(".fields :is(input, select, textarea), p :is(input)")?.focus();
});

// Escape closes an open form, and leaves a field for the row of the task, so that single keys work again.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented) return;
  const close = event.target.closest?.("#verb-form, #filters, #bulk-form")?.querySelector("[data-close]");
  if (close) return close.click();
  if (!event.target.matches?.(`#task :is(${CONTROLS})`)) return;
  const row = document.querySelector("[data-list] .is-on a[href]");
  (row?.getClientRects().length ? row : document.getElementById("t-h"))?.focus();
});
