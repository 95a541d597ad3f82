"""A new task: opened by members and managers, asked for by everybody else."""

from __future__ import annotations

import re
import secrets
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core.access import require
from core.htmx import wants_part
from core.refusals import Refused
from organization.directory import posts_of
from tasks import rules, times, unsent
from tasks.board_work import needs_of
from tasks.forms_new import NewTaskForm, requesters
from tasks.models import Task
from tasks.opening import open_task

# What a verb calls a field, and what the form does.
FIELDS = {"due_at": "due_day", "due_on": "due_day", "ready_at": "ready_day"}
SHOWN = ("procedure", "department", "title", "text", "due_day")
HOUR = 3600
KEY = re.compile(r"[\w-]{1,40}", re.ASCII)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    """The form; with `look` it is only drawn anew for another procedure or department, whatever was typed is kept."""
    user: Any = request.user
    if request.method != "POST":
        known = {name: request.GET[name].replace("\x00", "")[:2000] for name in SHOWN if name in request.GET}
        return drawn(request, NewTaskForm(user=user, initial=known), new_key())
    key = known_key(request.POST.get("key", ""))
    if "look" in request.POST:
        return looked(request, NewTaskForm(user=user, initial=request.POST.dict()), key)
    form = NewTaskForm(request.POST, user=user)
    if not form.is_valid():
        return drawn(request, form, key, status=422)
    return once(request, form, key)


@login_required
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """Names to choose the requester from, while one types; addresses are not told."""
    found = requesters(request.GET.get("requester", "").replace("\x00", "")[:100])
    posts = posts_of([person.pk for person, _name in found]) if found else {}
    options = [(name, ", ".join(post.department for post in posts.get(person.pk, []))) for person, name in found]
    return render(request, "tasks/_new_requesters.html", {"options": options})


def known_key(text: str) -> str:
    """A key as `new_key` makes them; anything else is none, since it would name a row of the cache."""
    return text if KEY.fullmatch(text) else ""


def new_key() -> str:
    """What tells a form sent twice from two forms that say the same."""
    return secrets.token_urlsafe(12)


def once(request: HttpRequest, form: NewTaskForm, key: str) -> HttpResponse:
    """Open the task of a valid form, once for each drawn form: a second press of the button leads to the same task."""
    user: Any = request.user
    name = f"new-task:{user.pk}:{key}"
    if key and not cache.add(name, 0, HOUR):
        return after(request, form, cache.get(name) or 0)
    require(rules.can_open_in, user, form.cleaned_data["department"].pk, form.cleaned_data["procedure"])
    try:
        task = open_task(
            form.request(),
            procedure=form.cleaned_data["procedure"],
            department=form.cleaned_data["department"],
            actor=user,
        )
    except Refused as refused:
        cache.delete(name)
        field = FIELDS.get(refused.field or "", refused.field)
        form.add_error(field if field in form.fields else None, str(refused.sentence))
        return drawn(request, form, key, status=422)
    except Exception:
        cache.delete(name)
        raise
    cache.set(name, task.pk, HOUR)
    unsent.drop(user, "new-task")
    messages.success(request, _("Created %(task)s") % {"task": task.reference})
    return after(request, form, task.pk)


def after(request: HttpRequest, form: NewTaskForm, pk: int) -> HttpResponse:
    """To the task if its maker sees it (a confidential one they may not), to the next form, or to the queue."""
    if "another" in request.POST:
        chosen = {name: form.cleaned_data[name].pk for name in ("procedure", "department")}
        return HttpResponseRedirect(f"{reverse('tasks:new')}?{urlencode(chosen)}")
    task = Task.objects.visible_to(request.user).filter(pk=pk).first() if pk else None
    return HttpResponseRedirect(task.get_absolute_url() if task else reverse("tasks:queue"))


def looked(request: HttpRequest, form: NewTaskForm, key: str) -> HttpResponse:
    """The form for another procedure or department. Only that part of it is drawn, so that nothing is lost that is
    typed meanwhile; all of it where other fields are asked for now."""
    if not wants_part(request):
        return drawn(request, form, key)
    context = {"form": form, "key": key, "facts": facts_of(form)}
    if request.POST.get("inside") == ("1" if form.inside else "0"):
        return render(request, "tasks/_new_what.html", context)
    response = render(request, "tasks/_new_form.html", context)
    response.headers["HX-Retarget"] = "#new-form"
    return response


def drawn(request: HttpRequest, form: NewTaskForm, key: str, *, status: int = 200) -> HttpResponse:
    """The page with the form."""
    context = {"form": form, "key": key, "facts": facts_of(form)}
    return render(request, "tasks/new.html", context, status=status)


def facts_of(form: NewTaskForm) -> list[tuple[str, str]]:
    """What the chosen procedure brings with it."""
    procedure = form.chosen
    if procedure is None:
        return []
    facts = [
        (_("Standard time"), times.span(procedure.standard_minutes)),
        (_("Target"), _("%(span)s of working time") % {"span": times.span(procedure.target_minutes)}),
        (_("Needs"), needs_of({procedure.pk}).get(procedure.pk, "") if form.inside else ""),
        (_("What it is for"), procedure.description),
    ]
    return [(label, words) for label, words in facts if words]
