"""Pages of qualifications."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from core.access import reach
from organization import setup
from organization.forms_places import QualificationForm
from organization.models import Qualification
from organization.views.frame import admins, alone, done_by, form_page, listed, saved, typed


@admins
def show(request: HttpRequest) -> HttpResponse:
    """All qualifications, by name."""
    q = typed(request)
    add = {"href": reverse("set_up:qualification_new"), "words": _("Add a qualification")}
    context = listed(request, Qualification.objects.named(q), q=q) | {"add": add, "find": _("Name of a qualification")}
    return render(request, "organization/qualification_list.html", context)


@admins
def edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Add a qualification, or change one."""
    actor: Any = request.user
    back = {"href": reverse("set_up:qualifications"), "words": _("Qualifications")}
    with alone():
        row = reach(Qualification.objects.all(), pk=pk) if pk is not None else Qualification()
        title = row.name or _("New qualification")
        form = QualificationForm(request.POST if request.method == "POST" else None, instance=row)
        if form.is_valid() and done_by(form, lambda: setup.save_qualification(form.instance, actor=actor)):
            return saved(request, _("Saved the qualification %(name)s") % {"name": form.instance.name}, back["href"])
    return form_page(request, form, title=title, back=back, save=_("Save the qualification"))
