"""What pages tell and ask while people are at work: drafts, who is at a task, and what has changed in a list."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBadRequest,
    HttpResponseNotModified,
    JsonResponse,
)
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import clock
from core.access import reach, require
from tasks import counts, lists, presence, unsent
from tasks.mentions import offered
from tasks.models import Task
from tasks.models.tasks import reference_id
from tasks.rules import can_comment, sees_internal
from tasks.views import queue

FRESH = 300  # seconds for which the clocks of a list are good enough


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def draft(request: HttpRequest, form: str) -> HttpResponse:
    """One's own draft for a form (204 without), or keep one (POST: `fields`, JSON; empty ones forget it)."""
    user: Any = request.user
    if not unsent.is_form(form):
        raise Http404(form)
    if request.method != "POST":
        known = unsent.draft_of(user, form)
        return JsonResponse({"fields": known.fields, "at": known.kept_at}) if known else HttpResponse(status=204)
    try:
        fields = json.loads(request.POST.get("fields", ""))
    except ValueError:
        return HttpResponseBadRequest()
    kept = isinstance(fields, dict) and unsent.keep(user, form, fields)
    return HttpResponse(status=204) if kept else HttpResponseBadRequest()


@login_required
@require_POST
def at_task(request: HttpRequest, reference: str) -> HttpResponse:
    """The person is at a task (`editing`), or no longer (`gone`); answers who else is, a part.

    Who only asked for a task is not told who works on it, nor the other way round.
    """
    user: Any = request.user
    tasks = Task.objects.visible_to(user).only("id", "confidential", "assignee_id", "requester_id", "department_id")
    task = reach(tasks, pk=reference_id(reference) or 0)
    if not sees_internal(user, task):
        return HttpResponse(status=204)
    if request.POST.get("gone"):
        presence.leave(task, user)
        return HttpResponse(status=204)
    presence.beat(task, user, editing=request.POST.get("editing") == "1")
    return render(request, "tasks/_present.html", {"others": presence.others_at([task.pk], user)})


@login_required
@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """The list of an address as it is now, with counts and who is at its tasks; 304 while nothing of it has changed."""
    user: Any = request.user
    address = queue.address_of(request.GET, user)
    page = lists.page_of_rows(user, address.listing(user))
    inside = [row.pk for row in page.rows if sees_internal(user, row)]
    others = presence.others_at(inside, user) if inside else []
    facts = (page, counts.tab_counts(user), others, get_language(), int(clock.now().timestamp()) // FRESH)
    mark = f'"{hashlib.sha256(repr(facts).encode()).hexdigest()[:32]}"'
    if request.headers.get("If-None-Match") == mark:
        return HttpResponseNotModified(headers={"ETag": mark})
    context = queue.list_context(request, address, chosen=reference_id(request.GET.get("task", "")))
    response = render(request, "tasks/_live.html", context | {"others": others})
    response.headers["ETag"] = mark
    return response


@login_required
@require_safe
def mentions(request: HttpRequest, reference: str) -> HttpResponse:
    """Options for the name somebody begins after an @ in a comment (`q`), a part. Who only asked for the task is not
    told who works on it, so they are offered nobody."""
    user: Any = request.user
    tasks = Task.objects.visible_to(user).select_related("department__site")
    task = reach(tasks, pk=reference_id(reference) or 0)
    require(can_comment, user, task)
    text = request.GET.get("q", "").replace("\x00", "").strip()[:60]
    people = offered(task, text, user) if sees_internal(user, task) else []
    return render(request, "tasks/_mentions.html", {"people": people})
