// A list of options beside a field (palette.js, mentions.js): the field keeps the focus, and aria-activedescendant names the
// option that is chosen.

export const options = (list) => [...list.querySelectorAll("[role=option]")];
export const chosen = (list) => list.querySelector("[aria-selected=true]");

export function choose(field, list, next) {
  chosen(list)?.setAttribute("aria-selected", "false");
  next?.setAttribute("aria-selected", "true");
  next?.scrollIntoView({ block: "nearest" });
  if (next) field.setAttribute("aria-activedescendant", next.id);
  else field.removeAttribute("aria-activedescendant");
}

// Arrow and page keys choose; says whether it was one of them.
export function step(event, field, list) {
  const all = options(list);
  const at = all.indexOf(chosen(list));
  const up = at - 1 + (at < 1 ? all.length : 0);
  const next = { ArrowDown: at + 1, ArrowUp: up, PageDown: Math.min(at + 8, all.length - 1), PageUp: Math.max(at - 8, 0) }[event.key];
  if (next === undefined || !all.length) return false;
  event.preventDefault();
  choose(field, list, all[next % all.length]);
  return true;
}
