// What htmx got instead of a part. A refusal (409) and other errors are told in #notice, the work stays as it was;
// 422 redraws the form; a sign-in page means the session is over, so the whole page goes there.

const notice = document.getElementById("notice");

function tell(words) {
  const told = document.getElementById("notice-pattern")?.content.firstElementChild.cloneNode(true);
  if (!notice || !told) return;
  told.querySelector("[data-text]").textContent = words;
  notice.replaceChildren(told);
}

function sentence(text) {
  const page = new DOMParser().parseFromString(text, "text/html");
  return page.querySelector("[data-problem]")?.textContent.trim().replace(/\s+/g, " ");
}

document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  const signIn = document.body.dataset.signIn;
  if (signIn && xhr.responseURL && new URL(xhr.responseURL).pathname === signIn) {
    event.detail.shouldSwap = false;
    location.assign(`${signIn}?next=${encodeURIComponent(location.pathname + location.search)}`);
    return;
  }
  if (xhr.status < 400) {
    notice?.replaceChildren();
  } else if (xhr.status === 422 || (xhr.status === 409 && !sentence(xhr.responseText))) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});

document.addEventListener("htmx:responseError", (event) => {
  const { xhr } = event.detail;
  tell(sentence(xhr.responseText) || notice?.dataset[xhr.status < 500 ? "refused" : "failed"] || xhr.statusText);
});

for (const name of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(name, () => tell(notice?.dataset.offline || ""));
}

notice?.addEventListener("click", (event) => {
  if (!event.target.closest("[data-dismiss]")) return;
  notice.replaceChildren();
  document.getElementById("main")?.focus();
});
