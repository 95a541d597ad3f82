// Where drafts are kept (drafts.js): the server, under the name of the form and the person's own number.

const at = (name) => `${document.body.dataset.drafts}${name}/`;

export async function send(name, fields, options = {}) {
  const headers = { "X-CSRFToken": JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"] };
  const body = new URLSearchParams({ fields: JSON.stringify(fields) });
  const answer = await fetch(at(name), { method: "POST", body, headers, redirect: "error", ...options });
  if (!answer.ok) throw new Error(answer.status);
}

// What is kept, nothing where there is no draft or the server is out of reach.
export async function read(name) {
  const answer = await fetch(at(name), { redirect: "error" }).catch(() => null);
  return answer?.status === 200 ? (await answer.json()).fields : {};
}
