"""Who is away when, for managers: the people of their departments, and the pages of an absence."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core import clock
from organization.directory import posts_of
from organization.models import Absence, User
from organization.views.frame import leaders, listed, typed
from tasks.views import absence_pages as pages


def _list(who: User) -> dict[str, Any]:
    return {"href": reverse("tasks:absences"), "words": _("Who is away")}


WAY = pages.Way(lambda user: User.objects.led_by(user), "tasks:absence", _list)


@leaders
def show(request: HttpRequest) -> HttpResponse:
    """The people one leads by name, with when they are away from now on."""
    user: Any = request.user
    q = typed(request)
    rows = User.objects.led_by(user)
    context = listed(request, rows.named(q) if q else rows, q=q)
    ids = [row.pk for row in context["rows"]]
    posts, away = posts_of(ids), defaultdict(list)
    now = clock.now()
    ahead = Absence.objects.filter(person__in=ids, ends_at__gt=now).select_related("substitute").order_by("starts_at")
    for absence in ahead:
        absence.is_now = absence.starts_at <= now
        away[absence.person_id].append(absence)
    for row in context["rows"]:
        row.posts, row.away = posts.get(row.pk, []), away[row.pk]
    return render(request, "tasks/absence_list.html", context | {"find": _("Name")})


@leaders
def edit(request: HttpRequest, pk: int, absence: int | None = None) -> HttpResponse:
    """Add or change an absence of one's own people."""
    return pages.edit(request, WAY, pk, absence)


@leaders
@require_POST
def withdraw(request: HttpRequest, pk: int, absence: int) -> HttpResponse:
    """Take back an absence that is not."""
    return pages.withdraw(request, WAY, pk, absence)


@leaders
@require_POST
def back(request: HttpRequest, pk: int, absence: int) -> HttpResponse:
    """Bring the work back that went to the substitute."""
    return pages.back(request, WAY, pk, absence)
