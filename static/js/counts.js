// The numbers of the navigation and of the bell follow what others do, on pages whose list does not tell them already.

import { follow } from "./follow.js";

export function count(page) {
  for (const one of page.querySelectorAll("[data-count]")) {
    const place = document.getElementById(one.dataset.count);
    if (!place) continue;
    place.hidden = one.textContent === "0";
    if (place.firstChild.textContent !== one.textContent) place.firstChild.textContent = one.textContent;
  }
  const [bell, fresh] = [document.getElementById("bell"), page.getElementById("bell")];
  if (bell && fresh && bell.textContent !== fresh.textContent) bell.replaceChildren(...fresh.childNodes);
}

follow(30, () => (document.querySelector("#list[data-live]") ? "" : document.getElementById("nav")?.dataset.counts), count);
