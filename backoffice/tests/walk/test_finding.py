"""The search tells nobody what is not theirs; the inspector reads every answer."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from backoffice.tests.walk.answers import mark
from backoffice.tests.walk.cases import HTMX
from backoffice.tests.walk.office import objects_of

ROLES = "cahmvsrd"
# What finds whose: by a word of theirs, and what is nobody's to find by it.
FINDS = {"title": "ABCDEIR", "text": "ABCDEIR", "comment": "ABCDIR"}


@pytest.mark.parametrize("letter", ROLES)
def test_no_word_finds_what_is_not_theirs(office: SimpleNamespace, letter: str) -> None:
    visitor = office.visitors[letter]
    for what, kinds in FINDS.items():
        assert visitor.page("GET", "/search/", [("q", what)]).status_code == 200
        for kind in kinds:
            assert visitor.page("GET", "/search/", [("q", mark(kind, what))], **HTMX).status_code == 200
            assert visitor.page("GET", "/search/palette/", [("q", mark(kind, what))]).status_code == 200
    for name in ("procedure", "Permits", "ARC", "new"):
        assert visitor.page("GET", "/search/palette/", [("q", name)]).status_code == 200


@pytest.mark.parametrize("letter", ROLES)
def test_no_reference_tells_more_than_its_page(office: SimpleNamespace, letter: str) -> None:
    visitor = office.visitors[letter]
    for name, task in objects_of(office):
        there = visitor.page("GET", task.get_absolute_url()).status_code == 200
        found = visitor.page("GET", "/search/", [("q", task.reference)]).content.decode()
        assert (f'href="{task.get_absolute_url()}"' in found) == there, name
