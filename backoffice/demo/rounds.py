"""What a manager does in the morning: give out, move, put right, stand in for who is away."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from backoffice.demo import acts
from backoffice.demo.agenda import Story
from backoffice.demo.places import DEPARTMENTS
from backoffice.demo.words import CANCELS, OVERRIDES, TAKE_OVERS
from backoffice.demo.world import World
from core import clock
from core.refusals import Refused
from organization.models import Absence, User
from tasks import bulk, editing, transitions
from tasks.models import Task
from tasks.states import Priority, State


def morning(world: World, code: str) -> Story:
    """The manager's round, a few minutes between one thing and the next."""
    manager = world.manager(code)
    if manager is None:
        return
    always: tuple[Act, ...] = (move_work_of_absent, give_out_confidential)
    traffic = min(1.0, next(plan.arrivals for plan in DEPARTMENTS if plan.code == code) / 4)
    for act, share in [*((act, 1.0) for act in always), *((act, share * traffic) for act, share in SOMETIMES)]:
        if world.chance(share):
            act(world, code, manager)
            yield clock.now() + dt.timedelta(minutes=world.rng.randint(1, 9))
    if world.departments[code].members_may_take_over and world.chance(0.05):
        yield from take_over_one(world, code)


Act = Callable[[World, str, User], None]


def _free(world: World, code: str) -> list[Task]:
    return list(Task.objects.free().filter(department=world.departments[code]).order_by("urgent_at", "pk")[:60])


def _somebody(world: World, code: str) -> User | None:
    there = [one for one in world.team(code) if not world.away(one) and one.pk not in world.resting]
    return world.rng.choice(there) if there else None


def move_work_of_absent(world: World, code: str, manager: User) -> None:
    """Work of who is away from today goes to the substitute, as far as the gate lets it."""
    now = clock.now()
    begun = Absence.objects.at(now).filter(starts_at__gt=now - dt.timedelta(hours=26), substitute__isnull=False)
    for absence in begun.filter(person__in=world.team(code)).select_related("person", "substitute"):
        if absence.person_id not in world.resting and not world.away(absence.substitute):
            bulk.move_to_substitute(absence, actor=manager)


def give_out_confidential(world: World, code: str, manager: User) -> None:
    """Confidential work is not taken from the queue: the manager gives it to somebody, or does it."""
    for task in Task.objects.free().filter(department=world.departments[code], confidential=True)[:3]:
        person = _somebody(world, code)
        row = world.fresh(task.pk)
        if person is None or not world.may("assign", manager, row):
            continue
        transitions.assign(task.pk, actor=manager, to=person)
        world.agenda.follow(begin_given(world, task.pk, person), world.later(code, world.rng.uniform(10, 300)))


def begin_given(world: World, pk: int, person: User) -> Story:
    """Start what one was given, and work on it."""
    held = Task.objects.filter(pk=pk, assignee=person, state=State.OPEN).exists()
    if held and not world.away(person):
        yield from acts.work(world, transitions.start(pk, actor=person), person)


def give_out_some(world: World, code: str, manager: User) -> None:
    """A few pieces from the pile to one person, in bulk; some of them may be skipped by the gate."""
    person = _somebody(world, code)
    pile = [task.pk for task in _free(world, code) if not task.confidential]
    if person is None or len(pile) < 4:
        return
    chosen = world.rng.sample(pile, world.rng.randint(2, 3))
    outcome = bulk.assign_all(chosen, actor=manager, to=person)
    for reference in outcome.done:
        pk = int(reference.removeprefix("T-"))
        world.agenda.follow(begin_given(world, pk, person), world.later(code, world.rng.uniform(30, 700)))


def raise_priority(world: World, code: str, manager: User) -> None:
    """What is late gets more weight."""
    late = Task.objects.overdue().filter(department=world.departments[code], priority__gte=Priority.NORMAL)
    for task in late.order_by("due_at", "pk")[:1]:
        if world.may("edit", manager, world.fresh(task.pk)):
            editing.edit(task.pk, {"priority": Priority.HIGH}, actor=manager, revision=task.revision)


def cancel_one(world: World, code: str, manager: User) -> None:
    """Something in the pile need not be done."""
    for task in world.rng.sample(_free(world, code), min(1, len(_free(world, code)))):
        if world.may("cancel", manager, world.fresh(task.pk)):
            transitions.cancel(task.pk, actor=manager, reason=world.rng.choice(CANCELS))


def move_due(world: World, code: str, manager: User) -> None:
    """Somebody was promised another day."""
    pile = _free(world, code)
    if pile:
        task = world.fresh(world.rng.choice(pile).pk)
        day = world.later(code, world.rng.uniform(900, 3500)).date()
        if world.may("edit", manager, task):
            editing.edit(task.pk, {"due_on": day}, actor=manager, revision=task.revision)


def set_labels(world: World, code: str, manager: User) -> None:
    """Mark a few things that belong together."""
    for task in _free(world, code)[:2]:
        row = world.fresh(task.pk)
        labels = world.plan_of(row).labels
        if labels and world.may("edit", manager, row):
            editing.edit(row.pk, {"labels": [labels[0], "Monday round"]}, actor=manager, revision=row.revision)


def override_one(world: World, code: str, manager: User) -> None:
    """Give work to somebody the gate would stop, with a reason."""
    person = _somebody(world, code)
    for task in _free(world, code)[:1]:
        if person and world.may("assign", manager, world.fresh(task.pk)):
            transitions.assign(task.pk, actor=manager, to=person, override=world.rng.choice(OVERRIDES))
            story = begin_given(world, task.pk, person)
            world.agenda.follow(story, world.later(code, world.rng.uniform(30, 500)))


def chase_wait(world: World, code: str, manager: User) -> None:
    """What has waited for long without a day set is asked about, and goes on at whoever has it."""
    old = clock.now() - dt.timedelta(days=6)
    waits = Task.objects.filter(
        department=world.departments[code], state=State.WAITING, waiting_until__isnull=True, waiting_since__lt=old
    ).exclude(pk__in=world.kept)
    for task in waits.order_by("pk")[:2]:
        if world.may("resume", manager, world.fresh(task.pk)):
            transitions.resume(task.pk, actor=manager)


def take_back(world: World, code: str, manager: User) -> None:
    """Return to the queue what somebody has held for long without beginning."""
    old = clock.now() - dt.timedelta(days=4)
    held = Task.objects.filter(
        department=world.departments[code], state=State.OPEN, assignee__isnull=False, claimed_at__lt=old
    ).exclude(assignee__in=world.resting)
    for task in held.order_by("pk")[:2]:
        if world.may("release", manager, world.fresh(task.pk)):
            transitions.release(task.pk, actor=manager, reason="lay there for four days")


def take_over_one(world: World, code: str) -> Story:
    """Where the department allows it, a member takes over what another has not come to."""
    held = Task.objects.filter(department=world.departments[code], state=State.OPEN, assignee__isnull=False)
    task = held.exclude(assignee__in=world.resting).order_by("urgent_at", "pk").first()
    person = _somebody(world, code)
    if task is None or person is None or not world.may("take_over", person, world.fresh(task.pk)):
        return
    try:
        transitions.take_over(task.pk, actor=person, reason=world.rng.choice(TAKE_OVERS))
    except Refused:
        return
    yield clock.now() + dt.timedelta(minutes=5)
    yield from begin_given(world, task.pk, person)


# What a manager does now and then, and on what share of the mornings where much comes in.
SOMETIMES: tuple[tuple[Act, float], ...] = (
    (give_out_some, 0.5),
    (raise_priority, 0.35),
    (cancel_one, 0.2),
    (move_due, 0.2),
    (set_labels, 0.15),
    (override_one, 0.1),
    (take_back, 0.3),
    (chase_wait, 0.8),
)
