"""What a verb answers: to htmx the task redrawn with its row in the list, to everybody else a redirect."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from core import clock
from core.htmx import go, trigger, wants_part
from organization import dates
from organization.models import User
from tasks import counts, lists, unsent
from tasks.models import Task
from tasks.views import task as task_page
from tasks.views.acts import SAVED, Act
from tasks.views.place import Place

UNDO_SECONDS = 15


def back_to(request: HttpRequest, fallback: str) -> str:
    """Where a form without script wants to go on, on this host only."""
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if wanted.startswith("/") and safe else fallback


def words(act: Act, task: Task) -> str:
    """What was done, to what."""
    owner = task.assignee.name if task.assignee else ""
    return str(act.done) % {"task": task.reference, "department": task.department.name, "owner": owner}


def done(request: HttpRequest, task: Task, act: Act, *, quiet: bool = False) -> HttpResponse:
    """A verb was done: the changed parts, or a redirect. `quiet` leaves out the toast."""
    user: Any = request.user
    told = words(act, task)
    if act.asks:
        unsent.drop(user, f"{act.name}:{task.pk}")
    seen = Task.objects.visible_to(user).filter(pk=task.pk).exists()
    if not seen:
        messages.success(request, told)
        return go(request, reverse("tasks:queue"))
    url = reverse("tasks:task", args=[task.reference])
    if not wants_part(request):
        messages.success(request, told)
        where = back_to(request, url)
        mark = f"did={act.name}" if act.undo else ""
        return redirect(f"{where}{'&' if '?' in where else '?'}{mark}" if mark else where)
    saved = dates.time(timezone.localtime(clock.now())) if act is SAVED else ""
    response = parts(request, task_page.reached(request, task.reference), saved=saved)
    if quiet:
        return trigger(response, say=told)
    undo = {"undo": f"{url}undo/", "target": "#task", "seconds": UNDO_SECONDS} if act.undo else {}
    return trigger(response, toast={"text": told, "ref": task.reference, **undo})


def parts(request: HttpRequest, task: Task, *, status: int = 200, **extra: Any) -> HttpResponse:
    """The pane of a task and, where a list stands beside it, its row and the sizes of the lists out of band."""
    user: Any = request.user
    place = Place(request)
    context = task_page.context_of(request, task, **place.around(), **extra)
    if place.in_list:
        context |= {"row": place.row(task, user), "sizes": _shown_sizes(user)}
    return render(request, "tasks/_answer.html", context, status=status)


def _shown_sizes(user: User) -> dict[str, str]:
    """The sizes beside the tabs there are."""
    sizes = counts.tab_counts(user)
    return {name: sizes[name] for name in lists.scopes_of(user)}


def refused(request: HttpRequest, task: Task, sentence: Any) -> HttpResponse:
    """A verb could not be done: the sentence, above the task as it is now."""
    fresh = task_page.reached(request, task.reference)
    if wants_part(request):
        return parts(request, fresh, status=409, refused=sentence)
    return task_page.page(request, fresh, status=409, refused=sentence)
