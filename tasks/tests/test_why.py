"""Why this one, and why not me: the answer is the verbs' own, and repairing only what it names changes it."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from core import clock
from core.refusals import Refused
from organization.models import Absence, Holding, Membership
from organization.setup import save_absence, save_membership
from organization.standing import forget
from tasks import finishing, transitions
from tasks import next as taking
from tasks.editing import edit
from tasks.models import Task
from tasks.tests import factories as make
from tasks.tests.doors import trial
from tasks.why import sentence, why_not_me, why_this

pytestmark = pytest.mark.django_db
MONDAY = dt.datetime(2026, 3, 2, 9, tzinfo=ZoneInfo("Europe/Dublin"))
HOUR = dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def monday_in_dublin() -> Any:
    with clock.at(MONDAY), timezone.override("Europe/Dublin"):
        yield


def code(user: Any, task: Task) -> str:
    forget(user)
    found = why_not_me(user, Task.objects.for_detail().get(pk=task.pk))
    return found.code if found else ""


def test_why_this(cast: Any, django_assert_num_queries: Any) -> None:
    checks = make.qualification("Planning checks")
    make.holding(cast.mira, checks, 3)
    make.holding(cast.mira, checks, 2)
    make.holding(cast.mira, make.qualification("Driving"), 1)
    how = make.procedure(standard_minutes=180, requires=[(checks, 2)])
    task = make.task(cast.permits, how, priority=2, due_at=MONDAY + 6 * HOUR)
    served = taking.take_next(actor=cast.mira)
    assert served and served.task.pk == task.pk
    with django_assert_num_queries(1):
        parts = why_this(served.task, cast.mira)
    assert sentence(parts) == "High priority, start by 12:00, and you hold Planning checks 3."
    with clock.at(MONDAY + 4 * HOUR):
        assert why_this(served.task, cast.mira)[1] == "to be started since 12:00"
    with clock.at(MONDAY + 30 * HOUR):
        assert why_this(served.task, cast.mira)[1] == "overdue since Mon 15:00"
    with timezone.override("America/New_York"):
        assert why_this(served.task, cast.mira)[1] == "start by 07:00"


@pytest.mark.parametrize(
    ("priority", "said"),
    [(1, "Urgent priority, and start by 12:45."), (3, "Start by 12:45."), (4, "Low priority, and nothing before it, ")],
)
def test_the_ordinary_is_not_said(cast: Any, priority: int, said: str) -> None:
    task = make.task(cast.permits, cast.anything, priority=priority, due_at=MONDAY + 4 * HOUR)
    assert sentence(why_this(task, cast.mira)).startswith(said)


def test_sentences() -> None:
    assert sentence([]) == "" and sentence(["one"]) == "One."
    assert sentence(["one", "two"]) == "One, and two." and sentence(["one", "two", "three"]) == "One, two, and three."


def test_what_the_task_says_of_itself_comes_first(cast: Any) -> None:
    """Each state, asked by somebody the gate would refuse too."""
    task = make.task(cast.permits, cast.permit, ready_at=MONDAY + 2 * HOUR)
    assert why_not_me(cast.otto, task).sentence == "it is planned until 11:00"
    with clock.at(MONDAY + 3 * HOUR):
        task = transitions.become_ready(task)
        assert code(cast.otto, task) == "department"
        transitions.claim(task, actor=cast.kofi)
        assert (code(cast.otto, task), code(cast.kofi, task)) == ("taken", "")
        assert why_not_me(cast.mira, Task.objects.for_detail().get(pk=task.pk)).sentence == "Kofi Adjei has it"
        task = transitions.wait(task, actor=cast.kofi, kind="outside", reason="plans")
        assert (code(cast.otto, task), code(cast.kofi, task)) == ("waiting", "waiting")
        assert why_not_me(cast.mira, task).sentence == "it waits"
        transitions.resume(task, actor=cast.kofi)
        until = MONDAY + 30 * HOUR
        task = transitions.wait(task, actor=cast.kofi, kind="outside", reason="plans", until=until)
        assert why_not_me(cast.mira, task).sentence == "it waits until Tue 15:00"
        transitions.resume(task, actor=cast.kofi)
        task = finishing.complete(task, actor=cast.kofi)
        assert why_not_me(cast.mira, task).sentence == "it is done" and code(cast.kofi, task) == "finished"
        transitions.reopen(task, actor=cast.ruth, reason="wrong plan")
        task = transitions.cancel(task, actor=cast.ruth, reason="withdrawn")
        assert why_not_me(cast.mira, task).sentence == "it is cancelled"


def test_in_review_and_confidential(cast: Any) -> None:
    task = make.task(cast.permits, cast.review)
    transitions.claim(task, actor=cast.kofi)
    transitions.start(task, actor=cast.kofi)
    finishing.submit(task, actor=cast.kofi)
    assert code(cast.mira, task) == "in_review"
    secret = make.task(cast.permits, cast.permit, confidential=True)
    assert code(cast.ruth, secret) == code(cast.mira, secret) == "confidential"
    transitions.assign(secret, actor=cast.ruth, to=cast.mira)
    assert (code(cast.mira, secret), code(cast.ruth, secret)) == ("", "taken")


REPAIRS = ["planned", "confidential", "department", "qualification", "absence", "cap"]


def spoil(cast: Any, wrong: set[str]) -> tuple[Task, dict[str, Any]]:
    """A task and mira, with everything in `wrong` in the way; and what puts each right."""
    checks = make.qualification()
    post = Membership.objects.get(person=cast.mira)
    task = make.task(
        cast.permits,
        make.procedure(requires=[(checks, 2)]),
        confidential="confidential" in wrong,
        ready_at=MONDAY + HOUR if "planned" in wrong else None,
    )
    post.cap = 1
    save_membership(post, actor=None)
    held = make.holding(cast.mira, checks, 1 if "qualification" in wrong else 2)
    other = make.task(cast.permits, cast.permit)
    if "cap" in wrong:
        transitions.claim(other, actor=cast.mira)
    if "absence" in wrong:
        save_absence(Absence(person=cast.mira, starts_at=MONDAY, ends_at=MONDAY + HOUR), actor=None)
    if "department" in wrong:
        Membership.objects.filter(pk=post.pk).update(ends_on=MONDAY.date() - dt.timedelta(days=1))
    revision = task.revision
    return task, {
        "planned": lambda: edit(task, {"ready_at": None}, actor=cast.ruth, revision=revision),
        "confidential": lambda: Task.objects.filter(pk=task.pk).update(confidential=False),
        "department": lambda: Membership.objects.filter(pk=post.pk).update(ends_on=None),
        "qualification": lambda: Holding.objects.filter(pk=held.pk).update(level=2),
        "absence": lambda: Absence.objects.all().delete(),
        "cap": lambda: transitions.release(other, actor=cast.mira),
    }


def mixtures() -> list[list[str]]:
    return [[name for bit, name in enumerate(REPAIRS) if number >> bit & 1] for number in range(2 ** len(REPAIRS))]


def test_repairing_only_what_is_named_changes_the_answer(cast: Any) -> None:
    """All 64 mixtures of obstacles: the first is named, repairing any other changes nothing, repairing it does."""
    for wrong in mixtures():
        with trial():
            task, repairs = spoil(cast, set(wrong))
            assert code(cast.mira, task) == (wrong[0] if wrong else "")
            for name in reversed(wrong[1:]):
                repairs[name]()
                assert code(cast.mira, task) == wrong[0], wrong
            if wrong:
                with pytest.raises(Refused):
                    transitions.claim(task, actor=cast.mira)
                repairs[wrong[0]]()
            assert code(cast.mira, task) == "", wrong
            transitions.claim(task, actor=cast.mira)


def test_repairing_what_is_named_leads_to_the_next(cast: Any) -> None:
    for wrong in mixtures()[::5]:
        with trial():
            task, repairs = spoil(cast, set(wrong))
            for name in wrong:
                assert code(cast.mira, task) == name, wrong
                repairs[name]()
            assert code(cast.mira, task) == "", wrong
