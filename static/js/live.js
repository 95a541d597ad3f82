// The list of the queue follows what others do, with the numbers of the navigation and who is at its tasks. It waits while
// somebody filters, fills in the form of the selection or has a menu of the list open.

import { count } from "./counts.js";
import { follow, redraw } from "./follow.js";

let present = [];

const list = () => document.getElementById("list");
const BUSY = "#filters > *, #bulk-form > *, details[open], .htmx-request";
const address = () => (list() && !list().querySelector(BUSY) ? `${list().dataset.live}${location.search}` : "");

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

const look = follow(15, address, (page) => {
  const others = redraw(list(), page.getElementById("list"), "q-h");
  present = [...page.querySelectorAll("[data-present]")];
  decorate();
  count(page);
  if (others) document.dispatchEvent(new CustomEvent("say", { detail: document.getElementById("rows").dataset.changed }));
});

document.addEventListener("htmx:afterSettle", decorate);
look();
