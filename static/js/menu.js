// <details data-menu> as a menu: closes on a click outside, on Escape (the focus goes back to its button), when the focus
// leaves it and when another opens; arrow keys walk its entries. Without script it is a plain disclosure.

const open = () => document.querySelectorAll("details[data-menu][open]");

document.addEventListener("click", (event) => {
  for (const menu of open()) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("focusout", (event) => {
  const menu = event.target.closest?.("details[data-menu][open]");
  if (menu && event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
});

function walk(menu, event) {
  const entries = [...menu.querySelectorAll("a[href], button")].filter((entry) => entry.getClientRects().length);
  const at = entries.indexOf(document.activeElement);
  const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: entries.length - 1 }[event.key];
  if (next === undefined || !entries.length) return;
  event.preventDefault();
  entries[(next + entries.length) % entries.length].focus();
}

document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.("details[data-menu]");
  if (!menu?.open) return;
  if (event.key === "Escape") {
    menu.open = false;
    menu.querySelector("summary").focus();
  } else if (!event.target.matches("input, textarea, select")) {
    walk(menu, event);
  }
});
