"""Undo puts back what one's own last verb changed, for a minute, while nothing else happened."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from core import clock
from core.refusals import Refused
from organization.models import Absence
from organization.setup import deactivate, save_absence, save_department
from records import erasure
from tasks import finishing, transitions
from tasks import next as taking
from tasks.changes import TRACKED
from tasks.editing import comment, edit
from tasks.models import Task
from tasks.states import REVERSIBLE
from tasks.tallies import wrong_tallies
from tasks.tests import factories as make
from tasks.tests.doors import REASON, events_of, fresh, row_of, trial
from tasks.undo import undo, undoable

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 3, 4, 11, 0, 0, 123_457, tzinfo=ZoneInfo("Europe/Dublin"))
SECOND, HOUR = dt.timedelta(seconds=1), dt.timedelta(hours=1)


def opened(cast: Any, how: Any = None, **fields: Any) -> Task:
    with clock.at(NOW - 9 * HOUR):
        return make.task(cast.permits, how or cast.anything, requester=cast.cleo, **fields)


def held(cast: Any, how: Any = None) -> Task:
    with clock.at(NOW - 8 * HOUR):
        return transitions.claim(opened(cast, how), actor=cast.mira)


def begun(cast: Any, how: Any = None) -> Task:
    with clock.at(NOW - 7 * HOUR):
        return transitions.start(held(cast, how), actor=cast.mira)


def waiting(cast: Any) -> Task:
    with clock.at(NOW - 6 * HOUR):
        return transitions.wait(begun(cast), actor=cast.mira, kind="outside", reason=REASON, until=NOW + HOUR)


def in_review(cast: Any) -> Task:
    with clock.at(NOW - 6 * HOUR):
        return finishing.submit(begun(cast, cast.review), actor=cast.mira)


def done(cast: Any) -> Task:
    with clock.at(NOW - 6 * HOUR):
        return finishing.complete(begun(cast), actor=cast.mira)


Act = tuple[str, Callable[[Any], Task], Callable[[Any, Task], Any], str]
ACTS: list[Act] = [
    ("claim", opened, lambda cast, task: transitions.claim(task, actor=cast.mira), "mira"),
    ("start", held, lambda cast, task: transitions.start(task, actor=cast.mira), "mira"),
    ("next", opened, lambda cast, task: taking.take_next(actor=cast.mira), "mira"),
    ("release", begun, lambda cast, task: transitions.release(task, actor=cast.mira), "mira"),
    ("release", waiting, lambda cast, task: transitions.release(task, actor=cast.ruth), "ruth"),
    ("assign", opened, lambda cast, task: transitions.assign(task, actor=cast.ruth, to=cast.kofi), "ruth"),
    ("assign", begun, lambda cast, task: transitions.assign(task, actor=cast.ruth, to=cast.kofi), "ruth"),
    ("take_over", begun, lambda cast, task: transitions.take_over(task, actor=cast.ruth, reason=REASON), "ruth"),
    ("wait", begun, lambda cast, task: transitions.wait(task, actor=cast.mira, kind="later", reason=REASON), "mira"),
    ("resume", waiting, lambda cast, task: transitions.resume(task, actor=cast.mira), "mira"),
    (
        "submit",
        lambda cast: begun(cast, cast.review),
        lambda cast, task: finishing.submit(task, actor=cast.mira),
        "mira",
    ),
    ("complete", begun, lambda cast, task: finishing.complete(task, actor=cast.mira), "mira"),
    ("cancel", waiting, lambda cast, task: transitions.cancel(task, actor=cast.ruth, reason=REASON), "ruth"),
    (
        "hand_off",
        begun,
        lambda cast, task: transitions.hand_off(task, actor=cast.mira, department=cast.archive, reason=REASON),
        "mira",
    ),
    ("reopen", done, lambda cast, task: transitions.reopen(task, actor=cast.cleo, reason=REASON), "cleo"),
    ("approve", in_review, lambda cast, task: finishing.approve(task, actor=cast.kofi), "kofi"),
    ("send_back", in_review, lambda cast, task: finishing.send_back(task, actor=cast.kofi, reason=REASON), "kofi"),
]
OUTSIDE_THE_STATE = {"revision", "changed_at", "events", "deltas", "hanging"}


def test_every_reversible_verb_is_tried() -> None:
    assert {verb for verb, *_ in ACTS} == REVERSIBLE


def test_undo_puts_back_every_column(cast: Any) -> None:
    for verb, bring, act, name in ACTS:
        with trial(), clock.at(NOW):
            task, actor = bring(cast), getattr(cast, name)
            before = row_of(task)
            act(cast, task)
            assert fresh(task).revision == before["revision"] + 1
            done_event = events_of(task)[-1]
            with clock.at(NOW + 60 * SECOND):
                assert undoable(fresh(task), actor) == done_event
                after = undo(task, actor=actor)
            now, differing = row_of(task), {name for name in before if before[name] != row_of(task)[name]}
            assert differing <= OUTSIDE_THE_STATE, f"{verb}: {differing}"
            assert now["revision"] == before["revision"] + 2 and now["events"] == before["events"] + 2
            event = events_of(task)[-1]
            assert (event.verb, event.reverses_id, event.actor) == ("undo", done_event.pk, actor)
            assert (event.from_state, event.to_state) == (done_event.to_state, done_event.from_state)
            changed = {name for name in TRACKED if name in done_event.payload.body["changes"]}
            assert set(event.payload.body["changes"]) == changed and after.pk == task.pk
            assert not wrong_tallies(), verb
            with pytest.raises(Refused) as no:
                undo(task, actor=actor)  # and an undo is not undone
            assert no.value.code == "no_undo"


def refused(code: str, task: Task, actor: Any) -> None:
    before = row_of(task)
    with pytest.raises(Refused) as no:
        undo(task, actor=actor)
    assert no.value.code == code and row_of(task) == before
    assert undoable(fresh(task), actor) is None or code.startswith(("not_eligible", "left"))


def test_a_minute_and_no_longer(cast: Any) -> None:
    with clock.at(NOW):
        task = transitions.claim(opened(cast), actor=cast.mira)
    with clock.at(NOW + 60 * SECOND + dt.timedelta(microseconds=1)):
        refused("no_undo", task, cast.mira)
    with clock.at(NOW + 60 * SECOND):
        undo(task, actor=cast.mira)


def test_only_ones_own_and_only_the_last(cast: Any) -> None:
    with clock.at(NOW):
        task = transitions.assign(opened(cast), actor=cast.ruth, to=cast.mira)
        for other in (cast.mira, cast.vera, cast.ada, cast.cleo):
            refused("no_undo", task, other)
        transitions.start(task, actor=cast.mira)
        refused("no_undo", task, cast.ruth)
        undo(task, actor=cast.mira)
        refused("no_undo", task, cast.mira)
        refused("no_undo", task, cast.ruth)  # what somebody undid lies between


def test_not_after_a_change(cast: Any) -> None:
    with clock.at(NOW):
        task = transitions.claim(opened(cast), actor=cast.mira)
        comment(task, "Looks fine", actor=cast.kofi)
        with trial():
            undo(task, actor=cast.mira)  # a comment changes nothing of the row
        edit(task, {"text": "More"}, actor=cast.mira, revision=task.revision)
        refused("changed_since", task, cast.mira)
    assert undoable(fresh(task), cast.mira) is None


def test_what_was_erased_cannot_be_put_back(cast: Any) -> None:
    with clock.at(NOW):
        task = transitions.claim(opened(cast), actor=cast.mira)
        erasure.erase_payload(events_of(task)[-1], actor=cast.ada, reason="asked for")
        refused("no_undo", task, cast.mira)


def test_opening_is_not_undone(cast: Any) -> None:
    task = make.task(cast.permits, cast.anything, actor=cast.mira)
    refused("no_undo", task, cast.mira)


def test_the_gate_is_asked_on_the_way_back(cast: Any) -> None:
    """Work goes back to somebody's hands only while the gate would give it to them, whoever undoes."""
    cast.permits.cap = 1
    save_department(cast.permits, actor=None)
    with clock.at(NOW):
        for actor, act in (
            (cast.ruth, lambda task: transitions.assign(task, actor=cast.ruth, to=cast.kofi)),
            (cast.ruth, lambda task: transitions.release(task, actor=cast.ruth)),
            (cast.mira, lambda task: transitions.release(task, actor=cast.mira)),
            (cast.mira, lambda task: hand_off(cast, task)),
        ):
            with trial():
                task = begun(cast)
                act(task)
                transitions.claim(opened(cast), actor=cast.mira)
                refused("not_eligible_cap", task, actor)
            with trial():
                task = begun(cast)
                act(task)
                save_absence(Absence(person=cast.mira, starts_at=NOW, ends_at=NOW + HOUR), actor=None)
                refused("not_eligible_absence", task, actor)
            with trial():
                task = begun(cast)
                act(task)
                deactivate(cast.mira, actor=None)
                refused("left", task, actor)


def hand_off(cast: Any, task: Task) -> None:
    transitions.hand_off(task, actor=cast.mira, department=cast.archive, reason=REASON)


def test_what_stays_in_the_same_hands_asks_no_gate(cast: Any) -> None:
    """Who completed by mistake gets it back even with their next task begun: it was theirs all the time."""
    cast.permits.cap = 1
    save_department(cast.permits, actor=None)
    with clock.at(NOW):
        task = begun(cast)
        finishing.complete(task, actor=cast.mira)
        transitions.claim(opened(cast), actor=cast.mira)
        assert undo(task, actor=cast.mira).state == "in_progress"


def test_a_hand_off_taken_back_has_its_calendar_again(cast: Any) -> None:
    with clock.at(NOW):
        task = begun(cast)
        hand_off(cast, task)
        after = undo(task, actor=cast.mira)
    assert (after.department, after.clock_key, after.urgent_at) == (cast.permits, task.clock_key, task.urgent_at)
    assert after.department.site.time_zone == "Europe/Dublin"
