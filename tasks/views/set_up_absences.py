"""Absences in the set-up, at the page of a person, for admins."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from organization.models import User
from organization.views.frame import admins
from tasks.views import absence_pages as pages


def _page(who: User) -> dict[str, Any]:
    return {"href": reverse("set_up:person", args=[who.pk]), "words": who.name}


WAY = pages.Way(lambda user: User.objects.all(), "set_up:absence", _page)


@admins
def edit(request: HttpRequest, pk: int, absence: int | None = None) -> HttpResponse:
    """Add or change an absence."""
    return pages.edit(request, WAY, pk, absence)


@admins
@require_POST
def withdraw(request: HttpRequest, pk: int, absence: int) -> HttpResponse:
    """Take back an absence that is not."""
    return pages.withdraw(request, WAY, pk, absence)


@admins
@require_POST
def back(request: HttpRequest, pk: int, absence: int) -> HttpResponse:
    """Bring the work back that went to the substitute."""
    return pages.back(request, WAY, pk, absence)
