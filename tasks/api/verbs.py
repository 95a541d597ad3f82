"""Every verb as POST /tasks/{reference}/{verb}: shape, reach, right, verb - in this order, as the pages do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse
from ninja import Body, File, Form, UploadedFile

from core.access import require
from core.problems import answers, reply
from organization.api_frame import asker
from organization.models import Department, User
from organization.shapes import SentFlag
from tasks import editing, finishing, glass, rules, steps, transitions, undo, watching
from tasks.api import drawn
from tasks.api.coming_in import unknown
from tasks.api.drawing import comment_drawn, file_drawn, rating_drawn, task_drawn
from tasks.api.router import TAGS, router, task_of
from tasks.api.shapes import (
    Assign,
    Edit,
    HandOff,
    MarkStep,
    MaybeReason,
    Plain,
    Rate,
    Remark,
    Reopen,
    TakeOver,
    Wait,
    WithReason,
)
from tasks.changes import expecting
from tasks.models import Task
from tasks.requests import rating

B = TypeVar("B", bound=Plain)
Act = Callable[[User, Task, B], Task]


def verb(name: str, shape: type[B], summary: str) -> Callable[[Act[B]], Act[B]]:
    """Publish `act(user, task, body)` as a verb; it returns the fresh task. The rule is that of `rules.RULES`.

    A shape without required fields makes a body that may be left out.
    """
    rule = rules.RULES.get(name) or (rules.can_watch if name in {"watch", "stop_watching"} else None)
    needed = any(field.is_required() for field in shape.model_fields.values())

    def publish(act: Act[B]) -> Act[B]:
        def endpoint(request: HttpRequest, reference: str, body: Any = None) -> HttpResponse:
            user = asker(request)
            task = task_of(user, reference)
            if rule:
                require(rule, user, task)
            sent = body or shape()
            with expecting(sent.revision):
                return reply(task_drawn(user, act(user, task, sent)))

        endpoint.__annotations__["body"] = shape if needed else shape | None
        endpoint.__defaults__ = (Body(...) if needed else Body(None),)
        router.post(
            "/tasks/{reference}/" + name.replace("_", "-"),
            response=answers(drawn.Task, *([403] if rule else []), 404, 409),
            tags=TAGS,
            operation_id=f"{name}_task",
            summary=summary,
            description=act.__doc__,
        )(endpoint)
        return act

    return publish


def person(pk: int) -> User:
    """Somebody named in a body."""
    found: User | None = User.objects.filter(pk=pk).first()
    if found is None:
        raise unknown("to")
    return found


@verb("claim", Plain, "Claim")
def claim(user: User, task: Task, body: Plain) -> Task:
    """Open and nobody's becomes open and yours."""
    return transitions.claim(task, actor=user)


@verb("start", Plain, "Start")
def start(user: User, task: Task, body: Plain) -> Task:
    """Open and yours becomes in progress."""
    return transitions.start(task, actor=user)


@verb("release", MaybeReason, "Release")
def release(user: User, task: Task, body: MaybeReason) -> Task:
    """Back to the queue, nobody's."""
    return transitions.release(task, actor=user, reason=body.reason)


@verb("assign", Assign, "Assign")
def assign(user: User, task: Task, body: Assign) -> Task:
    """A manager gives a task to somebody, through the gate."""
    return transitions.assign(task, actor=user, to=person(body.to), override=body.override)


@verb("take_over", TakeOver, "Take over")
def take_over(user: User, task: Task, body: TakeOver) -> Task:
    """Another's task becomes yours, with a reason."""
    return transitions.take_over(task, actor=user, reason=body.reason, override=body.override)


@verb("wait", Wait, "Wait")
def wait(user: User, task: Task, body: Wait) -> Task:
    """Put a task aside until an instant, or open-ended, with a reason."""
    return transitions.wait(task, actor=user, kind=body.kind, reason=body.reason, until=body.until)


@verb("resume", Plain, "Resume")
def resume(user: User, task: Task, body: Plain) -> Task:
    """Go on after waiting."""
    return transitions.resume(task, actor=user)


@verb("mark_step", MarkStep, "Mark a step")
def mark_step(user: User, task: Task, body: MarkStep) -> Task:
    """Mark a step as done, or take the mark back, with the value it asks for."""
    return steps.mark_step(task, steps.Mark(body.step, body.done, body.value), actor=user)


@verb("submit", Plain, "Submit for review")
def submit(user: User, task: Task, body: Plain) -> Task:
    """In progress becomes in review, where the procedure wants one."""
    return finishing.submit(task, actor=user)


@verb("approve", Plain, "Approve")
def approve(user: User, task: Task, body: Plain) -> Task:
    """In review becomes done, by somebody who was not involved."""
    return finishing.approve(task, actor=user)


@verb("send_back", WithReason, "Send back")
def send_back(user: User, task: Task, body: WithReason) -> Task:
    """In review becomes in progress again, with a reason."""
    return finishing.send_back(task, actor=user, reason=body.reason)


@verb("complete", Plain, "Complete")
def complete(user: User, task: Task, body: Plain) -> Task:
    """Done. Refused while mandatory steps are open."""
    return finishing.complete(task, actor=user)


@verb("cancel", WithReason, "Cancel")
def cancel(user: User, task: Task, body: WithReason) -> Task:
    """Any unfinished task becomes cancelled, with a reason."""
    return transitions.cancel(task, actor=user, reason=body.reason)


@verb("reopen", Reopen, "Reopen")
def reopen(user: User, task: Task, body: Reopen) -> Task:
    """Done or cancelled becomes open again, with a reason; a manager may give it to somebody at once."""
    to = person(body.to) if body.to else None
    return transitions.reopen(task, actor=user, reason=body.reason, to=to, override=body.override)


@verb("hand_off", HandOff, "Hand off")
def hand_off(user: User, task: Task, body: HandOff) -> Task:
    """To the queue of another department, with a reason. Procedure and due time stay."""
    department = Department.objects.visible_to(user).filter(pk=body.department).first()
    if department is None:
        raise unknown("department")
    return transitions.hand_off(task, actor=user, department=department, reason=body.reason)


@verb("undo", Plain, "Undo")
def undo_last(user: User, task: Task, body: Plain) -> Task:
    """Put back what your last verb on the task changed, within 60 seconds and while nothing else happened."""
    return undo.undo(task, actor=user)


@verb("break_glass", WithReason, "Open a confidential task")
def break_glass(user: User, task: Task, body: WithReason) -> Task:
    """An admin reads a confidential task for an hour; the reason is recorded, its owner and managers are told."""
    return glass.break_glass(task, actor=user, reason=body.reason)


@verb("watch", Plain, "Watch")
def watch(user: User, task: Task, body: Plain) -> Task:
    """Be told of what happens to a task that is not yours."""
    return watching.watch(task, actor=user)


@verb("stop_watching", Plain, "Stop watching")
def stop_watching(user: User, task: Task, body: Plain) -> Task:
    """Be told no longer."""
    return watching.stop_watching(task, actor=user)


@router.post(
    "/tasks/{reference}/edit",
    response=answers(drawn.Task, 403, 404, 409),
    tags=TAGS,
    operation_id="edit_task",
    summary="Edit",
)
def edit(request: HttpRequest, reference: str, body: Edit) -> HttpResponse:
    """Change fields of unfinished work. `revision` is that of the task you read: when somebody was faster nothing is
    written (409, stale) and both versions come back, as `theirs` and `mine`.
    """
    user = asker(request)
    task = task_of(user, reference)
    require(rules.can_edit, user, task)
    values = {name: getattr(body, name) for name in sorted(body.model_fields_set - {"revision"})}
    return reply(task_drawn(user, editing.edit(task, values, actor=user, revision=body.revision)))


@router.post(
    "/tasks/{reference}/comment",
    response=answers(drawn.Comment, 403, 404, 409, status=201),
    tags=TAGS,
    operation_id="comment_task",
    summary="Comment",
)
def comment(request: HttpRequest, reference: str, body: Remark) -> HttpResponse:
    """Leave a comment: internal, or seen by the requester. Who only asked for the task writes visible ones."""
    user = asker(request)
    task = task_of(user, reference)
    require(rules.can_comment, user, task)
    with expecting(body.revision):
        written = editing.comment(task, body.text, actor=user, for_requester=body.for_requester)
    return reply(comment_drawn(written), status=201)


@router.post(
    "/tasks/{reference}/rate",
    response=answers(drawn.Rating, 403, 404, 409),
    tags=TAGS,
    operation_id="rate_task",
    summary="Rate",
)
def rate(request: HttpRequest, reference: str, body: Rate) -> HttpResponse:
    """Say how finished work was, by who asked for it: for 30 days after it was done, and 7 days longer what was said
    can be changed. The task's revision stays.
    """
    user = asker(request)
    task = task_of(user, reference)
    require(rules.is_requester, user, task)
    with expecting(body.revision):
        return reply(rating_drawn(rating.rate(task, actor=user, stars=body.stars, word=body.word)))


@router.post(
    "/tasks/{reference}/attach",
    response=answers(drawn.File, 403, 404, 409, status=201),
    tags=TAGS,
    operation_id="attach_task",
    summary="Attach a file",
)
def attach(
    request: HttpRequest,
    reference: str,
    file: UploadedFile = File(...),  # noqa: B008
    for_requester: SentFlag = Form(False),  # noqa: B008
) -> HttpResponse:
    """Put a file to a task, as multipart/form-data."""
    user = asker(request)
    task = task_of(user, reference)
    require(rules.can_attach, user, task)
    kept = editing.attach_file(task, file, actor=user, for_requester=for_requester)
    return reply(file_drawn(kept), status=201)
