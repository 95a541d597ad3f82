// A comment that was begun stays with its task while one looks at others: kept in this tab until it is sent.

const key = () => `comment:${document.getElementById("task")?.dataset.task}`;
const field = () => document.getElementById("c-text");

function restore() {
  const text = field();
  if (text && !text.value) text.value = sessionStorage.getItem(key()) || "";
}

document.addEventListener("input", (event) => {
  if (event.target !== field()) return;
  if (event.target.value) sessionStorage.setItem(key(), event.target.value);
  else sessionStorage.removeItem(key());
});

document.addEventListener("commented", () => {
  sessionStorage.removeItem(key());
  field()?.form.reset();
});

document.addEventListener("htmx:afterSettle", restore);
restore();
