"""What a move would do is what it does: the preview equals the result."""

import datetime as dt
import random
from dataclasses import dataclass

import pytest
from django.db import transaction

from core import clock
from organization.models import Absence
from organization.setup import save_absence
from organization.standing import forget
from tasks import bulk
from tasks.foresight import foresee_move
from tasks.models import Task
from tasks.tests import factories as make
from tasks.transitions import assign, cancel, start, wait

pytestmark = pytest.mark.django_db


@dataclass
class Undone(Exception):
    """Ends a savepoint, so that one office serves many trials."""

    outcome: bulk.Outcome
    minutes: int


def load_of(person) -> int:
    held = Task.objects.held_by(person).values_list("remaining_minutes", flat=True)
    return sum(held)


def really(ids, **how):
    """Do the move and take it back."""
    before = load_of(how["to"])
    try:
        with transaction.atomic():
            outcome = bulk.assign_all(ids, **how)
            raise Undone(outcome, load_of(how["to"]) - before)
    except Undone as undone:
        return undone.outcome, undone.minutes


def work_in(cast, chance: random.Random) -> list[int]:
    """Tasks of every kind: two departments, states, owners, needs, confidential ones."""
    certified = make.procedure("Certified work", requires=[(make.qualification("Fire safety"), 2)])
    made = []
    for _ in range(28):
        where = chance.choice([cast.permits] * 4 + [cast.archive, cast.hall])
        how = chance.choice([cast.anything, cast.anything, certified, cast.closed, cast.review])
        task = make.task(where, how, confidential=chance.random() < 0.15, requester=chance.choice([None, cast.ruth]))
        owner = chance.choice([None, None, cast.mira, cast.kofi, cast.otto])
        kind = chance.choice(["", "", "start", "wait", "cancel"])
        if owner and where.pk in owner.standing.posts:
            assign(task, actor=cast.ada, to=owner, override="set up")
            if kind == "start":
                start(task, actor=owner)
        if kind == "wait":
            wait(task, actor=cast.ada, kind="outside", reason="a letter")
        if kind == "cancel":
            cancel(task, actor=cast.ada, reason="twice", by_subject=True)
        made.append(task.pk)
    return made


@pytest.mark.parametrize("seed", range(6))
def test_preview_equals_result(cast, seed):
    chance = random.Random(seed)
    ids = work_in(cast, chance)
    now = clock.now()
    if seed % 3 == 1:
        span = {"starts_at": now - dt.timedelta(hours=1), "ends_at": now + dt.timedelta(days=2)}
        save_absence(Absence(person=cast.kofi, **span), actor=None)
    if seed % 2:
        cast.permits.cap = 6
        cast.permits.save()
    for _ in range(12):
        chosen = [*chance.sample(ids, chance.randint(0, len(ids))), *chance.sample([0, 999_999_999], 1)]
        how = {
            "actor": chance.choice([cast.ruth, cast.vera, cast.ada, cast.mira, cast.arno]),
            "to": chance.choice([cast.mira, cast.kofi, cast.otto, cast.cleo]),
            "override": chance.choice(["", "", "nobody else is there"]),
        }
        forget(how["to"])
        seen = foresee_move(chosen, **how)
        outcome, minutes = really(chosen, **how)
        assert seen.outcome == outcome
        assert seen.minutes == minutes
        assert set(seen.overridable) <= {reference for reference, _why in outcome.skipped}
        assert set(seen.overridden) <= set(outcome.done)


def test_a_reason_moves_what_could_be_overridden(cast):
    certified = make.procedure("Certified work", requires=[(make.qualification("Fire safety"), 2)])
    plain, needy = make.task(cast.permits, cast.anything), make.task(cast.permits, certified)
    ids = [plain.pk, needy.pk]
    seen = foresee_move(ids, actor=cast.ruth, to=cast.kofi)
    assert (seen.outcome.done, seen.overridable) == ([plain.reference], [needy.reference])
    assert "Fire safety" in seen.outcome.skipped[0][1]
    seen = foresee_move(ids, actor=cast.ruth, to=cast.kofi, override="Mira is away")
    assert (seen.outcome.done, seen.overridden) == ([plain.reference, needy.reference], [needy.reference])
    outside = foresee_move(ids, actor=cast.ruth, to=cast.otto, override="please")
    assert not outside.outcome.done and not outside.overridable


def test_the_cap_fills_while_the_move_goes_on(cast):
    cast.permits.cap = 2
    cast.permits.save()
    tasks = [make.task(cast.permits, cast.anything) for _ in range(4)]
    seen = foresee_move([task.pk for task in tasks], actor=cast.ruth, to=cast.mira)
    assert seen.outcome.done == [task.reference for task in tasks[:2]]
    assert len(seen.overridable) == 2 and seen.minutes == 30


def test_statements_do_not_depend_on_tasks(cast, django_assert_num_queries):
    """Standing of the actor and the person (3), the person's facts, requirements, tasks."""
    procedures = [make.procedure(requires=[(make.qualification(), 1)]) for _ in range(3)]
    tasks = [make.task(cast.permits, how) for how in procedures]
    for count in (1, 3):
        for person in (cast.ruth, cast.kofi):
            forget(person)
        with django_assert_num_queries(6):
            foresee_move([task.pk for task in tasks[:count]], actor=cast.ruth, to=cast.kofi)


def test_nothing_is_written(cast, django_assert_num_queries):
    from records.models import Event

    task = make.task(cast.permits, cast.anything)
    events = Event.objects.count()
    foresee_move([task.pk], actor=cast.ruth, to=cast.kofi)
    task.refresh_from_db()
    assert task.assignee_id is None and Event.objects.count() == events
