"""Names of what a page speaks of, by id, in one statement over the tables concerned."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import CharField, F, Model, QuerySet, Value

from organization.models import Department, User
from tasks.models import Procedure

Names = dict[tuple[str, int], str]
_MODELS: dict[str, type[Model]] = {"procedure": Procedure, "person": User, "department": Department}


def names_of(sought: Mapping[str, QuerySet[Any]] | None = None, **wanted: Iterable[int]) -> Names:
    """Names by (kind, id) for procedure, person and department. No statement when nothing is wanted.

    `sought` are rows of any table with a name, by a kind of the caller's. Looked up by id instead of joined to the
    rows: for fifty rows the planner would read whole tables of names.
    """
    by_id = {kind: {pk for pk in each if pk} for kind, each in wanted.items()}
    rows = {kind: _MODELS[kind]._default_manager.filter(pk__in=ids) for kind, ids in by_id.items() if ids}
    parts = [
        some.order_by().annotate(kind=Value(kind, CharField()), called=F("name")).values_list("kind", "pk", "called")
        for kind, some in {**rows, **(sought or {})}.items()
    ]
    if not parts:
        return {}
    return {(kind, pk): name for kind, pk, name in (parts[0].union(*parts[1:], all=True) if parts[1:] else parts[0])}
