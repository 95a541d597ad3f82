// A step is saved when its box is ticked, when its text was changed, and when a choice was made: at once by pointer,
// by keyboard once the choice is left or with Enter, because arrow keys walk through the choices.

let byPointer = false;
let waiting = null;

const choice = (element) => element.matches("select, [type=radio]");
const save = (form) => form.dispatchEvent(new Event("save"));

document.addEventListener("pointerdown", () => (byPointer = true), true);
document.addEventListener("keydown", () => (byPointer = false), true);

document.addEventListener("change", (event) => {
  const form = event.target.closest(".step");
  if (!form) return;
  if (choice(event.target) && !byPointer) waiting = form;
  else save(form);
});

document.addEventListener("focusout", (event) => {
  if (!waiting || waiting.contains(event.relatedTarget)) return;
  save(waiting);
  waiting = null;
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.matches?.(".step select")) return;
  event.preventDefault();
  waiting = null;
  save(event.target.form);
});

document.addEventListener("submit", (event) => {
  if (event.target === waiting) waiting = null;
});
