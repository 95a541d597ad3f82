"""Names of what a page speaks of, by id, in one statement over the tables concerned."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import CharField, F, JSONField, Model, QuerySet, Value
from django.db.models.functions import Cast, JSONObject

from organization.models import Department, OfficeCalendar, Site, User
from tasks.models import Procedure

Key = tuple[str, int]
_MODELS: dict[str, type[Model]] = {"procedure": Procedure, "person": User, "department": Department}
_NOTHING = Cast(Value(None), JSONField())
# What the working calendar of a department is made of.
_DEPARTMENT = JSONObject(
    site=JSONObject(
        id="site_id", time_zone="site__time_zone", country="site__country", subdivision="site__subdivision"
    ),
    calendar=JSONObject(
        id="calendar_id", revision="calendar__revision", observes_holidays="calendar__observes_holidays"
    ),
)


class Names:
    """Names by (kind, id) for procedure, person and department, and for `sought` rows by a kind of the caller's.

    Several parts of a page say what they `want`; all of it is read together, in one statement, when the first name is
    asked for. Looked up by id instead of joined to the rows: for fifty rows the planner would read whole tables of
    names. `known` are names at hand.
    """

    def __init__(self, known: Mapping[Key, str] | None = None) -> None:
        self._known = dict(known or {})
        self._departments: dict[int, Department] = {}
        self._wanted: dict[str, set[int]] = {}
        self._sought: dict[str, QuerySet[Any]] = {}

    def want(self, sought: Mapping[str, QuerySet[Any]] | None = None, **wanted: Iterable[int | None]) -> None:
        """These will be asked for. No statement."""
        self._sought |= sought or {}
        for kind, each in wanted.items():
            new = {pk for pk in each if pk and (kind, pk) not in self._known}
            if new:
                self._wanted.setdefault(kind, set()).update(new)

    def get(self, key: Key, default: str = "") -> str:
        """The name; `default` where it was not wanted or there is none."""
        self._read()
        return self._known.get(key, default)

    def department(self, pk: int) -> Department:
        """A department that was wanted: its name, and its site and calendar as far as working time needs them."""
        self._read()
        return self._departments[pk]

    def keep(self, department: Department) -> None:
        """A department at hand, with site and calendar."""
        self._departments[department.pk] = department
        self._known["department", department.pk] = department.name

    def _read(self) -> None:
        wanted = {
            kind: _MODELS[kind]._default_manager.filter(pk__in=left)
            for kind, ids in self._wanted.items()
            if (left := {pk for pk in ids if (kind, pk) not in self._known})
        }
        parts = [
            rows.order_by()
            .annotate(
                kind=Value(kind, CharField()),
                called=F("name"),
                facts=_DEPARTMENT if kind == "department" else _NOTHING,
            )
            .values_list("kind", "pk", "called", "facts")
            for kind, rows in {**wanted, **self._sought}.items()
        ]
        self._wanted, self._sought = {}, {}
        if not parts:
            return
        for kind, pk, name, facts in parts[0].union(*parts[1:], all=True) if parts[1:] else parts[0]:
            self._known[kind, pk] = name
            if facts:
                places = {"site": Site(**facts["site"]), "calendar": OfficeCalendar(**facts["calendar"])}
                self._departments[pk] = Department(pk=pk, name=name, **places)
