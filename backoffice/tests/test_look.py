"""The parts of the look: icons, controls, words for errors; and nothing inline anywhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django import forms
from django.conf import settings
from django.template import Context, Template

from backoffice.templatetags import look
from backoffice.tests.harness import SampleForm

ROOT = Path(settings.BASE_DIR)
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


def draw(source: str, **context: object) -> str:
    return Template("{% load look crispy_forms_tags %}" + source).render(Context(context))


def test_an_icon_names_the_sprite() -> None:
    assert draw('{% icon "queue" "over" %}') == (
        '<svg class="i over" aria-hidden="true"><use href="/static/icons.svg#i-queue"/></svg>'
    )


def test_every_icon_used_by_name_is_in_the_sprite() -> None:
    drawn = set(re.findall(r'id="i-([a-z-]+)"', (ROOT / "static/icons.svg").read_text()))
    used = {name for path in TEMPLATES for name in re.findall(r'{% icon "([a-z-]+)"', path.read_text())}
    assert used
    assert used <= drawn


def test_an_icon_escapes_what_it_is_given() -> None:
    assert "<script>" not in draw("{% icon name %}", name='"><script>')


def test_controls_take_the_class_of_their_kind() -> None:
    form = SampleForm()
    assert 'class="form-control w-half"' in draw('{% control f "w-half" %}', f=form["title"])
    assert 'class="form-select"' in draw("{% control f %}", f=form["department"])
    assert 'class="check"' in draw("{% control f %}", f=form["secret"])
    assert draw('{% include "parts/_field.html" with field=f %}', f=form["way"]).count('class="check"') == 2


def test_help_is_escaped_and_tied_to_the_control() -> None:
    page = draw('{% include "parts/_field.html" with field=f %}', f=SampleForm()["title"])
    assert "&lt;b&gt;has&lt;/b&gt;" in page
    assert 'aria-describedby="id_title_helptext"' in page
    assert 'id="id_title_helptext"' in page


def test_errors_name_the_field_and_the_fix() -> None:
    form = SampleForm({"reply": "permits.example", "department": "x", "way": "a"})
    lines = {line.target: line.text for line in look.summary(form)}
    assert lines["id_title"] == "Title is empty. Fill it in."
    assert lines["id_department"].startswith("Department: ")
    assert lines["id_reply"] == "Reply address: Enter a valid email address."


def test_what_is_about_the_whole_form_comes_first_without_a_link() -> None:
    form = SampleForm({"department": "p", "way": "a"})
    form.full_clean()
    form.add_error(None, "The office is closed.")
    assert look.summary(form)[0] == look.Problem("The office is closed.", "")


def test_crispy_draws_the_same_fields() -> None:
    form = SampleForm({"way": "a"})

    def bare(html: str) -> str:
        return re.sub(r"\s+", " ", re.sub(r"\s*([<>])\s*", r"\1", html))

    ours = draw('{% include "parts/_field.html" with field=f %}', f=form["title"])
    assert bare(ours) in bare(draw("{{ form|crispy }}", form=form))


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox 140, Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36", "Chrome 140, Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge 140, Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) Version/18.5 Safari/604.1", "Safari 18, iPhone"),
        ("curl/8.5", "curl/8.5"),
    ],
)
def test_a_browser_is_named_in_words(agent: str, words: str) -> None:
    assert look.device(agent) == words


def test_a_required_box_reads_as_a_sentence() -> None:
    class Terms(forms.Form):
        agreed = forms.BooleanField(label="Agreed")

    assert look.problems(Terms({})["agreed"]) == ["Agreed is empty. Fill it in."]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_is_inline(path: Path) -> None:
    source = path.read_text()
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|javascript:|hx-on|hx-vals=.js:", source)
    for script in re.findall(r"<script[^>]*>", source):
        assert " src=" in script
