"""A random life of an office, lived through the verbs by the hour, and what its tasks were born with."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

from django.core.exceptions import PermissionDenied

from core import clock
from core.refusals import Refused
from tasks import finishing, transitions, undo
from tasks.editing import comment, edit
from tasks.models import Task
from tasks.steps import Mark, mark_step
from tasks.tests import factories as make

BEGIN = dt.datetime(2026, 2, 20, 7, tzinfo=dt.UTC)
WHY = "because"


class Life:
    """Steps through time; every verb is tried on a random task by a random person, refusals are part of life."""

    def __init__(self, cast: Any, seed: int) -> None:
        self.cast, self.dice = cast, random.Random(seed)
        self.now = BEGIN
        self.born: dict[int, dict[str, Any]] = {}
        self.timed = make.procedure("Timed", steps=[{"key": "one", "minutes": 20}, {"key": "two", "minutes": 35}])
        self.people = [cast.mira, cast.kofi, cast.ruth, cast.vera, cast.otto, cast.arno, cast.ada]

    def live(self, steps: int, hours: float = 0.7) -> Life:
        for _ in range(steps):
            self.now += dt.timedelta(minutes=self.dice.uniform(1, 2 * hours * 60))
            with clock.at(self.now):
                try:
                    self.act()
                except (Refused, PermissionDenied):
                    continue
        return self

    def act(self) -> None:
        if self.dice.random() < 0.22 or not self.born:
            self.give_birth()
            return
        task = Task.objects.get(pk=self.dice.choice(sorted(self.born)[-18:]))
        likely = self.likely(task) if self.dice.random() < 0.7 else None
        (likely or self.dice.choice(self.verbs(task)))()
        if self.dice.random() < 0.12:
            self.now += dt.timedelta(seconds=20)
            with clock.at(self.now):
                for person in self.people:
                    if undo.undoable(Task.objects.get(pk=task.pk), person):
                        undo.undo(task.pk, actor=person)
                        return

    def give_birth(self) -> None:
        where = self.dice.choice([self.cast.permits, self.cast.permits, self.cast.archive, self.cast.hall])
        how = self.dice.choice([self.cast.anything, self.cast.review, self.timed])
        fields: dict[str, Any] = {}
        if self.dice.random() < 0.3:
            fields["due_at"] = self.now + dt.timedelta(hours=self.dice.randrange(5, 400))
        elif self.dice.random() < 0.2:
            fields["due_on"] = self.now.date() + dt.timedelta(days=self.dice.randrange(1, 20))
        if self.dice.random() < 0.1:
            fields["confidential"] = True
        if self.dice.random() < 0.1:
            fields["ready_at"] = self.now + dt.timedelta(days=3)
        task = make.task(where, how, actor=self.cast.ada, **fields)
        task.refresh_from_db()
        self.born[task.pk] = {
            name: getattr(task, name) for name in ("due_at", "due_from_target", "remaining_minutes", "opened_at")
        }

    def likely(self, task: Task) -> Callable[[], Any] | None:
        """What somebody would do next, so that work gets finished at all."""
        here = {"Permits": ["mira", "kofi", "ruth"], "Archive": ["otto", "arno"]}.get(task.department.name, ["vera"])
        worker = getattr(self.cast, self.dice.choice(here))
        holder = task.assignee
        if task.state == "open":
            boss = {"Permits": self.cast.ruth, "Archive": self.cast.arno}.get(task.department.name, self.cast.vera)
            if holder is None:
                return lambda: transitions.assign(task, actor=boss, to=worker)
            return lambda: transitions.start(task, actor=holder)
        if task.state == "in_progress" and holder:
            if task.version.wants_review:
                return lambda: finishing.submit(task, actor=holder)
            if task.procedure == self.timed and not task.step_runs.filter(step__key="two").exists():
                key = "two" if task.step_runs.exists() else "one"
                return lambda: mark_step(task, Mark(key, True, ""), actor=holder)
            return lambda: finishing.complete(task, actor=holder)
        if task.state == "in_review":
            return lambda: finishing.approve(task, actor=self.cast.vera)
        return (lambda: transitions.resume(task, actor=holder)) if task.state == "waiting" and holder else None

    def verbs(self, task: Task) -> list[Callable[[], Any]]:
        one = self.dice.choice(self.people)
        holder = task.assignee or one
        boss = self.dice.choice([self.cast.ruth, self.cast.vera, self.cast.arno, self.cast.ada])
        place = self.dice.choice([self.cast.permits, self.cast.archive, self.cast.hall])
        later = self.now + dt.timedelta(hours=self.dice.randrange(2, 90))
        every = [
            lambda: transitions.claim(task, actor=one),
            lambda: transitions.start(task, actor=holder),
            lambda: transitions.start(task, actor=holder),
            lambda: transitions.release(task, actor=holder),
            lambda: transitions.assign(task, actor=boss, to=one),
            lambda: transitions.take_over(task, actor=one, reason=WHY),
            lambda: transitions.wait(task, actor=holder, kind="outside", reason=WHY),
            lambda: transitions.resume(task, actor=holder),
            lambda: finishing.submit(task, actor=holder),
            lambda: finishing.approve(task, actor=boss),
            lambda: finishing.send_back(task, actor=boss, reason=WHY),
            lambda: transitions.cancel(task, actor=boss, reason=WHY),
            lambda: transitions.reopen(task, actor=boss, reason=WHY),
            lambda: transitions.hand_off(task, actor=holder, department=place, reason=WHY),
            lambda: edit(task, {"due_at": later}, actor=boss, revision=task.revision),
            lambda: edit(task, {"priority": 1}, actor=boss, revision=task.revision),
            lambda: comment(task, "words", actor=holder),
            lambda: mark_step(task, Mark("one", True, ""), actor=holder),
            lambda: mark_step(task, Mark("two", True, ""), actor=holder),
        ]
        # Reports are about finishing and what becomes of it; a manager may finish another's work.
        every += [lambda: finishing.complete(task, actor=boss)] * 3
        every += [lambda: transitions.wait(task, actor=holder, kind="outside", reason=WHY)] * 6
        every += [lambda: transitions.reopen(task, actor=boss, reason=WHY)] * (3 if task.state == "done" else 0)
        return every


def lived(cast: Any, seed: int = 1, steps: int = 1100) -> SimpleNamespace:
    """The cast with a history behind it; `life.now` is its last moment."""
    cast.life = Life(cast, seed).live(steps)
    return cast


def days(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    while first <= last:
        yield first
        first += dt.timedelta(days=1)
