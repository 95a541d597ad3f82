"""Names for the keys of a report's rows, read once for all rows."""

from __future__ import annotations

from collections.abc import Iterable

from organization.models import User
from tasks.models import Procedure

READ = {"person": (User, "name"), "procedure": (Procedure, "name")}


def names_of(by: str, keys: Iterable[int | str | None]) -> dict[int | str | None, str]:
    """Names of people or procedures by id, an empty one for None; states are their own names. One statement."""
    wanted = set(keys)
    if by not in READ:
        return {key: str(key or "") for key in wanted}
    model, name = READ[by]
    found: dict[int | str | None, str] = dict(
        model._default_manager.filter(pk__in=wanted - {None}).values_list("pk", name)
    )
    return {key: found.get(key, "") for key in wanted}
