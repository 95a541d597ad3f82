"""Finding people by the beginning of a name: names are seen by everyone signed in, addresses are not told."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core import clock
from organization.models import User
from tasks.forms_bulk import GiveForm

LEAST, MOST, PLACES = 2, 20, 200


@login_required
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Radio buttons for at most twenty people whose name, or a word of it, begins with `q`; `in` names departments.

    Below two letters nobody is found. A part for htmx; `of=bulk` is that of the bar, which offers nobody as well.
    """
    text = (request.GET.get("q") or request.GET.get("to_name") or "").replace("\x00", "").strip()[:100]
    told = request.GET.getlist("in")[:PLACES]
    places = [int(place) for place in told if place.isascii() and place.isdigit() and len(place) < 19]
    user: Any = request.user
    people: Any = User.objects.visible_to(user).active()
    bulk = request.GET.get("of") == "bulk"
    if places or bulk:
        people = User.objects.members_of(places, clock.now().date()).distinct()
    found = list(people.named(text).order_by("folded_name", "pk")[: MOST + 1]) if len(text) >= LEAST else []
    context = {"people": found[:MOST], "more": len(found) > MOST, "searched": len(text) >= LEAST}
    if bulk:
        context |= {"mark": GiveForm.mark, "nobody": True}
    return render(request, "tasks/_people.html", context)
