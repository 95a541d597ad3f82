"""Texts of the code reach the catalogues, what is wrong with a translation is found, and what is right is compiled."""

from __future__ import annotations

import gettext
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Message

from backoffice import catalogues
from launch import languages, messages

PAGE = """{% load i18n %}
<h1>{% translate "Queue" %}</h1>
  <p title="{% translate 'Open' context "what a key does" %}">{% blocktranslate count n=rows|length trimmed %}
    {{ n }} task is 50 % done
  {% plural %}
    {{ n }} tasks are 50 % done
  {% endblocktranslate %}</p>
"""
CODE = """
from django.utils.translation import gettext_lazy as _, ngettext, pgettext
TITLE = _("Two "
          "lines")
def said(n): return pgettext("of a day", "Time"), ngettext("%(n)s day", "%(n)s days", n), print("nothing of ours")
"""


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Path:
    """A checkout with one page and one module, where all there is goes."""
    for path, text in (("templates/page.html", PAGE), ("tasks/code.py", CODE), ("tasks/tests/test_it.py", CODE)):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    monkeypatch.setattr(messages, "BASE", tmp_path)
    monkeypatch.setattr(catalogues, "BASE", tmp_path)
    settings.DATA = tmp_path / "data"
    return tmp_path


def test_texts_of_pages_and_code(checkout: Path) -> None:
    said = {(one.context, one.id): one.locations for one in messages.said_by_the_code() if one.id}
    assert said == {
        (None, "Queue"): [("templates/page.html", 0)],
        ("what a key does", "Open"): [("templates/page.html", 0)],
        (None, ("%(n)s task is 50 %% done", "%(n)s tasks are 50 %% done")): [("templates/page.html", 0)],
        (None, "Two lines"): [("tasks/code.py", 0)],
        ("of a day", "Time"): [("tasks/code.py", 0)],
        (None, ("%(n)s day", "%(n)s days")): [("tasks/code.py", 0)],
    }


def test_what_is_translated_stays_and_what_nobody_says_goes(checkout: Path) -> None:
    messages.main(["messages", "de"])
    written = messages.read("de")
    written["Queue"].string = "Warteschlange"
    written.add("Gone", "Weg")
    messages.write("de", written)
    messages.main(["messages"])
    again = messages.read("de")
    assert again["Queue"].string == "Warteschlange"
    assert "Gone" not in again and not again.obsolete
    before = messages.path_of("de").read_bytes()
    messages.main(["messages"])
    assert messages.path_of("de").read_bytes() == before
    assert b"-Date" not in before


def test_problems_of_a_catalogue(checkout: Path) -> None:
    messages.main(["messages", "de"])
    written = messages.read("de")
    del written._messages["Two lines"]
    written.add("Gone", "Weg")
    messages.write("de", written)
    found = "\n".join(languages.problems("de", messages.said_by_the_code()))
    assert "is without (None, 'Two lines')" in found
    assert "has (None, 'Gone')" in found
    assert "'Queue' is not translated" in found


@pytest.mark.parametrize(
    ("text", "written", "wrong"),
    [
        ("%(who)s took it", "%(who)s hat es", ""),
        ("%(who)s took it", "%(wer)s hat es", "placeholders"),
        ("%(hours)s h %(minutes)02d", "%(hours)s h %(minutes)s", "placeholders"),
        ("{who} took <b>{what}</b>", "<b>{what}</b> nahm {who}", ""),
        ("{who} took <b>{what}</b>", "{what} nahm {who}", "tags"),
        ("%(load)s %%", "%(load)s %", "placeholders"),
        ("# selected", "ausgewählt", "placeholders"),
        ("ready:\n", "fertig:", "white space"),
        (("%(n)s day", "%(n)s days"), ("ein Tag", "%(n)s Tage"), "placeholders"),
        (("one day", "%(n)s days"), ("%(n)s Tag", "%(n)s Tage"), ""),
        (("%(n)s day", "%(n)s days"), ("%(n)s Tag", ""), "not translated"),
    ],
)
def test_faults_of_a_translation(text: Any, written: Any, wrong: str) -> None:
    found = list(languages.faults(Message(text, written)))
    assert [wrong] * bool(wrong) == [wrong for one in found if wrong in one][:1]
    assert bool(found) == bool(wrong), found


def test_a_guess_is_a_fault() -> None:
    assert list(languages.faults(Message("Queue", "Schlange", flags=["fuzzy"]))) == ["is only guessed (fuzzy)"]


def test_compiled_once_and_again_when_a_text_changed(checkout: Path) -> None:
    messages.main(["messages", "de", "fr"])
    written = messages.read("de")
    written["Queue"].string = "Warteschlange"
    messages.write("de", written)
    assert catalogues.compiled() and not catalogues.compiled()
    assert _said(checkout, "de", "Queue") == "Warteschlange"
    written["Queue"].string = "Schlange"
    messages.write("de", written)
    assert not catalogues.current() and catalogues.compiled() and catalogues.current()
    assert _said(checkout, "de", "Queue") == "Schlange"
    messages.path_of("fr").unlink()
    assert catalogues.compiled()
    assert not (checkout / "data/locale/fr").exists()


def _said(checkout: Path, language: str, text: str) -> str:
    with (checkout / f"data/locale/{language}/LC_MESSAGES/django.mo").open("rb") as file:
        return gettext.GNUTranslations(file).gettext(text)
