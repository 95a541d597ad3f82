"""Whom and what a file means: people, departments and procedures by the source's alias, address, or folded name."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from core.folding import fold
from organization.models import Alias, Department, User
from tasks.models import Procedure

PERSON, DEPARTMENT = "person", "department"


@dataclass(frozen=True)
class Found:
    """What a name means: `pk`, or None with the `reason`. `by_alias` says that the source's alias told."""

    pk: int | None
    reason: str = ""
    by_alias: bool = False

    @property
    def is_ambiguous(self) -> bool:
        return self.pk is None and bool(self.reason)


UNKNOWN = Found(None)


def find_departments(source: str, names: Iterable[str]) -> dict[str, Found]:
    """Departments by alias, else by folded name: however it is written, it is the same department."""
    names = list(names)
    known = _by_alias(source, DEPARTMENT, names)
    free = _by_folded(Department.objects.values_list("pk", "name", "folded_name"), {fold(name)[:130] for name in names})
    return {name: known.get(name) or _one(name, free[fold(name)[:130]]) for name in names}


def find_people(source: str, names: Iterable[str]) -> dict[str, Found]:
    """People by alias, else by address, else by folded name.

    A name as the office writes it is that person. Else, where several names of the file fold to the same, none of
    them is, and whom the source knows by another spelling is not meant: one that tells `test` from `TEST` means two.
    """
    names = list(names)
    known = _by_alias(source, PERSON, names)
    addresses = {name.lower(): name for name in names if "@" in name}
    for email, pk in User.objects.filter(email__in=addresses).values_list("email", "pk"):
        known.setdefault(addresses[email], Found(pk))
    free = _by_folded(User.objects.values_list("pk", "name", "folded_name"), {fold(name)[:160] for name in names})
    spelled = {(pk, fold(name)) for name, pk in _aliases(source, PERSON).values_list("name", "person_id")}
    twins = Counter(fold(name) for name in names)
    found = {}
    for name in names:
        folded = fold(name)
        same = free[folded[:160]]
        if not any(called == name for _pk, called in same):
            same = [] if twins[folded] > 1 else [row for row in same if (row[0], folded) not in spelled]
        found[name] = known.get(name) or _one(name, same)
    return found


def find_procedures(names: Iterable[str]) -> dict[str, Found]:
    """Procedures by folded name, which is unique."""
    folded = {name: fold(name)[:170] for name in names}
    known = dict(Procedure.objects.filter(folded_name__in=folded.values()).values_list("folded_name", "pk"))
    return {name: Found(known.get(key)) for name, key in folded.items()}


def _aliases(source: str, kind: str) -> QuerySet[Alias]:
    return Alias.objects.filter(source=source, kind=kind)


def _by_alias(source: str, kind: str, names: list[str]) -> dict[str, Found]:
    told = _aliases(source, kind).filter(name__in=names).values_list("name", f"{kind}_id")
    return {name: Found(pk, by_alias=True) for name, pk in told}


def _by_folded(rows: Any, folded: set[str]) -> dict[str, list[tuple[int, str]]]:
    free: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for pk, name, key in rows.filter(folded_name__in=folded - {""}):
        free[key].append((pk, name))
    return free


def _one(name: str, same: list[tuple[int, str]]) -> Found:
    """The one that is meant: the only one, else the only one of the very name."""
    likely = same if len(same) < 2 else [row for row in same if row[1] == name] or same
    if len(likely) > 1:
        return Found(None, _("Several are called “%(name)s”. Give the one that is meant an alias.") % {"name": name})
    return Found(likely[0][0]) if likely else UNKNOWN
