// What is typed into a <form data-draft="name"> is kept on the server a second later, and offered when the form is opened
// again: by the same person, on any machine, also after signing out. Until the server has it, and while the session is
// over, it is kept in this tab, under the person's number. It is forgotten when the form was sent.

const WAIT = 1000;
const NEVER = /^(csrfmiddlewaretoken|next|key)$/;
const person = document.body.dataset.person || "";
const place = (form) => `draft:${person}:${form.dataset.draft}`;
const timers = new Map();

for (const key of Object.keys(sessionStorage)) {
  if (key.startsWith("draft:") && !key.startsWith(`draft:${person}:`)) sessionStorage.removeItem(key);
}

function typed(form) {
  const fields = {};
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string" && !NEVER.test(name)) fields[name] = value;
  }
  return fields;
}

// What a person has put in, compared with the form as it was drawn.
const touched = (form) => [...form.elements].some((field) => {
  if (!field.name || field.type === "hidden" || field.type === "file" || field.matches("button")) return false;
  if (field.matches("select")) return [...field.options].some((option) => option.selected !== option.defaultSelected && !(option.index === 0 && ![...field.options].some((one) => one.defaultSelected)));
  return field.matches("[type=checkbox], [type=radio]") ? field.checked !== field.defaultChecked : field.value !== field.defaultValue;
});

async function send(name, fields, options = {}) {
  const headers = { "X-CSRFToken": JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"] };
  const body = new URLSearchParams({ fields: JSON.stringify(fields) });
  const answer = await fetch(`${document.body.dataset.drafts}${name}/`, { method: "POST", body, headers, redirect: "error", ...options });
  if (!answer.ok) throw new Error(answer.status);
}

async function flush(form, options) {
  clearTimeout(timers.get(form));
  timers.delete(form);
  const key = place(form);
  const kept = sessionStorage.getItem(key);
  if (kept === null) return;
  try {
    await send(form.dataset.draft, JSON.parse(kept), options);
    if (kept === "{}") sessionStorage.removeItem(key);
    form.querySelector("[data-draft-kept]")?.removeAttribute("hidden");
  } catch {
    // It stays in the tab, and goes out with the next key or after signing in.
  }
}

function keep(form) {
  sessionStorage.setItem(place(form), JSON.stringify(touched(form) ? typed(form) : {}));
  clearTimeout(timers.get(form));
  timers.set(form, setTimeout(() => flush(form), WAIT));
}

function forget(form) {
  clearTimeout(timers.get(form));
  timers.delete(form);
  sessionStorage.removeItem(place(form));
}

function put(form, fields) {
  for (const field of form.elements) {
    if (!field.name || NEVER.test(field.name) || field.matches("[type=file], button")) continue;
    const value = fields[field.name];
    if (field.matches("[type=checkbox], [type=radio]")) field.checked = value === field.value;
    else if (value !== undefined) field.value = value;
  }
}

async function restore(form) {
  // A refused form carries what was typed last; a draft of before must not come over it.
  if (form.dataset.drafted || touched(form) || form.querySelector("[data-errors]")) return;
  form.dataset.drafted = "1";
  const kept = sessionStorage.getItem(place(form));
  let fields = kept && JSON.parse(kept);
  if (!fields) {
    const answer = await fetch(`${document.body.dataset.drafts}${form.dataset.draft}/`, { redirect: "error" }).catch(() => null);
    if (answer?.status !== 200) return;
    ({ fields } = await answer.json());
  } else if (Object.keys(fields).length) {
    flush(form);
  }
  if (!Object.keys(fields).length || touched(form) || !form.isConnected) return;
  put(form, fields);
  if (touched(form)) document.dispatchEvent(new CustomEvent("say", { detail: document.body.dataset.draftIsHere }));
}

const all = (part) => part.querySelectorAll?.("form[data-draft]").forEach(restore);

document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (form?.dataset.draft) keep(form);
});

document.addEventListener("htmx:beforeSwap", () => {
  for (const form of [...timers.keys()]) flush(form, { keepalive: true });
});
addEventListener("pagehide", () => [...timers.keys()].forEach((form) => flush(form, { keepalive: true })));

// A form that is sent is kept by its verb or drawn again with all that was typed.
document.addEventListener("submit", (event) => event.target.dataset?.draft && !event.target.matches("[hx-post]") && forget(event.target));
document.addEventListener("htmx:beforeRequest", ({ detail: { elt } }) => {
  if (!elt.dataset?.draft) return;
  clearTimeout(timers.get(elt));
  timers.delete(elt);
});
document.addEventListener("htmx:beforeOnLoad", ({ detail: { elt, xhr } }) => {
  if (elt.dataset?.draft && xhr.status < 300 && !xhr.responseURL.includes(document.body.dataset.signIn)) forget(elt);
});

// Signing out clears this tab (Clear-Site-Data), so what was typed goes to the server first.
document.addEventListener("submit", (event) => {
  if (!event.target.matches?.("[data-sign-out]") || !timers.size) return;
  event.preventDefault();
  Promise.all([...timers.keys()].map((form) => flush(form))).finally(() => event.target.submit());
});

document.addEventListener("commented", () => document.getElementById("composer")?.reset());
document.addEventListener("htmx:afterSettle", () => all(document));
all(document);
