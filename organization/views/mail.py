"""Outgoing mail: what is set (by the environment), what failed, and a mail to oneself."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from core import clock, pages
from core.access import reach
from organization.look import office_name
from organization.views.frame import admins, listed, saved, typed
from records import limits, outgoing
from records.models import Outgoing

NEWEST = pages.Sort("newest", gettext_lazy("Newest"), "id", descending=True)
SHOWN = 20
WAYS = {"smtp": "SMTP", "console": "console", "locmem": "memory", "filebased": "files", "dummy": "nowhere"}


@admins
def show(request: HttpRequest) -> HttpResponse:
    """Where mail goes without telling a secret, the newest that failed, and the newest tests."""
    failed = Outgoing.objects.exclude(state=Outgoing.State.SENT).filter(attempts__gt=0).order_by("-pk")
    tests = Outgoing.objects.filter(owner_kind="mail_test", owner_id=request.user.pk).order_by("-pk")
    context = {
        "facts": _facts(),
        "failed": failed[:SHOWN],
        "tests": tests[:3],
        "waiting": Outgoing.objects.due(clock.now()).order_by("due_at").first(),
    }
    return render(request, "organization/mail.html", context)


def _facts() -> list[tuple[Any, str]]:
    way = settings.EMAIL_BACKEND.rsplit(".", 2)[-2]
    secured = "TLS" if settings.EMAIL_USE_SSL else "STARTTLS" if settings.EMAIL_USE_TLS else _("not encrypted")
    facts = [(_("Way"), WAYS.get(way, way))]
    if way == "smtp":
        facts += [
            (_("Server"), f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"),
            (_("Encryption"), secured),
            (_("Signs in"), _("yes") if settings.EMAIL_HOST_USER else _("no")),
        ]
    return [*facts, (_("Sender"), settings.DEFAULT_FROM_EMAIL)]


@admins
@require_safe
def messages(request: HttpRequest) -> HttpResponse:
    """All messages, newest first, or those to one address; without their texts, and without titles of work."""
    q = typed(request)
    rows = Outgoing.objects.defer("text", "headers")
    context = listed(request, rows.filter(to=q.lower()) if q else rows, NEWEST, q=q)
    context |= {"find": _("The whole address"), "back": {"href": reverse("set_up:mail"), "words": _("Outgoing mail")}}
    return render(request, "organization/message_list.html", context)


@admins
@require_POST
def test(request: HttpRequest) -> HttpResponse:
    """Write a mail to oneself into the outgoing rows, the way every mail goes."""
    person: Any = request.user
    now = clock.now()
    limits.demand("test_mail", person.pk)
    outgoing.queue_mail(
        key=f"mail-test:{person.pk}:{now:%Y%m%d%H%M%S%f}",
        to=person.email,
        subject=_("A test of outgoing mail"),
        text=_("Mail from %(office)s arrives.") % {"office": office_name()},
        owner_kind="mail_test",
        owner_id=person.pk,
    )
    words = _("A mail to %(address)s is on its way. Look here in a moment.") % {"address": person.email}
    return saved(request, words, reverse("set_up:mail"))


@admins
@require_POST
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Send after all what was given up."""
    actor: Any = request.user
    outgoing.retry(reach(Outgoing.objects.all(), pk=pk), actor=actor)
    return saved(request, _("It will be tried again"), reverse("set_up:mail"))
