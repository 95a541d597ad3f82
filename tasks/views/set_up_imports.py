"""Pages of the import of tasks before it runs: the file, what its columns mean, how its first rows would come in."""

from __future__ import annotations

import json
from itertools import islice
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from core import pages
from core.access import reach
from core.refusals import Refused
from organization.models import Site
from organization.views.frame import admins, done_by, form_page, listed, saved
from records import tables
from records.models import Run
from records.reading import Record
from tasks.forms_importing import ChoicesForm, FileForm
from tasks.importing import kept
from tasks.importing.guessing import guess
from tasks.importing.rehearsal import ALREADY, BAD, GOOD, rehearse
from tasks.importing.run import KIND
from tasks.models import ImportFile, ImportMapping

NEWEST = pages.Sort("newest", gettext_lazy("Newest"), "id", descending=True)
SAMPLE = 500  # rows that are looked through for examples and names
SHOWN, ERRORS, WAITING = 20, 20, 20


def to_list() -> dict[str, Any]:
    """The way back to all imports."""
    return {"href": reverse("set_up:task_imports"), "words": _("Import of tasks")}


@admins
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Files that wait, imports that ran or run, and saved choices."""
    runs = Run.objects.filter(kind=KIND, parameters__again__isnull=True).select_related("asked_by")
    context = listed(request, runs, NEWEST)
    context |= {
        "waiting": ImportFile.objects.visible_to(request.user).order_by("-id")[:WAITING],
        "mappings": ImportMapping.objects.order_by("folded_name")[:WAITING],
        "add": {"href": reverse("set_up:task_import_new"), "words": _("Bring a file")},
    }
    return render(request, "tasks/import_list.html", context)


@admins
def bring(request: HttpRequest) -> HttpResponse:
    """Bring a file; it is kept, and nothing comes in yet."""
    user: Any = request.user
    form = FileForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if form.is_valid():
        like: ImportMapping | None = form.cleaned_data["like"]
        try:
            row = kept.bring(form.cleaned_data["file"], mapping=like.mapping if like else {}, actor=user)
        except Refused as refused:
            form.said_no(refused)
        else:
            return redirect("set_up:task_import_file", pk=row.pk)
    title = _("Bring a file of tasks")
    return form_page(request, form, title=title, back=to_list(), save=_("Say what its columns mean"))


def _mine(request: HttpRequest, pk: int) -> ImportFile:
    row: ImportFile = reach(ImportFile.objects.visible_to(request.user), pk=pk)
    return row


@admins
def choose(request: HttpRequest, pk: int) -> HttpResponse:
    """What the columns of a file mean. `?like=` draws saved choices; nothing is kept before it is sent."""
    user: Any = request.user
    row = _mine(request, pk)
    posted = request.POST if request.method == "POST" else None
    row.sheet = (posted.get("sheet") if posted else request.GET.get("sheet")) or row.sheet
    with kept.opened(row) as stored:
        sheets = tables.sheets_of(stored)
        row.sheet = row.sheet if row.sheet in sheets else next(iter(sheets), "")
        columns, sample, wrong = _look(stored, row.sheet)
    mapping, like = _mapping(request, row, columns)
    form = ChoicesForm(posted, row=row, columns=columns, sheets=sheets, sample=sample, mapping=mapping)
    if wrong:
        form.fields.pop("stamp", None)
    elif posted is not None and "look" not in posted and form.is_valid() and done_by(form, lambda: _keep(form, user)):
        return redirect("set_up:task_import_preview", pk=pk)
    context = {"row": row, "wrong": wrong, "mappings": ImportMapping.objects.order_by("folded_name")[:WAITING]}
    context |= {"title": row.name, "lead": _("What its columns mean"), "back": to_list(), "like": like}
    template = "tasks/import_choices.html"
    return form_page(request, form, save=_("Show how it would come in"), template=template, **context)


def _look(stored: Any, sheet: str) -> tuple[list[str], list[Record], str]:
    """Columns and first rows of a file, or why there are none."""
    try:
        layout = tables.look(stored, [], sheet=sheet)
        return layout.columns, list(islice(tables.records(stored, layout), SAMPLE)), ""
    except Refused as refused:
        return [], [], str(refused.sentence)


def _mapping(request: HttpRequest, row: ImportFile, columns: list[str]) -> tuple[dict[str, Any], int | None]:
    """What is chosen so far: saved choices asked for, else the file's own, else a guess."""
    wanted = request.GET.get("like", "")
    if wanted.isascii() and wanted.isdigit() and len(wanted) < 19:
        like = reach(ImportMapping.objects.all(), pk=int(wanted))
        return like.mapping, like.pk
    if row.mapping:
        return row.mapping, None
    user: Any = request.user
    sites = list(Site.objects.values_list("name", "time_zone")[:2])
    site, zone = sites[0] if len(sites) == 1 else ("", user.time_zone)
    return guess(columns, name=row.name, site=site, zone=zone), None


def _keep(form: ChoicesForm, user: Any) -> None:
    row, data = form.file, form.cleaned_data
    row.mapping, row.open_all = form.mapping, data["way"] == "open"
    row.create_missing = data["create_missing"]
    kept.choose(row, actor=user)
    if data["save_as"].strip():
        kept.save_mapping(data["save_as"].strip(), form.mapping, actor=user)


@admins
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """How the first rows would come in; POST has the whole file come in."""
    user: Any = request.user
    row = _mine(request, pk)
    try:
        if request.method == "POST":
            return redirect("set_up:task_import", pk=kept.start(row, actor=user).pk)
        told = rehearse(row, actor=user)
    except Refused as refused:
        context = {"row": row, "title": row.name, "refused": refused, "back": to_list()}
        return render(request, "tasks/import_preview.html", context, status=422)
    good, bad = told.of(GOOD), told.of(BAD)
    context = {
        "row": row,
        "title": row.name,
        "told": told,
        "good": good[:SHOWN],
        "bad": bad[:ERRORS],
        "counts": {"looked": len(told.lines), "good": len(good), "bad": len(bad), "already": len(told.of(ALREADY))},
        "made": [(words, told.made[kind]) for kind, words in _kinds() if told.made.get(kind)],
        "back": {"href": reverse("set_up:task_import_file", args=[pk]), "words": _("What its columns mean")},
    }
    return render(request, "tasks/import_preview.html", context)


def _kinds() -> list[tuple[str, str]]:
    return [
        ("departments", _("Departments that would be made:")),
        ("procedures", _("Procedures that would be made:")),
        ("people", _("People that would be made:")),
    ]


@admins
@require_POST
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget a file that waits."""
    user: Any = request.user
    row = _mine(request, pk)
    kept.drop(row, actor=user)
    return saved(request, _("Removed %(name)s") % {"name": row.name}, reverse("set_up:task_imports"))


def as_json(mapping: dict[str, Any], name: str) -> HttpResponse:
    """A mapping as the file that `manage.py import_tasks --mapping` takes."""
    response = HttpResponse(json.dumps(mapping, indent=2, ensure_ascii=False) + "\n", content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response


@admins
@require_safe
def mapping(request: HttpRequest, pk: int) -> HttpResponse:
    """Saved choices as JSON."""
    return as_json(reach(ImportMapping.objects.all(), pk=pk).mapping, f"mapping-{pk}.json")


@admins
@require_POST
def drop_mapping(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget saved choices."""
    user: Any = request.user
    row = reach(ImportMapping.objects.all(), pk=pk)
    kept.drop_mapping(row, actor=user)
    return saved(request, _("Removed %(name)s") % {"name": row.name}, reverse("set_up:task_imports"))


@admins
@require_POST
def anew(request: HttpRequest, pk: int) -> HttpResponse:
    """The file of an import once more, to be chosen otherwise."""
    user: Any = request.user
    run = reach(Run.objects.filter(kind=KIND, parameters__again__isnull=True), pk=pk)
    row = kept.start_anew(run, actor=user)
    return HttpResponseRedirect(reverse("set_up:task_import_file", args=[row.pk]))
