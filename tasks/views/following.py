"""What pages ask while nobody acts on them: has a board changed, have the numbers of the navigation? 304 while not."""

from __future__ import annotations

import hashlib
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from core import clock
from records.models import Event
from tasks import counts
from tasks.board import Board
from tasks.views import department as boards

MINUTE = 60


def marked(request: HttpRequest, *facts: Any) -> tuple[str, bool]:
    """The mark (ETag) of facts for a reader and language, and whether the browser has that state already."""
    digest = hashlib.sha256(repr((request.user.pk, get_language(), *facts)).encode()).hexdigest()
    mark = f'"{digest[:32]}"'
    return mark, request.headers.get("If-None-Match") == mark


def kept(response: HttpResponse, mark: str) -> HttpResponse:
    """The answer with its mark, kept by nobody but the page that asked."""
    response.headers["ETag"] = mark
    response.headers["Cache-Control"] = "private, no-cache"
    return response


@login_required
@require_safe
def numbers(request: HttpRequest) -> HttpResponse:
    """The numbers of the navigation and the bell as they are now, a part. One statement besides who asks."""
    mark, same = marked(request, counts.nav_counts(request.user))
    if same:
        return HttpResponseNotModified(headers={"ETag": mark})
    return kept(render(request, "shell/_live_counts.html"), mark)


@login_required
@require_safe
def board(request: HttpRequest, code: str) -> HttpResponse:
    """A department's board as it is now, a part. It is drawn when something was done there, and once a minute at the
    most often else: what else it shows (absences, clocks, work that went away) may be that old.
    """
    user: Any = request.user
    department, _near = boards.chosen(user, code)
    events = Event.objects.filter(department_id=department.pk).order_by("-occurred_at")
    last = events.values_list("pk", flat=True).first()
    where = boards.where_of(request.GET)
    mark, same = marked(request, department.pk, last, where, int(clock.now().timestamp()) // MINUTE)
    if same:
        return HttpResponseNotModified(headers={"ETag": mark})
    context = boards.context_of(request, Board(user, department), where)
    return kept(render(request, "tasks/_board.html", context), mark)
