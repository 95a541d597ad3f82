"""A real server and a real browser for the pages of the queue."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client


@pytest.fixture
def visit(live_server: Any, new_page: Callable[..., Any]) -> Iterator[Callable[..., Any]]:
    """`visit(person, path, **context options)` opens a page signed in; its script errors and breaches fail the test."""
    complaints: list[str] = []

    def go(person: Any, path: str, **options: Any) -> Any:
        client = Client()
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        options = {"viewport": {"width": 1280, "height": 800}, "color_scheme": "light"} | options
        page = new_page(base_url=live_server.url, **options)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
        page.goto(path)
        return page

    yield go
    assert complaints == []


@pytest.fixture
def flaws() -> Callable[[Any], list[Any]]:
    """What axe finds on a page (WCAG 2.2 A and AA, best practice), and whether it scrolls sideways."""

    def look(page: Any) -> list[Any]:
        page.evaluate((settings.BASE_DIR / "node_modules/axe-core/axe.min.js").read_text())
        found = page.evaluate("axe.run().then(result => result.violations.map(one => [one.id, one.nodes[0].html]))")
        wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
        return [*found, *(["scrolls sideways"] if wide else [])]

    return look
