"""What the address of the audit page asks for, read leniently: what cannot be meant narrows to nothing and is said."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from organization.models import Department, User
from records.auditing.looking import Look
from records.models.events import Origin
from records.verbs import declared
from tasks.models.tasks import reference_id

NAMES = ("by", "behalf", "task", "verb", "department", "origin", "from", "until")
MOST = 8


def reach_of(user: Any) -> frozenset[int] | None:
    """The departments whose history the person may see; None is all, and what belongs to no department."""
    return None if user.is_admin else frozenset(user.standing.managed)


def verbs_known() -> list[str]:
    """Every verb of the closed lists, by name."""
    return sorted(set().union(*declared().values()))


@dataclass
class Address:
    """The filters as typed, the look they mean, and what is wrong with them.

    `people` are the choices where a name is that of several: (parameter, person, address).
    """

    typed: dict[str, str]
    look: Look
    problems: list[tuple[str, str]] = field(default_factory=list)
    people: list[tuple[str, User, str]] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)

    @property
    def narrowed(self) -> bool:
        return any(self.typed.values())

    def query(self, **changed: str) -> str:
        """The address with other values; an empty one leaves a filter out."""
        kept = {name: value for name, value in (self.typed | changed).items() if value}
        return f"?{urlencode(kept)}" if kept else "?"


def read(get: QueryDict, user: Any) -> Address:
    """Read the address for a reader. A statement for each person named, and one for a department."""
    typed = {name: get.get(name, "").replace("\x00", "").strip()[:100] for name in NAMES}
    address = Address(typed, Look(reach=reach_of(user)))
    values: dict[str, Any] = {"reach": address.look.reach}
    values["person"] = _person(address, "by")
    values["on_behalf_of"] = _person(address, "behalf")
    values["task"] = _task(address)
    values["department"] = _department(address, user)
    for name, known in (("verb", set(verbs_known())), ("origin", set(Origin.values))):
        if typed[name] and typed[name] not in known:
            address.problems.append((name, _("Choose one of the list.")))
        values[name] = typed[name]
    values["since"] = _day(address, "from", dt.timedelta())
    values["until"] = _day(address, "until", dt.timedelta(days=1))
    if values["since"] and values["until"] and values["since"] >= values["until"]:
        address.problems.append(("until", _("The last day is before the first.")))
    address.look = Look(**values)
    return address


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _person(address: Address, name: str) -> int | None:
    """The one person of a number or a name; several become choices."""
    text = address.typed[name]
    if not text:
        return None
    number = _number(text)
    chosen = User.objects.filter(pk=number) if number is not None else User.objects.named(text)
    found = list(chosen.order_by("folded_name", "pk")[: MOST + 1])
    if len(found) == 1:
        address.names[name] = found[0].name
        return int(found[0].pk)
    if found:
        address.people += [(name, person, address.query(**{name: str(person.pk)})) for person in found[:MOST]]
        address.problems.append((name, _("Several people are called that. Choose one.")))
    else:
        address.problems.append((name, _("Nobody is called that. Try the beginning of a name.")))
    return -1


def _task(address: Address) -> int | None:
    text = address.typed["task"]
    number = reference_id(text) if text else None
    if text and number is None:
        address.problems.append(("task", _("Write a reference such as T-10234.")))
        return -1
    return number


def _department(address: Address, user: Any) -> int | None:
    text = address.typed["department"]
    if not text:
        return None
    row = Department.objects.managed_by(user).filter(pk=_number(text)).first()
    if row is None:
        address.problems.append(("department", _("Choose one of the list.")))
        return -1
    address.names["department"] = row.name
    return int(row.pk)


def _day(address: Address, name: str, more: dt.timedelta) -> dt.datetime | None:
    """The start of a day in the reader's zone, moved by whole days."""
    text = address.typed[name]
    if not text:
        return None
    try:
        day = parse_date(text)
        if day is None or not 1900 <= day.year <= 2200:
            raise ValueError(text)
    except ValueError:
        address.problems.append((name, _("Write a day such as 2026-11-22.")))
        return None
    return timezone.make_aware(dt.datetime.combine(day + more, dt.time()))
