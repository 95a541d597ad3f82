"""The API of notices: what one was told, and marking it as read."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import Body, Query, Router
from pydantic import BaseModel, Field

from core.access import reach
from core.pages import Sort, page
from core.problems import answers, reply
from organization.api_frame import asker
from organization.api_shapes import Named, Neighbours, Page, check_place
from organization.models import Notice as Row
from organization.notices import mark_read
from organization.shapes import SentFlag, SentId, Shape
from organization.telling import Told, told

router = Router()
TAGS = ["notices"]
NEWEST = Sort("newest", "", "id", descending=True)


class NoticeFilter(Page):
    unread: SentFlag = False


class Notice(BaseModel):
    """Something you were told. `title` and `url` are null where what it is about is not yours to see (any more)."""

    id: int
    kind: str
    sentence: str = Field(description="What happened, in your language.")
    why: str = Field(description="Why you are told.")
    subject_kind: str
    reference: str
    title: str | None
    url: str | None
    by: Named | None
    moment: dt.datetime | None = Field(description="The time it speaks of.")
    urgent: bool
    written_at: dt.datetime
    read_at: dt.datetime | None


class Notices(Neighbours):
    items: list[Notice]


class Nothing(Shape):
    """A body without fields; it may be left out."""


class Read(BaseModel):
    """How many were not read before."""

    read: int


def drawn(one: Told) -> dict[str, Any]:
    """A notice for its person."""
    row = one.notice
    return {
        "id": row.pk,
        "kind": row.kind,
        "sentence": one.words,
        "why": one.why,
        "subject_kind": row.subject_kind,
        "reference": row.reference,
        "title": one.title or None,
        "url": f"{settings.BASE_URL}{one.url}" if one.url else None,
        "by": {"id": row.by.pk, "name": row.by.name} if row.by else None,
        "moment": row.moment,
        "urgent": row.urgent,
        "written_at": row.written_at,
        "read_at": row.read_at,
    }


@router.get(
    "/notices", response=answers(Notices, 404), tags=TAGS, operation_id="list_notices", summary="What I was told"
)
def list_notices(request: HttpRequest, query: Query[NoticeFilter]) -> HttpResponse:
    """What you were told, newest first."""
    user = asker(request)
    check_place(query.place, NEWEST)
    rows = Row.objects.visible_to(user).select_related("by")
    shown = page(rows.unread() if query.unread else rows, NEWEST, query.place, query.limit)
    items = [drawn(one) for one in told(user, shown.rows)]
    return reply({"items": items, "next": shown.next, "previous": shown.previous})


@router.post("/notices/read", response=answers(Read), tags=TAGS, operation_id="read_notices", summary="Read all")
def read_notices(request: HttpRequest, body: Nothing | None = Body(None)) -> HttpResponse:  # noqa: B008
    """Mark everything you were told as read; what is read is not mailed any more."""
    return reply({"read": mark_read(asker(request))})


@router.post(
    "/notices/{notice}/read",
    response=answers(Read, 404),
    tags=TAGS,
    operation_id="read_notice",
    summary="Read one",
)
def read_notice(request: HttpRequest, notice: SentId, body: Nothing | None = Body(None)) -> HttpResponse:  # noqa: B008
    """Mark one notice as read."""
    user = asker(request)
    row = reach(Row.objects.visible_to(user), pk=notice)
    return reply({"read": mark_read(user, row.pk)})
