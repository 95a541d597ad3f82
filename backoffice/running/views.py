"""Background runs, newest first; what failed or was given up is tried again here."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from backoffice.running.words import KINDS, page_of
from core import pages
from core.access import reach
from organization.views.frame import admins, listed, saved, typed
from records import runs
from records.models import Run

NEWEST = pages.Sort("newest", gettext_lazy("Newest"), "id", descending=True)
UNFINISHED = [Run.State.QUEUED, Run.State.RUNNING]
GIVEN_UP = [Run.State.FAILED, Run.State.PARKED]
STATES = {"": None, "unfinished": UNFINISHED, "failed": GIVEN_UP}


@admins
@require_safe
@never_cache
def show(request: HttpRequest) -> HttpResponse:
    """All runs, those that go on, or those that failed."""
    state = typed(request, "state")
    state = state if state in STATES else ""
    rows = Run.objects.visible_to(request.user).select_related("asked_by")
    chosen = STATES[state]
    context = listed(request, rows.filter(state__in=chosen) if chosen else rows, NEWEST, state=state)
    for row in context["rows"]:
        row.words, row.page = KINDS.get(row.kind, row.kind), page_of(row)
        row.may_retry = row.state in GIVEN_UP
    return render(request, "running/run_list.html", context | {"state": state})


@admins
@require_POST
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Put what failed or was given up back to the queue."""
    actor: Any = request.user
    runs.retry(reach(Run.objects.visible_to(actor), pk=pk), actor=actor)
    return saved(request, _("It will be tried again"), reverse("set_up:runs"))
