"""What tests of set-up pages share: signing in, posting a form as a browser fills it, reading what stands on a page."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from organization.models import User
from organization.standing import forget


def as_person(person: User) -> Client:
    forget(person)
    client = Client()
    client.force_login(person)
    return client


def typed_in(response: Any, name: str = "form") -> dict[str, Any]:
    """The values a browser would send of the form on a page, unchanged."""
    form = response.context[name]
    values: dict[str, Any] = {}
    for field in form:
        value = field.field.widget.format_value(field.value()) if hasattr(field.field.widget, "format_value") else None
        value = field.value() if value is None else value
        if isinstance(value, list) and not getattr(field.field.widget, "allow_multiple_selected", False):
            value = value[0] if value else None
        if isinstance(field.value(), bool):
            value = "on" if field.value() else None
        if value is not None and value != [""]:
            values[field.html_name] = value
    return values


def post(client: Client, path: str, **changes: Any) -> Any:
    """Open a form, change some fields, send it."""
    values = typed_in(client.get(path)) | changes
    return client.post(path, {name: value for name, value in values.items() if value is not None})


def words(response: Any) -> str:
    """The words of a page, as somebody reads them."""
    html = re.sub(r"<(script|style|template)\b.*?</\1>", " ", response.content.decode(), flags=re.S)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html))).strip()


def named(response: Any) -> list[str]:
    """The main cells of a list, in order."""
    found = re.findall(r'class="l-main[^"]*">(.*?)</th>', response.content.decode(), flags=re.S)
    return [unescape(re.sub(r"<[^>]+>", "", cell)).strip() for cell in found]


def statements(client: Client, path: str) -> int:
    """How many statements the second load of a page takes."""
    client.get(path)
    with CaptureQueriesContext(connection) as captured:
        response = client.get(path)
    assert response.status_code == 200, path
    return len(captured)
