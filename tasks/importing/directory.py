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
from records.rejects import Bad
from tasks.importing import making, matching
from tasks.importing.mapping import Mapping
from tasks.importing.matching import Found
from tasks.importing.rows import Row
from tasks.models import Procedure, ProcedureVersion
from tasks.opening import labels_named, published

FRESH_SECONDS = 5.0
RENEW_EVERY = 100


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
    """Names of one import -> rows of the office. `made` counts what was added, `added` are its names."""

    def __init__(self, mapping: Mapping, *, open_all: bool, create_missing: bool, actor: User | None) -> None:
        self.mapping, self.actor = mapping, actor
        self.open_all, self.create_missing = open_all, create_missing
        self.zone = mapping.time_zone or settings.TIME_ZONE
        self.made: Counter[str] = Counter()
        self.added: dict[str, list[str]] = {}
        self._names: dict[str, dict[str, Found]] = {}
        self._departments: dict[int, Department] = {}
        self._procedures: dict[int, Procedure] = {}
        self._read_at = -FRESH_SECONDS
        self._versions: dict[tuple[int, int], ProcedureVersion | Refused] = {}

    def prepare(self, wanted: Wanted, renew: Callable[[], None]) -> None:
        """Match all names, make what is missing when asked to, and remember aliases.

        Each name is a transaction of its own with all that belongs to it: after a kill, what is there is found again.
        `renew` is called now and then, so that a long list does not outlive the lease of its run.
        """
        source = self.mapping.source
        self._names = {
            "departments": matching.find_departments(source, wanted.departments),
            "procedures": matching.find_procedures(wanted.procedures),
            "people": {} if self._ignores_people else matching.find_people(source, wanted.people),
        }
        steps: list[tuple[Callable[[str], None], Iterable[str]]] = [
            (self._settle_department, wanted.departments),
            (self._settle_procedure, wanted.procedures),
        ]
        for settle, names in steps:
            _each(settle, names, renew)
        self.refresh()
        _each(lambda name: self._settle_person(name, wanted.people[name]), self._names["people"], renew)
        labels_named(list(wanted.labels))

    @property
    def _ignores_people(self) -> bool:
        """Open work is nobody's: without making people, it does not matter who is meant."""
        return self.open_all and not self.create_missing

    def _settle_department(self, name: str) -> None:
        found = self._names["departments"]
        if self._is_to_be_made("departments", name):
            # What another spelling of the name has just made is found, not made twice; people are told apart.
            again = matching.find_departments(self.mapping.source, [name])[name]
            found[name] = again if again.pk else self._made("departments", name, self._make_department)
        meaning = found[name]
        if meaning.pk and not meaning.by_alias:
            department = Department.objects.get(pk=meaning.pk)
            making.make_alias(self.mapping.source, name, actor=self.actor, department=department)

    def _settle_procedure(self, name: str) -> None:
        if self._is_to_be_made("procedures", name):
            again = matching.find_procedures([name])[name]
            self._names["procedures"][name] = (
                again if again.pk else self._made("procedures", name, self._make_procedure)
            )

    def _settle_person(self, name: str, spans: dict[str, tuple[dt.datetime, dt.datetime]]) -> None:
        found = self._names["people"]
        fresh = self._is_to_be_made("people", name)
        if fresh:
            found[name] = self._made("people", name, self._make_person)
        meaning = found[name]
        if not meaning.pk:
            return
        person = User.objects.get(pk=meaning.pk)
        # What was matched or made keeps its meaning for this source, whatever it is called later.
        if not meaning.by_alias:
            making.make_alias(self.mapping.source, name, actor=self.actor, person=person)
        # Who was made, or is known from imports alone, is a member from then on; others for the days of that work.
        ours = fresh or making.is_nobodys(person)
        if self.create_missing and (ours or not self.open_all):
            self._make_members(person, spans, goes_on=ours)

    def _is_to_be_made(self, kind: str, name: str) -> bool:
        meaning = self._names[kind][name]
        return self.create_missing and meaning.pk is None and not meaning.is_ambiguous

    def _made(self, kind: str, name: str, make: Callable[[str], int]) -> Found:
        try:
            with transaction.atomic():
                found = Found(make(name))
        except ValidationError as error:
            return Found(None, " ".join(error.messages))
        self.made[kind] += 1
        self.added.setdefault(kind, []).append(name)
        return found

    def _make_department(self, name: str) -> int:
        site = making.site_named(self.mapping.site, zone=self.zone, actor=self.actor)
        return making.make_department(name, site=site, actor=self.actor).pk

    def _make_person(self, name: str) -> int:
        return making.make_person(name, zone=self.zone, actor=self.actor).pk

    def _make_procedure(self, name: str) -> int:
        return making.make_procedure(name, actor=self.actor).pk

    def _make_members(self, person: User, spans: dict[str, tuple[dt.datetime, dt.datetime]], *, goes_on: bool) -> None:
        for name, (first, last) in spans.items():
            department = self._departments.get(self._names["departments"][name].pk or 0)
            if department is not None:
                added = making.ensure_member(person, department, first, last, goes_on=goes_on, actor=self.actor)
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
        procedure = self._procedures[self._known("procedures", row.procedure, mapping.procedure.column)]
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


def _each(settle: Callable[[str], None], names: Iterable[str], renew: Callable[[], None]) -> None:
    for number, name in enumerate(names, start=1):
        with transaction.atomic():
            settle(name)
        if number % RENEW_EVERY == 0:
            renew()
