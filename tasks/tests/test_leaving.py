"""Who leaves holds nothing afterwards, and is given nothing in the same moment."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import pytest
from django.db import connection

from core import clock
from core.refusals import Refused
from organization.models import Absence, User
from organization.setup import deactivate, save_absence, save_department, save_membership
from tasks import finishing, invariants, transitions
from tasks.models import Task
from tasks.tests import factories as make
from tasks.tests.doors import REASON, events_of, fresh
from tasks.undo import undo

HOUR = dt.timedelta(hours=1)


@pytest.mark.django_db
def test_what_somebody_holds_goes_back(cast: Any) -> None:
    planned = make.task(cast.permits, cast.permit, ready_at=clock.now() + dt.timedelta(days=1))
    held, begun, waiting, review = (
        make.task(cast.permits, cast.review if name == "review" else cast.permit)
        for name in ("held", "begun", "waiting", "review")
    )
    for task in (planned, held, begun, waiting, review):
        transitions.assign(task, actor=cast.ruth, to=cast.mira)
    transitions.wait(waiting, actor=cast.mira, kind="outside", reason=REASON)
    for task in (begun, review):
        transitions.start(task, actor=cast.mira)
    finishing.submit(review, actor=cast.mira)
    deactivate(cast.mira, actor=cast.ada)
    states = {name: (fresh(task).state, fresh(task).assignee) for name, task in (("planned", planned), ("held", held))}
    assert states == {"planned": ("planned", None), "held": ("open", None)}
    for task in (planned, held, begun, waiting):
        last = events_of(task)[-1]
        assert fresh(task).assignee is None and (last.verb, last.actor) == ("release", cast.ada)
        assert last.payload.body["reason"] == "Mira Holt has left." and fresh(task).waiting_since is None
    assert fresh(review).assignee == cast.mira and not list(invariants.broken())
    back = finishing.send_back(review, actor=cast.ruth, reason=REASON)
    assert (back.state, back.assignee, back.started_at) == ("open", None, None)
    assert not list(invariants.broken())


@pytest.mark.django_db
@pytest.mark.parametrize("how", ["clock", "manager", "review"])
def test_what_comes_back_finds_its_owner_in_another_department(cast: Any, how: str) -> None:
    """Nothing gives way to membership: what waited or was sent back for somebody who moved on goes to everybody."""
    task = make.task(cast.permits, cast.review)
    transitions.claim(task, actor=cast.mira)
    transitions.start(task, actor=cast.mira)
    if how == "review":
        finishing.submit(task, actor=cast.mira)
    else:
        until = clock.now() + HOUR
        transitions.wait(task, actor=cast.mira, kind="later", reason=REASON, until=until)
    post = cast.mira.memberships.get()
    post.ends_on = clock.now().date() - dt.timedelta(days=2)
    save_membership(post, actor=cast.ada)
    with clock.at(clock.now() + 2 * HOUR):
        if how == "review":
            back = finishing.send_back(task, actor=cast.ruth, reason=REASON)
        else:
            back = transitions.resume(task, actor=None if how == "clock" else cast.ruth)
    assert (back.state, back.assignee, back.started_at) == ("open", None, None)
    assert back.waiting_since is None and not list(invariants.broken())


@pytest.mark.django_db
def test_what_waits_goes_on_at_the_cap_and_in_absence(cast: Any) -> None:
    """It was its owner's all the time: nothing is given to anybody, and the clock could not be told no."""
    cast.permits.cap = 1
    save_department(cast.permits, actor=None)
    task = make.task(cast.permits, cast.permit)
    transitions.claim(task, actor=cast.mira)
    transitions.wait(task, actor=cast.mira, kind="later", reason=REASON, until=clock.now() + HOUR)
    transitions.claim(make.task(cast.permits, cast.permit), actor=cast.mira)
    away = Absence(person=cast.mira, starts_at=clock.now(), ends_at=clock.now() + 4 * HOUR)
    save_absence(away, actor=None)
    with clock.at(clock.now() + 2 * HOUR):
        back = transitions.resume(task, actor=None)
    assert (back.state, back.assignee) == ("in_progress", cast.mira)


@pytest.mark.django_db
def test_finished_work_is_not_put_back_to_who_left(cast: Any) -> None:
    task = make.task(cast.permits, cast.permit)
    transitions.claim(task, actor=cast.mira)
    transitions.start(task, actor=cast.mira)
    finishing.complete(task, actor=cast.ruth)
    deactivate(cast.mira, actor=cast.ada)
    with pytest.raises(Refused) as no:
        undo(task, actor=cast.ruth)
    assert no.value.code == "left" and fresh(task).state == "done"


@pytest.mark.database
@pytest.mark.django_db(transaction=True)
def test_leaving_while_one_works(make: Any) -> None:
    """Claims, starts and completions of the person meet their leaving: nothing locks, nothing is left with them."""
    where, how = make.department(), make.procedure()
    for turn in range(4):
        who = make.person()
        make.member(who, where)
        leave_while_working(who, [make.task(where, how) for _ in range(6)], 0.01 * turn)
        assert not Task.objects.unfinished().filter(assignee=who).exists()
    assert not list(invariants.broken())


def leave_while_working(who: User, tasks: list[Task], after: float) -> None:
    start, failed = threading.Barrier(4), []

    def work(some: list[Task]) -> None:
        try:
            start.wait(30)
            for task in some:
                transitions.claim(task.pk, actor=who)
                transitions.start(task.pk, actor=who)
                finishing.complete(task.pk, actor=who)
        except Refused:
            pass  # they have left
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(tasks[n::3],)) for n in range(3)]
    for thread in threads:
        thread.start()
    start.wait(30)
    threads[0].join(after)
    deactivate(User.objects.get(pk=who.pk), actor=None)
    for thread in threads:
        thread.join(30)
    assert not failed, failed
