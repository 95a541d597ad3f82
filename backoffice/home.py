"""The front door: what I do next, what needs me, what I asked for, and what the office lacks. Each role has its parts.

Nothing is counted over history, and what is counted stops at 99+.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from backoffice.homes import managing, office
from backoffice.homes.mine import Mine
from tasks.requests import lists
from tasks.saved_views import last_list

ASKED = 5


@login_required
@require_safe
@never_cache
def home(request: HttpRequest) -> HttpResponse:
    """The first page of the signed-in person."""
    user: Any = request.user
    standing = user.standing
    asked = lists.unfinished(user, size=ASKED)
    context: dict[str, Any] = {
        "mine": Mine(user) if standing.member else None,
        "asked": [(task, lists.standing(task)) for task in asked.rows],
        "asked_more": bool(asked.next),
        "queue": reverse("tasks:queue") + last_list(request.session, user),
        "works": bool(user.is_admin or standing.departments),
    }
    if standing.managed:
        context["needs"], context["needs_more"] = managing.needs_of(user)
    if user.is_admin:
        context |= {"steps": office.steps_left(), "failing": office.failing(), "parked": office.parked()}
    return render(request, "home/home.html", context)
