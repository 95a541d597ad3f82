"""People who come, move and go: what returns to the queue is shown first."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core import clock
from core.access import reach
from organization import setup
from organization.forms_lives import MoveForm
from organization.invitations import invite as send_invitation
from organization.models import User
from organization.views.frame import admins, alone, done_by, form_page, saved
from tasks.leaving import held_by, return_work
from tasks.views.absence_pages import SHOWN, named


def _page(who: User) -> dict[str, Any]:
    return {"href": reverse("set_up:person", args=[who.pk]), "words": who.name}


@admins
@require_POST
def invite(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the invitation, once more where one was sent."""
    actor: Any = request.user
    who = reach(User.objects.all(), pk=pk)
    send_invitation(who, actor=actor)
    return saved(request, _("An invitation goes to %(address)s") % {"address": who.email}, _page(who)["href"])


@admins
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the department; what they hold in the old one goes back to its queue when the day has come."""
    actor: Any = request.user
    with alone():
        who = reach(User.objects.active(), pk=pk)
        form = MoveForm(request.POST if request.method == "POST" else None, person=who)
        if form.is_valid():
            post, on = form.cleaned_data["post"], form.cleaned_data["on"]
            held = held_by(who, department_id=post.department_id)
            if held.exists() and "sure" not in request.POST:
                kept = [(name, request.POST.get(name, "")) for name in ("post", "department", "on")]
                return _asked(request, who, _("%(name)s changes the department"), held, kept=kept, on=on)
            if done_by(form, lambda: _moved(form, who, actor)):
                return saved(request, _("%(name)s changes the department") % {"name": who.name}, _page(who)["href"])
    title = _("%(name)s changes the department") % {"name": who.name}
    return form_page(request, form, title=title, back=_page(who), save=_("Change the department"))


def _moved(form: MoveForm, who: User, actor: Any) -> None:
    post, to, on = (form.cleaned_data[name] for name in ("post", "department", "on"))
    setup.change_department(post, to=to, on=on, actor=actor)
    if on <= clock.now().date():
        reason = _("%(person)s works in another department now.") % {"person": who.name}
        return_work(who, actor=actor, department_id=post.department_id, reason=reason)


@admins
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody leaves: what returns to the queue and what ends is shown, then done."""
    actor: Any = request.user
    with alone():
        who = reach(User.objects.active(), pk=pk)
        if request.method == "POST" and "sure" in request.POST:
            try:
                setup.deactivate(who, actor=actor)
            except ValidationError as error:
                messages.error(request, " ".join(error.messages))
                return HttpResponseRedirect(_page(who)["href"])
            words = _("%(name)s has left. What they held is open again.") % {"name": who.name}
            return saved(request, words, _page(who)["href"])
    ends = {
        "tokens": who.api_tokens.filter(revoked_at__isnull=True).count(),
        "sessions": who.usersession_set.count(),
    }
    return _asked(request, who, _("%(name)s leaves the office"), held_by(who), ends=ends)


@admins
@require_POST
def come_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody is here again; sessions and tokens stay ended."""
    actor: Any = request.user
    with transaction.atomic():
        who = reach(User.objects.filter(is_active=False), pk=pk)
        who.is_active = True
        setup.save_person(who, actor=actor)
    return saved(request, _("%(name)s is back") % {"name": who.name}, _page(who)["href"])


def _asked(request: HttpRequest, who: User, title: str, held: Any, **more: Any) -> HttpResponse:
    """The page that says what would happen; nothing is done yet."""
    count = held.count()
    context = {"person": who, "title": title % {"name": who.name}, "back": _page(who), "count": count}
    context |= {"held": named(list(held[:SHOWN]), request.user), "more": count > SHOWN, "today": clock.now().date()}
    return render(request, "tasks/life_sure.html", context | more)
