"""The names of one import and what they stand for, matched or made before the first row is taken."""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from core import clock
from core.refusals import Refused
from organization.models import Department, User
from tasks.importing import making, matching
from tasks.importing.mapping import Mapping
from tasks.importing.matching import Found
from tasks.importing.rows import Bad, Row
from tasks.models import Procedure, ProcedureVersion
from tasks.opening import labels_named, published

FRESH_SECONDS = 5.0


@dataclass
class Wanted:
    """Names that rows use, in the order of the file, and when each person first and last worked where."""

    departments: dict[str, None] = field(default_factory=dict)
    procedures: dict[str, None] = field(default_factory=dict)
    labels: dict[str, None] = field(default_factory=dict)
    people: dict[str, dict[str, tuple[dt.datetime, dt.datetime]]] = field(default_factory=dict)

    def add(self, row: Row) -> None:
        self.departments[row.department] = None
        self.procedures[row.procedure] = None
        self.labels.update(dict.fromkeys(row.labels))
        if row.person:
            at = row.done_at or row.opened_at or clock.now()
            spans = self.people.setdefault(row.person, {})
            first, last = spans.get(row.department, (at, at))
            spans[row.department] = min(first, at), max(last, at)


@dataclass(frozen=True)
class Place:
    """Where a row's task goes: what its names stand for. `person_id` is who did it, for finished work."""

    department: Department
    procedure: Procedure
    version: ProcedureVersion
    person_id: int | None


class Directory:
    """Names of one import -> rows of the office. `made` counts what was added."""

    def __init__(self, mapping: Mapping, *, open_all: bool, create_missing: bool, actor: User | None) -> None:
        self.mapping, self.actor = mapping, actor
        self.open_all, self.create_missing = open_all, create_missing
        self.zone = mapping.time_zone or settings.TIME_ZONE
        self.made: Counter[str] = Counter()
        self._names: dict[str, dict[str, Found]] = {}
        self._departments: dict[int, Department] = {}
        self._procedures: dict[int, Procedure] = {}
        self._new: set[int] = set()
        self._read_at = -FRESH_SECONDS
        self._versions: dict[tuple[int, int], ProcedureVersion | Refused] = {}

    def prepare(self, wanted: Wanted) -> None:
        """Match all names, make what is missing when asked to, and remember aliases; one transaction."""
        source = self.mapping.source
        with transaction.atomic():
            departments = self._find("departments", wanted.departments)
            procedures = self._find("procedures", wanted.procedures)
            people = {} if self._ignores_people else matching.find_people(source, wanted.people)
            if self.create_missing:
                self._make(departments, "departments", self._make_department)
                self._make(procedures, "procedures", self._make_procedure)
                self._make(people, "people", self._make_person)
            self._names = {"departments": departments, "procedures": procedures, "people": people}
            self._remember(departments, people)
            self.refresh()
            if self.create_missing:
                self._make_members(wanted)
            labels_named(list(wanted.labels))

    @property
    def _ignores_people(self) -> bool:
        """Open work is nobody's: without making people, it does not matter who is meant."""
        return self.open_all and not self.create_missing

    def _find(self, kind: str, names: Iterable[str]) -> dict[str, Found]:
        if kind == "procedures":
            return matching.find_procedures(names)
        return matching.find_departments(self.mapping.source, names)

    def _make(self, found: dict[str, Found], kind: str, make: Callable[[str], int]) -> None:
        for name, meaning in found.items():
            if meaning.pk is not None or meaning.is_ambiguous:
                continue
            # What another spelling of the name has just made is found, not made twice; people are told apart.
            if kind != "people" and (again := self._find(kind, [name])[name]).pk is not None:
                found[name] = again
                continue
            try:
                with transaction.atomic():
                    found[name] = Found(make(name))
                self.made[kind] += 1
            except ValidationError as error:
                found[name] = Found(None, " ".join(error.messages))

    def _make_department(self, name: str) -> int:
        site = making.site_named(self.mapping.site, zone=self.zone, actor=self.actor)
        return making.make_department(name, site=site, actor=self.actor).pk

    def _make_person(self, name: str) -> int:
        person = making.make_person(name, zone=self.zone, actor=self.actor)
        self._new.add(person.pk)
        return person.pk

    def _make_procedure(self, name: str) -> int:
        return making.make_procedure(name, actor=self.actor).pk

    def _remember(self, departments: dict[str, Found], people: dict[str, Found]) -> None:
        """What was matched or made keeps its meaning for this source, whatever it is called later."""
        source, actor = self.mapping.source, self.actor
        for name, found in departments.items():
            if found.pk and not found.by_alias:
                making.make_alias(source, name, actor=actor, department=Department.objects.get(pk=found.pk))
        for name, found in people.items():
            if found.pk and not found.by_alias:
                making.make_alias(source, name, actor=actor, person=User.objects.get(pk=found.pk))

    def _make_members(self, wanted: Wanted) -> None:
        """Who was made, or is known from imports alone, is a member from then on; others for the days of that work."""
        found = self._names["people"]
        people = User.objects.in_bulk([meaning.pk for meaning in found.values() if meaning.pk])
        for name, spans in wanted.people.items():
            person = people.get(found[name].pk or 0)
            for department_name, (first, last) in spans.items():
                department = self._departments.get(self._names["departments"][department_name].pk or 0)
                ours = person is not None and (person.pk in self._new or making.is_nobodys(person))
                if person is None or department is None or (self.open_all and not ours):
                    continue
                added = making.ensure_member(person, department, first, last, goes_on=ours, actor=self.actor)
                self.made["memberships"] += added

    def refresh(self) -> None:
        """Read departments and procedures anew when that is some seconds ago: somebody may change them meanwhile."""
        if time.monotonic() - self._read_at < FRESH_SECONDS:
            return
        self._read_at = time.monotonic()
        self._departments = Department.objects.select_related("site", "calendar").in_bulk(self._keys("departments"))
        self._procedures = Procedure.objects.in_bulk(self._keys("procedures"))
        self._versions = {}

    def _keys(self, kind: str) -> list[int]:
        return list({found.pk for found in self._names[kind].values() if found.pk})

    def place_of(self, row: Row, *, finished: bool) -> Place:
        """Where the row goes. Raises Bad, naming the column, for a name nobody knows and a procedure not used there."""
        mapping = self.mapping
        department = self._departments[self._known("departments", row.department, mapping.department.column)]
        procedure = self._procedures[self._known("procedures", row.procedure, mapping.procedure)]
        version = self._version(procedure, department)
        if isinstance(version, Refused):
            raise Bad(str(version.sentence), mapping.column_of(version.field))
        person_id = None
        if finished:
            if not row.person:
                raise Bad(_("The row does not say who did it."), mapping.person)
            person_id = self._known("people", row.person, mapping.person)
        return Place(department, procedure, version, person_id)

    def _known(self, kind: str, name: str, column: str) -> int:
        found = self._names[kind].get(name, matching.UNKNOWN)
        if found.pk is None:
            reason = found.reason or _("Nobody here knows “%(name)s”: add it, or import with missing ones created.")
            raise Bad(reason if found.reason else reason % {"name": name}, column)
        return found.pk

    def _version(self, procedure: Procedure, department: Department) -> ProcedureVersion | Refused:
        key = procedure.pk, department.pk
        if key not in self._versions:
            try:
                version = published(procedure, department)
                prefetch_related_objects([version], "steps")
                self._versions[key] = version
            except Refused as refused:
                self._versions[key] = refused
        return self._versions[key]
