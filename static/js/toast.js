// Toasts say what was done and offer to undo it. They come from the answer (HX-Trigger: {"toast": {"text", "ref", "undo",
// "target", "seconds"}}) or stand in the page (messages). They stay at least ten seconds and wait while pointed at,
// focused, or while the window is hidden. The undo button carries data-key="z". With "target" the undo swaps that part
// (outerHTML); without, the page is loaded anew.

const box = document.getElementById("toasts");
const pattern = document.getElementById("toast-pattern");
const LEAST = 10;

function write(place, text, ref) {
  const at = ref ? text.indexOf(ref) : -1;
  if (at < 0) return place.append(text);
  const strong = document.createElement("b");
  strong.textContent = ref;
  place.append(text.slice(0, at), strong, text.slice(at + ref.length));
}

function close(toast) {
  const held = toast.contains(document.activeElement);
  const back = toast.back;
  toast.remove();
  if (held) (back?.isConnected ? back : document.getElementById("main"))?.focus();
}

function count(toast, seconds) {
  const left = toast.querySelector("[data-left]");
  let rest = Math.max(LEAST, Number(seconds) || LEAST);
  const show = () => left && (left.textContent = `· ${rest} s`);
  show();
  const timer = setInterval(() => {
    if (!toast.isConnected) return clearInterval(timer);
    if (document.hidden || toast.matches(":hover, :focus-within")) return;
    rest -= 1;
    if (rest > 0) return show();
    clearInterval(timer);
    close(toast);
  }, 1000);
}

function arm(toast, seconds) {
  toast.addEventListener("focusin", (event) => {
    if (!toast.contains(event.relatedTarget)) toast.back = event.relatedTarget;
  });
  toast.querySelector("[data-dismiss]")?.addEventListener("click", () => close(toast));
  toast.addEventListener("keydown", (event) => event.key === "Escape" && close(toast));
  count(toast, seconds);
}

function offer(toast, { undo, target }) {
  const form = toast.querySelector("form");
  if (!undo) return form.remove();
  form.action = undo;
  form.next.value = location.pathname + location.search;
  form.addEventListener("submit", (event) => {
    if (!target || !document.querySelector(target)) return;
    event.preventDefault();
    htmx.ajax("POST", undo, { target, swap: "outerHTML" }).then(() => close(toast), () => {});
  });
}

function show(detail) {
  if (!box || !pattern || !detail.text) return;
  const toast = pattern.content.firstElementChild.cloneNode(true);
  write(toast.querySelector("[data-text]"), detail.text, detail.ref);
  offer(toast, detail);
  toast.dataset.ref = detail.ref || "";
  // What was done last is all that can be undone of one thing.
  for (const old of [...box.children]) if (detail.ref && old.dataset.ref === detail.ref) old.remove();
  box.append(toast);
  arm(toast, detail.seconds);
}

document.addEventListener("toast", (event) => show(event.detail));
for (const toast of box?.querySelectorAll("[data-toast]") || []) {
  box.append(toast); // set in anew, so that a live region speaks what was there before it listened
  arm(toast, toast.dataset.seconds);
}
