// Dragging work to a person on the department page: <form data-drag> with rows [data-row] that have a box named "task", and
// rows #person-<number>. It fills in the same form the buttons send: the boxes, and who is chosen in #bulk-to, so what the
// move would do is shown by the same preview before anything is dropped. Esc gives back what was chosen. A finger holds a
// row for a moment first, so that the page still scrolls.

const FAR = 6;
const HOLD = 400;
let drag = null;

const say = (words) => {
  const place = document.getElementById("say");
  if (place) place.textContent = words;
};

const boxes = (form) => [...form.querySelectorAll("input[name=task]")];
const select = (form) => form.querySelector("#bulk-to");
const changed = (control) => control.dispatchEvent(new Event("change", { bubbles: true }));

function personAt(x, y) {
  const row = document.elementFromPoint(x, y)?.closest?.("tr[id^=person-]");
  const key = row?.id.slice("person-".length);
  const option = key && [...select(drag.form).options].find((one) => one.value === key);
  return option ? { row, key, name: option.textContent.trim() } : null;
}

function begin() {
  const { form, box } = drag;
  drag.on = true;
  drag.before = boxes(form).map((one) => one.checked);
  drag.to = select(form).value;
  box.checked = true;
  changed(box);
  drag.tag = document.createElement("p");
  drag.tag.className = "drag-tag";
  const count = boxes(form).filter((one) => one.checked).length;
  drag.tag.textContent = form.dataset.dragCount.replace("#", count);
  form.closest("main").append(drag.tag);
  document.body.classList.add("dragging");
  say(form.dataset.drag);
}

function over(x, y) {
  drag.tag.style.translate = `${x + 12}px ${y + 12}px`;
  const person = personAt(x, y);
  document.querySelectorAll(".drop-on").forEach((row) => row.classList.remove("drop-on"));
  person?.row.classList.add("drop-on");
  if ((person?.key ?? "") === drag.over) return;
  drag.over = person?.key ?? "";
  select(drag.form).value = drag.over;
  changed(select(drag.form));
  if (person) say(person.name);
}

function end() {
  clearTimeout(drag?.timer);
  drag?.tag?.remove();
  document.body.classList.remove("dragging");
  document.querySelectorAll(".drop-on").forEach((row) => row.classList.remove("drop-on"));
  drag = null;
}

function cancel() {
  const { form, before, to, on } = drag;
  end();
  if (!on) return;
  boxes(form).forEach((one, place) => { one.checked = before[place]; });
  select(form).value = to;
  changed(select(form));
  say(form.dataset.dragEnd);
}

document.addEventListener("pointerdown", (event) => {
  const form = event.target.closest?.("form[data-drag]");
  const box = event.target.closest?.("[data-row]")?.querySelector("input[name=task]");
  if (!form || !box || drag || event.button !== 0 || event.target.closest("input, button, select")) return;
  drag = { form, box, id: event.pointerId, x: event.clientX, y: event.clientY, over: "", on: false };
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
