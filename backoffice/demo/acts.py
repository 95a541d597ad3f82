"""What one person does with one piece of work, from taking it to handing it in; told as stories for the agenda."""

from __future__ import annotations

import datetime as dt
from typing import Any

from backoffice.demo import papers, review
from backoffice.demo.agenda import Episode, Story
from backoffice.demo.remarks import FROM_REQUESTER, TO_REQUESTER, remark
from backoffice.demo.words import HAND_OFFS, REASONS_TEXT, RELEASES, WAITS
from backoffice.demo.world import World
from core import clock
from organization.models import User
from records import events
from tasks import editing, finishing, steps, transitions, undo
from tasks.models import Step, Task
from tasks.next import take_next
from tasks.states import State

# What may come between taking work and finishing it, and how often.
TWISTS = {"wait": 0.13, "hand_off": 0.03, "release": 0.025, "sleep": 0.06}


def serve(world: World, person: User) -> Story:
    """Take next and work on it; who is in the middle of something tries again later, who is away does not."""
    for _try in range(5):
        served = None if world.away(person) else take_next(actor=person)
        if served is None:
            return
        if served.task.pk not in world.busy:
            yield from work(world, served.task, person)
            return
        yield world.later(world.code_of(served.task), world.rng.uniform(25, 80))


def choose(world: World, person: User, code: str) -> Story:
    """Claim something one has seen in the list, and begin it a little later."""
    if world.away(person):
        return
    free = list(Task.objects.free().filter(department=world.departments[code]).order_by("urgent_at", "pk")[:6])
    if not free:
        return
    task = world.fresh(world.rng.choice(free).pk)
    if not world.may("claim", person, task):
        return
    transitions.claim(task.pk, actor=person)
    yield world.later(code, world.rng.expovariate(1 / 200))
    if _there(world, person):
        yield from work(world, transitions.start(task.pk, actor=person), person)


def work(world: World, task: Task, person: User) -> Story:
    """Go on with work in progress until it is handed in, or something comes between."""
    if task.pk in world.busy:
        return
    world.busy.add(task.pk)
    try:
        yield from _work(world, task, person)
    finally:
        world.busy.discard(task.pk)


def _work(world: World, task: Task, person: User) -> Story:
    pk, code = task.pk, world.code_of(task)
    todo = unmarked(task)
    minutes = max(6.0, task.remaining_minutes * world.rng.lognormvariate(0.05, 0.55))
    twist = _twist(world)
    for number, step in enumerate(todo):
        yield world.later(code, minutes / (len(todo) + 1))
        if not _there(world, person):
            return
        if number == len(todo) // 2 and (yield from _come_between(world, pk, person, twist)):
            return
        if step.is_mandatory or world.chance(0.75):
            mark(world, task, step, person)
    if not todo and (yield from _come_between(world, pk, person, twist)):
        return
    yield world.later(code, minutes / (len(todo) + 1))
    if _there(world, person):
        say_something(world, task, person)
        yield clock.now() + dt.timedelta(seconds=world.rng.randint(20, 200))
        yield from finish(world, pk, person)


def _twist(world: World) -> str:
    throw = world.rng.random()
    for name, share in TWISTS.items():
        throw -= share
        if throw < 0:
            return name
    return ""


def _there(world: World, person: User) -> bool:
    """Is the person at work? Whether the task is still theirs, the verbs ask."""
    return person.is_active and not world.away(person)


def _at_hand(world: World, pk: int, person: User, state: str) -> bool:
    """Is it still the person's, in this state, and is the person there?"""
    return _there(world, person) and Task.objects.filter(pk=pk, assignee=person, state=state).exists()


def unmarked(task: Task) -> list[Step]:
    """Steps of a task nobody has marked."""
    done = task.step_runs.filter(marked_at__isnull=False).values("step_id")
    return list(Step.objects.filter(version_id=task.version_id).exclude(pk__in=done))


def answer(world: World, task: Task, step: Step) -> Any:
    """What somebody enters for a step; None where it asks for nothing."""
    plan = world.plan_of(task)
    known = {one.key: one.answers for one in plan.steps + plan.later}.get(step.key, ())
    if step.value_kind == Step.Value.DATE:
        return (clock.now().date() + dt.timedelta(days=world.rng.choice(known))).isoformat()
    if step.value_kind == Step.Value.TEXT and not known:
        return world.rng.choice(REASONS_TEXT)
    return world.rng.choice(known) if step.value_kind else None


def mark(world: World, task: Task, step: Step, person: User, value: Any = None) -> None:
    """Mark a step with `value`, or with something it could be answered by."""
    world.ask_right("mark_step", person, task)
    steps.mark_step(task.pk, steps.Mark(step.key, True, value or answer(world, task, step)), actor=person)


def say_something(world: World, task: Task, person: User) -> None:
    """Now and then a comment, for colleagues or the requester, and a file."""
    who = world.colleague(world.code_of(task), person)
    if world.chance(0.2):
        editing.comment(task.pk, remark(task.procedure.name, world.rng, who), actor=person)
    if task.requester_id and world.chance(0.4):
        said = remark(task.procedure.name, world.rng, who, patterns=TO_REQUESTER)
        editing.comment(task.pk, said, actor=person, for_requester=True)
    if world.chance(0.05):
        editing.attach_file(task.pk, papers.for_procedure(task.procedure.name, world.rng), actor=person)


def _come_between(world: World, pk: int, person: User, twist: str) -> Episode:
    """Let the twist happen; the story's value is whether work ends here for now."""
    if twist and not _at_hand(world, pk, person, State.IN_PROGRESS):
        return True
    if twist == "wait":
        return (yield from _wait(world, pk, person))
    if twist == "sleep":  # left lying on the desk for a day or two
        yield world.later(world.code_of(world.fresh(pk)), world.rng.uniform(300, 1300))
        return not _at_hand(world, pk, person, State.IN_PROGRESS)
    if twist == "release":
        world.ask_right("release", person, world.fresh(pk))
        transitions.release(pk, actor=person, reason=world.rng.choice(RELEASES))
        return True
    return twist == "hand_off" and hand_off(world, pk, person)


def hand_off(world: World, pk: int, person: User) -> bool:
    """Give it to another department that uses the procedure; False when there is none."""
    task = world.fresh(pk)
    others = [code for code in world.plan_of(task).mix if code != world.code_of(task)]
    if not others or world.plan_of(task).for_all:
        return False
    world.ask_right("hand_off", person, task)
    target = world.departments[world.rng.choice(others)]
    transitions.hand_off(pk, actor=person, department=target, reason=world.rng.choice(HAND_OFFS))
    return True


def _wait(world: World, pk: int, person: User) -> Episode:
    task = world.fresh(pk)
    code = world.code_of(task)
    kinds = ["outside", "outside", "department", "colleague", "later"]
    kind = world.rng.choice([*kinds, "requester", "requester"] if task.requester_id else kinds)
    back = world.later(code, world.rng.choice((200, 480, 960, 1440, 2400)))
    until = back if world.chance(0.7) else None
    reason = world.rng.choice(WAITS[kind]).format(who=world.colleague(code, person))
    world.ask_right("wait", person, task)
    transitions.wait(pk, actor=person, kind=kind, reason=reason, until=until)
    if until:
        world.agenda.at(until, lambda: resume_by_clock(pk))
        return True
    yield back
    if not _at_hand(world, pk, person, State.WAITING):
        return True
    if kind == "requester":
        requester = world.by_pk[task.requester_id]
        editing.comment(pk, remark(task.procedure.name, world.rng, "", patterns=FROM_REQUESTER), actor=requester)
    transitions.resume(pk, actor=person)
    return False


def resume_by_clock(pk: int) -> None:
    """The clock's own verb, as the background job does it; nothing when somebody was there before."""
    due = Task.objects.filter(pk=pk, state=State.WAITING, waiting_until__lte=clock.now())
    if due.exists():
        with events.origin("job"):
            transitions.resume(pk, actor=None)


def finish(world: World, pk: int, person: User) -> Story:
    """Hand it in: to a review, to what it is about, or done; sometimes done too early and taken back."""
    task = world.fresh(pk)
    if task.assignee_id != person.pk or task.state != State.IN_PROGRESS or not _there(world, person):
        return
    if task.version.wants_review:
        world.ask_right("submit", person, task)
        finishing.submit(pk, actor=person)
        review.expect(world, pk)
    elif task.procedure.closed_by_subject:
        with events.origin("wing"):
            finishing.complete(pk, actor=person, by_subject=True)
    else:
        world.ask_right("complete", person, task)
        finishing.complete(pk, actor=person)
        if world.chance(0.012):
            yield clock.now() + dt.timedelta(seconds=world.rng.randint(6, 40))
            undo.undo(pk, actor=person)
            yield world.later(world.code_of(task), 20)
            if _at_hand(world, pk, person, State.IN_PROGRESS):
                finishing.complete(pk, actor=person)
        review.perhaps_reopen(world, pk)
