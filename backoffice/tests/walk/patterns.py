"""Every pattern there is: of the resolver, and of the OpenAPI document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from backoffice.api import api

API_ROOT = "api/v1/"


def patterns(found: Iterable[URLPattern | URLResolver] | None = None, before: str = "") -> Iterator[tuple[str, Any]]:
    """(route, pattern) of every address, nested ones with the whole route."""
    for one in get_resolver().url_patterns if found is None else found:
        route = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from patterns(one.url_patterns, route)
        else:
            yield route, one


def operations() -> set[str]:
    """Every operation of the API as "GET /tasks/{reference}"."""
    document = api.get_openapi_schema()
    root = f"/{API_ROOT.rstrip('/')}"
    return {
        f"{method.upper()} {path.removeprefix(root)}"
        for path, methods in document["paths"].items()
        for method in methods
    }
