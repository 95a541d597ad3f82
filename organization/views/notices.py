"""Pages of what one was told, and how one wants to be told."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.access import reach
from core.pages import Sort, page
from organization import preferences, stopping
from organization.forms_notices import HoursForm, WaysForm
from organization.models import Notice
from organization.notices import mark_read
from organization.telling import told
from organization.views.profile import own, own_locked

NEWEST = Sort("newest", "", "id", descending=True)
SIZE = 30


@login_required
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """What one was told, newest first; with `unread` what one has not read."""
    user: Any = request.user
    unread = "unread" in request.GET
    rows = Notice.objects.visible_to(user).select_related("by")
    shown = page(rows.unread() if unread else rows, NEWEST, request.GET.get("place", ""), SIZE)
    context = {
        "notices": told(user, shown.rows),
        "unread": unread,
        "next": _address(unread, shown.next),
        "previous": _address(unread, shown.previous),
        "first": _address(unread, ""),
    }
    return render(request, "organization/notices.html", context)


def _address(unread: bool, place: str | None) -> str:
    if place is None:
        return ""
    query = ({"unread": ""} if unread else {}) | ({"place": place} if place else {})
    return reverse("notices") + (f"?{urlencode(query)}" if query else "")


@login_required
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark everything as read."""
    count = mark_read(own(request))
    messages.success(request, _("Everything is read") if count else _("There was nothing new"))
    return HttpResponseRedirect(reverse("notices"))


@login_required
@require_POST
def go_to(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark one notice as read and go to what it is about; where that is out of reach now, back to the list."""
    user: Any = request.user
    notice = reach(Notice.objects.visible_to(user).select_related("by"), pk=pk)
    mark_read(user, notice.pk)
    found = told(user, [notice])
    return HttpResponseRedirect((found[0].url if found else "") or reverse("notices"))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ways(request: HttpRequest) -> HttpResponse:
    """How one wants to be told: each kind, the morning mail, quiet hours."""
    if request.method != "POST":
        person = own(request)
        hours = HoursForm(instance=preferences.hours_of(person), label_suffix="")
        return _ways(request, hours, WaysForm(person=person))
    with transaction.atomic():
        person = own_locked(request)
        hours = HoursForm(request.POST, instance=preferences.hours_of(person), label_suffix="")
        form = WaysForm(request.POST, person=person)
        if not (hours.is_valid() and form.is_valid()):
            return _ways(request, hours, form, status=422)
        preferences.save_hours(hours.instance, actor=person)
        for kind, mail, in_app in form.changes():
            preferences.choose(person, kind, mail=mail, in_app=in_app, actor=person)
    messages.success(request, _("Saved how you are told"))
    return HttpResponseRedirect(reverse("notices_ways"))


def _ways(request: HttpRequest, hours: HoursForm, form: WaysForm, status: int = 200) -> HttpResponse:
    return render(request, "organization/notices_ways.html", {"form": hours, "ways": form}, status=status)


@csrf_exempt  # mail programs post here for the person, without their cookies (RFC 8058); the signed word is the right
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, word: str) -> HttpResponse:
    """End the mail a letter's word speaks of: asked first (GET: mail programs look at links), done by POST."""
    asked = stopping.understood(word)
    if asked is None:
        raise Http404("word")
    if request.method == "POST":
        stopping.stop(asked)
    context = {"kinds": asked.kinds, "done": request.method == "POST"}
    return render(request, "organization/notices_stop.html", context)
