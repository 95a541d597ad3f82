"""Views that are shared with departments: for admins all, for managers those of the departments they manage."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.access import reach
from core.folding import fold
from organization.views.frame import alone, done_by, form_page, leaders, listed, saved, typed
from tasks import filters, saved_views
from tasks.forms_views import SharedViewForm
from tasks.models import SavedView
from tasks.names import Names


def _list() -> dict[str, Any]:
    return {"href": reverse("set_up:shared_views"), "words": _("Shared views")}


@leaders
def show(request: HttpRequest) -> HttpResponse:
    """All of them by name, with what each shows in words."""
    user: Any = request.user
    q = typed(request)
    rows = SavedView.objects.shared_by(user).select_related("department")
    context = listed(request, rows.filter(folded_name__contains=fold(q)) if q else rows, q=q)
    _put_words(context["rows"], user)
    return render(request, "tasks/shared_view_list.html", context | {"find": _("A word of it")})


def _put_words(rows: Any, user: Any) -> None:
    """What each view narrows to, in words; names of all of them in one statement."""
    names = Names()
    addresses = [filters.read(QueryDict(row.query.removeprefix("?"))) for row in rows]
    for address in addresses:
        names.want(None, **filters.spoken_of(address))
    procedures = {pk for address in addresses for pk in address.procedures}
    labels = {address.label for address in addresses if address.label}
    names.want(filters.sought(procedures, labels, user))
    for row, address in zip(rows, addresses, strict=True):
        # A label whose work is out of the reader's reach stays without its name.
        known = not address.label or bool(names.get(("sought label", address.label)))
        row.words = [chip.words for chip in filters.chips(address if known else replace(address, label=0), names)]
        row.words += [] if known else [_("One label")]


@leaders
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Rename a view, or share it with another department."""
    user: Any = request.user
    with alone():
        row = reach(SavedView.objects.shared_by(user).select_related("department"), pk=pk)
        title = row.name
        form = SharedViewForm(request.POST if request.method == "POST" else None, instance=row, user=user)
        if form.is_valid() and done_by(form, lambda: _save(pk, form, user)):
            return saved(request, _("Saved the view %(name)s") % {"name": form.cleaned_data["name"]}, _list()["href"])
    words = {"title": title, "save": _("Save the view"), "template": "tasks/shared_view_form.html"}
    return form_page(request, form, back=_list(), view=row, **words)


def _save(pk: int, form: SharedViewForm, user: Any) -> None:
    row = SavedView.objects.get(pk=pk)  # the form has changed its own
    if form.cleaned_data["name"] != row.name:
        row = saved_views.rename_view(row, form.cleaned_data["name"], actor=user)
    saved_views.share_view(row, form.cleaned_data["department"], actor=user)


@leaders
@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete a view; the lists of those who have it open stay as they are."""
    user: Any = request.user
    row = reach(SavedView.objects.shared_by(user), pk=pk)
    saved_views.delete_view(row, actor=user)
    return saved(request, _("Deleted the view %(name)s") % {"name": row.name}, _list()["href"])
