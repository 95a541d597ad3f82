"""Names of what a page speaks of, by id, in one statement over the tables concerned."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import CharField, F, Model, Value

from organization.models import Department, User
from tasks.models import Label, Procedure

Names = dict[tuple[str, int], str]
_MODELS: dict[str, type[Model]] = {"procedure": Procedure, "person": User, "department": Department, "label": Label}


def names_of(**wanted: Iterable[int]) -> Names:
    """Names by (kind, id) for procedure, person, department and label. No statement when nothing is wanted.

    Looked up by id instead of joined to the rows: for fifty rows the planner would read whole tables of names.
    """
    parts = [
        _MODELS[kind]
        ._default_manager.filter(pk__in=ids)
        .order_by()
        .annotate(kind=Value(kind, CharField()), called=F("name"))
        .values_list("kind", "pk", "called")
        for kind, ids in ((kind, {pk for pk in each if pk}) for kind, each in wanted.items())
        if ids
    ]
    if not parts:
        return {}
    return {(kind, pk): name for kind, pk, name in (parts[0].union(*parts[1:], all=True) if parts[1:] else parts[0])}
