"""No page says a word of its own: what is no data of the office goes through the catalogues of the languages.

Each text that gettext gives is put in brackets here; what then stands outside of brackets nobody can translate.
"""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models
from django.utils import translation
from django.utils.translation import trans_real

from backoffice.tests.walk.tables import PAGES
from organization import dates
from organization.forms_places import countries
from organization.importing.sheets import KINDS
from tasks.presenting import words_of

READERS = "chmd"
SPOKEN = {"title", "aria-label", "aria-description", "placeholder", "alt"}
# Names of things that are the same in all languages: keys, formats, settings, what programs write.
SAME = {
    "Backoffice",
    "Ctrl",
    "Enter",
    "Esc",
    "UTC",
    "API",
    "CSV",
    "XLSX",
    "JSON",
    "PDF",
    "EMAIL",
    "URL",
    "DEFAULT",
    "FROM",
    "memory",
}
OURS = ("organization", "tasks", "records", "reports")
WORD = re.compile(r"[^\W\d_]{3,}")


class Outside(HTMLParser):
    """Collects what a page says outside of brackets."""

    def __init__(self) -> None:
        super().__init__()
        self.depth = self.mute = 0
        self.said: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.mute += tag in {"script", "style", "code", "kbd"}
        self.said += [value for name, value in attrs if value and name in SPOKEN and "⟦" not in value]

    def handle_endtag(self, tag: str) -> None:
        self.mute -= tag in {"script", "style", "code", "kbd"}

    def handle_data(self, data: str) -> None:
        out = ""
        for sign in data:
            if sign in "⟦⟧":
                self.depth = max(0, self.depth + (1 if sign == "⟦" else -1))
            elif not self.depth:
                out += sign
        if out.strip() and not self.mute:
            self.said.append(out)


@pytest.fixture
def brackets(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Everything gettext gives stands in brackets; patterns of dates do not."""
    translation.gettext("")  # makes _trans look for its functions

    def put(text: str) -> str:
        return f"⟦{text}⟧" if text and "⟦" not in text else text

    def patch(name: str) -> None:
        given: Callable[..., str] = getattr(trans_real, name)

        def bracketed(*args: Any) -> str:
            pattern = name == "pgettext" and args[0].startswith("date format")
            return given(*args) if pattern else put(given(*args))

        monkeypatch.setattr(translation._trans, name, bracketed, raising=False)

    for name in ("gettext", "ngettext", "pgettext", "npgettext"):
        patch(name)
    _forget()
    yield
    _forget()


def _forget() -> None:
    words_of.cache_clear()
    dates._day.cache_clear()


def data_of_the_office() -> set[str]:
    """The words that people wrote: names, titles, texts, whatever stands in a column."""
    names = [settings.OFFICE_NAME, settings.DEFAULT_FROM_EMAIL, *(words for _code, words in countries("en"))]
    names += [column.head for kind in KINDS.values() for column in kind.columns]
    kept = SAME | set(WORD.findall(" ".join([*names, *zoneinfo.available_timezones()])))
    for model in apps.get_models():
        if model._meta.app_label not in OURS:
            continue
        names = [
            one.name
            for one in model._meta.concrete_fields
            if isinstance(one, models.CharField | models.TextField | models.JSONField) and not one.choices
        ]
        for row in model._default_manager.values_list(*names) if names else ():
            kept |= set(WORD.findall(" ".join(str(value) for value in row)))
    return kept


PLACES = sorted(route for route in PAGES if not route.startswith(("metrics", "health")))


def test_no_page_says_what_nobody_can_translate(office: SimpleNamespace, brackets: None) -> None:
    data = data_of_the_office()
    wrong: dict[str, str] = {}
    for letter in READERS:
        office.visitors[letter].page("GET", "/")  # what others had them do is told here, in words of before
    for route in PLACES:
        for case in PAGES[route]:
            for letter in READERS:
                if case.of("GET")[letter] != 200:
                    continue
                query = case.query(office) if case.query else None
                answer = office.visitors[letter].page("GET", case.where(office), query)
                if "html" not in answer.headers.get("Content-Type", ""):
                    continue
                page = Outside()
                page.feed(answer.body.decode())
                for text in page.said:
                    if set(WORD.findall(text)) - data and not text.startswith('{"'):  # parameters as they are kept
                        wrong.setdefault(" ".join(text.split())[:100], f"{route} as {letter}")
    office.inspector.faults.clear()  # what brackets break of its marks is not its matter
    assert not wrong, "\n".join(f"{where}: {text}" for text, where in wrong.items())
