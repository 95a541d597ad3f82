"""Saying how it was: a row of its own, once for each task, changed for some days."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from core import clock
from core.refusals import Refused
from organization.models import User
from records import events
from tasks.changes import lock, storable
from tasks.models import Rating, Task
from tasks.rules import is_requester
from tasks.states import State

WITHIN = dt.timedelta(days=30)  # after it was done
CHANGED_WITHIN = dt.timedelta(days=7)  # after it was rated


def may_rate(user: User, task: Task, rating: Rating | None) -> bool:
    """Who asked for it, when it is done: for 30 days, and 7 days longer what was said can be changed."""
    if not is_requester(user, task) or task.state != State.DONE or task.closed_at is None:
        return False
    now = clock.now()
    return now <= task.closed_at + WITHIN or (rating is not None and now <= rating.given_at + CHANGED_WITHIN)


def rate(task: Task | int, *, actor: User, stars: int, word: str = "") -> Rating:
    """Keep what the requester thinks of it, or change it. One event; the task's revision stays.

    Raises PermissionDenied for anybody else, Refused when it is not done, too late, or out of range.
    """
    if stars not in Rating.Stars.values:
        raise Refused(_("Choose between 1 and 5."), code="stars_unknown", field="stars")
    word = storable(word.strip(), "word")
    if len(word) > 500:
        raise Refused(_("Shorten it to 500 characters."), code="word_too_long", field="word")
    with transaction.atomic():
        row = lock(task if isinstance(task, int) else task.pk)
        if not is_requester(actor, row):
            raise PermissionDenied("rate")
        rating = Rating.objects.select_for_update().filter(task=row).first()
        if row.state != State.DONE:
            raise Refused(_("It can be rated when it is done."), code="not_done", state=row.state)
        if not may_rate(actor, row, rating):
            raise Refused(_("It is too late to rate it."), code="too_late")
        before = (rating.stars, rating.word) if rating else (None, "")
        if rating and before == (stars, word):
            return rating
        if rating is None:
            rating = Rating(task=row, person=actor, department_id=row.department_id, given_at=clock.now())
        rating.stars, rating.word = stars, word
        rating.save()
        pairs: dict[str, list[Any]] = {"stars": [before[0], stars], "word": [before[1], word]}
        changes = {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
        events.write(
            "rate",
            actor=actor,
            subject_kind="task",
            subject_id=row.pk,
            task_id=row.pk,
            department_id=row.department_id,
            from_state=row.state,
            to_state=row.state,
            payload={"changes": changes},
        )
    return rating
