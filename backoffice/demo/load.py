"""Loading the demo office: the kept year moved to the present, then the last days lived through the verbs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.conf import settings
from django.db import connection, transaction

from backoffice.demo import history, scenes
from backoffice.demo.people import SIGN_INS
from backoffice.demo.places import CALENDARS, SITES, weekdays
from backoffice.demo.taken_in import Reader
from backoffice.demo.world import World
from core import clock
from core.refusals import Refused
from organization.models import Department, Notice, User
from organization.public_holidays import calendar_for
from organization.setup import save_person
from organization.working_time import Window, WorkingCalendar
from records import chain, runs
from records.models import Event
from tasks import reminders, tallies

PASSWORD = "demo-demo-demo"  # noqa: S105 - told to everybody who starts the demo
LOCK = 4_201_011
# What is lived through at the end: so many working minutes of the head office at least.
LIVED = 900


def is_empty() -> bool:
    """Has nothing been set up or written down here yet?"""
    return not (User.objects.exists() or Department.objects.exists() or Event.objects.exists())


def refuse_unless_possible() -> None:
    """Raise Refused in production and in an office that has anything in it."""
    if not (settings.DEBUG or settings.DEMO):
        raise Refused(
            "The demo office is not for production. Set DEMO=on (or DEBUG=on) in a place that is for trying out."
        )
    if not is_empty():
        raise Refused("This office is not empty. The demo office is loaded only into one without people and history.")


def load(now: dt.datetime, tell: Callable[[str], object] = print) -> None:
    """Fill an empty office with the demo as of `now` (aware). All or nothing; raises Refused where it is not possible.

    The four sign-ins get their password. Statistics and seals are made at the end.
    """
    now = now.astimezone(dt.UTC).replace(microsecond=0)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        refuse_unless_possible()
        end = end_of_the_kept(now)
        Reader(end).take_in()
        tallies.rebuild()
        analyze()
        tell(f"A year until {end:%d %B %Y} is there; the days since then are lived through")
        world = live_on(end, now)
        with clock.at(now):
            let_in()
            wake(now)
    finish()
    tell(f"{sum(world.agenda.refused.values())} verbs were refused on the way, as in life")


def live_on(end: dt.datetime, now: dt.datetime) -> World:
    """Live from the end of the kept history to now."""
    world = World(f"since {(now - end).days}")
    scenes.set_up(world, end, now)
    history.go_on(world, end, now)
    world.agenda.run(now, world.new_day)
    return world


def end_of_the_kept(now: dt.datetime) -> dt.datetime:
    """The last Saturday's midnight (UTC) with enough working time of the head office since."""
    site, plan = SITES[0], CALENDARS[0]
    windows = [Window(day, start, stop) for day, start, stop in weekdays(plan)]
    hall = WorkingCalendar(site.zone, windows, calendar_for(site.country, site.subdivision))
    end = saturday(now)
    while hall.minutes_between(end, now) < LIVED:
        end -= dt.timedelta(weeks=1)
    return end


def saturday(now: dt.datetime) -> dt.datetime:
    """The last Saturday's midnight (UTC) before an instant."""
    midnight = now.astimezone(dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight - dt.timedelta(days=(midnight.weekday() - 5) % 7)


def let_in() -> None:
    """Give the four their password; one hash each."""
    for person in User.objects.filter(email__in=SIGN_INS):
        person.set_password(PASSWORD)
        save_person(person, actor=None)


def analyze() -> None:
    """Tell the planner how many rows there are, before the verbs ask for some of them."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE tasks_task, tasks_involvement, tasks_steprun, records_event, organization_user")


def wake(now: dt.datetime) -> None:
    """Set the alarms of the kept work, say what the days lived through left unsaid, let people have read their news.

    What is older than a day is read; nothing of it is mailed.
    """
    runs.perform(runs.ask("tasks.rearm", actor=None, parameters={}).pk)
    while reminders.remind():
        pass
    Notice.objects.filter(written_at__lt=now - dt.timedelta(days=1)).update(read_at=now)
    Notice.objects.update(mail_at=None)


def finish() -> None:
    """Fold the kept counts and seal the history as far as it is safe; the worker goes on with both."""
    tallies.fold()
    while chain.seal():
        pass
