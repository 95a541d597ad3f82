"""What holds for every answer, whoever asked for it and whatever it is about.

Markers: a text of the office holds `Zz<class>-<what>-zZ`; the class says who may ever be told it.
"""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser
from urllib.parse import unquote_plus

from django.http import HttpResponse

# Class of a marker -> the roles that may see it (letters of `people.ROLES`).
MAY_SEE = {
    "A": "ahmvd",  # work here
    "R": "cahmvd",  # work here that the colleague asked for
    "I": "ahmvd",  # what is internal of it: comments, files, history, labels, steps
    "C": "hmv",  # confidential work here, with its assignee
    "D": "mv",  # confidential work here that nobody has
    "B": "srd",  # work there
    "E": "r",  # confidential work there
}
MARKER = re.compile(r"Zz([A-Z])-[\w ]*-zZ")
# Addresses are for managers, admins and one's own department; each domain is a department's.
ADDRESS = re.compile(r"[\w.]+@(\w+)\.example")
KNOWS = {"n": set(), "c": {"outside"}, "a": {"permits"}, "h": {"permits"}, "s": {"archive"}}
# Admins keep the words labels are made of; on which task one is, they do not see.
WORDS = "/set-up/labels/"
# What an admin opens by breaking the glass is told them; the classes of confidential work.
GLASS, BEHIND_GLASS = re.compile(r"/break-glass/?$"), {"C", "D", "E"}
PUBLIC = {"demo"}  # the sign-in page of a demo names its people
HOSTILE = '<script>{0}()</script>"><img src=x onerror={0}()>xq{{{{7*7}}}}xq{{% now "Y" %}}'
PAGE_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
POLICY = {"default-src": "'none'", "script-src": "'self'", "style-src": "'self'", "base-uri": "'none'"}
POLICY |= {"form-action": "'self'", "frame-ancestors": "'none'", "connect-src": "'self'"}
TOKEN = re.compile(rb"\b[A-Za-z0-9]{64}\b")  # of forms; another one in each answer
DATA_SCRIPTS = {"application/json", "application/ld+json"}


def mark(kind: str, what: str) -> str:
    """A marker of a class."""
    return f"Zz{kind}-{what}-zZ"


def hostile(name: str) -> str:
    """A text that does harm wherever it is not escaped: markup, quotes, template syntax."""
    return HOSTILE.format(name)


class Page(HTMLParser):
    """Reads a page or part for what may not be in it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.ids: Counter[str] = Counter()
        self.faults: list[str] = []
        self.script: dict[str, str | None] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if named.get("id"):
            self.ids[str(named["id"])] += 1
        if tag == "style" or "style" in named:
            self.faults.append(f"inline style on <{tag}>")
        self.faults += [f"{name} on <{tag}>" for name in named if name.startswith(("on", "hx-on"))]
        for name in ("href", "src", "action", "formaction", "hx-get", "hx-post"):
            address = (named.get(name) or "").strip().lower()
            if address.startswith(("javascript:", "vbscript:", "http:", "https:", "//")):
                self.faults.append(f"{name}={address} on <{tag}>")
            if address.startswith("data:") and tag != "img":
                self.faults.append(f"{name}=data: on <{tag}>")
        if tag == "script":
            self.script = named
            if "src" not in named and named.get("type") not in DATA_SCRIPTS:
                self.faults.append("inline <script>")

    def problems(self) -> list[str]:
        return self.faults + [f"id {name} {count} times" for name, count in self.ids.items() if count > 1]


def policy_of(header: str) -> dict[str, str]:
    parts = [part.strip().partition(" ") for part in header.split(";") if part.strip()]
    return {name: value for name, _, value in parts}


class Inspector:
    """Looks at every answer and remembers what is wrong with it; `seen` counts markers by role and class."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self.seen: Counter[tuple[str, str]] = Counter()
        self.known: set[int] = set()

    def look(self, letter: str, method: str, path: str, answer: HttpResponse, body: bytes) -> None:
        where = f"{letter} {method} {path} -> {answer.status_code}: "
        headers = "\n".join(f"{name}: {value}" for name, value in answer.items())
        text = f"{headers}\n{body.decode('utf-8', 'replace')}"
        opened = letter == "d" and method == "POST" and GLASS.search(path) is not None
        found = [*self._told(letter, path, text, opened=opened), *self._headers(answer), *self._page(answer, body)]
        if answer.status_code >= 500:
            found.append("server error")
        self.faults += [where + fault for fault in found]

    def _told(self, letter: str, path: str, text: str, *, opened: bool) -> list[str]:
        faults = set()
        # What somebody typed into the address comes back to them alone.
        typed = {found[0] for found in MARKER.finditer(unquote_plus(path))}
        for found in MARKER.finditer(text):
            kind = found[1]
            self.seen[letter, kind] += 1
            if path.startswith(WORDS) and "-label-" in found[0]:
                continue
            if opened and kind in BEHIND_GLASS:
                continue
            if letter not in MAY_SEE[kind] and found[0] not in typed:
                faults.add(f"tells {found[0]}")
        knows = KNOWS.get(letter)
        if knows is not None:
            told = {found for found in ADDRESS.finditer(text) if found[1] not in knows | PUBLIC}
            faults |= {f"tells the address {found[0]}" for found in told}
        return sorted(faults)

    def _headers(self, answer: HttpResponse) -> list[str]:
        faults = [
            f"{name} is {answer.headers.get(name)}"
            for name, wanted in PAGE_HEADERS.items()
            if answer.get(name) != wanted
        ]
        policy = policy_of(answer.get("Content-Security-Policy", ""))
        if "sandbox" not in policy:
            faults += [
                f"policy {name} is {policy.get(name)}" for name, wanted in POLICY.items() if policy.get(name) != wanted
            ]
        if "unsafe" in answer.get("Content-Security-Policy", ""):
            faults.append("unsafe policy")
        faults += [f"line break in {name}" for name, value in answer.items() if "\r" in value or "\n" in value]
        return faults

    def _page(self, answer: HttpResponse, body: bytes) -> list[str]:
        looked_at = hash(TOKEN.sub(b"", body))
        if not answer.get("Content-Type", "").startswith("text/html") or looked_at in self.known:
            return []
        self.known.add(looked_at)
        text = body.decode("utf-8")
        page = Page()
        page.feed(text)
        faults = page.problems()
        if "<img src=x" in text or re.search(r"<script>\w+\(\)", text):
            faults.append("hostile text is not escaped")
        if "xq49xq" in text:
            faults.append("hostile text is evaluated")
        return faults
