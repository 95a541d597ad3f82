// After a swap the focus stays where it was or moves on purpose, and what changed is said politely.
//   [data-focus] in the new part    takes the focus (a heading, the first open field)
//   [data-say="…"] in the new part  is announced; so is HX-Trigger: {"say": "…"} and the browser event "say"
// If the element that had the focus is gone, the focus goes to its twin by id, then to the heading of the part.

const region = document.getElementById("say");
let held = null;

function say(words) {
  if (!region || !words) return;
  region.textContent = "";
  requestAnimationFrame(() => (region.textContent = words.trim().replace(/\s+/g, " ")));
}

const within = (part, selector) => (part.matches(selector) ? part : part.querySelector(selector));

function take(element) {
  if (!element.matches("a[href], button, input, select, textarea, summary, [tabindex]")) element.tabIndex = -1;
  element.focus();
}

function lost() {
  const now = document.activeElement;
  return !now || now === document.body || !now.isConnected;
}

document.addEventListener("htmx:beforeSwap", () => {
  held = lost() ? null : document.activeElement;
});

document.addEventListener("htmx:afterSettle", (event) => {
  const part = event.target;
  if (!part.querySelector) return;
  say(within(part, "[data-say]")?.dataset.say);
  const wanted = within(part, "[data-focus]");
  if (wanted) {
    take(wanted);
  } else if (held && lost()) {
    const place = event.detail.target?.isConnected ? event.detail.target : part;
    take((held.id && document.getElementById(held.id)) || within(place, "h1, h2, h3") || place);
  }
  held = null;
});

document.addEventListener("say", (event) => {
  say(typeof event.detail === "string" ? event.detail : event.detail?.value);
});
