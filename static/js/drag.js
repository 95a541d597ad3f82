// Dragging work to a person on the department page: <form data-drag> with rows [data-row] that have a box named "task", and
// rows #person-<number>. It fills in the same form the buttons send: the boxes, and who is chosen in #bulk-to, so what the
// move would do is shown by the same preview before anything is dropped. Esc gives back what was chosen. A finger holds a
// row for a moment first, so that the page still scrolls.

import { begin, cancel, drag, end, over, personAt, take } from "./dragging.js";

const FAR = 6;
const HOLD = 400;

document.addEventListener("pointerdown", (event) => {
  const form = event.target.closest?.("form[data-drag]");
  const box = event.target.closest?.("[data-row]")?.querySelector("input[name=task]");
  if (!form || !box || drag || event.button !== 0 || event.target.closest("input, button, select")) return;
  take(form, box, { id: event.pointerId, x: event.clientX, y: event.clientY });
  if (event.pointerType === "touch") drag.timer = setTimeout(begin, HOLD);
  else drag.mouse = true;
});

document.addEventListener("pointermove", (event) => {
  if (!drag || event.pointerId !== drag.id) return;
  const far = Math.hypot(event.clientX - drag.x, event.clientY - drag.y) > FAR;
  if (!drag.on && far) drag.mouse ? begin() : end();
  if (drag?.on) over(event.clientX, event.clientY);
});

document.addEventListener("pointerup", (event) => {
  if (!drag || event.pointerId !== drag.id) return;
  if (!drag.on) return end();
  // The click that follows must not open the task under the pointer.
  const still = (click) => { click.preventDefault(); click.stopPropagation(); };
  addEventListener("click", still, { capture: true, once: true });
  setTimeout(() => removeEventListener("click", still, { capture: true }), 0);
  if (!personAt(event.clientX, event.clientY)) return cancel();
  const { form } = drag;
  end();
  form.requestSubmit(form.querySelector("button[data-key=a]"));
});

document.addEventListener("pointercancel", (event) => drag?.id === event.pointerId && cancel());
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !drag?.on) return;
  event.preventDefault();
  event.stopPropagation();
  cancel();
}, { capture: true });
document.addEventListener("dragstart", (event) => drag && event.preventDefault());
document.addEventListener("selectstart", (event) => drag?.on && event.preventDefault());
document.addEventListener("touchmove", (event) => drag?.on && event.preventDefault(), { passive: false });
document.addEventListener("contextmenu", (event) => drag?.on && event.preventDefault());
