"""What imports call people and departments: looked up, put right, forgotten."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from core import pages
from core.access import reach
from organization import setup
from organization.forms_people import AliasForm
from organization.models import Alias
from organization.views.frame import admins, alone, done_by, form_page, listed, saved, typed

NEWEST = pages.Sort("newest", gettext_lazy("Newest"), "id", descending=True)


def _list() -> dict[str, Any]:
    return {"href": reverse("set_up:aliases"), "words": _("Names in imports")}


@admins
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """All names, newest first; found by a part of them, of their origin, or by whom they mean."""
    q = typed(request)
    rows = Alias.objects.select_related("person", "department")
    if q:
        rows = rows.filter(
            Q(name__icontains=q)
            | Q(source__icontains=q)
            | Q(person__name__icontains=q)
            | Q(department__name__icontains=q)
        )
    context = listed(request, rows, NEWEST, q=q) | {"find": _("Name or origin")}
    return render(request, "organization/alias_list.html", context)


@admins
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Whom or what a name means from now on; what came in under it stays where it is."""
    actor: Any = request.user
    with alone():
        row = reach(Alias.objects.select_related("person", "department"), pk=pk)
        form = AliasForm(request.POST if request.method == "POST" else None, instance=row)
        if form.is_valid() and done_by(form, lambda: setup.save_alias(form.instance, actor=actor)):
            return saved(request, _("Saved what “%(name)s” means") % {"name": row.name}, _list()["href"])
    lead = _("as %(source)s calls it") % {"source": row.source}
    template = "organization/alias_form.html"
    return form_page(request, form, title=row.name, lead=lead, back=_list(), alias=row, template=template)


@admins
@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget a name: the next import looks for it anew."""
    actor: Any = request.user
    row = reach(Alias.objects.all(), pk=pk)
    name = row.name
    setup.forget_alias(row, actor=actor)
    return saved(request, _("Removed %(name)s") % {"name": name}, _list()["href"])
