"""Lists of tasks: who sees which, five named sorts, filters from the address, pages by key.

A list over several departments is a UNION ALL of one ordered index scan each, merged by the planner: it reads the
rows of the page and one more per department, whatever the pile behind them. Inside the promise of flatness are the
scopes, the sorts, the department and the free filter; other filters look through the unfinished work of the
departments in reach at the most, other sorts of what one has or asked for through that, and other sorts than the
first for an admin who works nowhere through all unfinished work.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import IntegerField, Q, QuerySet, Value
from django.utils.translation import gettext_lazy as _

from core.pages import Cursor, Page, Sort, after, page_of
from organization.models import User
from tasks.models import Label, Procedure, Task
from tasks.names import Names
from tasks.querysets.tasks import LIST_FIELDS, TaskQuerySet, inside, readable, seen_in_departments
from tasks.rows import Row
from tasks.states import FINISHED, UNFINISHED, State

PAGE = 50
BRANCHES, FEW = 64, 8
CAP = 100
LABELLED = 1000
SORTS = {
    sort.name: sort
    for sort in (
        Sort("urgent", _("Most urgent first"), "urgent_at"),
        Sort("due", _("Due first"), "due_at"),
        # Not by id: the planner would walk the primary key for it, past everything that is not in the list.
        Sort("newest", _("Newest first"), "opened_at", descending=True),
        Sort("oldest", _("Oldest first"), "opened_at"),
        Sort("changed", _("Last changed first"), "changed_at", descending=True),
    )
}
CLOSED = Sort("closed", _("Last finished first"), "closed_at", descending=True)
SCOPES = {"mine": _("Mine"), "departments": _("My departments"), "asked": _("Asked for by me")}


def scopes_of(user: Any) -> dict[str, Any]:
    """The lists a person has: who works in no department has only what they asked for."""
    return SCOPES if user.is_admin or user.standing.departments else {"asked": SCOPES["asked"]}


@dataclass(frozen=True)
class Filters:
    """What narrows a list; empty means everything. `assignee` 0 means nobody's."""

    departments: tuple[int, ...] = ()
    states: tuple[str, ...] = ()
    priorities: tuple[int, ...] = ()
    procedures: tuple[int, ...] = ()
    assignee: int | None = None
    label: int | None = None
    overdue: bool = False
    title: str = ""

    @property
    def finished(self) -> bool:
        """Only finished work is asked for."""
        return bool(self.states) and set(self.states) <= set(FINISHED)

    @property
    def mixed(self) -> bool:
        """Finished and unfinished work are asked for together: two orders, so two lists."""
        return bool(set(self.states) & set(FINISHED)) and bool(set(self.states) & set(UNFINISHED))

    def apply(self, tasks: TaskQuerySet, user: Any) -> TaskQuerySet:
        """The tasks that pass all filters but the department's, which chooses branches instead.

        Titles and labels are asked of work whose title and labels the person sees: else a filter would tell them.
        """
        conditions: list[Q] = []
        if self.states:
            conditions.append(Q(state__in=self.states))
        if self.priorities:
            conditions.append(Q(priority__in=self.priorities))
        if self.procedures:
            conditions.append(Q(procedure__in=self.procedures))
        if self.assignee is not None:
            conditions.append(Q(assignee=self.assignee) if self.assignee else Q(assignee__isnull=True))
        if self.label:
            conditions.append(Q(labels=self.label) & inside(user))
        if self.title:
            conditions.append(Q(title__icontains=self.title) & readable(user))
        tasks = tasks.overdue() if self.overdue else tasks
        return tasks.filter(*conditions) if conditions else tasks


@dataclass(frozen=True)
class Listing:
    """A list to be shown: whose, how sorted, what of it, from where."""

    scope: str = "mine"
    sort: str = "urgent"
    filters: Filters = field(default_factory=Filters)
    place: str = ""
    size: int = PAGE


def sort_of(listing: Listing) -> Sort:
    """The sort in force: finished work has one of its own, an unknown name means the first."""
    return CLOSED if listing.filters.finished else SORTS.get(listing.sort, SORTS["urgent"])


def branches(user: Any, listing: Listing, most: int = BRANCHES) -> list[TaskQuerySet]:
    """Querysets that together are the list, each served by one ordered index scan.

    Finished and unfinished work together is refused (no rows): each has an order of its own. Only what one asked for
    is one list of both.
    """
    if listing.filters.mixed and listing.scope != "asked":
        return []
    group = FINISHED if listing.filters.finished else UNFINISHED
    tasks = Task.objects.filter(state__in=list(group))
    apply = listing.filters.apply
    if listing.scope != "departments":
        whole = not listing.filters.states or listing.filters.mixed
        asked = Task.objects.asked_by(user) if whole else tasks.filter(requester=user)
        own = asked if listing.scope == "asked" else tasks.filter(assignee=user)
        places = listing.filters.departments
        return [apply(own.filter(department__in=places) if places else own, user)]
    everything = user.is_admin and not user.standing.departments
    reach = None if everything else set(user.standing.departments)
    wanted = set(listing.filters.departments)
    chosen = (wanted if reach is None else wanted & reach) if wanted else reach
    seen = tasks if user.is_admin else tasks.filter(seen_in_departments(user))
    if chosen is None:
        return [apply(seen.filter(pk__gt=0), user)]  # said for the sake of the index task_anywhere
    if len(chosen) > most:
        return [apply(seen.filter(department__in=chosen), user)]
    return [apply(seen.filter(department=pk), user) for pk in sorted(chosen)]


def _merged(
    parts: list[TaskQuerySet], sort: Sort, cursor: Cursor | None, limit: int, columns: Sequence[str]
) -> list[tuple[Any, ...]]:
    """The first rows over all branches in the cursor's direction, the sort's field among the columns. One statement."""
    if not parts:
        return []
    order = sort.order(bool(cursor and cursor.backwards))
    if cursor:
        parts = [part.filter(after(cursor, sort)) for part in parts]
    # The limit in each branch makes the planner walk the branch's index in order instead of sorting its rows.
    heads: list[QuerySet[Any]] = [part.order_by(*order).values_list(*columns)[:limit] for part in parts]
    merged = heads[0].union(*heads[1:], all=True).order_by(*order)[:limit] if len(heads) > 1 else heads[0]
    return list(merged)


def page_of_rows(user: Any, listing: Listing) -> Page:
    """One page of the list as `Row`s. One statement: it reads the rows of the page and one more for each branch."""
    return _page(user, listing, ("id", *Row._fields[1:]), lambda values: Row(*values))


def page(user: Any, listing: Listing) -> Page:
    """The same page as tasks with `LIST_FIELDS`, their department, procedure and assignee having a name and no more.

    Two statements, one when it is empty.
    """
    columns = [field.attname for field in Task._meta.concrete_fields if field.attname in LIST_FIELDS]
    shown = _page(user, listing, columns, lambda values: Task.from_db("default", columns, values))
    names = Names()
    for task in shown.rows:
        names.want(procedure=[task.procedure_id], department=[task.department_id], person=[task.assignee_id])
    for task in shown.rows:
        task.department = names.department(task.department_id)
        task.procedure = Procedure(pk=task.procedure_id, name=names.get(("procedure", task.procedure_id)))
        if task.assignee_id:
            task.assignee = User(pk=task.assignee_id, name=names.get(("person", task.assignee_id)))
    return shown


def _page(user: Any, listing: Listing, columns: Sequence[str], make: Callable[[tuple[Any, ...]], Any]) -> Page:
    sort = sort_of(listing)
    cursor = Cursor.decode(listing.place, sort) if listing.place else None
    found = _merged(branches(user, listing), sort, cursor, listing.size + 1, columns)
    return page_of([make(values) for values in found], sort, cursor, listing.size)


def labels_in(user: Any, listing: Listing) -> QuerySet[Any]:
    """The labels on the first thousand tasks of a list, whatever else narrows it, that the person sees on them."""
    filters = Filters(departments=listing.filters.departments, states=listing.filters.states)
    wide = replace(listing, filters=filters, place="")
    parts = [part.filter(inside(user)) for part in branches(user, wide)]
    sort = sort_of(wide)
    ids = [row[0] for row in _merged(parts, sort, None, LABELLED, ("id", sort.field))]
    used = Label.tasks.through.objects.filter(task__in=ids).values("label")
    return Label.objects.filter(pk__in=used)


def capped_count(user: Any, listing: Listing, cap: int = CAP) -> int:
    """How many tasks the list has, counted up to `cap`: a list is never counted over its history."""
    parts = [part.order_by().values_list("id")[:cap] for part in branches(user, listing)]
    total = 0
    for part in parts if len(parts) <= 1 else [parts[0].union(*parts[1:], all=True)]:
        total += part[:cap].count() if len(parts) > 1 else part.count()
    return min(total, cap)


def capped_counts(user: Any, listings: Sequence[Listing], cap: int = CAP) -> list[int]:
    """`capped_count` of several lists. One statement for all of them, none for none."""
    parts: list[QuerySet[Any]] = [
        part.order_by().annotate(which=Value(number, IntegerField())).values_list("which")[:cap]
        for number, listing in enumerate(listings)
        for part in branches(user, listing, FEW)
    ]
    if not parts:
        return [0] * len(listings)
    found = Counter(which for (which,) in (parts[0].union(*parts[1:], all=True) if parts[1:] else parts[0]))
    return [min(found[number], cap) for number in range(len(listings))]


def capped(number: int, cap: int = CAP) -> str:
    """A capped count as people read it: 7, 99+."""
    return str(number) if number < cap else f"{cap - 1}+"


def free_in(department_ids: frozenset[int]) -> Filters:
    """The filter for open work nobody has."""
    return Filters(departments=tuple(sorted(department_ids)), states=(State.OPEN,), assignee=0)
