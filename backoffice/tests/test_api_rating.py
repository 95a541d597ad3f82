"""Rating finished work by API: the same verb, rights and refusals as on the page."""

from __future__ import annotations

import datetime as dt

import pytest

from backoffice.tests.api_caller import Caller, refusal
from core import clock
from records.models import Event
from tasks import finishing, transitions
from tasks.api.drawn import Rating as Drawn
from tasks.models import Rating
from tasks.tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def task(cast):
    """Work of mira's that cleo asked for, in progress."""
    row = make.task(cast.permits, cast.anything, requester=cast.cleo)
    return transitions.start(transitions.claim(row, actor=cast.mira), actor=cast.mira)


def test_who_asked_rates_and_changes_it(cast, task):
    cleo = Caller(cast.cleo)
    refusal(cleo.verb(task, "rate", {"stars": 5}), 409, "not_done")
    task = finishing.complete(task, actor=cast.mira)
    told = cleo.verb(task, "rate", {"stars": 4, "word": " quick "}).json()
    assert Drawn.model_validate(told, extra="forbid") and (told["stars"], told["word"]) == (4, "quick")
    assert cleo.verb(task, "rate", {"stars": 5, "revision": task.revision}).json()["word"] == ""
    rating = Rating.objects.get()
    assert (rating.stars, rating.word, rating.person) == (5, "", cast.cleo)
    said = Event.objects.filter(verb="rate").order_by("id")
    assert [(one.actor, one.origin) for one in said] == [(cast.cleo, "api")] * 2
    assert cleo.verb(task, "rate", {"stars": 5}).status_code == 200 and said.count() == 2


def test_nobody_else_may(cast, task):
    task = finishing.complete(task, actor=cast.mira)
    for person in (cast.mira, cast.ruth, cast.vera, cast.ada):
        refusal(Caller(person).verb(task, "rate", {"stars": 1}), 403)
    for person in (cast.otto, cast.arno):
        refusal(Caller(person).verb(task, "rate", {"stars": 1}), 404)
    assert not Rating.objects.exists()


@pytest.mark.parametrize(
    "body", [{}, {"stars": 0}, {"stars": 6}, {"stars": "4"}, {"stars": 4.5}, {"stars": 4, "word": "x" * 501}]
)
def test_what_is_no_rating_is_refused(cast, task, body):
    task = finishing.complete(task, actor=cast.mira)
    refusal(Caller(cast.cleo).verb(task, "rate", body), 422)


def test_stale_and_late(cast, task):
    task = finishing.complete(task, actor=cast.mira)
    cleo = Caller(cast.cleo)
    refusal(cleo.verb(task, "rate", {"stars": 4, "revision": task.revision + 1}), 409, "stale")
    type(task).objects.filter(pk=task.pk).update(closed_at=clock.now() - dt.timedelta(days=31))
    refusal(cleo.verb(task, "rate", {"stars": 4}), 409, "too_late")
