"""Living through the demo office's year: from its founding to an instant, every act through its verb."""

from __future__ import annotations

import datetime as dt

from backoffice.demo import acts, away, days, review
from backoffice.demo.agenda import Story
from backoffice.demo.founding import as_step, found, publish_steps
from backoffice.demo.procedures import PROCEDURES, StepPlan
from backoffice.demo.world import World
from core import clock
from records import runs
from records.models import Run
from tasks.models import Task
from tasks.procedures import draft_of, save_draft, save_procedure
from tasks.states import State
from tasks.transitions import resume


def live_a_year(end: dt.datetime, weeks: int = 52, seed: str = "brookmere") -> World:
    """Found the office `weeks` before `end` (aware, a Saturday's midnight UTC) and live until then."""
    begin = end - dt.timedelta(weeks=weeks)
    found(begin - dt.timedelta(hours=14), end)  # on the Friday before
    world = World(seed)
    away.plan_absences(world, begin, end)
    away.plan_leaving(world, begin, end)
    _plan_changes(world, begin, end)
    days.plan_days(world, days.Stretch(begin, end, goal=26))
    world.agenda.run(end, world.new_day)
    return world


def go_on(world: World, begin: dt.datetime, now: dt.datetime) -> None:
    """Put the days from `begin` to `now` on the agenda, and take up what was begun before. The caller runs it."""
    with clock.at(begin):
        pick_up(world)
    days.plan_days(world, days.Stretch(begin, now, goal=56))


def pick_up(world: World) -> None:
    """What was told before goes on: work in hand, waits, reviews, planned work."""
    for task in Task.objects.unfinished().for_detail().order_by("pk"):
        person = world.by_pk.get(task.assignee_id or 0)
        code = world.code_of(task)
        soon = world.later(code, world.rng.uniform(20, 900))
        if task.state == State.PLANNED:
            world.agenda.at(task.ready_at, lambda pk=task.pk: days.ready_by_clock(pk))
        elif task.state == State.WAITING and task.waiting_until:
            world.agenda.at(task.waiting_until, lambda pk=task.pk: acts.resume_by_clock(pk))
        elif task.state == State.WAITING and person:
            world.agenda.follow(_go_on_after_wait(world, task.pk), soon)
        elif task.state == State.IN_PROGRESS and person:
            world.agenda.follow(acts.work(world, task, person), soon)
        elif task.state == State.IN_REVIEW:
            review.expect(world, task.pk)


def _go_on_after_wait(world: World, pk: int) -> Story:
    task = world.fresh(pk)
    owner = world.by_pk.get(task.assignee_id or 0)
    if task.state == State.WAITING and owner and not world.away(owner) and owner.pk not in world.resting:
        resumed = resume(pk, actor=owner)
        yield world.later(world.code_of(task), 10)
        yield from acts.work(world, resumed, owner)


def _plan_changes(world: World, begin: dt.datetime, end: dt.datetime) -> None:
    """Procedures change in the year: second versions are published, a target is shortened, a draft is begun."""
    middle = begin + (end - begin) * 0.55
    monday = middle - dt.timedelta(days=middle.weekday())
    monday = max(monday, begin + dt.timedelta(days=2))
    for number, plan in enumerate(plan for plan in PROCEDURES if plan.later):
        instant = monday.replace(hour=10, minute=20) + dt.timedelta(days=number)
        world.agenda.at(instant, lambda plan=plan: _second_version(world, plan.name))
    late = end - dt.timedelta(weeks=9)
    tuesday = late - dt.timedelta(days=late.weekday() - 1)
    if tuesday > begin:
        world.agenda.at(tuesday.replace(hour=14, minute=5), lambda: _shorter_target(world))
    thursday = end - dt.timedelta(days=end.weekday() + 4)
    world.agenda.at(thursday.replace(hour=11, minute=40), lambda: _begin_draft(world))


def _second_version(world: World, name: str) -> None:
    plan = world.procedure_plans[name]
    publish_steps(world.procedures[name], plan, plan.steps + plan.later, world.named("Nora Brandt"))
    world.read_versions()


def _shorter_target(world: World) -> None:
    """Repairs are to be faster; the clocks of unfinished ones are computed anew by a run, as always."""
    procedure = world.procedures["Repair report"]
    procedure.target_minutes -= 480
    save_procedure(procedure, actor=world.named("Nora Brandt"))
    run = Run.objects.order_by("-pk")[0]
    Run.objects.filter(pk=run.pk).update(created_at=clock.now())
    runs.perform(run.pk)


def _begin_draft(world: World) -> None:
    plan = world.procedure_plans["Appeal"]
    admin = world.named("Nora Brandt")
    draft = draft_of(world.procedures["Appeal"], actor=admin)
    more = StepPlan("costs", "Costs to be borne by", "choice", 15, answers=("appellant", "Brookmere", "shared"))
    save_draft(draft, [as_step(step) for step in (*plan.steps, more)], actor=admin, wants_review=True)
