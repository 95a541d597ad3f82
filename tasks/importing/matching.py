"""Whom and what a file means: people, departments and procedures by the source's alias, address, or folded name."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

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
    """Departments by alias, else by folded name."""
    names = list(names)
    folded = {fold(name)[:130] for name in names}
    rows = Department.objects.filter(folded_name__in=folded).values_list("pk", "name", "folded_name")
    return _found(source, DEPARTMENT, names, list(rows), {})


def find_people(source: str, names: Iterable[str]) -> dict[str, Found]:
    """People by alias, else by address, else by folded name."""
    names = list(names)
    addresses = {name.lower(): name for name in names if "@" in name}
    by_address = dict(User.objects.filter(email__in=addresses).values_list("email", "pk"))
    folded = {fold(name)[:160] for name in names}
    rows = User.objects.filter(folded_name__in=folded).values_list("pk", "name", "folded_name")
    return _found(source, PERSON, names, list(rows), {addresses[email]: pk for email, pk in by_address.items()})


def find_procedures(names: Iterable[str]) -> dict[str, Found]:
    """Procedures by folded name, which is unique."""
    folded = {name: fold(name)[:170] for name in names}
    known = dict(Procedure.objects.filter(folded_name__in=folded.values()).values_list("folded_name", "pk"))
    return {name: Found(known.get(key)) for name, key in folded.items()}


def _found(
    source: str, kind: str, names: list[str], rows: list[tuple[int, str, str]], sure: Mapping[str, int]
) -> dict[str, Found]:
    """Alias first, then what is `sure`, then the name.

    What the source calls by another name already is not matched by name, and where several names of the file fold to
    the same, only the very name counts: a source that tells `test` from `TEST` means two people.
    """
    aliases = Alias.objects.filter(source=source, kind=kind)
    by_alias = dict(aliases.filter(name__in=names).values_list("name", f"{kind}_id"))
    taken = set(aliases.filter(**{f"{kind}__in": [row[0] for row in rows]}).values_list(f"{kind}_id", flat=True))
    free: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for pk, name, folded in rows:
        if pk not in taken and folded:
            free[folded].append((pk, name))
    twins = Counter(fold(name) for name in names)
    found = {}
    for name in names:
        if name in by_alias:
            found[name] = Found(by_alias[name], by_alias=True)
        elif name in sure:
            found[name] = Found(sure[name])
        else:
            found[name] = _by_name(name, free.get(fold(name), []), twins[fold(name)] > 1)
    return found


def _by_name(name: str, same: list[tuple[int, str]], has_twin: bool) -> Found:
    exact = [pk for pk, called in same if called == name]
    likely = exact or ([] if has_twin else [pk for pk, _called in same])
    if len(likely) > 1:
        return Found(None, _("Several are called “%(name)s”. Give the one that is meant an alias.") % {"name": name})
    return Found(likely[0]) if likely else UNKNOWN
