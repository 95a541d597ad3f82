"""Reading tasks: the lists, one task, what was written on it."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from ninja import Query

from core.access import reach, require
from core.folding import fold
from core.pages import Sort, page
from core.problems import answers, reply
from organization.api_frame import asker
from organization.api_shapes import Page, check_place
from organization.shapes import SentId
from records.files import serve
from tasks import lists, rules
from tasks.api import drawn
from tasks.api.drawing import comment_drawn, detail_drawn, row_drawn
from tasks.api.router import TAGS, router, task_of
from tasks.api.shapes import TaskFilter
from tasks.models import Label
from tasks.sheet import visible_files
from tasks.states import FINISHED, UNFINISHED
from tasks.why import why_not_me

GROUPS: dict[str, tuple[str, ...]] = {"unfinished": UNFINISHED, "finished": FINISHED}
NEVER = 2**63 - 1  # the number of no label
OLDEST = Sort("written", "", "id")


@router.get("/tasks", response=answers(drawn.Rows, 404), tags=TAGS, operation_id="list_tasks", summary="List tasks")
def list_tasks(request: HttpRequest, query: Query[TaskFilter]) -> HttpResponse:
    """Tasks you have, those of your departments, or those you asked for; one page in the order of `sort`."""
    user = asker(request)
    listing = listing_of(query)
    check_place(query.place, lists.sort_of(listing))
    shown = lists.page(user, listing)
    rows = [row_drawn(user, task) for task in shown.rows]
    return reply({"items": rows, "next": shown.next, "previous": shown.previous})


def listing_of(query: TaskFilter) -> lists.Listing:
    """The list a query asks for. One statement for a label, which is given by name."""
    state = query.state
    return lists.Listing(
        scope=query.scope,
        sort=query.sort,
        filters=lists.Filters(
            departments=tuple(query.department),
            states=() if state is None else GROUPS.get(state, (state,)),
            priorities=tuple(query.priority),
            procedures=tuple(query.procedure),
            assignee=query.assignee,
            label=_label(query.label),
            overdue=query.overdue,
            title=query.title,
        ),
        place=query.place,
        size=query.limit,
    )


def _label(name: str) -> int | None:
    if not name:
        return None
    found: int | None = Label.objects.filter(folded_name=fold(name)[:70]).values_list("pk", flat=True).first()
    return found or NEVER


@router.get(
    "/tasks/{reference}",
    response=answers(drawn.Detail, 404),
    tags=TAGS,
    operation_id="get_task",
    summary="One task",
)
def get_task(request: HttpRequest, reference: str) -> HttpResponse:
    """One task by its reference (T-10234) with its steps, labels, files, and what you may do with it now."""
    user = asker(request)
    return reply(detail_drawn(user, task_of(user, reference)))


@router.get(
    "/tasks/{reference}/comments",
    response=answers(drawn.Comments, 403, 404),
    tags=TAGS,
    operation_id="list_comments",
    summary="List comments",
)
def list_comments(request: HttpRequest, reference: str, query: Query[Page]) -> HttpResponse:
    """Comments on a task, oldest first; who only asked for it reads those meant for the requester."""
    user = asker(request)
    check_place(query.place, OLDEST)
    task = task_of(user, reference)
    require(rules.sees_content, user, task)
    comments = task.comments.select_related("author")
    if not rules.sees_internal(user, task):
        comments = comments.filter(for_requester=True)
    shown = page(comments, OLDEST, query.place, query.limit)
    items: list[Any] = [comment_drawn(comment) for comment in shown.rows]
    return reply({"items": items, "next": shown.next, "previous": shown.previous})


@router.get(
    "/tasks/{reference}/files/{file}",
    response=answers(None, 404),
    tags=TAGS,
    operation_id="get_file",
    summary="The bytes of a file",
    openapi_extra={"responses": {200: {"content": {"*/*": {"schema": {"type": "string", "format": "binary"}}}}}},
)
def get_file(request: HttpRequest, reference: str, file: SentId) -> FileResponse:
    """A file on a task, as it was attached, whatever its type."""
    user = asker(request)
    return serve(reach(visible_files(task_of(user, reference), user), pk=file))


@router.get(
    "/tasks/{reference}/why-not-me",
    response=answers(drawn.WhyNot, 403, 404),
    tags=TAGS,
    operation_id="why_not_me",
    summary="Why not me",
)
def get_why_not(request: HttpRequest, reference: str) -> HttpResponse:
    """What stands between you and claiming a task, in the words of its page. Who only asked for it is not told."""
    user = asker(request)
    task = task_of(user, reference)
    require(rules.sees_internal, user, task)
    kept = why_not_me(user, task)
    return reply(
        {"eligible": kept is None, "code": kept.code if kept else None, "why": kept.sentence if kept else None}
    )
