"""Work closed by its subject is not in bulk: only its subject knows what else hangs on it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from core import clock
from core.refusals import Refused
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
    told = [(letter.reference, "It is finished by what it is about: go to IN-2026-7.")]
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


def test_every_refusal_is_a_whole_sentence(cast: Any) -> None:
    """Without a subject's name there is nowhere to go to, and no label of a state stands in a sentence."""
    unnamed = transitions.claim(make.task(cast.permits, cast.closed), actor=cast.kofi)
    done = make.task(cast.permits, cast.permit)
    transitions.cancel(done, actor=cast.ruth, reason=REASON)
    outcome = bulk.release_all([unnamed.pk, done.pk, 10**9], actor=cast.ruth)
    assert outcome.skipped == [
        (unnamed.reference, "It is finished by what it is about, not here."),
        (done.reference, f"{done.reference} is cancelled, so this cannot be done now."),
        (f"T-{10**9}", "It cannot be reached."),
    ]
    with pytest.raises(Refused) as refused:
        transitions.veto(unnamed, by_subject=False)
    assert str(refused.value.sentence) == f"{unnamed.reference} is finished by what it is about, not here."
