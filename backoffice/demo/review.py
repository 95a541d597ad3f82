"""The second pair of eyes, and work that comes back after it was done."""

from __future__ import annotations

from backoffice.demo.agenda import Story
from backoffice.demo.remarks import FROM_REQUESTER, remark
from backoffice.demo.words import REOPENINGS, SEND_BACKS
from backoffice.demo.world import World
from core import clock
from core.refusals import Refused
from organization.models import User
from tasks import editing, finishing, transitions
from tasks.models import Task
from tasks.states import State


def expect(world: World, pk: int) -> None:
    """Somebody will look at it within a day or so."""
    code = world.code_of(world.fresh(pk))
    world.agenda.follow(_review(world, pk), world.later(code, world.rng.uniform(20, 620)))


def _reviewer(world: World, task: Task) -> User | None:
    code = world.code_of(task)
    people = world.team(code, "manager") + world.team(code)
    for person in world.rng.sample(people, len(people)):
        free = person.pk not in world.resting and not world.away(person)
        if free and world.may("approve", person, task) and not finishing.reviewer_failure(task, person):
            return person
    return None


def _review(world: World, pk: int) -> Story:
    task = world.fresh(pk)
    if task.state != State.IN_REVIEW or pk in world.kept:
        return
    reviewer = _reviewer(world, task)
    if reviewer is None:
        yield world.later(world.code_of(task), 240)
        yield from _review(world, pk)
    elif world.chance(0.13):
        finishing.send_back(pk, actor=reviewer, reason=world.rng.choice(SEND_BACKS))
        owner = world.by_pk[task.assignee_id]
        world.agenda.follow(_mend(world, pk, owner), world.later(world.code_of(task), world.rng.uniform(30, 400)))
    else:
        finishing.approve(pk, actor=reviewer)
        perhaps_reopen(world, pk)


def _mend(world: World, pk: int, owner: User) -> Story:
    """The owner puts right what was sent back, and submits it again."""
    task = world.fresh(pk)
    if task.state != State.IN_PROGRESS or task.assignee_id != owner.pk:
        return
    if world.away(owner):
        yield world.later(world.code_of(task), 480)
        yield from _mend(world, pk, owner)
        return
    editing.comment(pk, "Put right, please look again.", actor=owner)
    yield world.later(world.code_of(task), world.rng.uniform(5, 60))
    finishing.submit(pk, actor=owner)
    expect(world, pk)


def perhaps_reopen(world: World, pk: int) -> None:
    """A few pieces of finished work come back days later."""
    if not world.chance(0.035):
        return
    task = world.fresh(pk)
    if task.state == State.DONE and not task.procedure.closed_by_subject:
        code = world.code_of(task)
        world.agenda.follow(_reopen(world, pk), world.later(code, world.rng.uniform(200, 2600)))


def _reopen(world: World, pk: int) -> Story:
    task = world.fresh(pk)
    code = world.code_of(task)
    manager = world.manager(code)
    owner = world.by_pk.get(task.assignee_id)
    if task.state != State.DONE or manager is None:
        return
    if task.requester_id and world.chance(0.5):
        requester = world.by_pk[task.requester_id]
        said = remark(task.procedure.name, world.rng, "", patterns=FROM_REQUESTER)
        editing.comment(pk, said, actor=requester)
        if world.may("reopen", requester, task):
            transitions.reopen(pk, actor=requester, reason=world.rng.choice(REOPENINGS))
        return
    reason = world.rng.choice(REOPENINGS)
    world.ask_right("reopen", manager, task)
    try:
        to = owner if owner and owner.pk not in world.resting and owner.is_active else None
        transitions.reopen(pk, actor=manager, reason=reason, to=to if world.chance(0.5) else None)
    except Refused:  # the one who did it is away or full: back to everybody
        transitions.reopen(pk, actor=manager, reason=reason)
    yield clock.now()
