// Choosing rows of a form for a change of several: <form data-pick> with boxes named "task". [data-pick-all] chooses all
// shown, [data-pick-none] none, [data-pick-count="# selected"] says at once how many are chosen.

const boxes = (form) => [...form.querySelectorAll("input[name=task]")];

function show(form) {
  const all = boxes(form);
  const chosen = all.filter((box) => box.checked).length;
  const every = form.querySelector("[data-pick-all]");
  const none = form.querySelector("[data-pick-none]");
  const count = form.querySelector("[data-pick-count]");
  if (every) {
    every.hidden = false;
    every.checked = chosen > 0 && chosen === all.length;
    every.indeterminate = chosen > 0 && chosen < all.length;
  }
  if (none) none.hidden = false;
  if (count) {
    count.hidden = false;
    count.textContent = count.dataset.pickCount.replace("#", chosen);
  }
}

function choose(form, on) {
  for (const box of boxes(form)) box.checked = on;
  form.dispatchEvent(new Event("change", { bubbles: true }));
}

document.addEventListener("change", (event) => {
  const form = event.target.closest?.("form[data-pick]");
  if (!form) return;
  if (event.target.matches("[data-pick-all]")) {
    const on = event.target.checked;
    for (const box of boxes(form)) box.checked = on;
  }
  show(form);
});

document.addEventListener("click", (event) => {
  const none = event.target.closest?.("[data-pick-none]");
  if (!none) return;
  choose(none.form, false);
  none.form.querySelector("input[name=task]")?.focus();
});

const start = (part) => part.querySelectorAll?.("form[data-pick]").forEach(show);
document.addEventListener("htmx:load", (event) => start(event.detail.elt));
start(document);
