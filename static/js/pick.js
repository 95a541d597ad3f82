// Choosing rows for a change of several: <form id data-pick="# selected"> with boxes named "task", in it or tied to it by
// their form attribute. [data-pick-all] chooses all shown, [data-pick-none] and Escape none, [data-pick-count] says how
// many. Shift and a click, or Shift+x, choose all from the last one. What is chosen stays so while others redraw the list;
// the event "picked" says which numbers are left after a change.

const chosen = new Map();
let last = null;
let told = 0;
let answered = false;

const boxes = (form) => [...form.elements].filter((box) => box.name === "task" && box.type === "checkbox");
const forms = () => document.querySelectorAll("form[data-pick]");
const words = (form, count) => form.dataset.pick.replace("#", count);

function show(form) {
  const all = boxes(form);
  const count = all.filter((box) => box.checked).length;
  const every = form.querySelector("[data-pick-all]");
  if (every) {
    every.hidden = false;
    every.closest("label[hidden]")?.removeAttribute("hidden");
    every.checked = count > 0 && count === all.length;
    every.indeterminate = count > 0 && count < all.length;
  }
  form.querySelector("[data-pick-none]")?.removeAttribute("hidden");
  const place = form.querySelector("[data-pick-count]");
  if (place) [place.hidden, place.textContent] = [false, words(form, count)];
  return count;
}

function keep(form) {
  chosen.set(form.id, new Set(boxes(form).filter((box) => box.checked).map((box) => box.value)));
  const count = show(form);
  if (count !== told) document.dispatchEvent(new CustomEvent("say", { detail: words(form, count) }));
  told = count;
}

// Boxes that were drawn anew are as they were; what has left the list is not chosen any more.
function restore(form) {
  const known = chosen.get(form.id);
  if (known) for (const box of boxes(form)) box.checked = known.has(box.value);
  chosen.set(form.id, new Set(boxes(form).filter((box) => box.checked).map((box) => box.value)));
  told = show(form);
}

function choose(form, on) {
  for (const box of boxes(form)) box.checked = on;
  last = null;
  form.dispatchEvent(new Event("change", { bubbles: true }));
}

document.addEventListener("click", ({ target, shiftKey }) => {
  const none = target.closest?.("[data-pick-none]");
  if (none) {
    choose(none.form, false);
    boxes(none.form)[0]?.focus();
  }
  if (target.name !== "task" || !target.form?.matches("[data-pick]")) return;
  const all = boxes(target.form);
  const [from, to] = [all.findIndex((box) => box.value === last), all.indexOf(target)].sort((one, other) => one - other);
  if (shiftKey && from >= 0) for (const box of all.slice(from, to + 1)) box.checked = target.checked;
  last = target.value;
});

document.addEventListener("change", ({ target }) => {
  const form = target.form || target;
  if (!form.matches?.("form[data-pick]")) return;
  if (target.matches("[data-pick-all]")) for (const box of boxes(form)) box.checked = target.checked;
  keep(form);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("dialog:modal, details[data-menu][open]")) return;
  if (!event.target.closest?.("[data-list], form[data-pick]") || event.target.closest(".bulk-form")) return;
  for (const form of forms()) {
    if (!boxes(form).some((box) => box.checked)) continue;
    const row = event.target.closest("[data-row]") || boxes(form).find((box) => box.checked).closest("[data-row]");
    choose(form, false);
    row?.querySelector("a[href]")?.focus();
  }
});

document.addEventListener("picked", ({ detail }) => {
  answered = true;
  for (const form of forms()) {
    const held = form.contains(document.activeElement);
    chosen.set(form.id, new Set(detail.left.map(String)));
    form.querySelector(".bulk-form")?.replaceChildren();
    if (held && !detail.left.length) boxes(form).find((box) => !box.checked)?.closest("[data-row]")?.querySelector("a[href]")?.focus();
  }
});

for (const name of ["htmx:afterSettle", "live"]) {
  document.addEventListener(name, () => {
    forms().forEach(restore);
    if (answered) document.querySelector(".done-note[data-focus]")?.focus();
    answered = false;
  });
}
forms().forEach(restore);
