"""Where a person stands today: the departments they work in and those they manage."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from core import clock
from core.prepared import Prepared
from organization.models.departments import Department, Membership, Role


@dataclass(frozen=True)
class Post:
    """One membership in force today. `cap` is its own cap, else the department's; `day` is the department's day."""

    department_id: int
    department: str
    day: dt.date
    role: str
    cap: int | None
    minutes: tuple[int, ...]


@dataclass(frozen=True)
class Standing:
    """`posts` by department; `managed` holds the departments managed directly and all below them."""

    posts: dict[int, Post] = field(default_factory=dict)
    managed: frozenset[int] = frozenset()

    @property
    def member(self) -> frozenset[int]:
        """Departments the person is a member of today, in either role."""
        return frozenset(self.posts)

    @property
    def departments(self) -> frozenset[int]:
        """Departments whose work the person sees."""
        return frozenset(self.posts) | self.managed


ONE_DAY = dt.timedelta(days=1)


COLUMNS = (
    "department_id",
    "department__name",
    "role",
    "cap",
    "department__cap",
    "minutes",
    "starts_on",
    "ends_on",
    "department__site__time_zone",
)


def memberships_of(person_id: Any, first: dt.date, last: dt.date) -> QuerySet[Membership]:
    """The memberships of a person that a standing comes from; `person_id` may refer to an outer query."""
    return Membership.objects.between(first, last).filter(person_id=person_id, department__is_active=True)


memberships_between = Prepared(
    lambda person_id, first, last: memberships_of(person_id, first, last).values_list(*COLUMNS),
    person_id=int,
    first=dt.date,
    last=dt.date,
)


def around(now: dt.datetime) -> dict[str, dt.date]:
    """The first and last day it is anywhere on earth at that instant, or a little more."""
    return {"first": now.date() - ONE_DAY, "last": now.date() + ONE_DAY}


def standing_of(user: Any) -> Standing:
    """Read the standing of one person now, each department's day being that of its own zone. Two statements."""
    now = clock.now()
    return standing_from(memberships_between(person_id=user.pk, **around(now)), now)


def standing_from(rows: Iterable[Sequence[Any]], now: dt.datetime) -> Standing:
    """The standing of whose memberships these are (COLUMNS). A statement for a manager, none for others."""
    posts: dict[int, Post] = {}
    for department_id, name, role, cap, department_cap, minutes, starts_on, ends_on, zone in rows:
        today = now.astimezone(zoneinfo.ZoneInfo(zone)).date()
        if starts_on <= today and (ends_on is None or today <= ends_on):
            posts[department_id] = Post(department_id, name, today, role, cap or department_cap, tuple(minutes))
    headed = [post.department_id for post in posts.values() if post.role == Role.MANAGER]
    managed = frozenset(Department.objects.below(headed).values_list("pk", flat=True)) if headed else frozenset()
    return Standing(posts, managed)


def works_in(user: Any, department_id: int) -> bool:
    """Is the person a member of the department today?"""
    return department_id in user.standing.posts


def was_member(person: Any, department_id: int, day: dt.date) -> bool:
    """Was the person a member of the department on that local day of it? No statement where memberships are at hand."""
    return any(
        row.department_id == department_id and row.starts_on <= day and (row.ends_on is None or day <= row.ends_on)
        for row in person.memberships.all()
    )


def manages(user: Any, department_id: int | None) -> bool:
    """May the person act as manager there? Admins act as managers everywhere."""
    return bool(user.is_admin) or department_id in user.standing.managed


def forget(user: Any) -> None:
    """Drop the standing read earlier, after a change of memberships."""
    user.__dict__.pop("standing", None)
