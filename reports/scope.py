"""What a report may cover: departments somebody manages, or one's own work alone."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils.translation import gettext as _

from core import clock
from core.refusals import Refused
from organization.models import Department, Membership, User
from organization.models.departments import Role
from organization.querysets import DepartmentQuerySet, UserQuerySet
from records.models import Event
from reports.periods import ONE_DAY, Days, bounds_of
from tasks.models import Task
from tasks.states import UNFINISHED

OWN = "own"
EVERYTHING = "all"
AT_ONCE = 20  # departments in one statement: a report tells how far it is after each


@dataclass(frozen=True)
class Scope:
    """`departments` by id; with `person_id` only that person's own work in them. `root` is the chosen department."""

    departments: tuple[int, ...]
    person_id: int | None = None
    root: int | None = None


@dataclass(frozen=True)
class Place:
    """A department with the instants [start, end) of the report's days in its own zone."""

    department: Department
    start: dt.datetime
    end: dt.datetime


def manageable(user: User) -> DepartmentQuerySet:
    """Departments whose reports the person may ask for, also those no longer in use."""
    return Department.objects.managed_by(user)


def scope_of(user: User, wanted: str) -> Scope:
    """What `user` asks for: `own`, `all` in reach, or the number of a department with those below it.

    Raises Refused for a department they do not manage, and for `all` by somebody who manages none.
    """
    if wanted == OWN:
        return Scope((), person_id=user.pk)
    reach = manageable(user)
    if wanted == EVERYTHING:
        ids = tuple(reach.order_by("pk").values_list("pk", flat=True))
        root = None
    else:
        root = int(wanted) if wanted.isascii() and wanted.isdigit() else 0
        ids = tuple(reach.below([root]).order_by("pk").values_list("pk", flat=True))
        ids = ids if root in ids else ()
    if not ids:
        raise Refused(_("You may not see reports about it. Choose another."), code="not_yours", field="about")
    return Scope(ids, root=root)


def may_see(user: User, scope: Scope) -> bool:
    """May the person see all of it: their own work, or departments they manage today?"""
    if scope.person_id:
        return scope.person_id == user.pk
    return bool(user.is_active) and (bool(user.is_admin) or set(scope.departments) <= user.standing.managed)


def readers_of(scope: Scope) -> UserQuerySet:
    """Active people who `may_see` all of it now. Three statements with its own, whatever it covers."""
    people: UserQuerySet = User.objects.active()
    if scope.person_id:
        return people.filter(pk=scope.person_id)
    lineages = set(map(tuple, Department.objects.filter(pk__in=scope.departments).values_list("lineage", flat=True)))
    now, managers = clock.now(), defaultdict[int, set[int]](set)
    posts = Membership.objects.around(now.date()).filter(
        department__in={place for lineage in lineages for place in lineage},
        department__is_active=True,
        role=Role.MANAGER,
    )
    columns = ("department_id", "person_id", "starts_on", "ends_on", "department__site__time_zone")
    for department_id, person_id, starts_on, ends_on, zone in posts.values_list(*columns):
        today = now.astimezone(ZoneInfo(zone)).date()
        if starts_on <= today and (ends_on is None or today <= ends_on):
            managers[department_id].add(person_id)
    of_each = [set[int]().union(*(managers[place] for place in lineage)) for lineage in lineages]
    return people.filter(Q(is_admin=True) | Q(pk__in=set.intersection(*of_each) if of_each else ()))


def departments_of(scope: Scope, days: Days) -> list[Department]:
    """The departments to look through, with site and calendar, by name.

    For one's own work those where the person was a member around these days, acted, or has something in hand.
    """
    ids: set[Any] = set(scope.departments)
    if scope.person_id:
        first, last = days[0] - ONE_DAY, days[1] + ONE_DAY
        around = Membership.objects.between(first, last).filter(person_id=scope.person_id)
        ids = set(around.values_list("department_id", flat=True))
        start, end = (dt.datetime.combine(day, dt.time(), dt.UTC) for day in (first, last + ONE_DAY))
        acted = Event.objects.filter(actor_id=scope.person_id, occurred_at__gte=start, occurred_at__lt=end)
        ids |= set(acted.exclude(department_id=None).values_list("department_id", flat=True).distinct())
        held = Task.objects.filter(assignee_id=scope.person_id, state__in=list(UNFINISHED))
        ids |= set(held.values_list("department_id", flat=True).distinct())
    rows = Department.objects.filter(pk__in=ids).select_related("site", "calendar")
    return list(rows.order_by("folded_name", "pk"))


def places_of(departments: list[Department], days: Days) -> Iterator[list[Place]]:
    """The departments a few at a time, each with its days as instants."""
    for start in range(0, len(departments), AT_ONCE):
        chunk = departments[start : start + AT_ONCE]
        yield [Place(row, *bounds_of(days, row.site.zone)) for row in chunk]
