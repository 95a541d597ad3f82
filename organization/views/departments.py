"""Pages of departments in the set-up."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from core.access import reach
from organization import setup
from organization.forms_places import DepartmentForm
from organization.models import Department
from organization.views.frame import admins, alone, done_by, form_page, listed, saved, typed


@admins
def show(request: HttpRequest) -> HttpResponse:
    """All departments, by name; found by name or code."""
    q = typed(request)
    rows = Department.objects.named(q).select_related("site", "parent", "calendar")
    add = {"href": reverse("set_up:department_new"), "words": _("Add a department")}
    context = listed(request, rows, q=q) | {"add": add, "find": _("Name or code")}
    return render(request, "organization/department_list.html", context)


@admins
def edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Add a department, or change one."""
    actor: Any = request.user
    back = {"href": reverse("set_up:departments"), "words": _("Departments")}
    with alone():
        row = reach(Department.objects.all(), pk=pk) if pk is not None else Department()
        title = row.name or _("New department")
        form = DepartmentForm(request.POST if request.method == "POST" else None, instance=row)
        if form.is_valid() and done_by(form, lambda: setup.save_department(form.instance, actor=actor)):
            return saved(request, _("Saved the department %(name)s") % {"name": form.instance.name}, back["href"])
    return form_page(request, form, title=title, back=back, save=_("Save the department"))
