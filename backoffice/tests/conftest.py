"""A browser whose requests the Django test client answers: the real middleware, templates and modules, no server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.contrib.staticfiles import finders
from django.db import connections
from django.test import Client

OFFICE = "http://office.test"
KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".woff2": "font/woff2"}


def _static(route: Any, name: str) -> None:
    found = finders.find(name)
    if found:
        route.fulfill(path=found, content_type=KINDS.get(Path(name).suffix, "text/plain"))
    else:
        route.fulfill(status=404)


def _answer(client: Client, database: Any, route: Any) -> None:
    # Playwright calls this in a context of its own, which would open its own connection and not see the test's rows.
    connections["default"] = database
    request = route.request
    address = urlsplit(request.url)
    if address.path.startswith("/static/"):
        return _static(route, address.path.removeprefix("/static/"))
    kept = {name: value for name, value in request.headers.items() if name.startswith(("hx-", "x-csrf", "accept"))}
    response = client.generic(
        request.method,
        f"{address.path}?{address.query}",
        request.post_data_buffer or b"",
        content_type=request.headers.get("content-type", ""),
        headers=kept,
    )
    headers = dict(response.headers.items())
    if response.status_code in {301, 302}:
        # A browser follows a redirect it was really sent; here the page says it itself.
        headers = {"content-type": "text/html", "refresh": f"0;url={headers['Location']}"}
        return route.fulfill(status=200, headers=headers, body="")
    return route.fulfill(status=response.status_code, headers=headers, body=response.content)


@pytest.fixture
def browse(new_page: Callable[..., Any]) -> Iterator[Callable[..., Any]]:
    """`browse(person, path, **context options)` gives a page; errors and breaches of the policy on it fail the test."""
    complaints: list[str] = []
    database = connections["default"]

    def start(person: Any, path: str = "/", **options: Any) -> Any:
        client = Client(enforce_csrf_checks=True, raise_request_exception=False)
        if person is not None:
            client.force_login(person)
        page = new_page(base_url=OFFICE, **({"viewport": {"width": 1280, "height": 800}} | options))
        page.context.route(f"{OFFICE}/**", lambda route: _answer(client, database, route))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
        page.goto(path)
        return page

    yield start
    assert complaints == []
