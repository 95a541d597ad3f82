// Back and reload restore the place in a list: every [data-keep-scroll="name"] remembers, by address, how far it was
// scrolled; so does coming back to the same address after a form. Where the page itself scrolls the browser does it.

const key = (element) => `scroll:${element.dataset.keepScroll}:${location.pathname}${location.search}`;
const lists = () => document.querySelectorAll("[data-keep-scroll]");

const [entry] = performance.getEntriesByType("navigation");
if (entry?.type !== "navigate" || document.referrer === location.href) {
  for (const element of lists()) element.scrollTop = Number(sessionStorage.getItem(key(element))) || 0;
}

addEventListener("pagehide", () => {
  for (const element of lists()) sessionStorage.setItem(key(element), String(element.scrollTop));
});
