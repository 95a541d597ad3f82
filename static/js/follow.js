// Pages that follow what others do (live.js, board_live.js, counts.js): while it is seen, a page asks an address every so
// often whether it says something new (ETag), and redraws that, keeping focus, scroll and what is typed.

// `address` gives where to ask, nothing while the page must not be redrawn; `apply` gets the document that came.
export function follow(seconds, address, apply) {
  let mark = "";
  let where = "";
  async function look() {
    const at = address();
    if (!at || document.hidden) return;
    if (at !== where) [mark, where] = ["", at];
    try {
      const headers = mark ? { "If-None-Match": mark } : {};
      const answer = await fetch(at, { headers, cache: "no-store", redirect: "error" });
      if (answer.status !== 200) return;
      const text = await answer.text();
      if (at !== address()) return;
      mark = answer.headers.get("ETag") || "";
      apply(new DOMParser().parseFromString(text, "text/html"));
    } catch {
      // Out of reach: the next look comes soon.
    }
  }
  document.addEventListener("visibilitychange", look);
  setInterval(look, seconds * 1000);
  return look;
}

const rows = (part) => [...part.querySelectorAll("[data-row]")].map((row) => row.id);

// Morphs `old` into `fresh`; where the row that had the focus is gone, the one in its place takes it, else `heading`. Says
// whether other rows stand there now.
export function redraw(old, fresh, heading, callbacks = {}) {
  const before = rows(old);
  const held = document.activeElement?.closest("[data-row]")?.id;
  const scroll = old.scrollTop;
  Idiomorph.morph(old, fresh, { ignoreActiveValue: true, ...(Object.keys(callbacks).length ? { callbacks } : {}) });
  htmx.process(old);
  old.scrollTop = scroll;
  const after = rows(old);
  if (held && before.includes(held) && !document.getElementById(held)) {
    const next = document.getElementById(after[Math.min(before.indexOf(held), after.length - 1)])?.querySelector("a[href]");
    (next || document.getElementById(heading))?.focus();
  }
  document.dispatchEvent(new CustomEvent("live"));
  return before.join() !== after.join();
}
