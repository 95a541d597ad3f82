"""Random sequences of verbs against a simple model: states and hands, history that replays, counts that hold."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from core import clock
from core.refusals import Refused
from records.events import canonical
from records.models import Event
from tasks import finishing, invariants, tallies, transitions, undo
from tasks import next as taking
from tasks.changes import TRACKED
from tasks.editing import comment, edit
from tasks.models import Task
from tasks.steps import Mark, mark_step
from tasks.tests import factories as make
from tasks.tests.doors import REASON, events_of, fresh

START = dt.datetime(2026, 3, 4, 11, tzinfo=ZoneInfo("Europe/Dublin"))
OPEN, BEGUN, WAITING, REVIEW = "open", "in_progress", "waiting", "in_review"
LIVE = {"planned", OPEN, BEGUN, WAITING, REVIEW}


@dataclass(frozen=True)
class Model:
    """What should be true of a task; `did` is who did the last verb that can be undone, when, and what was before."""

    state: str
    holder: str | None = None
    place: str = "permits"
    review: bool = False
    ready: dt.datetime | None = None
    did: tuple[str, dt.datetime, Model] | None = None


def moved(model: Model, verb: str, actor: str, to: str) -> Model | None:
    """The model after a verb, None when it must be refused. `to` is a person, or for a hand-off a place."""
    state, holder = model.state, model.holder
    match verb:
        case "claim" if state == OPEN and holder is None:
            return replace(model, holder=actor)
        case "start" if state == OPEN and holder == actor:
            return replace(model, state=BEGUN)
        case "release" if state in {OPEN, BEGUN, WAITING} and holder:
            return replace(model, state=OPEN, holder=None)
        case "assign" if state in {"planned", OPEN, BEGUN, WAITING} and holder != to:
            return replace(model, state=OPEN if state == BEGUN else state, holder=to)
        case "take_over" if state in {OPEN, BEGUN, WAITING} and holder not in {None, actor}:
            return replace(model, holder=actor)
        case "wait" if state in {OPEN, BEGUN}:
            return replace(model, state=WAITING)
        case "resume" if state == WAITING:
            return replace(model, state=BEGUN if holder else OPEN)
        case "submit" if state == BEGUN and model.review:
            return replace(model, state=REVIEW)
        case "approve" if state == REVIEW:
            return replace(model, state="done")
        case "send_back" if state == REVIEW:
            return replace(model, state=BEGUN)
        case "complete" if not model.review and (state == BEGUN or (state == OPEN and holder == actor)):
            return replace(model, state="done")
        case "cancel" if state in LIVE:
            return replace(model, state="cancelled")
        case "reopen" if state in {"done", "cancelled"}:
            return replace(model, state=OPEN, holder=None)
        case "hand_off" if state in {OPEN, BEGUN, WAITING} and model.place != to:
            return replace(model, state=OPEN, holder=None, place=to)
    return None


people, places = st.sampled_from(["mira", "kofi"]), st.sampled_from(["permits", "archive"])
tasks = st.integers(0, 9)


class Office(RuleBasedStateMachine):
    """Two assistants in two departments, ruth who manages, vera who reviews. `cast` is set by the test."""

    cast: Any = None

    def __init__(self) -> None:
        super().__init__()
        self.frame = transaction.atomic()
        self.frame.__enter__()
        self.now = START
        self.models: list[Model] = []
        self.rows: list[int] = []

    def teardown(self) -> None:
        try:
            for pk in self.rows:
                replay(pk)
            assert not list(invariants.broken())
        finally:
            transaction.set_rollback(True)
            self.frame.__exit__(None, None, None)

    @initialize(kinds=st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=3))
    def begin(self, kinds: list[tuple[bool, bool]]) -> None:
        for review, planned in kinds:
            self.open(review, planned)

    @rule(review=st.booleans(), planned=st.booleans())
    def open(self, review: bool, planned: bool) -> None:
        ready = self.now + dt.timedelta(seconds=50) if planned else None
        with clock.at(self.now):
            how = self.cast.reviewed if review else self.cast.plain
            self.rows.append(make.task(self.cast.permits, how, ready_at=ready).pk)
        self.models.append(Model("planned" if planned else OPEN, review=review, ready=ready))

    @rule(seconds=st.sampled_from([1, 30, 61, 3600, 90_000]))
    def time_goes_by(self, seconds: int) -> None:
        self.now += dt.timedelta(seconds=seconds)

    def act(self, number: int, verb: str, actor: str, to: str = "mira") -> None:
        """Do it and see that the task and the model agree on whether, and on what comes of it."""
        number %= len(self.rows)
        pk, model = self.rows[number], self.models[number]
        after = moved(model, verb, actor, to)
        with clock.at(self.now):
            try:
                self.call(verb, pk, getattr(self.cast, actor), to)
            except Refused:
                assert after is None, f"{verb} of {model} by {actor} was refused"
                return
        assert after is not None, f"{verb} of {model} by {actor} went through"
        self.models[number] = replace(after, did=(actor, self.now, model))

    def call(self, verb: str, pk: int, actor: Any, to: str) -> None:
        where = getattr(self.cast, to)
        calls: dict[str, Any] = {
            "assign": lambda: transitions.assign(pk, actor=actor, to=where),
            "hand_off": lambda: transitions.hand_off(pk, actor=actor, department=where, reason=REASON),
            "wait": lambda: transitions.wait(pk, actor=actor, kind="outside", reason=REASON),
            "take_over": lambda: transitions.take_over(pk, actor=actor, reason=REASON),
            "cancel": lambda: transitions.cancel(pk, actor=actor, reason=REASON),
            "reopen": lambda: transitions.reopen(pk, actor=actor, reason=REASON),
            "send_back": lambda: finishing.send_back(pk, actor=actor, reason=REASON),
        }
        module = finishing if verb in {"complete", "submit", "approve"} else transitions
        calls.get(verb, lambda: getattr(module, verb)(pk, actor=actor))()

    @rule(number=tasks, actor=people, verb=st.sampled_from(["claim", "start", "complete", "take_over", "submit"]))
    def work(self, number: int, actor: str, verb: str) -> None:
        self.act(number, verb, actor)

    @rule(number=tasks, verb=st.sampled_from(["release", "wait", "resume", "cancel", "reopen"]))
    def manage(self, number: int, verb: str) -> None:
        self.act(number, verb, "ruth")

    @rule(number=tasks, to=people)
    def assign(self, number: int, to: str) -> None:
        self.act(number, "assign", "ruth", to)

    @rule(number=tasks, to=places)
    def hand_off(self, number: int, to: str) -> None:
        self.act(number, "hand_off", "ruth", to)

    @rule(number=tasks, verb=st.sampled_from(["approve", "send_back"]))
    def review(self, number: int, verb: str) -> None:
        self.act(number, verb, "vera")

    @rule(actor=people)
    def take_next(self, actor: str) -> None:
        with clock.at(self.now):
            served = taking.take_next(actor=getattr(self.cast, actor))
        if served is None:
            assert not any(model.state == OPEN and model.holder in {None, actor} for model in self.models)
            return
        number = self.rows.index(served.task.pk)
        model = self.models[number]
        if model.state == BEGUN:
            assert served.was_own and model.holder == actor
            return
        assert model.state == OPEN and model.holder in {None, actor} and served.was_own == (model.holder == actor)
        self.models[number] = replace(model, state=BEGUN, holder=actor, did=(actor, self.now, model))

    @rule(number=tasks, actor=st.sampled_from(["mira", "kofi", "ruth", "vera"]))
    def take_back(self, number: int, actor: str) -> None:
        number %= len(self.rows)
        pk, model = self.rows[number], self.models[number]
        minute = dt.timedelta(seconds=60)
        due = model.did if model.did and model.did[0] == actor and self.now - model.did[1] <= minute else None
        with clock.at(self.now):
            button = undo.undoable(fresh(pk), getattr(self.cast, actor))
            assert (button is not None) == (due is not None)
            try:
                undo.undo(pk, actor=getattr(self.cast, actor))
            except Refused:
                assert due is None, f"undo of {model} by {actor} was refused"
                return
        assert due is not None, f"undo of {model} by {actor} went through"
        self.models[number] = replace(due[2], did=None)

    @rule(number=tasks, change=st.sampled_from(["priority", "mark", "comment"]))
    def change(self, number: int, change: str) -> None:
        number %= len(self.rows)
        pk, model = self.rows[number], self.models[number]
        with clock.at(self.now):
            if change == "comment":
                comment(pk, "See the file", actor=self.cast.ruth)
                return
            if change == "priority" and model.state in LIVE:
                row = fresh(pk)
                edit(pk, {"priority": row.priority % 4 + 1}, actor=self.cast.ada, revision=row.revision)
            elif change == "mark" and model.state == BEGUN and model.holder:
                done = not fresh(pk).step_runs.filter(marked_at__isnull=False).exists()
                mark_step(pk, Mark("step-1", done), actor=getattr(self.cast, model.holder))
            else:
                return
        self.models[number] = replace(model, did=None)

    @rule()
    def clock_ticks(self) -> None:
        with clock.at(self.now):
            for pk in Task.objects.ready_to_open().filter(pk__in=self.rows).values_list("pk", flat=True):
                number = self.rows.index(pk)
                assert transitions.become_ready(pk) and self.models[number].state == "planned"
                self.models[number] = replace(self.models[number], state=OPEN, did=None)
            late = [m for m in self.models if m.state == "planned" and m.ready and m.ready <= self.now]
        assert not late
        tallies.fold()

    @invariant()
    def rows_are_as_the_model_says(self) -> None:
        known = {row.pk: row for row in Task.objects.filter(pk__in=self.rows).select_related("assignee", "department")}
        for pk, model in zip(self.rows, self.models, strict=True):
            row = known[pk]
            holder = row.assignee.name.split()[0].lower() if row.assignee else None
            place = "permits" if row.department == self.cast.permits else "archive"
            assert (row.state, holder, place) == (model.state, model.holder, model.place)
        assert not tallies.wrong_tallies()


def replay(pk: int) -> None:
    """Walking the events from the first to the last ends in the row as it is."""
    row, events = fresh(pk), events_of(fresh(pk))
    assert events[0].verb == "open" and events[0].from_state == ""
    state, values = "", {}
    for event in events:
        assert event.from_state == state
        state = event.to_state
        for name, (old, new) in event.payload.body.get("changes", {}).items():
            assert values.get(name, old) == old, f"{event}: {name}"
            values[name] = new
    stored = json.loads(canonical({name: getattr(row, name) for name in TRACKED}))
    assert state == row.state and all(stored[name] == value for name, value in values.items())
    changes = [event for event in events if event.verb != "comment"]
    assert [event.payload.body["revision"] for event in changes] == list(range(1, row.revision + 1))
    reversed_ids = [event.reverses_id for event in events if event.verb == "undo"]
    assert len(set(reversed_ids)) == len(reversed_ids) == Event.objects.filter(reverses__task_id=pk).count()


@pytest.mark.django_db
def test_random_sequences_of_verbs(cast: Any) -> None:
    for person in (cast.mira, cast.kofi):
        make.member(person, cast.archive)
    make.member(cast.vera, cast.permits, "manager")
    step = [{"is_mandatory": False, "minutes": 10}]
    cast.plain, cast.reviewed = make.procedure(steps=step), make.procedure(steps=step, review=True)
    Office.cast = cast
    checks = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
    run_state_machine_as_test(
        Office, settings=settings(max_examples=15, stateful_step_count=30, deadline=None, suppress_health_check=checks)
    )
