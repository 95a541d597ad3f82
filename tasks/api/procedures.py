"""Procedures: what work there is, and how it is done."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query
from pydantic import Field

from core.access import reach
from core.problems import answers, reply
from organization.api import listed
from organization.api_frame import asker
from organization.api_shapes import Page
from organization.shapes import SentFlag, SentId
from tasks.api import drawn
from tasks.api.drawing import named, step_drawn
from tasks.api.router import router
from tasks.models import Procedure, ProcedureVersion

TAGS = ["procedures"]
FACTS = (
    "description",
    "standard_minutes",
    "target_minutes",
    "default_priority",
    "open_to_requests",
    "closed_by_subject",
    "is_active",
)


class ProcedureFilter(Page):
    department: SentId = Field(None, description="Those it may use.")  # type: ignore[assignment]
    active: SentFlag = True


@router.get(
    "/procedures",
    response=answers(drawn.Procedures, 404),
    tags=TAGS,
    operation_id="list_procedures",
    summary="List procedures",
)
def list_procedures(request: HttpRequest, query: Query[ProcedureFilter]) -> HttpResponse:
    """Procedures of your departments, those for all, and those open to requests, by name."""
    rows = Procedure.objects.visible_to(asker(request)).filter(is_active=query.active)
    if query.department:
        rows = rows.filter(pk__in=Procedure.objects.usable_in(query.department).values("pk"))
    return listed(rows, query, lambda found: [row_drawn(procedure) for procedure in found])


@router.get(
    "/procedures/{procedure}",
    response=answers(drawn.Procedure, 404),
    tags=TAGS,
    operation_id="get_procedure",
    summary="One procedure",
)
def get_procedure(request: HttpRequest, procedure: SentId) -> HttpResponse:
    """One procedure with its versions and their steps. Drafts are shown to admins, who write them."""
    found = reach(Procedure.objects.visible_to(asker(request)).for_detail(), pk=procedure)
    versions = [
        version
        for version in found.versions.all()
        if version.stage != ProcedureVersion.Stage.DRAFT or asker(request).is_admin
    ]
    return reply(
        row_drawn(found)
        | {
            "departments": [named(department) for department in found.departments.all()],
            "qualifications": [
                {"id": row.qualification_id, "name": row.qualification.name, "level": row.level}
                for row in found.requirements.all()
            ],
            "versions": [version_drawn(version) for version in versions],
        }
    )


def row_drawn(procedure: Procedure) -> dict[str, Any]:
    """The facts of a procedure."""
    facts = {name: getattr(procedure, name) for name in FACTS}
    return {"id": procedure.pk, "name": procedure.name} | facts


def version_drawn(version: ProcedureVersion) -> dict[str, Any]:
    """A version with its steps, which are at hand."""
    return {
        "number": version.number,
        "stage": version.stage,
        "wants_review": version.wants_review,
        "published_at": version.published_at,
        "steps": [step_drawn(step) for step in version.steps.all()],
    }
