"""The pages of reports: the catalogue with what is kept, asking, progress, the result, and its files."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from core.access import reach, require
from core.htmx import go
from core.pages import Sort, page
from core.refusals import Refused
from organization.models import User
from records import files
from records.models import Run
from reports import making, papers, rules
from reports.catalogue import REPORTS
from reports.catalogue.base import Report
from reports.drawing import Drawing
from reports.exports import as_download, csv, xlsx
from reports.forms import AskForm
from reports.models import KeptReport

NEWEST = Sort("newest", "", "id", descending=True)
SIZE = 30
WRITERS = {"csv": csv, "xlsx": xlsx}


def person_of(request: HttpRequest) -> User:
    """Who is signed in."""
    assert isinstance(request.user, User)
    return request.user


def report_named(name: str) -> Report:
    """The report of the catalogue, or Http404."""
    if name not in REPORTS:
        raise Http404(name)
    return REPORTS[name]


@login_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """What can be asked for, and what is kept, newest first."""
    user = person_of(request)
    everybody = user.is_admin and request.GET.get("whose") == "all"
    rows = KeptReport.objects.all() if everybody else KeptReport.objects.listed_for(user)
    found = page(rows.for_list(), NEWEST, request.GET.get("place", ""), SIZE)
    kept = "?whose=all&" if everybody else "?"
    context = {
        "reports": REPORTS.values(),
        "drawings": [Drawing(row) for row in found.rows],
        "everybody": everybody,
        "next": f"{kept}place={found.next}" if found.next else "",
        "previous": f"{kept}place={found.previous}" if found.previous else "",
        "first": kept.rstrip("?&") or reverse("reports:index"),
    }
    return render(request, "reports/report_list.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, name: str) -> HttpResponse:
    """Choose what a report is about, and ask for it."""
    user, report = person_of(request), report_named(name)
    if request.method != "POST":
        form = AskForm(user=user, report=report, initial=_again(request))
        return render(request, "reports/report_form.html", {"form": form, "report": report})
    form = AskForm(request.POST, user=user, report=report)
    if form.is_valid():
        try:
            kept = making.ask_report(name, actor=user, parameters=form.parameters())
            return go(request, kept.get_absolute_url())
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused.sentence))
    return render(request, "reports/report_form.html", {"form": form, "report": report}, status=422)


def _again(request: HttpRequest) -> dict[str, Any] | None:
    """The parameters of a report one asks for once more (`?like=7`)."""
    like = request.GET.get("like", "")
    if not (like.isascii() and like.isdigit() and len(like) < 19):
        return None
    kept = KeptReport.objects.visible_to(request.user).filter(pk=int(like)).first()
    return dict(kept.parameters) if kept else None


def _paper_context(user: User, kept: KeptReport) -> dict[str, Any]:
    """Whether the PDF is there as the person reads it, and where not, whether it is coming."""
    paper = papers.paper_for(kept, user) if kept.is_ready and not kept.paperless else None
    coming = kept.is_ready and not kept.paperless and paper is None and papers.is_being_drawn(kept, user)
    return {"paper": paper, "paper_coming": coming}


def _context(request: HttpRequest, pk: int) -> dict[str, Any]:
    user = person_of(request)
    kept: KeptReport = reach(KeptReport.objects.visible_to(user).for_detail(), pk=pk)
    failed = kept.run.state in {Run.State.FAILED, Run.State.PARKED}
    made = not kept.is_ready and not failed
    return {
        "kept": kept,
        "drawing": Drawing(kept),
        "failed": failed,
        "made": made,
        "percent": 100 * kept.run.done // kept.run.total if kept.run.total else 0,
        **_paper_context(user, kept),
        "may_remove": rules.can_remove(user, kept) and not made,
        "may_retry": failed and rules.can_retry(user, kept),
    }


@login_required
@require_safe
@never_cache
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """A report: its progress while it is made, then its numbers."""
    return render(request, "reports/report_detail.html", _context(request, pk))


@login_required
@require_GET
@never_cache
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The part of the page that changes while the report is made."""
    return render(request, "reports/_report.html", _context(request, pk) | {"part": True})


@login_required
@require_safe
def download(request: HttpRequest, pk: int, form: str) -> FileResponse:
    """The report as a file in the reader's language: csv, xlsx, or the pdf that was drawn for it."""
    kept: KeptReport = reach(KeptReport.objects.visible_to(request.user).for_detail(), pk=pk)
    if not kept.is_ready:
        raise Http404("not ready")
    if form == "pdf":
        paper = papers.paper_for(kept, person_of(request))
        if paper is None:
            raise Http404("no pdf")
        return files.serve(paper.attachment)
    if form not in WRITERS:
        raise Http404(form)
    drawing, writer = Drawing(kept), WRITERS[form]
    return as_download(writer.write(drawing), f"{drawing.file_name}.{form}", writer.MEDIA_TYPE)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def paper(request: HttpRequest, pk: int) -> HttpResponse:
    """POST has the PDF drawn as the person reads it; GET is the part of the page that changes meanwhile."""
    user = person_of(request)
    kept: KeptReport = reach(KeptReport.objects.visible_to(user).for_detail(), pk=pk)
    if not kept.is_ready:
        raise Http404("not ready")
    if request.method == "POST":
        papers.ask_paper(kept, actor=user)
        return go(request, kept.get_absolute_url())
    context = {"kept": kept, "part": True, **_paper_context(user, kept)}
    return render(request, "reports/_paper.html", context)


@login_required
@require_POST
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a report that failed after all."""
    kept: KeptReport = reach(KeptReport.objects.visible_to(request.user).for_detail(), pk=pk)
    require(rules.can_retry, request.user, kept)
    making.retry(kept, actor=person_of(request))
    return go(request, kept.get_absolute_url())


@login_required
@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget a kept report."""
    kept: KeptReport = reach(KeptReport.objects.visible_to(request.user).for_detail(), pk=pk)
    require(rules.can_remove, request.user, kept)
    making.remove(kept, actor=person_of(request))
    messages.success(request, _("The report is removed"))
    return go(request, reverse("reports:index"))
