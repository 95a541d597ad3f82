// The list follows what others do: every 15 seconds, while it is seen, it asks whether anything has changed (ETag) and
// morphs what has, keeping focus, scroll and typing. It waits while somebody filters or has a menu of the list open.

const SECONDS = 15;
let mark = "";
let where = "";
let present = [];

const list = () => document.getElementById("list");

function busy() {
  const now = list();
  return !now || document.hidden || now.querySelector("#filters > *, #bulk-form > *, details[open]") || now.querySelector(".htmx-request");
}

function decorate() {
  document.querySelectorAll("#rows .av-here").forEach((one) => one.remove());
  for (const one of present) {
    const place = document.querySelector(`#r${one.dataset.present} > .sub.num`);
    if (!place) continue;
    const mark = document.createElement("span");
    mark.className = "av av-here";
    mark.title = one.title;
    mark.textContent = one.textContent;
    const words = document.createElement("span");
    words.className = "visually-hidden";
    words.textContent = ` ${one.title}`;
    mark.append(words);
    place.prepend(mark);
  }
}

function count(page) {
  for (const one of page.querySelectorAll("[data-count]")) {
    const place = document.getElementById(one.dataset.count);
    if (place && place.firstChild.textContent !== one.textContent) place.firstChild.textContent = one.textContent;
  }
}

const rows = () => [...document.querySelectorAll("#rows [data-row]")].map((row) => row.id);

function apply(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const fresh = page.getElementById("list");
  const old = list();
  if (!fresh || busy()) return;
  const before = rows();
  const held = document.activeElement?.closest("[data-row]")?.id;
  const scroll = old.scrollTop;
  Idiomorph.morph(old, fresh, { ignoreActiveValue: true });
  htmx.process(old);
  old.scrollTop = scroll;
  present = [...page.querySelectorAll("[data-present]")];
  decorate();
  count(page);
  document.dispatchEvent(new CustomEvent("live"));
  const after = rows();
  if (held && !document.getElementById(held)) {
    const next = document.getElementById(after[Math.min(before.indexOf(held), after.length - 1)])?.querySelector("a[href]");
    (next || document.getElementById("q-h"))?.focus();
  }
  if (before.join() !== after.join()) document.dispatchEvent(new CustomEvent("say", { detail: document.getElementById("rows").dataset.changed }));
}

async function look() {
  if (busy()) return;
  if (where !== location.search) [mark, where] = ["", location.search];
  const asked = where;
  try {
    const headers = mark ? { "If-None-Match": mark } : {};
    const answer = await fetch(`${list().dataset.live}${asked}`, { headers, cache: "no-store", redirect: "error" });
    if (answer.status !== 200 || asked !== location.search) return;
    mark = answer.headers.get("ETag") || "";
    apply(await answer.text());
  } catch {
    // Out of reach: the next look comes soon.
  }
}

document.addEventListener("visibilitychange", look);
document.addEventListener("htmx:afterSettle", decorate);
setInterval(look, SECONDS * 1000);
look();
