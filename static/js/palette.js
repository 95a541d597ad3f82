// The command palette (Ctrl+K, or [data-opens-palette]): go to, create, and act on the selection or the open task. The
// server gives places and things by what is typed; what can be done here are the buttons of the page with their keys.
// The field is a combobox: arrows choose, Enter does it, Escape closes and gives the focus back.

const dialog = document.getElementById("palette");
const field = document.getElementById("palette-q");
const list = document.getElementById("palette-list");
const none = dialog?.querySelector("[data-palette-none]");
const count = dialog?.querySelector("[data-palette-count]");
const acts = new Map();
let asked = null;
let timer = 0;
let back = null;

const fold = (text) => text.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "").trim();
const options = () => [...list.querySelectorAll("[role=option]")];
const chosen = () => list.querySelector("[aria-selected=true]");

function label(element) {
  const copy = (element.matches("input, select, textarea") ? element.labels?.[0] : element)?.cloneNode(true);
  copy?.querySelectorAll("kbd, .count, .i").forEach((part) => part.remove());
  const words = element.dataset.keyLabel || element.getAttribute("aria-label") || copy?.textContent || "";
  return words.trim().replace(/\s+/g, " ");
}

// A button in a closed menu can be pressed all the same; what is hidden or blocked says why when it is pressed.
function usable(element) {
  if (element.closest("[hidden], [inert], template, dialog")) return false;
  return (element.closest("[data-menu]") || element).getClientRects().length > 0;
}

function groups() {
  const task = document.getElementById("task")?.querySelector(".ref")?.textContent;
  const picked = [...document.querySelectorAll("input[name=task]:checked")].find((box) => box.form?.matches("[data-pick]"));
  const parts = [];
  if (picked) parts.push(["pick", list.dataset.onSelection, document.querySelectorAll(".bulk :is(button, select)")]);
  if (task) parts.push(["task", list.dataset.onTask.replace("#", task), document.querySelectorAll("#task [data-key]")]);
  parts.push(["here", list.dataset.here, document.querySelectorAll("main > :not(#task) [data-key], .side [data-key]")]);
  return parts;
}

function option(element, id) {
  const line = document.createElement("li");
  line.role = "option";
  line.id = id;
  line.ariaSelected = "false";
  const words = document.createElement("span");
  words.className = "clip";
  words.textContent = label(element);
  line.append(words);
  if (element.dataset.key) {
    const cap = document.createElement("kbd");
    cap.textContent = element.dataset.key;
    line.append(cap);
  }
  acts.set(id, element);
  return line;
}

function group(name, words, elements) {
  const wanted = fold(field.value).split(/\s+/);
  const fits = (element) => wanted.every((word) => fold(label(element)).split(/\s+/).some((part) => part.startsWith(word)));
  const found = [...elements].filter((element) => usable(element) && label(element) && fits(element));
  if (!found.length) return [];
  const part = document.createElement("ul");
  part.role = "group";
  const head = document.createElement("li");
  head.role = "presentation";
  head.className = "palette-h";
  head.id = `pg-${name}`;
  head.textContent = words;
  part.setAttribute("aria-labelledby", head.id);
  part.append(head, ...found.map((element, number) => option(element, `po-${name}-${number}`)));
  return [part];
}

function choose(next) {
  chosen()?.setAttribute("aria-selected", "false");
  next?.setAttribute("aria-selected", "true");
  next?.scrollIntoView({ block: "nearest" });
  if (next) field.setAttribute("aria-activedescendant", next.id);
  else field.removeAttribute("aria-activedescendant");
}

function draw(answer) {
  const held = chosen()?.id;
  acts.clear();
  const places = new DOMParser().parseFromString(answer, "text/html").body.childNodes;
  list.replaceChildren(...groups().flatMap((one) => group(...one)), ...places);
  const all = options();
  choose((held && document.getElementById(held)) || all[0]);
  none.hidden = all.length > 0;
  count.textContent = count.dataset.paletteCount.replace("#", all.length);
}

async function ask() {
  asked?.abort();
  asked = new AbortController();
  const words = field.value;
  try {
    const answer = await fetch(`${dialog.dataset.palette}?q=${encodeURIComponent(words)}`, { signal: asked.signal });
    if (answer.redirected) return location.assign(answer.url);
    if (answer.ok && dialog.open) draw(await answer.text());
  } catch (fault) {
    if (fault.name !== "AbortError") draw("");
  }
}

function run(line) {
  const element = line && acts.get(line.id);
  if (!line) return field.value.trim() && location.assign(document.querySelector(".find").action + `?q=${encodeURIComponent(field.value)}`);
  if (line.dataset.href) return location.assign(line.dataset.href);
  back = null;
  dialog.close();
  if (element.matches("input:not([type=checkbox]), textarea, select") || "keyFocus" in element.dataset) element.focus();
  else element.click();
}

function open() {
  if (!dialog || dialog.open || document.querySelector("dialog:modal")) return;
  back = document.activeElement;
  field.value = "";
  list.replaceChildren();
  dialog.showModal();
  draw("");
  ask();
}

dialog?.addEventListener("close", () => {
  asked?.abort();
  if (back?.isConnected && back !== document.body) back.focus();
});

field?.addEventListener("input", () => {
  clearTimeout(timer);
  choose(null);
  timer = setTimeout(ask, 120);
});

field?.addEventListener("keydown", (event) => {
  const all = options();
  const at = all.indexOf(chosen());
  const next = { ArrowDown: at + 1, ArrowUp: at - 1 + (at < 1 ? all.length : 0), PageDown: Math.min(at + 8, all.length - 1), PageUp: Math.max(at - 8, 0) }[event.key];
  if (next !== undefined && all.length) {
    event.preventDefault();
    choose(all[next % all.length]);
  } else if (event.key === "Enter" && !event.isComposing) {
    event.preventDefault();
    clearTimeout(timer);
    const first = chosen() || null;
    if (first) run(first);
    else ask().then(() => run(options()[0] || null));
  }
});

list?.addEventListener("click", (event) => {
  const line = event.target.closest("[role=option]");
  if (line) run(line);
});

dialog?.addEventListener("click", (event) => {
  if (event.target === dialog || event.target.closest("[data-palette-close]")) dialog.close();
});

document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
  event.preventDefault();
  open();
});

document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-opens-palette]")) open();
});

document.querySelectorAll("[data-opens-palette]").forEach((button) => (button.hidden = false));
