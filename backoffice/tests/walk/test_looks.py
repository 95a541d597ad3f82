"""Every page of the walk in a real browser, for every role that is answered with it, as screens.md promises.

By keyboard: a skip link first, every control reached, ringed and in sight. For axe: nothing found in light and dark,
targets of 24 px and more. Nothing scrolls sideways at 1280, 640 (200 %) and 320 px. A title, one heading, no complaint
in the console. Pages of one build (`skeleton`) are looked at once: what differs are words.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page

from backoffice.tests.walk.cases import Case
from backoffice.tests.walk.people import ROLES
from backoffice.tests.walk.skeleton import skeleton
from backoffice.tests.walk.tables import PAGES
from backoffice.tests.walk.test_pages import asked_by
from launch.answering import Answering, Asked, Told
from launch.pytest_pages import ORDINARY, Contexts, find_flaws

pytestmark = pytest.mark.browser
FINGERS = (Path(__file__).parent / "looking.js").read_text()
TAB = {"type": "rawKeyDown", "key": "Tab", "code": "Tab", "windowsVirtualKeyCode": 9}
HANDS = 8  # so many tests, for the workers to share
ROUTES = [sorted(PAGES)[number::HANDS] for number in range(HANDS)]
LOOKED_AT: set[str] = set()


class Looker:
    """A browser on the walk's office: answers as the visitor whose turn it is would get."""

    def __init__(self, page: Page, answering: Answering, office: SimpleNamespace) -> None:
        self.page, self.office, self.url = page, office, answering.url
        self.letter, self.path, self.main = "n", "", Told(404, [], b"")
        self.faults: list[str] = []
        self.readers: dict[str, str] = {}  # of each page; one that is left still says so, as who it was shown to
        self.keys = page.context.new_cdp_session(page)
        answering.answer = self.told
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))

    def told(self, asked: Asked) -> Told:
        """What the visitor is told; nothing of it stays. The page itself is here already."""
        if (asked.method, asked.target) == ("GET", self.path):
            return self.main
        kept = {name: value for name, value in asked.headers.items() if name.startswith(("hx-", "accept"))}
        letter = self.readers.get(asked.headers.get("referer", ""), self.letter)
        answer = self.office.visitors[letter].page(asked.method, asked.target, **kept)
        return Told(answer.status_code, list(answer.items()), answer.body)

    def _heard(self, said: Any) -> None:
        # The browser complains about the status of the page itself where that is meant.
        if said.type in {"error", "warning"} and said.location["url"] != self.page.url:
            self.faults.append(f"console: {said.text} {said.location['url']}")

    def meet(self, letter: str, case: Case) -> set[str]:
        """Ask for a page as somebody; which parts of it ("frame", "main") are built as none before."""
        self.letter, self.path = letter, case.where(self.office)
        if case.query:
            self.path += f"?{urlencode(case.query(self.office), doseq=True)}"
        first = case.first(self.office) if case.first else None
        answer = self.office.visitors[letter].page("GET", self.path, first=first)
        text = answer.body.decode("utf-8", "replace")
        if not answer.get("Content-Type", "").startswith("text/html") or "<!doctype" not in text[:200].lower():
            return set()
        self.main = Told(answer.status_code, list(answer.items()), answer.body)
        parts = dict(zip(("frame", "main"), skeleton(text), strict=True))
        new = {name for name, part in parts.items() if part not in LOOKED_AT}
        LOOKED_AT.update(parts.values())
        return new

    def look(self, *, frame: bool) -> list[str]:
        """Everything that is wrong with the page; its frame is walked through where it is a new one."""
        self.faults = []
        self.readers[self.url + self.path] = self.letter
        self.page.goto(self.path)
        self.page.evaluate(FINGERS)
        self.faults += self.page.evaluate("fingers.heads()")
        self._walk(frame)
        self.faults += find_flaws(self.page, within=None if frame else "main")
        return [f"{ROLES[self.letter]} {self.path}: {fault}" for fault in self.faults]

    def _walk(self, frame: bool) -> None:
        """Press Tab, Enter to skip a frame that is known, and Tab until everything was reached."""
        stops: int = self.page.evaluate("skips => fingers.ready(skips)", not frame)
        self._press(TAB)
        self.faults += self.page.evaluate("fingers.first()")
        if not frame:
            self.page.keyboard.press("Enter")
        self._press(TAB, stops)
        for _ in range(4 * stops):  # through days and times there are several
            if not self.page.evaluate("fingers.left()"):
                break
            self._press(TAB)
        self.faults += self.page.evaluate("fingers.wrong()")

    def _press(self, key: dict[str, object], times: int = 1) -> None:
        """A key goes down; takes half as long as with `page.keyboard`."""
        for _ in range(times):
            self.keys.send("Input.dispatchKeyEvent", key)


@pytest.fixture
def looker(office: SimpleNamespace, answering: Answering, contexts: Contexts) -> Iterator[Looker]:
    yield Looker(contexts.open(ORDINARY), answering, office)
    contexts.empty()
    answering.answer = None


@pytest.mark.parametrize("routes", ROUTES, ids=range(HANDS))
def test_nothing_is_wrong_with_any_page(looker: Looker, routes: list[str]) -> None:
    found: list[str] = []
    for route in routes:
        for case in PAGES[route]:
            told = case.of("GET")
            answered = {letter for letter, status in told.items() if status not in {302, 405}}
            for letter in sorted(asked_by(route, case) & answered):
                if new := looker.meet(letter, case):
                    found += looker.look(frame="frame" in new)
    assert not found, f"{len(found)} faults:\n" + "\n".join(found[:80])
