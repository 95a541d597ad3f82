"""The verbs of a task through the web: reach, right, shape of the input, verb, answer."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.access import require
from core.htmx import trigger, wants_part
from core.refusals import Refused, Stale
from tasks import rules
from tasks.changes import guard
from tasks.forms import EditForm, VerbForm
from tasks.models import Task
from tasks.steps import Mark, mark_step, parse, value_of
from tasks.undo import undo as take_back
from tasks.views import answers, queue
from tasks.views import task as task_page
from tasks.views.acts import ACTS, COMMENT, SAVED, UNWATCHED, WATCHED, Act
from tasks.views.place import Place
from tasks.watching import stop_watching
from tasks.watching import watch as begin_to_watch

# Input of a verb -> the field of its form where the fault is shown.
FIELDS = {
    "until": "until_day",
    "to": "to_name",
    "due_at": "due_day",
    "due_on": "due_day",
    "ready_at": "ready_day",
}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, reference: str, name: str) -> HttpResponse:
    """Do a verb (POST), or show the form it needs (GET)."""
    known = ACTS.get(name)
    if known is None:
        raise Http404(name)
    task = task_page.reached(request, reference)
    require(rules.RULES[known.verb], request.user, task)
    if request.method == "POST":
        return _do(request, task, known)
    if known.form is None:
        return HttpResponseNotAllowed(["POST"])
    guard(known.verb, task)
    return _form(request, task, known, known.form(task=task, actor=request.user))


def _do(request: HttpRequest, task: Task, known: Act) -> HttpResponse:
    user: Any = request.user
    form = known.form(request.POST, request.FILES, task=task, actor=user) if known.form else None
    if form is not None and not form.is_valid():
        return _form(request, task, known, form, status=422)
    try:
        row = known.run(task, user, form.cleaned_data if form else {})
    except Stale as stale:
        return _conflict(request, task, known, form, stale)
    except (Refused, ValidationError) as refused:
        return _say_no(request, task, known, form, refused)
    return answers.done(request, row, known)


def _say_no(
    request: HttpRequest, task: Task, known: Act, form: VerbForm | None, refused: Refused | ValidationError
) -> HttpResponse:
    """A form stays open with the sentence at the field at fault; without one the task says it."""
    if form is None:
        return answers.refused(request, task, getattr(refused, "sentence", refused))
    if isinstance(refused, ValidationError):
        form.add_error("labels" if "labels" in form.fields else None, refused.messages)
        return _form(request, task, known, form, status=422)
    field = FIELDS.get(refused.field or "", refused.field or "")
    form.add_error(field if field in form.fields else None, str(refused.sentence))
    return _form(request, task, known, form, status=422 if field in form.fields else 409)


def _form(
    request: HttpRequest, task: Task, known: Act, form: VerbForm, *, status: int = 200, **extra: Any
) -> HttpResponse:
    """The form of a verb: in place for htmx, else in the page of the task."""
    href = reverse("tasks:verb", args=[task.reference, known.name])
    context = {"verb_form": form, "act": known, "act_href": href, **extra}
    if not wants_part(request):
        return task_page.page(request, task, status=status, **context)
    place = Place(request)
    context |= {"task": task, "back": place.url, "sect": "h3" if place.in_list else "h2"}
    response = render(request, "tasks/_verb_form.html", context, status=status)
    response["HX-Retarget"], response["HX-Reswap"] = "#verb-form", "innerHTML"
    return response


def _conflict(request: HttpRequest, task: Task, known: Act, form: Any, stale: Stale) -> HttpResponse:
    """Somebody else saved meanwhile: both versions beside each other, what was typed kept, ready to be saved again."""
    fresh = task_page.reached(request, task.reference)
    user: Any = request.user
    merged = EditForm(form.merged(fresh), task=fresh, actor=user)
    return _form(request, fresh, known, merged, status=409, conflict=stale.sentence, sides=form.sides(fresh))


@login_required
@require_POST
def comment(request: HttpRequest, reference: str) -> HttpResponse:
    """Leave a comment."""
    user: Any = request.user
    task = task_page.reached(request, reference)
    require(rules.can_comment, user, task)
    form = COMMENT.form(request.POST, task=task, actor=user) if COMMENT.form else None
    if form is None or not form.is_valid():
        draw = answers.parts if wants_part(request) else task_page.page
        return draw(request, task, status=422, comment=form)
    row = COMMENT.run(task, user, form.cleaned_data)
    response = answers.done(request, row, COMMENT, quiet=True)
    return trigger(response, commented=True) if wants_part(request) else response


@login_required
@require_POST
def watch(request: HttpRequest, reference: str) -> HttpResponse:
    """Begin to watch a task, or with `stop` end it."""
    user: Any = request.user
    task = task_page.reached(request, reference)
    require(rules.can_watch, user, task)
    if "stop" in request.POST:
        return answers.done(request, stop_watching(task, actor=user), UNWATCHED, quiet=True)
    return answers.done(request, begin_to_watch(task, actor=user), WATCHED, quiet=True)


@login_required
@require_POST
def step(request: HttpRequest, reference: str) -> HttpResponse:
    """Mark one step, with its value; a new value marks the step by itself, an emptied one takes the mark back."""
    user: Any = request.user
    task = task_page.reached(request, reference)
    require(rules.can_mark_step, user, task)
    key, typed = request.POST.get("step", ""), request.POST.get("value")
    mark = _mark(task, key, typed, ticked="done" in request.POST)
    if mark is None:
        return answers.done(request, task, SAVED, quiet=True)
    try:
        row = mark_step(task, mark, actor=user)
    except Refused as refused:
        if refused.field != key:
            return answers.refused(request, task, refused.sentence)
        draw = answers.parts if wants_part(request) else task_page.page
        return draw(request, task, status=422, fault=(key, typed or "", str(refused.sentence)))
    return answers.done(request, row, SAVED, quiet=True)


def _mark(task: Task, key: str, typed: str | None, *, ticked: bool) -> Mark | None:
    """What the box and the field of a step mean together; None when they say what is stored already."""
    known = task.version.steps.filter(key=key).first()
    if known is None:
        return Mark(key, ticked, typed)
    run = task.step_runs.filter(step=known).first()
    stored = value_of(run, known)
    try:
        value = stored if typed is None else parse(known, typed)
    except Refused:
        return Mark(key, True, typed)  # the verb says what is wrong with it
    if value == stored:
        return None if ticked == bool(run and run.marked_at) else Mark(key, ticked)
    return Mark(key, value is not None, typed)


@login_required
@require_POST
def undo(request: HttpRequest, reference: str) -> HttpResponse:
    """Take back one's own last verb; the list is drawn anew, since the task may come back into it."""
    user: Any = request.user
    task = task_page.reached(request, reference)
    row = take_back(task, actor=user)
    told = _("Taken back: %(task)s is as it was") % {"task": row.reference}
    if not wants_part(request):
        return redirect(answers.back_to(request, reverse("tasks:task", args=[row.reference])))
    place = Place(request)
    beside = place.in_list and place.shown != row.reference
    context: dict[str, Any] = {"list_oob": place.in_list}
    if place.in_list:
        context |= queue.list_context(request, place.address, chosen=None if beside and place.shown else row.pk)
    if not (beside and place.shown):
        fresh = task_page.reached(request, row.reference)
        context |= task_page.context_of(request, fresh, **place.around())
    response = render(request, "tasks/_undone.html", context)
    if beside and place.shown:
        response["HX-Reswap"] = "none"
    return trigger(response, say=told)
