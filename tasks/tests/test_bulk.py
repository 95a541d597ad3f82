"""Work closed by its subject is not in bulk: only its subject knows what else hangs on it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from core import clock
from organization.models import Absence
from organization.setup import save_absence
from tasks import bulk, transitions
from tasks.foresight import foresee_move
from tasks.models import Task
from tasks.tests import factories as make
from tasks.tests.doors import REASON, fresh, row_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def letter(cast: Any) -> Task:
    task = make.task(cast.permits, cast.closed)
    Task.objects.filter(pk=task.pk).update(subject_ref="IN-2026-7")
    return fresh(transitions.assign(task, actor=cast.ruth, to=cast.kofi))


def test_it_is_skipped_and_told_where_to_go(cast: Any, letter: Task) -> None:
    plain = transitions.claim(make.task(cast.permits, cast.permit), actor=cast.kofi)
    before, both = row_of(letter), [letter.pk, plain.pk]
    told = [(letter.reference, "it is closed by what it is about: go to IN-2026-7")]
    foreseen = foresee_move(both, actor=cast.ruth, to=cast.mira).outcome
    assert (foreseen.skipped, foreseen.done) == (told, [plain.reference])
    for act in (
        lambda: bulk.assign_all(both, actor=cast.ruth, to=cast.mira),
        lambda: bulk.release_all(both, actor=cast.ruth, reason=REASON),
        lambda: bulk.cancel_all(both, actor=cast.ruth, reason=REASON),
    ):
        outcome = act()
        assert (outcome.skipped, outcome.done) == (told, [plain.reference])
    assert row_of(letter) | {"deltas": 0} == before | {"deltas": 0}
    transitions.assign(letter, actor=cast.ruth, to=cast.mira)  # one by one it is given out as ever


def test_a_substitute_gets_it_too(cast: Any, letter: Task) -> None:
    now = clock.now()
    away = Absence(person=cast.kofi, starts_at=now, ends_at=now + dt.timedelta(days=2), substitute=cast.mira)
    outcome = bulk.move_to_substitute(save_absence(away, actor=None), actor=cast.ruth)
    assert outcome.done == [letter.reference] and fresh(letter).assignee == cast.mira
