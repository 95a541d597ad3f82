// Who else is at the open task. While the page is seen it says every 15 seconds that one is here, and whether one is
// editing (an open form, or text in the comment); the answer is who else is. It says goodbye when the task is left.

const SECONDS = 15;
let at = null;
let told = "";

const task = () => document.getElementById("task")?.dataset.here || null;
const token = () => JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];

function editing() {
  return Boolean(document.querySelector("#verb-form form") || document.getElementById("c-text")?.value);
}

function send(place, fields, options = {}) {
  const body = new URLSearchParams(fields);
  return fetch(`${place}presence/`, { method: "POST", body, headers: { "X-CSRFToken": token() }, redirect: "error", ...options });
}

function show(html) {
  const place = document.getElementById("present");
  if (!place) return;
  const before = place.textContent.trim();
  place.innerHTML = html;
  const now = place.textContent.trim();
  if (now && now !== before && now !== told) document.dispatchEvent(new CustomEvent("say", { detail: [...place.children].map((one) => one.lastChild.textContent).join(", ") }));
  told = now || told;
}

async function beat() {
  const place = task();
  if (at && at !== place) send(at, { gone: 1 }, { keepalive: true }).catch(() => {});
  if (at !== place) told = "";
  at = document.hidden ? null : place;
  if (!at) return;
  try {
    const answer = await send(at, { editing: editing() ? 1 : 0 });
    if (answer.ok && at === place && task() === place) show(await answer.text());
  } catch {
    // The next beat comes soon; what the person does says by itself when the office is out of reach.
  }
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden && at) send(at, { gone: 1 }, { keepalive: true }).catch(() => {});
  at = document.hidden ? null : at;
  if (!document.hidden) beat();
});
addEventListener("pagehide", () => at && send(at, { gone: 1 }, { keepalive: true }).catch(() => {}));
document.addEventListener("htmx:afterSettle", (event) => ["task", "main", "verb-form"].includes(event.detail.target?.id) && beat());
setInterval(beat, SECONDS * 1000);
beat();
