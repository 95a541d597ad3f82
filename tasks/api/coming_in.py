"""Work coming in and going out: a new task, and the next one."""

from __future__ import annotations

from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Body

from core.access import require
from core.prepared import Prepared
from core.problems import answers, reply
from core.refusals import Refused
from organization.api_frame import asker
from organization.models import Department, User
from tasks import rules
from tasks.api import drawn
from tasks.api.drawing import task_drawn
from tasks.api.router import TAGS, router
from tasks.api.shapes import NewTask, Nothing
from tasks.models import Task
from tasks.next import take_next
from tasks.opening import Request, open_task, procedure_in_reach

_department = Prepared(lambda pk: Department.objects.select_related("site", "calendar").filter(pk=pk), pk=int)


@router.post(
    "/tasks",
    response=answers(drawn.Task, 403, 409, status=201),
    tags=TAGS,
    operation_id="create_task",
    summary="Open a task",
)
def create_task(request: HttpRequest, body: NewTask) -> HttpResponse:
    """Open a task, planned while `ready_at` is ahead. An external reference comes once per source: a second time it
    is refused (409, external_reference_taken), with the task that has it as `existing` if you reach it.
    """
    user = asker(request)
    procedure = procedure_in_reach(user, body.procedure)
    if procedure is None:
        raise unknown("procedure")
    department = _department.first(pk=body.department)
    if department is None:
        raise unknown("department")
    require(rules.can_open_in, user, department.pk, procedure)
    require(rules.can_say_of_new, user, department.pk, body.model_fields_set)
    if procedure.closed_by_subject:
        raise Refused(
            _("%(procedure)s is opened by what it is about.") % {"procedure": procedure.name},
            code="closed_by_subject",
            field="procedure",
        )
    requester = requester_of(user, body, department.pk)
    asked = body.model_dump(exclude={"procedure", "department", "requester", "labels"})
    wanted = Request(**asked, labels=tuple(body.labels), requester=requester)
    try:
        task = open_task(wanted, procedure=procedure, department=department, actor=user)
    except IntegrityError as clash:
        raise taken(body, user) or clash from clash
    return reply(task_drawn(user, task), status=201)


def unknown(field: str) -> Refused:
    """The refusal of a number behind which there is nothing, or nothing in reach."""
    sentences = {
        "procedure": _("There is no such procedure. Choose another."),
        "department": _("There is no such department. Choose another."),
        "to": _("There is no such person. Choose another."),
        "requester": _("There is no such person. Choose another."),
    }
    return Refused(sentences[field], code=f"{field}_unknown", field=field)


def requester_of(user: User, body: NewTask, department_id: int) -> User | None:
    """For whom a task is opened: members may say it, who only asks is it."""
    if not rules.is_inside(user, department_id):
        return user
    if body.requester is None:
        return None
    requester: User | None = User.objects.active().filter(pk=body.requester).first()
    if requester is None:
        raise unknown("requester")
    return requester


def taken(body: NewTask, user: User) -> Refused | None:
    """The refusal of an external reference that a task has already, or None if that was not it.

    The task is named to who reaches it; to others the reference is just not free.
    """
    with_it = Task.objects.filter(external_source=body.external_source, external_reference=body.external_reference)
    existing = with_it.exclude(external_reference="").first()
    if existing is None:
        return None
    seen = Task.objects.visible_to(user).filter(pk=existing.pk).exists()
    told = _("%(task)s has this external reference already.") % {"task": existing.reference}
    return Refused(
        told if seen else _("This external reference is taken already."),
        code="external_reference_taken",
        field="external_reference",
        **({"existing": existing.reference} if seen else {}),
    )


@router.post(
    "/tasks/next",
    response=answers(drawn.Task) | {204: None, 409: answers(None, 409)[409]},
    tags=TAGS,
    operation_id="next_task",
    summary="Take the next task",
)
def next_task(request: HttpRequest, body: Nothing | None = Body(None)) -> HttpResponse:  # noqa: B008
    """The one task to do now, yours and in progress; your own unfinished work first. 204 when there is none."""
    user = asker(request)
    served = take_next(actor=user)
    if served is None:
        return HttpResponse(status=204)
    return reply(task_drawn(user, served.task))
