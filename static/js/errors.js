// The error summary takes the focus when it appears; its links put the focus into the field, with its label in view.

function attend(part) {
  const summary = part.matches?.("[data-errors]") ? part : part.querySelector?.("[data-errors]");
  summary?.focus();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-errors] a[href^='#']");
  const field = link && document.getElementById(link.hash.slice(1));
  if (!field) return;
  event.preventDefault();
  (field.closest(".field") || field).scrollIntoView({ block: "center" });
  field.focus({ preventScroll: true });
});

document.addEventListener("htmx:afterSettle", (event) => attend(event.target));

attend(document);
