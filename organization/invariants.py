"""What is true of the organization at every instant. Each check yields sentences about breaches."""

from __future__ import annotations

from collections.abc import Iterator

from organization.models import Department, OfficeCalendar


def broken() -> Iterator[str]:
    """Breaches: lineages that do not follow the tree, calendars without working time."""
    lineages = dict(Department.objects.values_list("pk", "lineage"))
    for pk, parent_id, lineage in Department.objects.values_list("pk", "parent_id", "lineage"):
        if lineage != [*(lineages[parent_id] if parent_id else []), pk]:
            yield f"Department {pk} does not stand where its lineage says."
    for calendar in OfficeCalendar.objects.filter(windows__isnull=True):
        yield f"The calendar {calendar.name} has no window."
