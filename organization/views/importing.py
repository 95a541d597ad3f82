"""Pages of the import of people and departments: file, preview, run, rows aside put right."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from core import pages
from core.access import reach
from core.htmx import wants_part
from core.refusals import Refused
from organization.forms_importing import CorrectedForm, FileForm, RowForm
from organization.importing import run as importing
from organization.importing.corrected import correct_by_file
from organization.importing.plans import REFUSED, SAME, STATES, Plan
from organization.importing.sheets import KINDS
from organization.models import User
from organization.views import corrected
from organization.views.frame import admins, form_page, listed, saved
from records import rejects
from records.models import Attachment, Run, RunReject
from records.reading import REST

NEWEST = pages.Sort("newest", gettext_lazy("Newest"), "id", descending=True)
BY_LINE = pages.Sort("line", gettext_lazy("Line"), "line", kind=int)
ROWS = 50


def _start() -> dict[str, Any]:
    return {"href": reverse("set_up:import"), "words": _("Import of people and departments")}


@admins
def show(request: HttpRequest) -> HttpResponse:
    """Bring a file; what was imported before stands below."""
    user: Any = request.user
    form = FileForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if form.is_valid():
        try:
            kept = importing.keep_file(form.cleaned_data["file"], form.cleaned_data["kind"], actor=user)
        except Refused as refused:
            form.said_no(refused)
        else:
            return redirect("set_up:import_preview", pk=kept.pk)
    runs = listed(request, Run.objects.filter(kind=importing.KIND).select_related("asked_by"), NEWEST)
    context = runs | {"title": _("Import of people and departments"), "kinds": KINDS.values()}
    return form_page(request, form, save=_("Show what would change"), template="organization/import.html", **context)


@admins
@require_safe
def template(request: HttpRequest, kind: str) -> HttpResponse:
    """The template of a kind of file, with examples."""
    if kind not in KINDS:
        raise Http404(kind)
    return _csv(KINDS[kind].template(), f"{kind}.csv")


def _csv(text: str, name: str) -> HttpResponse:
    """A CSV as a download; the mark tells spreadsheets that it is UTF-8."""
    response = HttpResponse(text.encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response


def _files(user: User) -> Any:
    """Files one has brought oneself and not carried out yet."""
    owners = [importing.SHOWN + kind for kind in KINDS]
    return Attachment.objects.filter(owner_kind__in=owners, owner_id=user.pk).select_related("blob")


@admins
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """What each row would do, computed anew whenever it is looked at; POST has it carried out."""
    user: Any = request.user
    file = reach(_files(user), pk=pk)
    if request.method == "POST":
        run = importing.ask_import(file, actor=user)
        return redirect("set_up:import_run", pk=run.pk)
    sheet, plans = importing.preview(file, actor=user)
    counts = {state: sum(plan.state == state for plan in plans) for state in STATES}
    chosen = request.GET.get("show", "")
    chosen = chosen if chosen in STATES else ""
    context = _part_of([plan for plan in plans if not chosen or plan.state == chosen], request.GET.get("place", ""))
    tabs = [("", _("All"), len(plans)), *((state, words, counts[state]) for state, words in _words())]
    context |= {
        "file": file,
        "kept_until": file.added_at + importing.PREVIEWED,
        "sheet": sheet,
        "tabs": tabs,
        "chosen": chosen,
        "same": len(plans) == counts[SAME],
        "refused": counts[REFUSED],
        "doable": len(plans) - counts[SAME] - counts[REFUSED],
        "back": _start(),
        "title": _("What %(name)s would change") % {"name": file.name},
    }
    return render(request, "organization/import_preview.html", context)


def _words() -> list[tuple[str, str]]:
    words = (_("Would be added"), _("Would be changed"), _("Stay as they are"), _("Cannot be taken"))
    return list(zip(STATES, words, strict=True))


def _part_of(plans: list[Plan], place: str) -> dict[str, Any]:
    """One page of the rows behind the line `place`; the file itself is the key."""
    after = int(place) if place.isascii() and place.isdigit() and len(place) < 9 else 0
    begin = next((number for number, plan in enumerate(plans) if plan.line > after), len(plans))
    rows = plans[begin : begin + ROWS]
    more = len(plans) > begin + ROWS
    before = plans[begin - ROWS - 1].line if begin > ROWS else 0
    return {"rows": rows, "next": rows[-1].line if more else None, "previous": before if begin else None}


def _runs() -> Any:
    return Run.objects.filter(kind=importing.KIND).select_related("asked_by")


@admins
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a run is, what it did, and the rows that are aside. POST puts them right from a file."""
    user: Any = request.user
    row = reach(_runs(), pk=pk)
    home = row.parameters.get("again", row.pk)
    form, used = CorrectedForm(), None
    if request.method == "POST":
        first = reach(_runs(), pk=home)
        form = CorrectedForm(request.POST, request.FILES)
        used = corrected.take(form, lambda upload: correct_by_file(first, upload, actor=user))
        if used and (back := corrected.answer(request, used, reverse("set_up:import_run", args=[pk]))):
            return back
    aside = RunReject.objects.filter(run=home, settled_at__isnull=True)
    context = {
        "run": row,
        "home": home,
        "going": row.state in {Run.State.QUEUED, Run.State.RUNNING},
        "failed": row.state in {Run.State.FAILED, Run.State.PARKED},
        "what": KINDS[row.parameters["kind"]].label,
        "counts": [(words, row.result.get(state, 0)) for state, words in zip(STATES, _done_words(), strict=True)],
        "part": wants_part(request),
    }
    if context["part"]:
        return render(request, "organization/_import_state.html", context)
    context |= listed(request, aside, BY_LINE) | {"back": _start(), "title": row.parameters["name"]}
    context |= corrected.context_of(form, used) | {"here": reverse("set_up:import_run", args=[pk])}
    return render(request, "organization/import_run.html", context, status=422 if form.errors else 200)


def _done_words() -> tuple[str, ...]:
    return _("added"), _("changed"), _("already so"), _("kept aside")


@admins
def correct(request: HttpRequest, pk: int, line: int) -> HttpResponse:
    """Put a row right that was kept aside; it comes in when the rows aside are run again."""
    user: Any = request.user
    home = reach(_runs(), pk=pk)
    reject = reach(home.rejects.filter(settled_at__isnull=True).select_related("run"), line=line)
    form = RowForm(request.POST if request.method == "POST" else None, reject=reject)
    if form.is_valid():
        rejects.correct_reject(reject, form.row | {REST: ""}, actor=user)
        words = _("Line %(line)s is put right. Run the rows again to bring it in.") % {"line": line}
        return saved(request, words, reverse("set_up:import_run", args=[pk]))
    back = {"href": reverse("set_up:import_run", args=[pk]), "words": home.parameters["name"]}
    return form_page(request, form, title=_("Line %(line)s") % {"line": line}, back=back, save=_("Save the row"))


@admins
@require_POST
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """Have the rows aside tried again."""
    user: Any = request.user
    asked = importing.ask_again(reach(_runs(), pk=pk), actor=user)
    return redirect("set_up:import_run", pk=asked.pk)


@admins
@require_safe
def aside(request: HttpRequest, pk: int) -> HttpResponse:
    """The rows aside as a file, with line, column and reason; put right, it can be brought like any other."""
    home = reach(_runs(), pk=pk)
    return _csv("".join(rejects.export(home)), f"rows-aside-{home.pk}.csv")
