// What is dragged now (drag.js): its row chosen in the form, the tag at the pointer, the person below it.

export let drag = null;

const say = (words) => document.dispatchEvent(new CustomEvent("say", { detail: words }));
const boxes = (form) => [...form.querySelectorAll("input[name=task]")];
const select = (form) => form.querySelector("#bulk-to");
const changed = (control) => control.dispatchEvent(new Event("change", { bubbles: true }));

export function personAt(x, y) {
  const row = document.elementFromPoint(x, y)?.closest?.("tr[id^=person-]");
  const key = row?.id.slice("person-".length);
  const option = key && [...select(drag.form).options].find((one) => one.value === key);
  return option ? { row, key, name: option.textContent.trim() } : null;
}

// Somebody may begin to drag the row of `box`; `more` says where and by which pointer.
export function take(form, box, more) {
  drag = { form, box, over: "", on: false, ...more };
}

export function begin() {
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

export function over(x, y) {
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

export function end() {
  clearTimeout(drag?.timer);
  drag?.tag?.remove();
  document.body.classList.remove("dragging");
  document.querySelectorAll(".drop-on").forEach((row) => row.classList.remove("drop-on"));
  drag = null;
}

export function cancel() {
  const { form, before, to, on } = drag;
  end();
  if (!on) return;
  boxes(form).forEach((one, place) => { one.checked = before[place]; });
  select(form).value = to;
  changed(select(form));
  say(form.dataset.dragEnd);
}
