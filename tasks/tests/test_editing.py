"""Edits, steps with values, comments and files: who may, what is stale, what is kept."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st

from core import clock
from core.refusals import Refused, Stale
from records.models import Attachment
from tasks import finishing, transitions
from tasks.editing import attach_file, comment, edit
from tasks.models import Comment, Step, StepRun, Task
from tasks.steps import Mark, mark_step, parse, value_of
from tasks.tallies import wrong_tallies
from tasks.tests import factories as make
from tasks.tests.doors import events_of, fresh, knock, refresh, row_of, trial

pytestmark = pytest.mark.django_db


def begun(cast: Any, how: Any = None, **fields: Any) -> Task:
    task = make.task(cast.permits, how or cast.permit, **fields)
    transitions.assign(task, actor=cast.ruth, to=cast.mira)
    return transitions.start(task, actor=cast.mira)


def refused(code: str, act: Any, task: Task, *args: Any, **fields: Any) -> Refused:
    before = row_of(task)
    with pytest.raises(Refused) as no:
        act(task, *args, **fields)
    assert no.value.code == code and row_of(task) == before
    return no.value


# edits


def test_owners_edit_words_managers_everything(cast: Any) -> None:
    task = begun(cast)
    everything = {"title": "A", "priority": 1, "due_at": None, "ready_at": None, "labels": ["x"], "confidential": True}
    for name, value in everything.items():
        with trial():
            knock("edit", task, cast.ruth, values={name: value})
        with trial():
            if name == "title":
                knock("edit", task, cast.mira, values={name: value})
                continue
            with pytest.raises(PermissionDenied):
                knock("edit", task, cast.mira, values={"text": "words", name: value})
        with pytest.raises(PermissionDenied):
            knock("edit", task, cast.kofi, values={name: value})
    assert fresh(task).text == "" and fresh(task).revision == task.revision


def test_a_stale_edit_shows_both_versions_and_keeps_neither_less(cast: Any) -> None:
    task = begun(cast, title="First")
    edit(task, {"title": "Theirs", "labels": ["urgent"]}, actor=cast.ruth, revision=task.revision)
    before = row_of(task)
    with pytest.raises(Stale) as stale:
        edit(task, {"title": "Mine", "labels": ["late"]}, actor=cast.ruth, revision=task.revision)
    detail = stale.value.detail
    assert detail["mine"] == {"title": "Mine", "labels": ["late"]}
    assert (detail["theirs"]["title"], detail["theirs"]["labels"]) == ("Theirs", ["urgent"])
    assert detail["theirs"]["revision"] == task.revision + 1 and row_of(task) == before


def test_an_edit_tells_what_changed_and_only_that(cast: Any) -> None:
    task = begun(cast, title="First", text="words")
    after = edit(task, {"title": " Second ", "text": "words", "priority": 2}, actor=cast.ruth, revision=task.revision)
    changes = events_of(task)[-1].payload.body["changes"]
    assert changes["title"] == ["First", "Second"] and changes["priority"] == [3, 2] and "text" not in changes
    assert "urgent_at" in changes and "due_at" not in changes and after.title == "Second"
    assert after.involvements.filter(person=cast.ruth, how="edited").exists()


OUT_OF_RANGE: list[tuple[dict[str, Any], str, str | None]] = [
    ({"title": "  "}, "title_missing", "title"),
    ({"title": "x" * 201}, "title_too_long", "title"),
    ({"title": "a\x00"}, "text_invalid", "title"),
    ({"text": "\ud800"}, "text_invalid", "text"),
    ({"priority": 0}, "priority_unknown", "priority"),
    ({"priority": 5}, "priority_unknown", "priority"),
    ({"due_at": dt.datetime(2400, 1, 1, tzinfo=dt.UTC)}, "date_out_of_range", "due_at"),
    ({"due_on": dt.date(1, 1, 1)}, "date_out_of_range", "due_on"),
    ({"ready_at": dt.datetime(1, 1, 2, tzinfo=dt.UTC)}, "date_out_of_range", "ready_at"),
    ({"state": "done"}, "field_unknown", None),
    ({"assignee_id": 1}, "field_unknown", None),
]


def test_values_out_of_range_are_refused(cast: Any) -> None:
    task = begun(cast)
    for values, code, field in OUT_OF_RANGE:
        no = refused(code, edit, task, values, actor=cast.ruth, revision=task.revision)
        assert no.field == field


def test_labels_are_one_whatever_their_letters(cast: Any) -> None:
    task = make.task(cast.permits, cast.permit, labels=("Énergie", "late"))
    other = make.task(cast.permits, cast.permit, labels=("energie", " ÉNERGIE "))
    assert list(other.labels.all()) == [task.labels.get(folded_name="energie")]
    edit(task, {"labels": ["late", "", "new"]}, actor=cast.ruth, revision=1)
    assert [label.name for label in task.labels.all()] == ["late", "new"]
    assert events_of(task)[-1].payload.body["labels"] == [["late", "Énergie"], ["late", "new"]]
    assert "changes" not in events_of(task)[-1].payload.body


def test_free_work_planned_by_an_edit_leaves_the_backlog(cast: Any) -> None:
    task = make.task(cast.permits, cast.permit)
    ahead = clock.now() + dt.timedelta(days=2)
    assert edit(task, {"ready_at": ahead}, actor=cast.ruth, revision=1).state == "planned"
    assert not wrong_tallies() and events_of(task)[-1].to_state == "planned"
    assert edit(task, {"ready_at": None}, actor=cast.ruth, revision=2).state == "open" and not wrong_tallies()
    held = begun(cast)
    assert edit(held, {"ready_at": ahead}, actor=cast.ruth, revision=held.revision).state == "in_progress"


# steps

STEPS = [
    {"key": "note", "value_kind": "text"},
    {"key": "sum", "value_kind": "number"},
    {"key": "seen", "value_kind": "date", "is_mandatory": False},
    {"key": "fits", "value_kind": "yes_no"},
    {"key": "kind", "value_kind": "choice", "choices": ["small", "large"]},
    {"key": "plain"},
]
GOOD = [
    ("note", " Plan B ", "Plan B"),
    ("sum", "240.50", Decimal("240.5")),
    ("sum", "-3,5", Decimal("-3.5")),
    ("sum", "12 000", Decimal(12000)),
    ("sum", "1.2345678", Decimal("1.234568")),
    ("seen", "2026-11-30", dt.date(2026, 11, 30)),
    ("fits", "yes", True),
    ("fits", False, False),
    ("fits", "No", False),
    ("kind", "large", "large"),
]
BAD = [
    ("note", "x" * 4001, "value_invalid"),
    ("note", "a\x00b", "text_invalid"),
    ("sum", "many", "value_invalid"),
    ("sum", "1e30", "value_invalid"),
    ("sum", "NaN", "value_invalid"),
    ("sum", "Infinity", "value_invalid"),
    ("sum", "1,234", "value_invalid"),
    ("sum", "1,234,567", "value_invalid"),
    ("sum", "1.234,50", "value_invalid"),
    ("seen", "30.11.2026", "value_invalid"),
    ("seen", "2026-02-30", "value_invalid"),
    ("fits", "perhaps", "value_invalid"),
    ("kind", "Large", "value_invalid"),
    ("plain", "words", "no_value"),
    ("note", "", "value_missing"),
    ("note", None, "value_missing"),
    ("nothing", None, "step_unknown"),
]


def test_values_are_kept_in_their_own_kind(cast: Any) -> None:
    task = begun(cast, make.procedure(steps=STEPS))
    for key, raw, value in GOOD:
        mark_step(task, Mark(key, True, raw), actor=cast.mira)
        run = StepRun.objects.select_related("step").get(task=task, step__key=key)
        assert value_of(run, run.step) == value and run.marked_by == cast.mira
    assert StepRun.objects.filter(number__gt=1, number__lt=2).count() == 1  # the database can filter them
    assert events_of(task)[-1].payload.body["value"] == [None, "large"]


def test_wrong_values_name_the_step_and_change_nothing(cast: Any) -> None:
    task = begun(cast, make.procedure(steps=STEPS))
    for key, raw, code in BAD:
        no = refused(code, mark_step, task, Mark(key, True, raw), actor=cast.mira)
        assert no.field == ("step" if code == "step_unknown" else key) and str(no.sentence).endswith((".", ":"))


@given(st.text(max_size=12), st.sampled_from(STEPS))
def test_whatever_is_typed_is_a_value_or_a_refusal(text: str, fields: dict[str, Any]) -> None:
    step = Step(instruction="Measure", **fields)
    try:
        value = parse(step, text)
    except Refused as no:
        assert no.field == step.key
    else:
        assert value is None or (step.value_kind and not isinstance(value, float))


def test_a_mark_is_taken_back_and_the_value_stays(cast: Any) -> None:
    task = begun(cast, make.procedure(steps=STEPS))
    mark_step(task, Mark("sum", True, "5"), actor=cast.mira)
    refused("steps_open", finishing.complete, fresh(task), actor=cast.mira)
    mark_step(task, Mark("sum", False), actor=cast.mira)
    run = StepRun.objects.get(task=task)
    assert (run.marked_at, run.marked_by, run.number) == (None, None, Decimal(5))
    mark_step(task, Mark("sum", True), actor=cast.mira)
    mark_step(task, Mark("seen", True), actor=cast.mira)  # optional: done without its value
    refused("not_yours", mark_step, fresh(task), Mark("sum", False), actor=cast.kofi)
    with pytest.raises(PermissionDenied):
        knock("mark_step", task, cast.ruth)


# comments and files


def test_who_only_asked_sees_and_writes_visible_comments(cast: Any) -> None:
    task = make.task(cast.permits, cast.permit, requester=cast.cleo)
    written = {
        name: comment(task, f"by {name}", actor=getattr(cast, name), for_requester=visible).for_requester
        for name, visible in (("mira", False), ("ruth", True), ("cleo", False), ("ada", False))
    }
    assert written == {"mira": False, "ruth": True, "cleo": True, "ada": False}
    assert fresh(task).revision == 1 and [event.verb for event in events_of(task)] == ["open"] + ["comment"] * 4
    body = events_of(task)[1].payload.body
    assert body == {"comment": Comment.objects.earliest("id").pk, "for_requester": False}  # what it says is not history
    for text, code in (("  ", "text_missing"), ("x" * 20_001, "text_too_long"), ("\x00", "text_invalid")):
        refused(code, comment, task, text, actor=cast.mira)


def test_a_requester_who_works_there_is_inside(cast: Any) -> None:
    task = make.task(cast.permits, cast.permit, requester=cast.kofi)
    assert not comment(task, "Between us", actor=cast.kofi).for_requester


def test_comments_are_for_who_sees_it_today(cast: Any) -> None:
    task = begun(cast, cast.anything, requester=cast.cleo)
    transitions.hand_off(task, actor=cast.mira, department=cast.archive, reason="theirs")
    knock("comment", task, cast.otto)
    knock("comment", task, cast.cleo)
    knock("comment", task, cast.ada)
    for name in ("mira", "kofi"):
        with pytest.raises(Exception) as no:
            knock("comment", task, getattr(cast, name))
        assert type(no.value).__name__ == {"mira": "PermissionDenied", "kofi": "Http404"}[name]


def test_files_of_who_only_asked_are_released(cast: Any, settings: Any, tmp_path: Any) -> None:
    backend = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = settings.STORAGES | {"default": backend}
    task = make.task(cast.permits, cast.permit, requester=cast.cleo)
    inside = attach_file(task, SimpleUploadedFile("a.txt", b"one"), actor=cast.mira)
    outside = attach_file(task, SimpleUploadedFile("b.txt", b"two"), actor=cast.cleo)
    assert (inside.released_by, outside.released_by) == (None, cast.cleo)
    assert list(Attachment.objects.of("task", task.pk)) == [inside, outside]
    assert events_of(task)[-1].payload.body["name"] == "b.txt" and fresh(task).revision == 1
    refused("file_empty", attach_file, task, SimpleUploadedFile("c.txt", b""), actor=cast.mira)


# reach, now that people have had their hands in it


def test_what_one_did_elsewhere_is_read_only(cast: Any) -> None:
    task = begun(cast, cast.anything)
    transitions.hand_off(task, actor=cast.mira, department=cast.archive, reason="theirs")
    refresh(cast.mira)
    assert list(Task.objects.visible_to(cast.mira)) == [task]
    for verb in ("claim", "start", "release", "wait", "edit", "complete", "cancel", "hand_off", "comment", "assign"):
        with pytest.raises(PermissionDenied):
            knock(verb, task, cast.mira, to=cast.mira, where=cast.permits)
    Task.objects.update(confidential=True)
    assert not Task.objects.visible_to(cast.mira).exists()
