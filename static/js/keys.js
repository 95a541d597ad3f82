// Single keys press what carries data-key="e" on the page: buttons and links are clicked, fields (and what carries
// data-key-focus) get the focus. They never fire while somebody types, never with Ctrl, Alt or Meta, and not at all
// where <body data-single-keys="off">. data-key-anywhere works though its element is not displayed, in [data-keys-first] before others. Ctrl+Enter sends
// the form one is typing in.

const TYPING = "input:not([type=checkbox]):not([type=radio]):not([type=button]):not([type=submit]), textarea, select, [contenteditable]";
// Behind [data-guard] stand buttons of which none is the one that sends the form.
const SENDS = "button:not([type=button], [disabled], [data-guard] ~ *, [data-guard] ~ * *), input[type=submit]";

function reachable(element) {
  if (element.closest("[hidden], [inert]")) return false;
  const place = element.closest("[data-menu]") || element;
  return place.getClientRects().length > 0 || element.hasAttribute("data-key-anywhere");
}

function wanted(key) {
  const scope = document.querySelector("dialog:modal") || document;
  const named = [...scope.querySelectorAll("[data-key]")].filter((element) => element.dataset.key.toLowerCase() === key);
  // What was drawn last lies on top: the newest toast's undo comes before the one below it. The bar of a selection
  // (data-keys-first), while it shows, comes before the task beside the list.
  const found = named.reverse().filter(reachable);
  return found.find((element) => element.closest("[data-keys-first]")) || found[0];
}

function send(event) {
  const form = event.target.form;
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || !form) return;
  event.preventDefault();
  const button = form.querySelector(SENDS);
  // A button with an address of its own is clicked: htmx knows it by that.
  if (button?.hasAttribute("formaction")) button.click();
  else if (!form.querySelector("[data-guard]")) form.requestSubmit(button);
}

document.addEventListener("keydown", (event) => {
  send(event);
  if (document.body.dataset.singleKeys === "off" || event.defaultPrevented || event.isComposing || event.repeat) return;
  if (event.ctrlKey || event.altKey || event.metaKey || event.key.length !== 1 || event.key === " ") return;
  if (event.shiftKey && /[a-z]/i.test(event.key)) return;
  if (event.target.closest?.(TYPING)) return;
  const element = wanted(event.key.toLowerCase());
  if (!element) return;
  event.preventDefault();
  if (element.matches(TYPING) || "keyFocus" in element.dataset) element.focus();
  else element.click();
});

// A verb that is not possible now (aria-disabled) says why instead of acting, by key and by click alike.
document.addEventListener("click", (event) => {
  const blocked = event.target.closest?.("[aria-disabled=true]");
  if (!blocked) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const reason = document.getElementById(blocked.getAttribute("aria-describedby"))?.textContent || blocked.title;
  document.dispatchEvent(new CustomEvent("say", { detail: reason }));
}, true);
