"""A page of history: which events, and which index they are read by.

What narrows most has an index of its own and is read in its order: a task's events, those on behalf of somebody, of a
person, a verb (in a department), a department, an origin. What else narrows is asked of at most WINDOW events a page;
where that is not enough, the page says so and the next one goes on from there. So no filter reads more than the rows
of the page, or than WINDOW.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from core.pages import Cursor, Page, Sort, after, page_of
from records.models import Event
from records.models.events import Origin

SIZE = 50
WINDOW = 2000
BRANCHES = 64
WHEN = Sort("when", "", "occurred_at", descending=True)
NUMBER = Sort("number", "", "id", descending=True)
_COLUMNS = ("id", "occurred_at", "actor_id", "on_behalf_of_id", "verb", "origin", "department_id")


@dataclass(frozen=True)
class Look:
    """What is looked for; None and "" narrow nothing. Instants are aware, `since` inclusive, `until` exclusive.

    `reach` are the departments whose history the reader may see, None all and what belongs to no department.
    """

    reach: frozenset[int] | None = None
    person: int | None = None
    on_behalf_of: int | None = None
    task: int | None = None
    verb: str = ""
    department: int | None = None
    origin: str = ""
    since: dt.datetime | None = None
    until: dt.datetime | None = None


@dataclass(frozen=True)
class Found:
    """A page of events (`Page.rows` are their numbers); `searched` where WINDOW was not enough to fill it."""

    page: Page
    searched: bool = False


@dataclass(frozen=True)
class _Row:
    """What an event is narrowed by."""

    pk: int
    occurred_at: dt.datetime
    actor: int | None
    on_behalf_of: int | None
    verb: str
    origin: str
    department: int | None


@dataclass(frozen=True)
class _Plan:
    """`branches` are read in order and merged; what they do not answer (`rest`) is asked of each row."""

    sort: Sort
    branches: list[Q]
    rest: dict[str, Collection[Any]]


def _plan(look: Look) -> _Plan:
    departments = None if look.reach is None else set(look.reach)
    if look.department is not None:
        departments = {look.department} if departments is None else departments & {look.department}
    rest: dict[str, Collection[Any]] = {}
    for name, value in (("actor", look.person), ("on_behalf_of", look.on_behalf_of)):
        if value is not None:
            rest[name] = {value}
    for name, word in (("verb", look.verb), ("origin", look.origin)):
        if word:
            rest[name] = {word}
    if departments is not None:
        rest["department"] = departments
    if look.task is not None:
        return _Plan(NUMBER, [Q(task_id=look.task)], rest)
    for name in ("on_behalf_of", "actor"):
        if name in rest:
            (value,) = rest.pop(name)
            return _Plan(WHEN, [Q(**{name: value})], rest)
    return _Plan(WHEN, _by_place(rest), rest)


def _by_place(rest: dict[str, Collection[Any]]) -> list[Q]:
    """Branches by verb, department and origin; takes from `rest` what they answer."""
    verb = Q(verb=next(iter(rest.pop("verb")))) if "verb" in rest else Q()
    if "department" in rest and len(rest["department"]) <= BRANCHES:
        return [Q(department_id=pk) & verb for pk in sorted(rest.pop("department"))]
    if verb:
        return [verb]
    if rest.get("origin") and Origin.WEB not in rest["origin"]:
        return [Q(origin=next(iter(rest.pop("origin")))) & ~Q(origin=Origin.WEB)]
    return [Q()]


def find(look: Look, place: str = "", size: int = SIZE) -> Found:
    """The numbers of one page of events at an encoded place, newest first. One statement."""
    plan = _plan(look)
    cursor = Cursor.decode(place, plan.sort) if place else None
    limit = WINDOW if plan.rest else size + 1
    read = _read(plan, look, cursor, limit)
    kept = [row for row in read if all(getattr(row, name) in wanted for name, wanted in plan.rest.items())]
    if not plan.rest or len(kept) > size or len(read) < limit:
        return Found(_numbers(page_of(kept[: size + 1], plan.sort, cursor, size), bool(plan.rest)))
    value = read[-1].pk if plan.sort is NUMBER else read[-1].occurred_at
    onward = Cursor(plan.sort.name, value, read[-1].pk).encode()
    return Found(Page([row.pk for row in kept], onward, None), searched=True)


def _numbers(page: Page, forward_only: bool) -> Page:
    return Page([row.pk for row in page.rows], page.next, None if forward_only else page.previous)


def _read(plan: _Plan, look: Look, cursor: Cursor | None, limit: int) -> list[_Row]:
    if plan.rest and cursor and cursor.backwards:
        cursor = None  # what is searched goes on, never back
    bounds = Q()
    if look.since is not None:
        bounds &= Q(occurred_at__gte=look.since)
    if look.until is not None:
        bounds &= Q(occurred_at__lt=look.until)
    if cursor:
        bounds &= after(cursor, plan.sort)
    if not plan.branches:
        return []
    order = plan.sort.order(bool(cursor and cursor.backwards))
    # The limit in each branch makes the planner walk the branch's index in order instead of sorting its rows.
    heads = [
        Event.objects.filter(branch, bounds).order_by(*order).values_list(*_COLUMNS)[:limit] for branch in plan.branches
    ]
    merged = heads[0].union(*heads[1:], all=True).order_by(*order)[:limit] if len(heads) > 1 else heads[0]
    return [_Row(*values) for values in merged]
