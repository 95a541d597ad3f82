// Beside a draft that was put back into its form stands that it is there, and a button that discards it; pressed, the same
// place offers to take it back, until something else is typed or the form is left.

export function offer(form, { drop, take }) {
  const note = document.getElementById("draft-pattern")?.content.firstElementChild.cloneNode(true);
  if (!note) return;
  const words = note.querySelector("[data-words]");
  const button = note.querySelector("button");
  let kept = null;
  const show = (here) => {
    words.textContent = here ? note.dataset.here : note.dataset.gone;
    button.textContent = here ? note.dataset.discard : note.dataset.undo;
    document.dispatchEvent(new CustomEvent("say", { detail: words.textContent }));
  };
  form.querySelectorAll("[data-draft-note]").forEach((old) => old.remove());
  button.addEventListener("click", () => {
    if (kept) [take(kept), kept = null];
    else kept = drop();
    show(!kept);
  });
  form.addEventListener("input", () => kept && note.remove());
  form.addEventListener("reset", () => !note.contains(document.activeElement) && note.remove());
  form.prepend(note);
  show(true);
}
