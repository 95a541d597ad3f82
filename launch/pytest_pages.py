"""pytest plugin: the office in a real browser, answered from inside the test (`launch.answering`).

Fixtures: `visit(person, path, **context options)` opens a page signed in; `flaws(page)` says what is wrong with it.
Contexts are kept between tests, emptied, so that scripts, styles and fonts are fetched once.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterator
from traceback import format_exc
from typing import Any

import pytest
from django.conf import settings
from django.core.signals import got_request_exception
from django.db import connections
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page

from launch.answering import Answering, django_answers
from launch.pytest_browser import PATIENCE_MS

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
# What moves is not waited for: the styles keep still for who wants that.
ORDINARY = {"viewport": {"width": 1280, "height": 800}, "color_scheme": "light", "reduced_motion": "reduce"}
NARROW = ((640, 400), (320, 640))  # 1280 px at 200 %, and the narrowest screen
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOURS = ["color-contrast", "link-in-text-block"]
# With the innermost element that stands out.
SIDEWAYS = """() => [document.documentElement, ...document.querySelectorAll("main, .pane")]
  .filter(one => one.scrollWidth > one.clientWidth && getComputedStyle(one).display !== "none")
  .map(one => {
    const end = one.getBoundingClientRect().left + one.clientWidth + 1;
    const out = [...one.querySelectorAll("*")].filter(inner => inner.checkVisibility() &&
      inner.getBoundingClientRect().right > end).pop();
    return `${innerWidth} px: <${one.localName}> scrolls sideways: ${(out ?? one).outerHTML.slice(0, 150)}`;
  })"""
# How much is below the fold: axe says nothing of the contrast of what is scrolled out of a pane.
BELOW = """() => Math.min(8000, Math.max(...[...document.querySelectorAll("html, main, .pane")]
  .map(one => one.scrollHeight - one.clientHeight)))"""
# Without `preload` axe fetches no styles anew, and writes none into the page. What passes need not be described.
AXE = """({within, ...options}) => axe
  .run(within ?? document, {...options, preload: false, resultTypes: ["violations"]})
  .then(found => found.violations.flatMap(one =>
    one.nodes.map(node => `${one.id}: ${node.html.slice(0, 200)} ${node.any[0]?.message ?? ""}`)))"""


class Contexts:
    """Browser contexts by their options: a page is opened in a free one, which is emptied and kept afterwards."""

    def __init__(self, browser: Browser, url: str) -> None:
        self._browser, self._url = browser, url
        self._free: dict[str, list[BrowserContext]] = defaultdict(list)
        self._used: list[tuple[str, BrowserContext]] = []

    def open(self, options: dict[str, Any], *, fresh: bool = False) -> Page:
        """A page with nothing remembered; `fresh` for what cannot be taken back, such as another clock."""
        key = "" if fresh else repr(sorted(options.items()))
        context = self._free[key].pop() if self._free[key] else self._browser.new_context(base_url=self._url, **options)
        context.set_default_timeout(PATIENCE_MS)
        self._used.append((key, context))
        return context.new_page()

    def empty(self) -> None:
        """Close the pages of a test and forget whose they were."""
        for key, context in self._used:
            if not key:
                context.close()
                continue
            for page in context.pages:
                page.close()
            context.unroute_all()
            context.clear_cookies()
            self._free[key].append(context)
        self._used.clear()


@pytest.fixture(scope="session")
def first_connection() -> Any:
    """The connection there was before the browser."""
    return connections["default"]


@pytest.fixture(scope="session")
def answering(first_connection: Any, browser: Browser) -> Iterator[Answering]:
    """The server of this process. Between two calls of Playwright its loop is known as the running one.

    Django keeps connections elsewhere where a loop is running: without this there would be a second one.
    """
    connections["default"] = first_connection
    one = Answering()
    serving = asyncio.get_running_loop().create_task(one.serve())
    browser.new_context().close()  # lets the loop run
    serving.result()
    yield one
    one.close()


@pytest.fixture(scope="session")
def contexts(browser: Browser, answering: Answering) -> Contexts:
    """The contexts of this process."""
    return Contexts(browser, answering.url)


@pytest.fixture
def visit(db: None, answering: Answering, contexts: Contexts) -> Iterator[Callable[..., Page]]:
    """`visit(person, path)`; errors of scripts and of the office, and breaches of the policy, fail the test."""
    complaints: list[str] = []

    def note(sender: Any, **kwargs: Any) -> None:
        complaints.append(format_exc())

    def go(person: Any, path: str = "/", *, fresh: bool = False, **options: Any) -> Page:
        page = contexts.open(ORDINARY | options, fresh=fresh)
        if person is not None:
            client = Client()
            client.force_login(person, backend=BACKEND)
            session = client.cookies[settings.SESSION_COOKIE_NAME].value
            cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session, "url": answering.url}
            page.context.add_cookies([cookie])
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
        page.goto(path)
        return page

    answering.answer = django_answers()
    got_request_exception.connect(note)
    yield go
    got_request_exception.disconnect(note)
    contexts.empty()
    answering.answer = None
    assert complaints == []


def _axe(page: Page, within: str | None, **options: Any) -> list[str]:
    if not page.evaluate("'axe' in window"):
        page.evaluate((settings.MODULES / "axe-core/axe.min.js").read_text())
    found: list[str] = page.evaluate(AXE, {"within": within, **options})
    return found


def find_flaws(page: Page, *, in_place: bool = True, within: str | None = None) -> list[str]:
    """What axe finds in light and dark in the whole page, and where it scrolls sideways, wide and narrow.

    The page is not loaded again; afterwards it is as it was. `in_place` False leaves the window alone, for states that
    do not outlive another size: then contrast is known of what is in view. `within` is a selector: axe looks at nothing
    else, for what is known around it.
    """
    size = page.viewport_size
    found = _axe(page, within, runOnly=TAGS)
    if in_place and size and (below := page.evaluate(BELOW)) > 0:
        page.set_viewport_size({"width": size["width"], "height": size["height"] + below})
        found += _axe(page, within, runOnly=COLOURS)
    page.emulate_media(color_scheme="dark")
    found += [f"dark: {one}" for one in _axe(page, within, runOnly=COLOURS)]
    page.emulate_media(color_scheme="light")
    found += page.evaluate(SIDEWAYS)
    for width, height in NARROW if in_place else ():
        page.set_viewport_size({"width": width, "height": height})
        found += page.evaluate(SIDEWAYS)
    if in_place and size:
        page.set_viewport_size(size)
    return found


@pytest.fixture
def flaws() -> Callable[..., list[str]]:
    """`flaws(page)`: see `find_flaws`."""
    return find_flaws
