"""Pages of sites."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from core.access import reach
from organization import setup
from organization.forms_places import SiteForm
from organization.models import Site
from organization.views.calendars import holidays_of
from organization.views.frame import admins, alone, done_by, form_page, listed, saved, typed


@admins
def show(request: HttpRequest) -> HttpResponse:
    """All sites, by name."""
    q = typed(request)
    add = {"href": reverse("set_up:site_new"), "words": _("Add a site")}
    context = listed(request, Site.objects.named(q), q=q) | {"add": add, "find": _("Name of a site")}
    return render(request, "organization/site_list.html", context)


@admins
def edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Add a site, or change one."""
    actor: Any = request.user
    back = {"href": reverse("set_up:sites"), "words": _("Sites")}
    with alone():
        row = reach(Site.objects.all(), pk=pk) if pk is not None else Site()
        title = row.name or _("New site")
        form = SiteForm(request.POST if request.method == "POST" else None, instance=row)
        if form.is_valid() and done_by(form, lambda: setup.save_site(form.instance, actor=actor)):
            return saved(request, _("Saved the site %(name)s") % {"name": form.instance.name}, back["href"])
    places = holidays_of([row]) if row.pk and row.country else []
    return form_page(
        request,
        form,
        title=title,
        back=back,
        save=_("Save the site"),
        places=places,
        template="organization/site_form.html",
    )
