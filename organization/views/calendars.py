"""Pages of working calendars, with the public holidays of the sites that use them."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core import clock
from core.access import reach
from organization import setup
from organization.fields import windows_as_text
from organization.forms_calendars import CalendarForm
from organization.models import CalendarWindow, OfficeCalendar, Site
from organization.models.calendars import WEEKDAYS
from organization.public_holidays import named_days
from organization.views.frame import admins, alone, done_by, form_page, listed, saved, typed


@admins
def show(request: HttpRequest) -> HttpResponse:
    """All calendars, by name, with their week."""
    q = typed(request)
    windows = Prefetch("windows", CalendarWindow.objects.order_by("weekday", "start"))
    add = {"href": reverse("set_up:calendar_new"), "words": _("Add a calendar")}
    context = listed(request, OfficeCalendar.objects.named(q).prefetch_related(windows), q=q)
    for row in context["rows"]:
        row.week = week_of(row)
    context |= {"add": add, "find": _("Name of a calendar")}
    return render(request, "organization/calendar_list.html", context)


def week_of(calendar: OfficeCalendar) -> list[tuple[str, str]]:
    """The days with the same hours together, in order: their names and the hours in words."""
    words = [
        windows_as_text([(one.start, one.end) for one in calendar.windows.all() if one.weekday == number])
        for number, _name in WEEKDAYS
    ]
    runs: list[list[int]] = []
    for number, text in enumerate(words):
        if runs and words[runs[-1][0]] == text:
            runs[-1].append(number)
        else:
            runs.append([number])
    names = [str(name) for _number, name in WEEKDAYS]
    return [
        (names[run[0]] if len(run) == 1 else f"{names[run[0]]} – {names[run[-1]]}", words[run[0]])
        for run in runs
        if words[run[0]]
    ]


def holidays_of(sites: list[Site]) -> list[dict[str, Any]]:
    """Public holidays of this year and the next, by site, each place once."""
    this = clock.now().year
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for site in sites:
        place = found.setdefault((site.country, site.subdivision), {"sites": [], "years": []})
        place["sites"].append(site)
    for (country, subdivision), place in found.items():
        if country:
            place["years"] = [
                (year, named_days(country, subdivision, year, get_language() or "")) for year in (this, this + 1)
            ]
    return list(found.values())


@admins
def edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Add a calendar, or change one with all of its windows and closures."""
    actor: Any = request.user
    back = {"href": reverse("set_up:calendars"), "words": _("Calendars")}
    with alone():
        row = reach(OfficeCalendar.objects.all(), pk=pk) if pk is not None else OfficeCalendar()
        title = row.name or _("New calendar")
        form = CalendarForm(request.POST if request.method == "POST" else None, instance=row)
        if "more" in request.POST:
            form.with_more_rows()
        elif form.is_valid() and done_by(form, lambda: _save(form, actor)):
            return saved(request, _("Saved the calendar %(name)s") % {"name": form.instance.name}, back["href"])
    sites = list(Site.objects.filter(departments__calendar=row).distinct()) if row.pk else []
    context = {
        "title": title,
        "back": back,
        "save": _("Save the calendar"),
        "template": "organization/calendar_form.html",
    }
    return form_page(request, form, **context, places=holidays_of(sites), calendar=row)


def _save(form: CalendarForm, actor: Any) -> None:
    setup.save_calendar(form.instance, actor=actor, windows=form.windows, closures=form.closures)
