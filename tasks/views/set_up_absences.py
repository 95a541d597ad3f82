"""Absences in the set-up: the work that would move is shown first, then moved, and brought back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from core.access import reach
from organization import setup
from organization.forms_people import AbsenceForm
from organization.models import Absence, User
from organization.views.frame import admins, alone, done_by, form_page, saved
from tasks.bulk import Outcome, move_to_substitute
from tasks.models import Task
from tasks.rules import sees_content
from tasks.standing_in import bring_back, to_bring_back, to_move

SHOWN = 20


@admins
def edit(request: HttpRequest, pk: int, absence: int | None = None) -> HttpResponse:
    """Add or change an absence. With a substitute, what would move is shown before it is saved."""
    actor: Any = request.user
    with alone():
        who = reach(User.objects.all(), pk=pk)
        row = reach(who.absences.select_related("substitute"), pk=absence) if absence is not None else Absence()
        row.person = who
        form = AbsenceForm(request.POST if request.method == "POST" else None, instance=row)
        if form.is_valid():
            held = list(to_move(form.instance, actor=actor)[: SHOWN + 1]) if form.instance.substitute_id else []
            if held and "sure" not in request.POST:
                return _asked(request, form, who, held)
            if done_by(form, lambda: setup.save_absence(form.instance, actor=actor)):
                if request.POST.get("sure") == "move":
                    _tell(request, move_to_substitute(form.instance, actor=actor), form.instance.substitute.name)
                return saved(request, _("Saved the absence of %(name)s") % {"name": who.name}, _page(who)["href"])
    title = _("When %(name)s is away") % {"name": who.name}
    lead = _("Days and times in the zone %(zone)s") % {"zone": who.time_zone}
    back = to_bring_back(row, actor=actor)[:SHOWN] if row.pk and row.substitute_id else ()
    return form_page(
        request,
        form,
        title=title,
        lead=lead,
        back=_page(who),
        save=_("Save the absence"),
        absence=row if row.pk else None,
        to_return=named(list(back), actor),
        template="tasks/absence_form.html",
    )


def named(tasks: list[Task], user: Any) -> list[tuple[str, str]]:
    """References and titles; of confidential work an admin learns that it is there, and no more."""
    return [(one.reference, one.title if sees_content(user, one) else _("Confidential task")) for one in tasks]


def _page(who: User) -> dict[str, Any]:
    return {"href": reverse("set_up:person", args=[who.pk]), "words": who.name}


def _asked(request: HttpRequest, form: AbsenceForm, who: User, held: list[Task]) -> HttpResponse:
    """The page that says what would move; what was typed travels along, nothing is saved yet."""
    kept = [(name, value) for name, value in request.POST.items() if name not in {"csrfmiddlewaretoken", "sure"}]
    context = {"kept": kept, "person": who, "absence": form.instance, "back": _page(who)}
    context |= {"held": named(held[:SHOWN], request.user), "more": len(held) > SHOWN, "title": _("What would move")}
    return render(request, "tasks/absence_sure.html", context)


def _tell(request: HttpRequest, outcome: Outcome, name: str) -> None:
    count = len(outcome.done)
    done = ngettext("%(count)d task is now with %(name)s", "%(count)d tasks are now with %(name)s", count)
    messages.success(request, done % {"count": count, "name": name})
    for reference, why in outcome.skipped[:5]:
        messages.error(request, f"{reference}: {why}")


@admins
@require_POST
def withdraw(request: HttpRequest, pk: int, absence: int) -> HttpResponse:
    """Take back an absence that is not; what its substitute had for it goes with it."""
    actor: Any = request.user
    with alone():
        who = reach(User.objects.all(), pk=pk)
        setup.withdraw_absence(reach(who.absences.all(), pk=absence), actor=actor)
    return saved(request, _("Withdrew the absence of %(name)s") % {"name": who.name}, _page(who)["href"])


@admins
@require_POST
def back(request: HttpRequest, pk: int, absence: int) -> HttpResponse:
    """Bring the work back that went to the substitute."""
    actor: Any = request.user
    who = reach(User.objects.all(), pk=pk)
    row = reach(who.absences.select_related("person"), pk=absence)
    _tell(request, bring_back(row, actor=actor), who.name)
    return HttpResponseRedirect(_page(who)["href"])
