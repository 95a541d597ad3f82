"""Who is away when: leave in blocks, now and then a sick day or a course, planned ahead and with a substitute."""

from __future__ import annotations

import datetime as dt

from backoffice.demo.people import LEFT, SUBSTITUTES
from backoffice.demo.world import World
from core import clock
from organization import setup
from organization.models import Absence, User
from tasks import bulk
from tasks.models import Task

KINDS = (Absence.Kind.LEAVE,) * 6 + (Absence.Kind.SICK,) * 3 + (Absence.Kind.TRAINING,)
# Told by scenes or needed in them: nobody of these is away around the present.
THERE_AT_THE_END = ("Mira Holt", "Ruth Calder", "Greta Lindqvist", "Samir Haddad", "Ines Duarte", "Kofi Adjei")


def plan_absences(world: World, begin: dt.datetime, end: dt.datetime) -> None:
    """Put a year of absences (and some weeks ahead) on the agenda: each is written down shortly before it begins."""
    for email, plan in world.plans.items():
        person = world.people[email]
        if not plan.posts:
            continue
        day = begin.date() + dt.timedelta(days=world.rng.randint(10, 50))
        while day < end.date() + dt.timedelta(days=50):
            kind = world.rng.choice(KINDS)
            days = world.rng.choice((5, 5, 5, 12, 3)) if kind == Absence.Kind.LEAVE else world.rng.choice((1, 2, 3))
            span = _span(world, person, day, days)
            near = end - dt.timedelta(days=14) < span[1] and span[0] < end + dt.timedelta(days=20)
            if not (near and plan.name in THERE_AT_THE_END):
                _write_down(world, person, kind, span, begin, end)
            day += dt.timedelta(days=days + world.rng.randint(24, 60))


def _span(world: World, person: User, day: dt.date, days: int) -> tuple[dt.datetime, dt.datetime]:
    """From the morning of a Monday (or the day itself for short spans) to the evening of the last day."""
    zone = world.departments[world.plans[person.email].posts[0].department].site.zone
    if days >= 5:
        day -= dt.timedelta(days=day.weekday())
    while day.weekday() > 4:
        day += dt.timedelta(days=1)
    start = dt.datetime.combine(day, dt.time(7), zone)
    return start, dt.datetime.combine(day + dt.timedelta(days=days - 1), dt.time(19), zone)


def _write_down(
    world: World,
    person: User,
    kind: str,
    span: tuple[dt.datetime, dt.datetime],
    begin: dt.datetime,
    end: dt.datetime,
) -> None:
    if kind == Absence.Kind.SICK:
        known = span[0] + dt.timedelta(minutes=70)  # they ring in the morning
    else:
        known = span[0] - dt.timedelta(days=world.rng.randint(5, 30))
        known -= dt.timedelta(days=max(0, known.weekday() - 4))
        known = max(known.replace(hour=10, minute=world.rng.randint(0, 59)), begin + dt.timedelta(days=2, hours=9))
    if known < min(end, span[1]):
        world.agenda.at(known, lambda: be_away(world, person, kind, span))


def be_away(world: World, person: User, kind: str, span: tuple[dt.datetime, dt.datetime]) -> None:
    """Write an absence down, with the usual substitute where they are there; a manager's manages meanwhile."""
    if not person.is_active or Absence.objects.filter(person=person).overlapping(*span).exists():
        return
    plan = world.plans[person.email]
    actor = world.manager(plan.posts[0].department) or world.named("Aileen Farrow")
    stand_in = SUBSTITUTES.get(plan.name)
    substitute = world.named(stand_in) if stand_in else None
    if substitute and Absence.objects.filter(person=substitute).overlapping(*span).exists():
        substitute = None
    absence = Absence(person=person, starts_at=span[0], ends_at=span[1], kind=kind, substitute=substitute)
    setup.save_absence(absence, actor=actor)
    world.read_absences()


def plan_leaving(world: World, begin: dt.datetime, end: dt.datetime) -> None:
    """Somebody leaves the office: the work goes back, the posts end, the address stops working."""
    email, days = LEFT
    friday = end + dt.timedelta(days=days)
    friday -= dt.timedelta(days=(friday.weekday() - 4) % 7)
    if friday > begin:
        world.agenda.at(friday.replace(hour=15, minute=20), lambda: _leave(world, world.people[email]))


def _leave(world: World, person: User) -> None:
    admin = world.named("Nora Brandt")
    held = Task.objects.unfinished().filter(assignee=person).exclude(state="in_review")
    bulk.release_all(held.values_list("pk", flat=True), actor=admin, reason=f"{person.name} leaves today")
    for post in person.memberships.filter(ends_on__isnull=True):
        post.ends_on = clock.now().date()
        setup.save_membership(post, actor=admin)
    setup.deactivate(person, actor=admin)
