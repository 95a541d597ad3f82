"""The API of reports: what is kept for you, and its numbers."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import BaseModel, Field

from core.access import reach
from core.pages import Sort, page
from core.problems import answers, reply
from organization.api_frame import asker
from organization.api_shapes import Named, Neighbours, Page, check_place
from organization.shapes import SentId
from reports.drawing import Drawing
from reports.models import KeptReport

router = Router()
TAGS = ["reports"]
NEWEST = Sort("newest", "", "id", descending=True)
Cell = str | int | float | None


class Report(BaseModel):
    """A kept report. `about` says in words what it covers; days are local ones of each department's site."""

    id: int
    report: str = Field(description="Its name in the catalogue.")
    title: str
    about: str
    first_day: dt.date
    last_day: dt.date
    state: Literal["queued", "running", "done", "failed", "parked"]
    asked_by: Named
    asked_at: dt.datetime
    schedule: Named | None
    keep_until: dt.datetime
    url: str


class Reports(Neighbours):
    items: list[Report]


class Column(BaseModel):
    key: str
    label: str
    kind: str = Field(description="text, person, state, count, minutes (given in hours), share (0 to 1) or days.")


class Result(Report):
    """With its numbers, true at `as_of`; without rows while it is made."""

    as_of: dt.datetime | None
    columns: list[Column]
    rows: list[list[Cell]] = Field(description="Cells in the order of the columns.")


def drawn(drawing: Drawing) -> dict[str, Any]:
    """A report without its numbers."""
    kept = drawing.kept
    return {
        "id": kept.pk,
        "report": kept.report,
        "title": drawing.title,
        "about": drawing.about,
        "first_day": kept.first_day,
        "last_day": kept.last_day,
        "state": kept.run.state,
        "asked_by": {"id": kept.asked_by_id, "name": kept.asked_by.name},
        "asked_at": kept.asked_at,
        "schedule": {"id": kept.schedule.pk, "name": kept.schedule.name} if kept.schedule else None,
        "keep_until": kept.keep_until,
        "url": f"{settings.BASE_URL.rstrip('/')}{kept.get_absolute_url()}",
    }


@router.get("/reports", response=answers(Reports, 404), tags=TAGS, operation_id="list_reports", summary="List reports")
def list_reports(request: HttpRequest, query: Query[Page]) -> HttpResponse:
    """The reports kept for you, newest first."""
    check_place(query.place, NEWEST)
    rows = KeptReport.objects.listed_for(asker(request)).for_list()
    shown = page(rows, NEWEST, query.place, query.limit)
    items = [drawn(Drawing(row)) for row in shown.rows]
    return reply({"items": items, "next": shown.next, "previous": shown.previous})


@router.get(
    "/reports/{report}", response=answers(Result, 404), tags=TAGS, operation_id="get_report", summary="One report"
)
def get_report(request: HttpRequest, report: SentId) -> HttpResponse:
    """One kept report with its numbers."""
    kept = reach(KeptReport.objects.visible_to(asker(request)).for_detail(), pk=report)
    drawing = Drawing(kept)
    columns = [{"key": head.key, "label": head.label, "kind": head.kind} for head in drawing.heads]
    return reply(drawn(drawing) | {"as_of": kept.as_of, "columns": columns, "rows": drawing.raw_rows()})
