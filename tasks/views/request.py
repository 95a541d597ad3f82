"""One request as who asked for it sees it: following, answering, withdrawing, reopening, rating."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.access import reach, require
from core.htmx import go
from core.pages import Sort, page
from core.refusals import Refused
from organization.models import Department
from tasks import rules
from tasks.editing import attach_file, comment
from tasks.models import Rating, Task
from tasks.models.tasks import reference_id
from tasks.parts import with_parts
from tasks.requests import lists
from tasks.requests.forms import AnswerForm, RateForm, ReasonForm
from tasks.requests.rating import may_rate, rate
from tasks.requests.requested import Requested
from tasks.requests.rules import can_withdraw
from tasks.transitions import cancel, reopen

GIVEN = Sort("given", "", "given_at", descending=True)


def reached(request: HttpRequest, reference: str) -> Any:
    """What this person asked for, else 404."""
    pk = reference_id(reference)
    if pk is None:
        raise Http404(reference)
    user: Any = request.user
    return reach(with_parts(lists.asked_by(user).for_detail().select_related("rating")), pk=pk)


@login_required
@require_safe
def show(request: HttpRequest, reference: str) -> HttpResponse:
    """The request with what was said about it."""
    return _drawn(request, reached(request, reference))


def _drawn(request: HttpRequest, task: Any, *, status: int = 200, **bound: forms.Form) -> HttpResponse:
    user: Any = request.user
    shown = Requested(task, user, everything="all" in request.GET)
    given = getattr(task, "rating", None)
    offered: dict[str, forms.Form | None] = {
        "answer": AnswerForm(asked=shown.wants_answer) if rules.may(user, "comment", task) else None,
        "withdraw": ReasonForm(name="withdraw") if shown.may_withdraw else None,
        "reopen": ReasonForm(name="reopen") if shown.may_reopen else None,
        "rate": RateForm(initial={"stars": given.stars, "word": given.word} if given else None)
        if may_rate(user, task, given)
        else None,
    }
    context = {"task": task, "shown": shown, "given": given, **offered, **bound}
    context |= {"sheet": shown, "sect": "h2", "here": reverse("requests:request", args=[task.reference])}
    return render(request, "requests/request.html", context, status=status)


def _done(
    request: HttpRequest, task: Task, name: str, form: forms.Form, do: Callable[[dict[str, Any]], Any], said: str
) -> HttpResponse:
    """Do it and go back to the request; what is wrong is said at its form."""
    if form.is_valid():
        try:
            do(form.cleaned_data)
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused.sentence))
            return _drawn(request, reached(request, task.reference), status=409, **{name: form})
        messages.success(request, said)
        return go(request, reverse("requests:request", args=[task.reference]))
    return _drawn(request, task, status=422, **{name: form})


@login_required
@require_POST
def answer(request: HttpRequest, reference: str) -> HttpResponse:
    """Write to the people working on it, with a file. It goes on waiting until they go on: they are told."""
    user: Any = request.user
    task = reached(request, reference)
    require(rules.can_comment, user, task)
    form = AnswerForm(request.POST, request.FILES, asked=lists.wants_answer(task))

    def do(values: dict[str, Any]) -> None:
        with transaction.atomic():
            comment(task, values["text"], actor=user, for_requester=True)
            if values["file"]:
                attach_file(task, values["file"], actor=user, for_requester=True)

    return _done(request, task, "answer", form, do, _("Sent"))


@login_required
@require_POST
def withdraw(request: HttpRequest, reference: str) -> HttpResponse:
    """Take a request back while nobody has it."""
    user: Any = request.user
    task = reached(request, reference)
    require(can_withdraw, user, task)
    form = ReasonForm(request.POST, name="withdraw")
    return _done(
        request,
        task,
        "withdraw",
        form,
        lambda values: cancel(task, actor=user, reason=values["reason"]),
        _("Withdrawn"),
    )


@login_required
@require_POST
def ask_again(request: HttpRequest, reference: str) -> HttpResponse:
    """Open what is finished again, within the department's limit."""
    user: Any = request.user
    task = reached(request, reference)
    require(rules.can_reopen, user, task)
    form = ReasonForm(request.POST, name="reopen")
    return _done(
        request, task, "reopen", form, lambda values: reopen(task, actor=user, reason=values["reason"]), _("Open again")
    )


@login_required
@require_POST
def give_rating(request: HttpRequest, reference: str) -> HttpResponse:
    """Say how it was."""
    user: Any = request.user
    task = reached(request, reference)
    form = RateForm(request.POST)
    return _done(request, task, "rate", form, lambda values: rate(task, actor=user, **values), _("Thank you"))


@login_required
@require_safe
def ratings(request: HttpRequest, code: str) -> HttpResponse:
    """What people thought of what a department did for them, newest first: for its managers."""
    user: Any = request.user
    department = reach(Department.objects.managed_by(user), code=code)
    rows = Rating.objects.visible_to(user).filter(department=department).select_related("task", "person")
    found = page(rows, GIVEN, request.GET.get("place", ""), lists.SIZE)
    context = {
        "department": department,
        "ratings": found.rows,
        "next": f"?place={found.next}" if found.next else "",
        "previous": f"?place={found.previous}" if found.previous else "",
        "first": request.path,
    }
    return render(request, "requests/ratings.html", context)
