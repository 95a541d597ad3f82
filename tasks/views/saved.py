"""Saved views: the part of the navigation that lists them, and the page that names, orders and deletes them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.access import reach
from core.refusals import Refused
from organization.models import Department, User
from tasks import filters, saved_views
from tasks.models import SavedView
from tasks.names import Names
from tasks.views.place import Place

VERBS = ("rename", "up", "down", "delete")


@login_required
@require_safe
def side(request: HttpRequest) -> HttpResponse:
    """The views in the navigation with how much is in each, a part. Two statements, one for nobody's views."""
    user: Any = request.user
    views = saved_views.views_of(user)
    place = Place(request)
    here = place.address.query(place="") if place.in_list else None
    sizes = saved_views.counts_of(user, views)
    lines = [
        (view, f"{reverse('tasks:queue')}{view.query}", size, view.query == here)
        for view, size in zip(views, sizes, strict=True)
    ]
    return render(request, "tasks/_views.html", {"lines": lines})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    """The page of the views; POST keeps the list of `query` under a name."""
    user: Any = request.user
    if request.method != "POST":
        return _page(request, query=saved_views.normal(request.GET.urlencode()))
    name, query, code = (request.POST.get(field, "") for field in ("name", "query", "department"))
    shared = reach(Department.objects.managed_by(user).active(), pk=code) if code else None
    try:
        view = saved_views.save_view(name, query, actor=user, department=shared)
    except Refused as refused:
        return _page(request, query=saved_views.normal(query), refused=refused, name=name, chosen=code)
    messages.success(request, _("Saved the view %(name)s") % {"name": view.name})
    return redirect(f"{reverse('tasks:queue')}{view.query}")


@login_required
@require_POST
def change(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Rename, reorder or delete a view."""
    user: Any = request.user
    if verb not in VERBS:
        raise Http404(verb)
    view = reach(SavedView.objects.visible_to(user), pk=pk)
    try:
        _do(view, verb, user, request.POST.get("name", ""))
    except Refused as refused:
        return _page(request, refused=refused, at=pk, name=request.POST.get("name", ""))
    if verb == "delete":
        messages.success(request, _("Deleted the view %(name)s") % {"name": view.name})
    return redirect(f"{reverse('tasks:views')}#v{pk}" if verb != "delete" else reverse("tasks:views"))


def _do(view: SavedView, verb: str, user: User, name: str) -> None:
    if verb == "rename":
        saved_views.rename_view(view, name, actor=user)
    elif verb == "delete":
        saved_views.delete_view(view, actor=user)
    else:
        saved_views.move_view(view, -1 if verb == "up" else 1, actor=user)


def _page(
    request: HttpRequest,
    *,
    query: str = "",
    refused: Refused | None = None,
    name: str = "",
    chosen: str = "",
    at: int = 0,
) -> HttpResponse:
    user: Any = request.user
    address = filters.read(QueryDict(query.removeprefix("?")))
    names = Names()
    names.want(filters.sought_of(address, user), **filters.spoken_of(address))
    views = saved_views.views_of(user)
    context = {
        "lines": [(view, saved_views.can_change_view(user, view), view.pk == at) for view in views],
        "query": query,
        "chips": filters.chips(address, names) if query else [],
        "departments": list(Department.objects.managed_by(user).active().order_by("folded_name", "id")[:100]),
        "refused": refused,
        "name": name,
        "chosen": chosen,
        "at": at,
    }
    return render(request, "tasks/views.html", context, status=422 if refused else 200)
