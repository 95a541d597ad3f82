"""Somebody who has a keyboard and nothing else: every way to a control is by Tab, every choice by typing."""

from __future__ import annotations

from typing import Any

FAR = 150  # so many times is Tab pressed before somebody gives up
FIELDS = ("input", "select", "textarea")
NAME = """() => {
  const one = document.activeElement;
  if (one === document.body) return ["body", ""];
  const labels = [...(one.labels ?? [])].map(label => label.innerText);
  const words = [one.getAttribute("aria-label"), ...labels, one.innerText];
  return [one.localName, (words.find(Boolean) ?? "").replace(/\\s+/g, " ").trim()];
}"""


class Hands:
    """The hands of somebody on a page."""

    def __init__(self, page: Any) -> None:
        self.page = page

    def to(self, name: str, *kinds: str) -> Hands:
        """Press Tab until the focus is on what is called so (the beginning of its name is enough)."""
        met = []
        for _ in range(FAR):
            kind, words = self.page.evaluate(NAME)
            if words.startswith(name) and (not kinds or kind in kinds):
                return self
            met.append(words)
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab never comes to {name!r}, but to {met}")

    def press(self, *keys: str) -> Hands:
        for key in keys:
            self.page.keyboard.press(key)
        return self

    def type(self, name: str, words: str) -> Hands:
        """Write into a field, or choose in a list by the first letters."""
        self.to(name, *FIELDS)
        if self.page.evaluate("document.activeElement.type") in {"text", "email", "search", "textarea"}:
            self.press("Control+a")
        self.page.keyboard.type(words)
        return self

    def follow(self, name: str) -> Hands:
        """Go where a link or button leads: another page."""
        self.to(name)
        with self.page.expect_navigation():
            self.press("Enter")
        return self

    def send(self) -> Hands:
        """Send the form the focus is in."""
        with self.page.expect_navigation():
            self.press("Control+Enter")
        return self
