"""Pages of an import of tasks that runs or ran: progress, what came of it, rows aside put right and tried again."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from core import pages
from core.access import reach
from core.htmx import wants_part
from core.refusals import Refused
from organization.forms_importing import CorrectedForm
from organization.views import corrected
from organization.views.frame import admins, done_by, form_page, listed, saved
from records import rejects
from records import runs as records_runs
from records.models import Run, RunReject
from tasks.forms_importing import RowForm
from tasks.importing.run import KIND, ask_again
from tasks.views.set_up_imports import as_json, to_list

BY_LINE = pages.Sort("line", gettext_lazy("Line"), "line", kind=int)
TRIES = 10
MANY = 1000


def _runs() -> Any:
    return Run.objects.filter(kind=KIND).select_related("asked_by")


def _home(pk: int) -> Run:
    """An import of a file, not one of the tries after it."""
    run: Run = reach(_runs().filter(parameters__again__isnull=True), pk=pk)
    return run


def _page(run: Run) -> dict[str, Any]:
    return {"href": reverse("set_up:task_import", args=[run.pk]), "words": name_of(run)}


def name_of(run: Run) -> str:
    """The file of an import; the command does not tell it."""
    return str(run.parameters.get("name") or _("Import %(number)s") % {"number": run.pk})


@admins
@never_cache
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """How far an import is, what it did, and its rows aside. htmx asks for the part that changes.

    POST puts rows aside right from a file.
    """
    user: Any = request.user
    home = _home(pk)
    form, used = CorrectedForm(), None
    if request.method == "POST":
        form = CorrectedForm(request.POST, request.FILES)
        used = corrected.take(form, lambda upload: rejects.correct_all(home, upload, actor=user))
        if used and (answer := corrected.answer(request, used, _page(home)["href"])):
            return answer
    context = _state(request, home)
    if context["part"]:
        return render(request, "tasks/_import_state.html", context)
    show_out = request.GET.get("show") == "left-out"
    rows = RunReject.objects.filter(run=home, left_out=True) if show_out else rejects.aside(home)
    context |= listed(request, rows, BY_LINE, show="left-out" if show_out else "")
    context |= {"title": name_of(home), "back": to_list(), "show_out": show_out, "here": _page(home)["href"]}
    context["any_out"] = show_out or RunReject.objects.filter(run=home, left_out=True).exists()
    context |= corrected.context_of(form, used)
    return render(request, "tasks/import_run.html", context, status=422 if form.errors else 200)


def _state(request: HttpRequest, home: Run) -> dict[str, Any]:
    """How far an import is: its last try, else the import itself."""
    tries = list(_runs().filter(parameters__again=home.pk).order_by("-id")[:TRIES])
    run = tries[0] if tries else home
    going = run.state in {Run.State.QUEUED, Run.State.RUNNING}
    failed = run.state in {Run.State.FAILED, Run.State.PARKED}
    return {
        "run": run,
        "home": home,
        "tries": tries,
        "going": going,
        "failed": failed,
        "part": wants_part(request),
        "percent": 100 * run.done // run.total if run.total else 0,
        "counts": _counts(run),
        "made": _made(run),
    }


def _counts(run: Run) -> list[tuple[str, int]]:
    """What came of a run, or has so far."""
    told = run.result if run.state == Run.State.DONE else run.place or {}
    words = (
        ("finished", _("came in finished")),
        ("opened", _("came in open")),
        ("already", _("there already")),
        ("rejected", _("kept aside")),
    )
    return [(word, told.get(key, 0)) for key, word in words]


def _made(run: Run) -> list[str]:
    made = (run.result or {}).get("made", {})
    words = (
        ("departments", lambda n: ngettext("%(n)s department", "%(n)s departments", n)),
        ("procedures", lambda n: ngettext("%(n)s procedure", "%(n)s procedures", n)),
        ("people", lambda n: ngettext("%(n)s person", "%(n)s people", n)),
        ("memberships", lambda n: ngettext("%(n)s membership", "%(n)s memberships", n)),
    )
    return [word(made[key]) % {"n": made[key]} for key, word in words if made.get(key)]


@admins
@require_safe
def aside(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """The rows aside as CSV with line, column and reason; formulas are made text."""
    home = _home(pk)
    lines = (line.encode("utf-8-sig" if not number else "utf-8") for number, line in enumerate(rejects.export(home)))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="rows-aside-{home.pk}.csv"'
    response["Cache-Control"] = "private, no-store"
    return response


@admins
@require_safe
def mapping(request: HttpRequest, pk: int) -> HttpResponse:
    """The choices of an import as JSON."""
    return as_json(_home(pk).parameters["mapping"], f"mapping-of-import-{pk}.json")


@admins
def row(request: HttpRequest, pk: int, line: int) -> HttpResponse:
    """Put a row right that was kept aside, or leave it out; then the next one, or back to the import."""
    user: Any = request.user
    home = _home(pk)
    reject = reach(rejects.aside(home).select_related("run"), line=line)
    form = RowForm(request.POST if request.method == "POST" else None, reject=reject)
    if request.method == "POST" and "leave_out" in request.POST:
        rejects.leave_out(reject, actor=user)
        return saved(request, _("Line %(line)s is left out.") % {"line": line}, _next(request, home, line))
    if form.is_valid() and done_by(form, lambda: rejects.correct_reject(reject, form.row, actor=user)):
        words = _("Line %(line)s is put right. Run the rows again to bring it in.") % {"line": line}
        return saved(request, words, _next(request, home, line))
    title = _("Line %(line)s") % {"line": line}
    context = {"title": title, "reject": reject, "back": _page(home), "save": _("Save the row")}
    return form_page(request, form, template="tasks/import_row.html", **context)


def _next(request: HttpRequest, home: Run, line: int) -> str:
    """Where one goes on: the next row aside when that was asked for, else the import."""
    after = rejects.aside(home).filter(line__gt=line).order_by("line").first() if "next" in request.POST else None
    if after is None:
        return str(_page(home)["href"])
    return reverse("set_up:task_import_row", args=[home.pk, after.line])


@admins
@require_POST
def back(request: HttpRequest, pk: int, line: int) -> HttpResponse:
    """A row that was left out is aside again."""
    user: Any = request.user
    home = _home(pk)
    rejects.bring_back(reach(home.rejects.all(), line=line), actor=user)
    return saved(request, _("Line %(line)s is aside again.") % {"line": line}, _page(home)["href"])


@admins
@require_POST
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """Have the rows aside tried again; `create_missing` makes what they name."""
    user: Any = request.user
    home = _home(pk)
    unfinished = _runs().filter(parameters__again=home.pk, state__in=[Run.State.QUEUED, Run.State.RUNNING])
    if home.state != Run.State.DONE or unfinished.exists():
        raise Refused(_("Wait until this import has ended."), code="run_busy")
    if not rejects.aside(home).exists():
        raise Refused(_("No row is aside any more."), code="nothing_aside")
    ask_again(home, create_missing="create_missing" in request.POST, actor=user)
    return redirect("set_up:task_import", pk=home.pk)


@admins
@require_POST
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Go on with an import that failed, from its place."""
    user: Any = request.user
    run = reach(_runs(), pk=pk)
    records_runs.retry(run, actor=user)
    return HttpResponseRedirect(reverse("set_up:task_import", args=[run.parameters.get("again", run.pk)]))
