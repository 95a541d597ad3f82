// The dialog of keys ("?"): lists what the page offers now, read from data-key and from the lists on it.

const dialog = document.getElementById("keys-help");

function label(element) {
  const copy = element.cloneNode(true);
  copy.querySelectorAll("kbd, .count, .i").forEach((part) => part.remove());
  const named = element.dataset.keyLabel || element.getAttribute("aria-label") || copy.textContent;
  return (named || element.labels?.[0]?.textContent || "").trim().replace(/\s+/g, " ");
}

function row(keys, words) {
  const line = document.createElement("div");
  const term = document.createElement("dt");
  const place = document.createElement("dd");
  term.textContent = words;
  for (const key of keys) {
    const cap = document.createElement("kbd");
    cap.textContent = key;
    place.append(cap);
  }
  line.append(term, place);
  return line;
}

function fill() {
  const list = dialog.querySelector("[data-keys]");
  const lines = [];
  if (document.querySelector("[data-list]")) {
    for (const known of dialog.querySelectorAll("[data-list-key]")) {
      if (known.dataset.listKey === "x" && !document.querySelector("[data-list] [data-row] input[type=checkbox]")) continue;
      lines.push(row(known.dataset.listKey.split(" "), known.textContent));
    }
  }
  const seen = new Set();
  for (const element of document.querySelectorAll("[data-key]")) {
    if (element.closest("template, dialog") || seen.has(element.dataset.key)) continue;
    const bar = element.closest("[data-keys-first]");
    if (bar && !("keyAnywhere" in element.dataset) && !(element.closest("[data-menu]") || element).getClientRects().length) continue;
    seen.add(element.dataset.key);
    lines.push(row([element.dataset.key], label(element)));
  }
  list.replaceChildren(...lines);
}

if (dialog) {
  document.querySelectorAll("[data-opens-keys]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => {
      fill();
      dialog.showModal();
    });
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
}
