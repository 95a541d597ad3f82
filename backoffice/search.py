"""One search over everything in the office: each app's finder answers for its own things and for who sees them."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core.htmx import wants_part
from records import limits
from records.finding import finders
from tasks.remembered import recalled
from tasks.views.bulk import undo_at
from tasks.views.bulk_acts import bar_of

LONGEST, SHOWN = 200, 50


@login_required
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """What is found for `?q=`: a page, or its results alone for htmx."""
    text = request.GET.get("q", "").replace("\x00", "")[:LONGEST]
    groups = found(request.user, text, SHOWN)
    context: dict[str, Any] = {
        "q": text.strip(),
        "groups": groups,
        "some": any(finds.rows for _finder, finds in groups),
    }
    if not wants_part(request):
        done = recalled(request.session, request.GET.get("done", ""))
        context |= {"acts": bar_of(request.user), "done": done, "undo_at": undo_at(done)}
    return render(request, "search/_found.html" if wants_part(request) else "search/search.html", context)


def found(user: Any, text: str, limit: int) -> list[tuple[Any, Any]]:
    """(finder, what it found), for every finder; nothing is asked for an empty text. Raises TooMany (RATE_SEARCH)."""
    if text.strip():
        limits.demand("search", user.pk)
    return [(finder, finder.find(user, text, limit)) for finder in finders()] if text.strip() else []
