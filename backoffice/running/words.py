"""What each kind of run is called, and where it has a page of its own."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from records.models import Run

KINDS: dict[str, Any] = {
    "tasks.import": _("Import of tasks"),
    "tasks.recompute": _("Clocks computed anew"),
    "tasks.rearm": _("Reminders set anew"),
    "tasks.index_search": _("Words entered for the search"),
    "organization.import": _("Import of people and departments"),
    "reports.make": _("Report"),
    "reports.draw": _("PDF of a report"),
    "records.export_events": _("Export of events"),
    "records.verify_events": _("Verification of the history"),
}


def page_of(run: Run) -> str:
    """Where its details are; "" where this list says all."""
    number = run.parameters.get("again", run.pk)
    if run.kind == "tasks.import":
        return reverse("set_up:task_import", args=[number])
    return reverse("set_up:import_run", args=[number]) if run.kind == "organization.import" else ""
