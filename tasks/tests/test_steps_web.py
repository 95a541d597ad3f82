"""Steps, stale edits, undo and the list beside them, through the web."""

from __future__ import annotations

import json
import re

import pytest

from tasks import editing, finishing, transitions
from tasks.models import StepRun, Task
from tasks.steps import value_of
from tasks.tests import factories as make
from tasks.tests.doors import row_of
from tasks.tests.pages import as_person, part, text

STEPS = [
    {"key": "plain", "instruction": "Plain"},
    {"key": "words", "instruction": "Words", "value_kind": "text"},
    {"key": "fee", "instruction": "Fee to ask for", "value_kind": "number"},
    {"key": "day", "instruction": "Day", "value_kind": "date", "is_mandatory": False},
    {"key": "visit", "instruction": "Visit", "value_kind": "yes_no"},
    {"key": "class", "instruction": "Class", "value_kind": "choice", "choices": ["A", "B"]},
]


@pytest.fixture
def task(cast):
    task = make.task(cast.permits, make.procedure(steps=STEPS), requester=cast.cleo)
    transitions.claim(task, actor=cast.mira)
    return transitions.start(task, actor=cast.mira)


def save(cast, task, key, headers=None, **data):
    client = as_person(cast.mira)
    return client.post(f"/tasks/{task.reference}/mark-step/", {"step": key, **data}, headers=headers or part())


def state_of(task, key):
    run = StepRun.objects.filter(task=task, step__key=key).select_related("step").first()
    return (bool(run.marked_at), value_of(run, run.step)) if run else (False, None)


@pytest.mark.parametrize(
    ("key", "typed", "kept"),
    [
        ("words", "114/7", "114/7"),
        ("fee", "240,50", 240.5),
        ("day", "2026-11-30", "2026-11-30"),
        ("visit", "no", False),
    ],
)
def test_a_new_value_marks_its_step(cast, task, key, typed, kept):
    assert save(cast, task, key, value=typed).status_code == 200
    done, value = state_of(task, key)
    assert done and (value == kept or str(value) == kept)
    assert save(cast, task, key).status_code == 200  # the box unticked: the value stays
    assert state_of(task, key)[0] is False and state_of(task, key)[1] == value
    before = row_of(task)
    assert save(cast, task, key, value=typed).status_code == 200  # says what is stored already: nothing happens
    assert row_of(task) == before
    assert save(cast, task, key, value=typed, done="1").status_code == 200
    assert state_of(task, key) == (True, value)


def test_an_emptied_value_takes_the_mark_back(cast, task):
    save(cast, task, "words", value="x")
    assert save(cast, task, "words", value="", done="1").status_code == 200
    assert state_of(task, "words") == (False, None)


def test_what_was_refused_stays_at_its_field(cast, task):
    for headers in (part(), {"Accept": "text/html"}):
        answer = save(cast, task, "fee", headers=headers, value="two <b>hundred</b>")
        html = answer.content.decode()
        assert answer.status_code == 422 and 'value="two &lt;b&gt;hundred&lt;/b&gt;"' in html
        assert 'aria-invalid="true" aria-describedby="s-fee-error"' in html
        assert "Fee to ask for: Enter a number, such as 240.00." in text(answer)
    assert "asks for a value" in text(save(cast, task, "class", value="", done="1"))
    assert save(cast, task, "class", value="C").status_code == 422
    assert save(cast, task, "nothing", done="1").status_code == 409
    assert StepRun.objects.count() == 0


def test_the_last_step_opens_complete(cast, task):
    for key, value in (("words", "x"), ("fee", "1"), ("visit", "yes"), ("class", "B")):
        assert "needed before you can complete" in text(save(cast, task, key, value=value))
    answer = save(cast, task, "plain", done="1")
    assert re.search(r"5 of 6 done Saved \d\d:\d\d ", text(answer))
    assert 'aria-disabled="true"' not in answer.content.decode()
    assert json.loads(answer.headers["HX-Trigger"])["say"] == f"Saved on {task.reference}"


def test_without_script_one_goes_back_where_one_was(cast, task):
    answer = as_person(cast.mira).post(
        f"/tasks/{task.reference}/mark-step/", {"step": "plain", "done": "1", "next": "/queue/?task=T-1"}
    )
    assert answer.status_code == 302 and answer.url == "/queue/?task=T-1"


# the row beside the task


def test_the_row_and_the_sizes_come_out_of_band(cast, task):
    here = f"/queue/?scope=departments&sort=due&task={task.reference}"
    html = as_person(cast.mira).post(f"/tasks/{task.reference}/release/", headers=part(here)).content.decode()
    assert f'<li class="row-t is-on" id="r{task.pk}" data-row hx-swap-oob="morph">' in html
    assert f'href="?scope=departments&amp;sort=due&amp;task={task.reference}"' in html
    assert '<span class="count" id="n-mine" hx-swap-oob="true">0</span>' in html
    alone = as_person(cast.mira).post(f"/tasks/{task.reference}/claim/", headers=part(f"/tasks/{task.reference}/"))
    assert 'hx-swap-oob="morph"' not in alone.content.decode()


# undo


def test_undo_puts_the_task_and_the_list_back(cast, task):
    client = as_person(cast.mira)
    url = f"/tasks/{task.reference}/"
    client.post(f"{url}release/")
    answer = client.post(f"{url}undo/", headers=part(f"/queue/?task={task.reference}"))
    html = answer.content.decode()
    assert answer.status_code == 200 and 'id="task"' in html and "In progress" in text(answer)
    assert 'id="list"' in html and 'hx-swap-oob="morph"' in html and f'id="r{task.pk}"' in html
    assert Task.objects.get(pk=task.pk).assignee == cast.mira
    assert client.post(f"{url}undo/", headers=part()).status_code == 409


def test_undo_leaves_the_task_one_looks_at(cast, task):
    other = make.task(cast.permits, cast.anything)
    client = as_person(cast.mira)
    client.post(f"/tasks/{task.reference}/release/")
    answer = client.post(f"/tasks/{task.reference}/undo/", headers=part(f"/queue/?task={other.reference}"))
    assert answer.headers["HX-Reswap"] == "none" and 'id="task"' not in answer.content.decode()
    assert f'id="r{task.pk}"' in answer.content.decode()


def test_undo_without_script(cast, task):
    client = as_person(cast.mira)
    where = client.post(f"/tasks/{task.reference}/release/").url
    html = client.get(where).content.decode()
    assert f'action="/tasks/{task.reference}/undo/"' in html and 'data-key="z"' in html
    assert "/undo/" not in client.get(f"/tasks/{task.reference}/").content.decode()
    assert client.post(f"/tasks/{task.reference}/undo/").status_code == 302
    assert "/undo/" not in client.get(where).content.decode()


def test_undo_is_for_who_did_it(cast, task):
    as_person(cast.mira).post(f"/tasks/{task.reference}/release/")
    assert as_person(cast.kofi).post(f"/tasks/{task.reference}/undo/").status_code == 409
    assert as_person(cast.otto).post(f"/tasks/{task.reference}/undo/").status_code == 404


# edits


def read_form(client, task) -> dict[str, str]:
    """The edit form's fields as a browser would send them."""
    form = client.get(f"/tasks/{task.reference}/edit/").context["verb_form"]
    data = {}
    for field in form:
        value = field.value()
        written = "" if value is None else str(value)
        if field.field.show_hidden_initial:
            data[f"initial-{field.name}"] = written
        if value not in (None, False):
            data[field.name] = written
    return data


def test_only_what_changed_is_saved(cast, task):
    client = as_person(cast.ruth)
    form = read_form(client, task)
    assert client.post(f"/tasks/{task.reference}/edit/", form | {"priority": "1", "labels": "a, b"}).status_code == 302
    row = Task.objects.get(pk=task.pk)
    assert row.priority == 1 and row.due_from_target and row.title == task.title
    assert sorted(row.labels.values_list("name", flat=True)) == ["a", "b"]
    form = read_form(client, task)
    assert form["labels"] == "a, b"
    client.post(f"/tasks/{task.reference}/edit/", form | {"due_day": "2026-12-24"})
    row = Task.objects.get(pk=task.pk)
    assert row.due_is_date and not row.due_from_target
    form = read_form(client, task)
    assert form["due_day"] == "2026-12-24" and "due_time" not in form
    client.post(f"/tasks/{task.reference}/edit/", form | {"due_time": "12:30", "due_day": "2026-12-24"})
    row = Task.objects.get(pk=task.pk)
    assert not row.due_is_date and row.due_at.isoformat() == "2026-12-24T12:30:00+00:00"


def test_an_assignee_edits_the_words_alone(cast, task):
    form = read_form(as_person(cast.mira), task)
    assert set(form) == {"revision", "title", "text", "initial-title", "initial-text"}
    more = form | {"title": "Mine", "priority": "1", "confidential": "on"}
    assert as_person(cast.mira).post(f"/tasks/{task.reference}/edit/", more).status_code == 302
    row = Task.objects.get(pk=task.pk)
    assert row.title == "Mine" and row.priority == 3 and not row.confidential


@pytest.mark.parametrize("htmx", [False, True])
def test_a_stale_edit_shows_both_and_can_be_saved(cast, task, htmx):
    headers = part(f"/tasks/{task.reference}/") if htmx else {}
    client, url = as_person(cast.ruth), f"/tasks/{task.reference}/edit/"
    mine = read_form(client, task) | {"title": "My title", "text": "My words\nin lines"}
    editing.edit(task, {"title": "Their title", "priority": 1}, actor=cast.vera, revision=int(mine["revision"]))
    answer = client.post(url, mine, headers=headers)
    words = text(answer)
    assert answer.status_code == 409 and "was changed by somebody else while you typed" in words
    for said in ("Title, as it is saved now Their title", "Title, as you typed it My title", "My words in lines"):
        assert said in words, said
    assert Task.objects.get(pk=task.pk).title == "Their title"
    form = answer.context["verb_form"]
    again = {name: value for name, value in form.data.items() if value is not None}
    assert again["title"] == "My title" and again["text"] == "My words\nin lines" and again["priority"] == "1"
    assert client.post(url, again, headers=headers).status_code == (200 if htmx else 302)
    row = Task.objects.get(pk=task.pk)
    assert (row.title, row.text, row.priority) == ("My title", "My words\nin lines", 1)


def test_a_refused_form_says_it_at_the_field(cast, task):
    client, url = as_person(cast.ruth), f"/tasks/{task.reference}/edit/"
    form = read_form(client, task)
    answer = client.post(url, form | {"due_day": "2099-01-01"})
    assert answer.status_code == 422 and "within ten years" in text(answer)
    assert client.post(url, form | {"labels": "x" * 61}).status_code == 422
    finishing_task = make.task(cast.permits, cast.anything)
    transitions.claim(finishing_task, actor=cast.mira)
    finishing.complete(finishing_task, actor=cast.mira)
    assert client.get(f"/tasks/{finishing_task.reference}/edit/").status_code == 409
