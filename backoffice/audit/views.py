"""The audit page: events by filters, the state of the chain, exports."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from backoffice.audit import exporting
from backoffice.audit.address import Address
from backoffice.audit.address import read as read_address
from backoffice.audit.forms import AuditForm
from backoffice.audit.rules import can_audit, can_verify
from backoffice.audit.telling import Telling, read
from core.access import reach, require
from core.htmx import go
from core.pages import Page
from core.refusals import Refused
from records import files
from records.auditing import asking
from records.auditing.looking import Found, find
from records.models import Attachment, Run


@login_required
@require_safe
@never_cache
def index(request: HttpRequest) -> HttpResponse:
    """Events, newest first, by the filters of the address."""
    user: Any = request.user
    require(can_audit, user)
    address = read_address(request.GET, user)
    found = Found(Page([], None, None)) if address.problems else find(address.look, request.GET.get("place", ""))
    context = {
        "address": address,
        "filter_form": AuditForm(address, user),
        "told": Telling(read(found.page.rows), user).tell(),
        "searched": found.searched,
        "exports": Run.objects.filter(asked_by=user, kind=asking.EXPORT).order_by("-id")[:3],
        "may_verify": can_verify(user),
        **_pager(request, address, found),
        **_chain(),
    }
    return render(request, "audit/index.html", context)


def _pager(request: HttpRequest, address: Address, found: Found) -> dict[str, str]:
    here = address.query()
    join = "" if here == "?" else "&"
    return {
        "next": f"{here}{join}place={found.page.next}" if found.page.next else "",
        "previous": f"{here}{join}place={found.page.previous}" if found.page.previous else "",
        "first": here if request.GET.get("place") else "",
    }


def _chain() -> dict[str, Any]:
    """What is sealed, and what the last verification found."""
    seal = asking.last_seal()
    last = asking.last_verification()
    unfinished = last is not None and last.state in {Run.State.QUEUED, Run.State.RUNNING}
    return {
        "seal": seal,
        "unsealed": asking.unsealed_since(seal),
        "few": asking.FEW,
        "verification": last,
        "verifying": unfinished,
        "percent": 100 * last.done // last.total if last and last.total else 0,
    }


@login_required
@require_safe
@never_cache
def chain(request: HttpRequest) -> HttpResponse:
    """The state of the chain, a part asked for while it is verified."""
    require(can_audit, request.user)
    return render(request, "audit/_chain.html", _chain() | {"may_verify": can_verify(request.user), "part": True})


@login_required
@require_POST
def verify(request: HttpRequest) -> HttpResponse:
    """Have the chain verified."""
    require(can_verify, request.user)
    asking.ask_verification(actor=request.user)
    return go(request, reverse("audit:index"))


@login_required
@require_POST
def export(request: HttpRequest) -> HttpResponse:
    """Have the events of the address written into a file."""
    user: Any = request.user
    require(can_audit, user)
    try:
        run = exporting.ask(read_address(request.POST, user), actor=user)
    except Refused as refused:
        messages.error(request, str(refused.sentence))
        return go(request, reverse("audit:index"))
    return go(request, reverse("audit:export", args=[run.pk]))


def _run(request: HttpRequest, pk: int) -> Run:
    """An export the reader asked for and may still have."""
    user: Any = request.user
    require(can_audit, user)
    run: Run = reach(Run.objects.filter(asked_by=user, kind=asking.EXPORT), pk=pk)
    if not exporting.may_have(user, run):
        raise Http404("no longer yours")
    return run


@login_required
@require_safe
@never_cache
def show_export(request: HttpRequest, pk: int) -> HttpResponse:
    """An export: its progress while it is made, then the file. htmx asks for the part that changes."""
    run = _run(request, pk)
    attachment = Attachment.objects.of(exporting.OWNER, run.pk).first()
    context = {"run": run, "attachment": attachment, "made": run.state in {Run.State.QUEUED, Run.State.RUNNING}}
    part = request.headers.get("HX-Target") == "export"
    context |= {"part": part, "failed": run.state in {Run.State.FAILED, Run.State.PARKED}}
    return render(request, "audit/_export.html" if part else "audit/export.html", context)


@login_required
@require_safe
def download(request: HttpRequest, pk: int) -> FileResponse:
    """The file of an export."""
    run = _run(request, pk)
    attachment = Attachment.objects.of(exporting.OWNER, run.pk).first()
    if attachment is None:
        raise Http404(_("There is no file."))
    return files.serve(attachment)
