"""The pages of schedules: the list, a new one, changing, stopping, starting again and leaving one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.access import reach, require
from core.htmx import go
from core.pages import page
from core.refusals import Refused
from organization.models import User
from reports import rules, scheduling
from reports.catalogue import REPORTS
from reports.forms import ScheduleForm
from reports.models import KeptReport, Schedule
from reports.recipients import SentToForm
from reports.scheduling import MOST_RECIPIENTS
from reports.views.kept import NEWEST, SIZE, person_of, report_named


@login_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """One's own schedules and those that send to oneself, newest first; an admin sees all."""
    user = person_of(request)
    rows = Schedule.objects.visible_to(user).select_related("owner")
    found = page(rows, NEWEST, request.GET.get("place", ""), SIZE)
    context = {
        "schedules": [(row, REPORTS[row.report], _may_start(user, row)) for row in found.rows],
        "reports": REPORTS.values(),
        "next": f"?place={found.next}" if found.next else "",
        "previous": f"?place={found.previous}" if found.previous else "",
        "first": reverse("reports:schedules"),
    }
    return render(request, "reports/schedule_list.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, name: str) -> HttpResponse:
    """Put a report on a schedule; `?like=7` begins with the parameters of a kept report."""
    user, report = person_of(request), report_named(name)
    if "look" in request.POST:
        return _drawn(request, ScheduleForm(user=user, report=report, initial=_typed(request)), None)
    if request.method == "POST":
        form = ScheduleForm(request.POST, user=user, report=report)
        saved = _saved(request, form, Schedule())
        return saved or _drawn(request, form, None, 422)
    like = request.GET.get("like", "")
    kept = (
        KeptReport.objects.visible_to(user).filter(pk=int(like)).first()
        if like.isdecimal() and len(like) < 19
        else None
    )
    initial: dict[str, Any] = {"name": str(report.title)} | (kept.parameters if kept else {})
    return _drawn(request, ScheduleForm(user=user, report=report, initial=initial), None)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """A schedule: its form for its owner, what it is for everybody else it sends to."""
    user = person_of(request)
    schedule: Schedule = reach(Schedule.objects.visible_to(user).select_related("owner"), pk=pk)
    report = report_named(schedule.report)
    if request.method == "POST":
        require(rules.can_change, user, schedule)
        if "look" in request.POST:
            return _drawn(request, ScheduleForm(user=user, report=report, initial=_typed(request)), schedule)
        form = ScheduleForm(request.POST, user=user, report=report)
        return _saved(request, form, schedule) or _drawn(request, form, schedule, 422)
    fields = {name: getattr(schedule, name) for name in ("name", "every", "weekday", "day", "at")}
    initial = {**schedule.parameters, **fields, "recipients": list(schedule.recipients.values_list("pk", flat=True))}
    form = ScheduleForm(user=user, report=report, initial=initial)
    return _drawn(request, form, schedule)


def _typed(request: HttpRequest) -> dict[str, Any]:
    """What was typed so far, to be drawn again without a word about it."""
    return request.POST.dict() | {"recipients": request.POST.getlist("recipients")}


@login_required
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """Who is ticked, and who may be: found by `find` among those who may see what `about` names. A part for htmx."""
    asked = request.GET
    initial = {"find": asked.get("find", ""), "recipients": asked.getlist("recipients")[:MOST_RECIPIENTS]}
    form = SentToForm(initial=initial)
    form.offer(person_of(request), asked.get("about", ""))
    return render(request, "reports/_sent_to.html", {"form": form})


def _saved(request: HttpRequest, form: ScheduleForm, schedule: Schedule) -> HttpResponse | None:
    """Save what was typed and go to the list; None when it cannot be, with the reason at its field."""
    if not form.is_valid():
        return None
    read = request.POST.get("revision", "")
    try:
        scheduling.save_schedule(
            form.store_into(schedule),
            actor=person_of(request),
            recipients=form.chosen(),
            read=int(read) if schedule.pk and read.isdecimal() and len(read) < 10 else None,
        )
    except Refused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, str(refused.sentence))
        return None
    messages.success(request, _("The schedule is saved"))
    return go(request, reverse("reports:schedules"))


def _drawn(request: HttpRequest, form: ScheduleForm, schedule: Schedule | None, status: int = 200) -> HttpResponse:
    user = person_of(request)
    may_change = schedule is None or rules.can_change(user, schedule)
    if may_change:
        form.offer(user, str(form["about"].value() or ""))
    context = {
        "form": form,
        "report": form.report,
        "schedule": schedule,
        "revision": request.POST.get("revision") or (schedule.revision if schedule else ""),
        "may_change": may_change,
        "may_start": schedule is not None and _may_start(user, schedule),
        "failed": _last_failed(user, schedule) if schedule and schedule.is_parked else None,
        "may_stop": schedule is not None and schedule.is_on and rules.can_stop(user, schedule),
        "recipients": list(schedule.recipients.order_by("folded_name", "pk")) if schedule else [],
        "sent_to_me": schedule is not None and schedule.recipients.filter(pk=user.pk).exists(),
    }
    return render(request, "reports/schedule_form.html", context, status=status)


def _may_start(user: User, schedule: Schedule) -> bool:
    return not schedule.is_on and rules.can_start_again(user, schedule)


def _last_failed(user: User, schedule: Schedule) -> KeptReport | None:
    """The report that could not be made last, where it was asked for at all and the person sees it."""
    rows = KeptReport.objects.visible_to(user).filter(schedule=schedule, failed_at__isnull=False, as_of=None)
    found: KeptReport | None = rows.order_by("-pk").first()
    return found


@login_required
@require_POST
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    """End a schedule; saving it again starts it anew."""
    schedule: Schedule = reach(Schedule.objects.visible_to(request.user), pk=pk)
    require(rules.can_stop, request.user, schedule)
    scheduling.stop_schedule(schedule, actor=person_of(request))
    messages.success(request, _("The schedule is stopped"))
    return go(request, reverse("reports:schedules"))


@login_required
@require_POST
def start(request: HttpRequest, pk: int) -> HttpResponse:
    """Let one that was parked or stopped go on."""
    schedule: Schedule = reach(Schedule.objects.visible_to(request.user), pk=pk)
    require(rules.can_start_again, request.user, schedule)
    scheduling.start_again(schedule, actor=person_of(request))
    messages.success(request, _("The schedule goes on"))
    return go(request, reverse("reports:schedules"))


@login_required
@require_POST
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    """Get no more mails of somebody's schedule."""
    schedule: Schedule = reach(Schedule.objects.visible_to(request.user), pk=pk)
    scheduling.leave_schedule(schedule, actor=person_of(request))
    messages.success(request, _("You get no more mails of this schedule"))
    return go(request, reverse("reports:schedules"))
