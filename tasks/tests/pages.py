"""What tests of pages share: signing in, counting statements, reading the HTML."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from organization.models import User
from organization.standing import forget

MARK = "<script>alert('%s')</script>"


def as_person(person: User) -> Client:
    """A client signed in as somebody."""
    forget(person)
    client = Client()
    client.force_login(person)
    return client


def statements(client: Client, path: str, **headers: str) -> int:
    """How many statements the second load of a page takes: the first one warms calendars and templates."""
    client.get(path, headers=headers)
    with CaptureQueriesContext(connection) as captured:
        response = client.get(path, headers=headers)
    assert response.status_code == 200, path
    return len(captured)


def part(path: str = "/queue/", target: str = "task") -> dict[str, str]:
    """The headers htmx sends for a part, from a page at `path`."""
    return {"HX-Request": "true", "HX-Target": target, "HX-Current-URL": f"http://testserver{path}"}


def text(response: Any) -> str:
    """The words of a page, as somebody reads them."""
    html = re.sub(r"<(script|style|template)\b.*?</\1>", " ", response.content.decode(), flags=re.S)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html))).strip()


def titles(response: Any) -> list[str]:
    """The titles of a list in the order of the page."""
    found = re.findall(r'<a id="a\d+"[^>]*>(.*?)</a>', response.content.decode())
    return [unescape(title) for title in found]


def headings(response: Any) -> list[str]:
    """The headings of the groups with their counts."""
    found = re.findall(r'<h2 class="group">(.*?)</h2>', response.content.decode())
    return [re.sub(r"<[^>]+>", "", heading).strip() for heading in found]
