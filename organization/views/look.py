"""The page of the look of the office, and what every page fetches of it: stylesheet and logo, also at the door."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from organization import look as looks
from organization.forms_look import LookForm
from organization.models.look import ONLY, Look
from organization.shades import shades_of, stylesheet
from organization.views.frame import admins, alone, done_by, form_page, saved
from records import files

FOREVER = "public, max-age=31536000, immutable"


@admins
def edit(request: HttpRequest) -> HttpResponse:
    """Change name, logo and colour; what was made of the colour is said."""
    actor: Any = request.user
    with alone():
        row = Look.objects.select_related("logo__blob").filter(pk=ONLY).first() or Look()
        form = LookForm(*((request.POST, request.FILES) if request.method == "POST" else ()), instance=row)
        if form.is_valid() and done_by(form, lambda: _save(form, actor)):
            return saved(request, _("Saved the look of the office"), reverse("set_up:look"))
    accent = "" if form.errors else row.accent
    return form_page(
        request,
        form,
        title=_("Look of the office"),
        back={"href": reverse("set_up:home"), "words": _("Set-up")},
        save=_("Save the look"),
        logo=row.logo,
        told=looks.told_of(accent),
        shades=shades_of(accent) if accent else None,
        template="organization/look.html",
    )


def _save(form: LookForm, actor: Any) -> None:
    data = form.cleaned_data
    looks.save_look(
        form.instance, actor=actor, logo=data.get("logo_file") or None, without_logo=bool(data.get("without_logo"))
    )


@require_safe
def style(request: HttpRequest, revision: int) -> HttpResponse:
    """The accent as a stylesheet, for everybody. Kept by browsers for good under the number it has now."""
    shown = looks.look()
    mark = f'"look-{shown.revision}"'
    if request.headers.get("If-None-Match") == mark:
        response = HttpResponse(status=304)
    else:
        text = stylesheet(shown.accent) if shown.accent else ""
        response = HttpResponse(text, content_type="text/css; charset=utf-8")
    response["ETag"] = mark
    response["Cache-Control"] = FOREVER if revision == shown.revision else "no-cache"
    return response


@require_safe
def logo(request: HttpRequest, number: int) -> HttpResponse:
    """The logo, for everybody: it stands on the sign-in page. Of any other number there is none."""
    file = looks.logo_of(number)
    if file is None:
        raise Http404("logo")
    response = files.serve(file)
    response["Cache-Control"] = FOREVER  # another logo has another number
    return response
