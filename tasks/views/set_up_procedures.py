"""Pages of procedures: facts, versions, the draft and what publishing it would change."""

from __future__ import annotations

from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.access import reach
from organization.views.frame import admins, alone, done_by, form_page, listed, saved, typed
from tasks import procedures
from tasks.drafts import difference
from tasks.forms_procedures import DraftForm, ProcedureForm
from tasks.models import Procedure, ProcedureVersion

SHOWN = 50
Stage = ProcedureVersion.Stage


@admins
def show(request: HttpRequest) -> HttpResponse:
    """All procedures, by name; those out of use where asked for."""
    q, state = typed(request), typed(request, "state")
    rows = Procedure.objects.filter(is_active=state != "off").prefetch_related("departments", "versions")
    context = listed(request, rows.named(q) if q else rows, q=q, state="off" if state == "off" else "")
    for row in context["rows"]:
        row.stages = {version.stage for version in row.versions.all()}
    add = {"href": reverse("set_up:procedure_new"), "words": _("Add a procedure")}
    context |= {"add": add, "find": _("Name of a procedure"), "state": state}
    return render(request, "tasks/procedure_list.html", context)


def _list() -> dict[str, Any]:
    return {"href": reverse("set_up:procedures"), "words": _("Procedures")}


def _page(row: Procedure) -> dict[str, Any]:
    return {"href": reverse("set_up:procedure", args=[row.pk]), "words": row.name}


@admins
def edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Add a procedure, or change its facts; its versions stand below."""
    actor: Any = request.user
    with alone():
        row = reach(Procedure.objects.all(), pk=pk) if pk is not None else Procedure()
        title = row.name or _("New procedure")
        form = ProcedureForm(request.POST if request.method == "POST" else None, instance=row)
        if form.is_valid() and done_by(form, lambda: _save(form, actor)):
            return saved(request, _("Saved the procedure %(name)s") % {"name": form.instance.name}, _page(row)["href"])
    of_row = row.versions if row.pk else ProcedureVersion.objects.none()
    versions = of_row.select_related("published_by").annotate(count=Count("steps")).order_by("-number")
    return form_page(
        request,
        form,
        title=title,
        back=_list(),
        save=_("Save the procedure"),
        procedure=row if row.pk else None,
        versions=list(versions[:SHOWN]),
        template="tasks/procedure_form.html",
    )


def _save(form: ProcedureForm, actor: Any) -> None:
    named = list(form.cleaned_data["departments"])
    procedures.save_procedure(form.instance, actor=actor, departments=named, requirements=form.requirements)


@admins
@require_POST
def begin(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin the next version as a copy of the published one, or go on with the draft there is."""
    actor: Any = request.user
    row = reach(Procedure.objects.all(), pk=pk)
    procedures.draft_of(row, actor=actor)
    return HttpResponseRedirect(reverse("set_up:draft", args=[row.pk]))


@admins
def draft(request: HttpRequest, pk: int) -> HttpResponse:
    """The steps of the draft; buttons rearrange the rows, nothing is saved by them."""
    actor: Any = request.user
    with alone():
        row = reach(Procedure.objects.all(), pk=pk)
        version = reach(row.versions.filter(stage=Stage.DRAFT))
        form = DraftForm(request.POST if request.method == "POST" else None, version=version)
        if request.method == "POST" and "act" in request.POST:
            form = form.arranged(request.POST["act"])
        elif form.is_valid() and done_by(form, lambda: _store(form, actor)):
            if "publish" in request.POST:
                return HttpResponseRedirect(reverse("set_up:publish", args=[row.pk]))
            return saved(request, _("Saved the draft"), request.path)
    title = _("%(name)s, version %(number)s") % {"name": row.name, "number": version.number}
    context = {"title": title, "lead": _("draft"), "back": _page(row), "template": "tasks/draft_form.html"}
    return form_page(request, form, **context)


def _store(form: DraftForm, actor: Any) -> None:
    procedures.save_draft(form.version, form.steps, actor=actor, wants_review=form.cleaned_data["wants_review"])


@admins
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """What would change, and publishing it."""
    actor: Any = request.user
    row = reach(Procedure.objects.all(), pk=pk)
    version = reach(row.versions.filter(stage=Stage.DRAFT))
    if request.method == "POST":
        procedures.publish(version, actor=actor)
        words = _("Published version %(number)s of %(name)s") % {"number": version.number, "name": row.name}
        return saved(request, words, _page(row)["href"])
    context = {"procedure": row, "version": version, "change": difference(row, version), "back": _page(row)}
    return render(request, "tasks/publish_sure.html", context)


@admins
def version(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """A version as it is: read only."""
    row = reach(Procedure.objects.all(), pk=pk)
    found = reach(row.versions.prefetch_related("steps").select_related("published_by"), number=number)
    return render(request, "tasks/version_detail.html", {"procedure": row, "version": found, "back": _page(row)})
