"""An ordinary day of a department: what comes in, who takes it, what the manager does in the morning."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from backoffice.demo import acts, rounds
from backoffice.demo.agenda import Story
from backoffice.demo.places import DEPARTMENTS, DepartmentPlan
from backoffice.demo.remarks import FROM_REQUESTER, remark
from backoffice.demo.words import title_and_text
from backoffice.demo.world import World
from core import clock
from organization.models import User
from records import events
from tasks import editing, opening
from tasks.models import Task
from tasks.opening import Request
from tasks.states import Priority
from tasks.transitions import become_ready, cancel

Windows = list[tuple[dt.datetime, dt.datetime]]
PRIORITIES = ((Priority.URGENT, 0.03), (Priority.HIGH, 0.12), (Priority.LOW, 0.1))
# Mondays bring more, Fridays less.
WEEK = (1.35, 1.1, 1.0, 0.95, 0.7, 0.0, 0.0)
# Where more comes in than is taken up in the last days of what is told, so that a pile grows.
PILED_UP, PILING_DAYS = "PER", 14


@dataclass(frozen=True)
class Stretch:
    """Days that are told at one go; at their end `goal` pieces of work should lie in the piled-up department."""

    begin: dt.datetime
    end: dt.datetime
    goal: int


def plan_days(world: World, stretch: Stretch) -> None:
    """Put every working day of every department in a stretch on the agenda."""
    day = stretch.begin.date() - dt.timedelta(days=1)
    while day <= stretch.end.date() + dt.timedelta(days=1):
        for plan in DEPARTMENTS:
            windows = world.calendar(plan.code).windows_on(day)
            if windows and windows[0][0] >= stretch.begin:
                _open_day(world, plan, windows, stretch)
        day += dt.timedelta(days=1)


def _open_day(world: World, plan: DepartmentPlan, windows: Windows, stretch: Stretch) -> None:
    start = windows[0][0]
    world.agenda.at(start, lambda: _fill_day(world, plan, windows, stretch))
    world.agenda.follow(rounds.morning(world, plan.code), start + dt.timedelta(minutes=world.rng.randint(4, 25)))


def _fill_day(world: World, plan: DepartmentPlan, windows: Windows, stretch: Stretch) -> None:
    """Decide in the morning what comes in today and how much is taken up, so that the pile stays what it should be."""
    rng = world.rng
    local = windows[0][0].astimezone(world.departments[plan.code].site.zone)
    wave = 1 + 0.25 * math.sin(local.timetuple().tm_yday / 58)
    arrivals = _poisson(world, plan.arrivals * WEEK[local.weekday()] * wave)
    pile = Task.objects.free().filter(department=world.departments[plan.code], confidential=False).count()
    piling = plan.code == PILED_UP and (stretch.end - windows[0][0]).days < PILING_DAYS
    more = _more(world, stretch.goal - pile, windows, stretch) if piling else 0
    for _ in range(arrivals + more):
        world.agenda.at(_moment(world, windows), lambda: arrive(world, plan.code))
    over = max(0, pile - stretch.goal) if piling else pile - plan.backlog
    for person in _takers(world, plan.code, max(0, round(arrivals + 0.3 * over + rng.uniform(-0.5, 1.4)))):
        story = acts.choose(world, person, plan.code) if rng.random() < 0.2 else acts.serve(world, person)
        world.agenda.follow(story, _moment(world, windows))


def _more(world: World, missing: int, windows: Windows, stretch: Stretch) -> int:
    """What comes in today beyond the ordinary, where `missing` pieces are to pile up by the end of the stretch."""
    calendar = world.calendar(PILED_UP)
    left = max(30, calendar.minutes_between(windows[0][0], stretch.end))
    today = calendar.minutes_between(windows[0][0], windows[-1][1])
    return max(0, min(90, round(missing * today / left)))


def _poisson(world: World, mean: float) -> int:
    """A Poisson number (Knuth, The Art of Computer Programming, 3.4.1)."""
    limit, product, number = math.exp(-mean), world.rng.random(), 0
    while product > limit:
        product *= world.rng.random()
        number += 1
    return number


def _moment(world: World, windows: Windows) -> dt.datetime:
    """An instant inside the working windows of a day, not in the very first or last minutes."""
    start, end = world.rng.choice(windows)
    return start + (end - start) * world.rng.uniform(0.03, 0.93)


def _takers(world: World, code: str, number: int) -> Iterator[User]:
    """Who takes something up today, by pace; never who is away or belongs to a scene."""
    day = clock.now().astimezone(world.departments[code].site.zone).weekday()
    people, weights = [], []
    for person in world.team(code):
        plan = world.plans[person.email]
        minutes = next(post.minutes[day] for post in plan.posts if post.department == code)
        if minutes and person.pk not in world.resting and not world.away(person):
            people.append(person)
            weights.append(plan.pace * minutes)
    yield from world.rng.choices(people, weights, k=number) if people else ()


def arrive(world: World, code: str) -> Task | None:
    """A piece of work comes in: by letter, by a colleague's request, from another program, or over the counter."""
    rng = world.rng
    names = [name for name, plan in world.procedure_plans.items() if plan.mix.get(code)]
    name = rng.choices(names, [world.procedure_plans[one].mix[code] for one in names])[0]
    plan, procedure = world.procedure_plans[name], world.procedures[name]
    actor, requester, origin = _who_opens(world, code, plan.open_to_requests)
    title, text = title_and_text(name, rng)
    request = Request(
        title=title,
        text=text,
        priority=_priority(world),
        requester=requester,
        confidential=(code == "PEO" and rng.random() < 0.4) or (name == "Appeal" and rng.random() < 0.08),
        labels=(rng.choice(plan.labels),) if rng.random() < 0.25 else (),
        subject_ref=f"L-{rng.randint(1000, 9899)}" if actor is None else "",
        **_times(world, code),
    )
    with events.origin(origin):
        task = opening.open_task(
            request,
            procedure=procedure,
            department=world.departments[code],
            actor=actor,
            version=world.versions[procedure.pk],
        )
    _afterwards(world, task, requester)
    return task


def _who_opens(world: World, code: str, asked_for: bool) -> tuple[User | None, User | None, str]:
    """(actor, requester, origin) of a new piece of work."""
    throw = world.rng.random()
    if asked_for and throw < 0.35:
        people = [person for person in world.people.values() if person.is_active and not world.away(person)]
        cleo = world.named("Cleo Marsh")
        requester = cleo if world.chance(0.06) else world.rng.choice(people)
        return requester, requester, "web"
    if throw < 0.62:
        return None, None, "wing"
    inside = [one for one in world.team(code) + world.team(code, "manager") if not world.away(one)]
    return (world.rng.choice(inside) if inside else None), None, "api" if throw > 0.92 else "web"


def _priority(world: World) -> int | None:
    throw = world.rng.random()
    for priority, share in PRIORITIES:
        throw -= share
        if throw < 0:
            return int(priority)
    return None


def _times(world: World, code: str) -> dict[str, Any]:
    """Some work has a due date of its own, some may not begin before a day."""
    throw = world.rng.random()
    ahead = world.later(code, world.rng.uniform(900, 4000))
    if throw < 0.14:
        return {"due_on": ahead.astimezone(world.departments[code].site.zone).date()}
    if throw < 0.17:
        return {"due_at": ahead.replace(minute=0, second=0, microsecond=0)}
    if throw < 0.21:
        return {"ready_at": ahead.replace(second=0, microsecond=0)}
    return {}


def _afterwards(world: World, task: Task, requester: User | None) -> None:
    if task.ready_at:
        world.agenda.at(task.ready_at, lambda: ready_by_clock(task.pk))
    if requester and world.chance(0.25):
        code = world.code_of(task)
        world.agenda.follow(_ask_again(world, task.pk, requester), world.later(code, world.rng.uniform(120, 1500)))


def ready_by_clock(pk: int) -> None:
    """The clock's own verb, as the background job does it."""
    with events.origin("job"):
        become_ready(pk)


def _ask_again(world: World, pk: int, requester: User) -> Story:
    """Who asked for it wants to know, or does not need it any more."""
    if world.away(requester):
        return
    task = world.fresh(pk)
    if world.may("cancel", requester, task) and world.chance(0.25):
        cancel(pk, actor=requester, reason="not needed any more")
    elif not task.is_finished:
        said = remark(task.procedure.name, world.rng, "", patterns=FROM_REQUESTER)
        editing.comment(pk, said, actor=requester)
    yield clock.now()
