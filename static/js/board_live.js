// The department's board follows what others do. What is chosen stays chosen; it waits while somebody drags, has a menu
// open, or has said whom the chosen work goes to or why.

import { follow, redraw } from "./follow.js";

const board = () => document.querySelector("#board[data-live]");
const typed = (field) => field.matches("input:not([type=hidden], [type=checkbox]), select") && field.value;

function address() {
  const form = document.getElementById("pick");
  const busy = document.body.classList.contains("dragging") || board()?.querySelector("details[data-menu][open], .htmx-request");
  return board() && !busy && ![...(form?.elements ?? [])].some(typed) ? `${board().dataset.live}${location.search}` : "";
}

follow(20, address, (page) => {
  const changed = redraw(board(), page.getElementById("board"), "work-h", {
    beforeNodeMorphed: (old) => !old.matches?.(".bulk"),
    beforeNodeRemoved: (old) => !old.matches?.(".done-note"),
    beforeAttributeUpdated: (name, node) => !(name === "open" && node.matches("details")),
  });
  if (changed) document.dispatchEvent(new CustomEvent("say", { detail: board().dataset.changed }));
});
