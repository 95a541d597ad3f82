"""Pages of labels: the words they are made of."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from core.access import reach
from core.folding import fold
from organization.views.frame import admins, alone, done_by, form_page, listed, saved, typed
from tasks.forms_procedures import LabelForm
from tasks.models import Label
from tasks.procedures import save_label


@admins
def show(request: HttpRequest) -> HttpResponse:
    """All labels, by name."""
    q = typed(request)
    rows = Label.objects.filter(folded_name__contains=fold(q)) if q else Label.objects.all()
    add = {"href": reverse("set_up:label_new"), "words": _("Add a label")}
    return render(
        request, "tasks/label_list.html", listed(request, rows, q=q) | {"add": add, "find": _("A word of it")}
    )


@admins
def edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Add a label, or change its name; it changes on all tasks that have it."""
    actor: Any = request.user
    back = {"href": reverse("set_up:labels"), "words": _("Labels")}
    with alone():
        row = reach(Label.objects.all(), pk=pk) if pk is not None else Label()
        title = row.name or _("New label")
        form = LabelForm(request.POST if request.method == "POST" else None, instance=row)
        if form.is_valid() and done_by(form, lambda: save_label(form.instance, actor=actor)):
            return saved(request, _("Saved the label %(name)s") % {"name": form.instance.name}, back["href"])
    return form_page(request, form, title=title, back=back, save=_("Save the label"))
