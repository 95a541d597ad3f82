// What the palette (palette.js) can do on the page: the buttons of the selection, of the open task and of the page, with
// their keys, as options of its list. `acts` knows the element behind an option.

export const acts = new Map();
export const fold = (text) => text.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "").trim();

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

function parts(list) {
  const task = document.getElementById("task")?.querySelector(".ref")?.textContent;
  const picked = [...document.querySelectorAll("input[name=task]:checked")].find((box) => box.form?.matches("[data-pick]"));
  const found = [];
  if (picked) found.push(["pick", list.dataset.onSelection, document.querySelectorAll(".bulk :is(button, select)")]);
  if (task) found.push(["task", list.dataset.onTask.replace("#", task), document.querySelectorAll("#task [data-key]")]);
  found.push(["here", list.dataset.here, document.querySelectorAll("main > :not(#task) [data-key], .side [data-key]")]);
  return found;
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

function group(text, name, words, elements) {
  const wanted = fold(text).split(/\s+/);
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

// The groups of options whose words begin as `text` does; `list` says in its data what they are called.
export function groups(list, text) {
  acts.clear();
  return parts(list).flatMap((one) => group(text, ...one));
}
