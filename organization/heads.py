"""Who answers for a department now: its managers, or where it has none those of the nearest one above it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from organization.models import Department, Membership
from organization.models.departments import Role


def heads_of(department_ids: Iterable[int], now: dt.datetime) -> dict[int, list[int]]:
    """The numbers of the managers of each department at an instant (aware), substitutes of absent ones among them.

    Each department's day is that of its own zone; who has left is nobody's manager. Two statements for any number.
    """
    wanted = list(department_ids)
    if not wanted:
        return {}
    lineages = dict(Department.objects.filter(pk__in=wanted).values_list("pk", "lineage"))
    above = {place for lineage in lineages.values() for place in lineage}
    posts = (
        Membership.objects.around(now.date())
        .filter(department__in=above, role=Role.MANAGER, person__is_active=True)
        .values_list("department_id", "person_id", "starts_on", "ends_on", "department__site__time_zone")
    )
    managers: dict[int, list[int]] = {}
    for department_id, person_id, starts_on, ends_on, zone in posts.order_by("person_id"):
        today = now.astimezone(ZoneInfo(zone)).date()
        if starts_on <= today and (ends_on is None or today <= ends_on):
            managers.setdefault(department_id, []).append(person_id)
    return {
        pk: next((managers[place] for place in reversed(lineage) if place in managers), [])
        for pk, lineage in lineages.items()
    }
