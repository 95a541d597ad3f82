"""What of a page a browser has to look at once: its build, without words, numbers and the length of lists."""

from __future__ import annotations

import re
from html.parser import HTMLParser

BUILDS = {"class", "role", "type", "disabled", "hidden", "open", "tabindex", "checked", "multiple", "required"}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
# Drawn, never looked into.
VOID |= {"path", "use", "rect", "line", "circle"}
DIGITS = re.compile(r"\d+")


class _Reader(HTMLParser):
    """Builds each element's text from its start tag and what is in it; equal neighbours count once."""

    def __init__(self) -> None:
        super().__init__()
        self.main = ""
        self._open: list[tuple[str, str, list[str]]] = [("", "", [])]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        kept = [f"{name}={value}" if name in BUILDS else name for name, value in attrs if self._builds(name)]
        self._open.append((tag, DIGITS.sub("", " ".join([tag, *sorted(kept)])), []))
        if tag in VOID:
            self.handle_endtag(tag)

    def _builds(self, name: str) -> bool:
        return name in BUILDS or (name.startswith("aria-") and name != "aria-current")

    def handle_data(self, data: str) -> None:
        if data.strip():
            self._add("words")

    def handle_endtag(self, tag: str) -> None:
        if all(one[0] != tag for one in self._open[1:]):
            return
        while True:
            name, start, parts = self._open.pop()
            built = f"<{start}>{''.join(parts)}</>"
            if name == "main":
                self.main, built = built, "<main>"
            self._add(built)
            if name == tag:
                return

    def _add(self, part: str) -> None:
        parts = self._open[-1][2]
        if part not in parts:
            parts.append(part)

    def frame(self) -> str:
        return "".join(self._open[0][2])


def skeleton(page: str) -> tuple[str, str]:
    """The build of the frame around `<main>`, and of what is in it. Takes HTML."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return reader.frame(), reader.main
