"""The address of a list: what of the queue is shown, read from and written to the query string in one place."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from organization.models import User
from tasks.lists import SCOPES, SORTS, Filters, Listing
from tasks.models import Label, Procedure, Task
from tasks.names import Names
from tasks.querysets.tasks import inside
from tasks.states import FINISHED, Priority, State

NOBODY, ME = "nobody", "me"
MOST = 20  # of one filter; the rest of an endless address is not read


@dataclass(frozen=True)
class Address:
    """A list as its address says it. What makes no sense is left out: an address is typed, kept and sent around."""

    scope: str = "mine"
    sort: str = ""
    states: tuple[str, ...] = ()
    priorities: tuple[int, ...] = ()
    procedures: tuple[int, ...] = ()
    departments: tuple[int, ...] = ()
    owner: str = ""
    label: int = 0
    overdue: bool = False
    title: str = ""
    place: str = ""

    @property
    def order(self) -> str:
        """The name of the sort in force: what one asked for is looked for by its age, work by its urgency."""
        return self.sort or ("newest" if self.scope == "asked" else "urgent")

    @property
    def narrowed(self) -> bool:
        """Is any filter set?"""
        return replace(self, scope="mine", sort="", place="") != Address()

    def listing(self, user: User) -> Listing:
        """The list behind the address, for one person."""
        owner = {"": None, NOBODY: 0, ME: user.pk}
        filters = Filters(
            departments=self.departments,
            states=self.states,
            priorities=self.priorities,
            procedures=self.procedures,
            assignee=owner[self.owner] if self.owner in owner else int(self.owner),
            label=self.label or None,
            overdue=self.overdue,
            title=self.title,
        )
        return Listing(self.scope, self.order, filters, self.place)

    def query(self, **changes: Any) -> str:
        """The query string ("?…" or empty) with changes; what is as usual is not written."""
        other = replace(self, **changes) if changes else self
        pairs: list[tuple[str, Any]] = [
            ("scope", other.scope if other.scope != "mine" else ""),
            ("sort", other.sort),
            *[("state", state) for state in other.states],
            *[("priority", priority) for priority in other.priorities],
            *[("procedure", pk) for pk in other.procedures],
            *[("department", pk) for pk in other.departments],
            ("owner", other.owner),
            ("label", other.label or ""),
            ("overdue", "1" if other.overdue else ""),
            ("title", other.title),
            ("place", other.place),
        ]
        return "?" + urlencode([pair for pair in pairs if pair[1] != ""]) if any(p[1] != "" for p in pairs) else ""


def _numbers(data: QueryDict, name: str) -> tuple[int, ...]:
    known = [int(text) for text in data.getlist(name)[:MOST] if text.isascii() and text.isdigit() and len(text) < 19]
    return tuple(dict.fromkeys(number for number in known if number))


def read(data: QueryDict) -> Address:
    """The address in a query string."""
    if not data:
        return Address()
    owner = data.get("owner", "").strip()
    known = owner in {NOBODY, ME} or (owner.isascii() and owner.isdigit() and len(owner) < 19 and int(owner) > 0)
    scope, sort = data.get("scope", ""), data.get("sort", "")
    labels = _numbers(data, "label")
    return Address(
        scope=scope if scope in SCOPES else "mine",
        sort=sort if sort in SORTS else "",
        states=_states(data.getlist("state")[:MOST]),
        priorities=tuple(number for number in _numbers(data, "priority") if number in Priority.values),
        procedures=_numbers(data, "procedure"),
        departments=_numbers(data, "department"),
        owner=owner if known else "",
        label=labels[0] if labels else 0,
        overdue=data.get("overdue") == "1",
        title=data.get("title", "").replace("\x00", "").strip()[:100],
        place=data.get("place", "")[:300],
    )


def _states(names: list[str]) -> tuple[str, ...]:
    """Known states, once each; "finished" is short for both of them that are."""
    each = [state for name in names for state in (FINISHED if name == "finished" else (name,))]
    return tuple(dict.fromkeys(str(state) for state in each if state in State.values))


@dataclass(frozen=True)
class Chip:
    """One filter in force: its words, and the address without it."""

    words: str
    without: str


def spoken_of(address: Address) -> dict[str, tuple[int, ...]]:
    """Ids behind the filters in force, by kind, whose names are everybody's."""
    return {
        "department": address.departments,
        "person": (int(address.owner),) if address.owner.isdigit() else (),
    }


def sought_of(address: Address, user: User) -> dict[str, QuerySet[Any]]:
    """What else is filtered by, as `sought`."""
    return sought(address.procedures, [address.label] if address.label else [], user)


def sought(procedures: Collection[int], labels: Collection[int], user: User) -> dict[str, QuerySet[Any]]:
    """The procedures and labels of filters the person sees anyway, so that no chip tells a name."""
    found: dict[str, QuerySet[Any]] = {}
    if procedures:
        found["sought procedure"] = Procedure.objects.visible_to(user).filter(pk__in=procedures)
    if labels:
        used = Task.objects.filter(inside(user), labels=OuterRef("pk"))
        found["sought label"] = Label.objects.filter(Exists(used), pk__in=labels)
    return found


def chips(address: Address, names: Names) -> list[Chip]:
    """The filters in force with the way to drop each; `names` are those of `spoken_of` and `sought_of`."""
    found: list[Chip] = []

    def add(words: str, **changes: Any) -> None:
        found.append(Chip(words, address.query(place="", **changes) or "?"))

    if address.title:
        add(_("“%(words)s” in the title") % {"words": address.title}, title="")
    for state in address.states:
        add(str(State(state).label), states=tuple(one for one in address.states if one != state))
    for priority in address.priorities:
        left = tuple(one for one in address.priorities if one != priority)
        add(_("%(name)s priority") % {"name": Priority(priority).label}, priorities=left)
    for pk in address.procedures:
        add(names.get(("sought procedure", pk), "?"), procedures=tuple(one for one in address.procedures if one != pk))
    for pk in address.departments:
        add(names.get(("department", pk), "?"), departments=tuple(one for one in address.departments if one != pk))
    if address.owner:
        words = {NOBODY: _("Nobody’s"), ME: _("My own")}.get(address.owner)
        add(words or names.get(("person", int(address.owner)), "?"), owner="")
    if address.label:
        add(names.get(("sought label", address.label), "?"), label=0)
    if address.overdue:
        add(_("Overdue"), overdue=False)
    return found
