"""The pages of one absence, wherever they stand: the work that would move is shown first, then moved, and brought back.

Admins have them at a person in the set-up, managers at the list of their own people (`Way`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.access import reach
from core.refusals import Refused
from organization import setup
from organization.forms_people import AbsenceForm
from organization.models import Absence, User
from organization.stand_ins import managed_beyond
from organization.views.frame import alone, done_by, form_page, saved
from tasks.bulk import Outcome, move_to_substitute
from tasks.models import Task
from tasks.rules import sees_content
from tasks.standing_in import bring_back, to_bring_back, to_move

SHOWN = 20


@dataclass(frozen=True)
class Way:
    """Where the pages stand: whose absences one reaches, the first part of their addresses, the page behind them."""

    people: Callable[[Any], Any]
    names: str
    page: Callable[[User], dict[str, Any]]

    def at(self, act: str, absence: Absence) -> str:
        """The address of an act on an absence."""
        return reverse(f"{self.names}_{act}", args=[absence.person_id, absence.pk])


def edit(request: HttpRequest, way: Way, pk: int, absence: int | None) -> HttpResponse:
    """Add or change an absence. With a substitute, what would move is shown before it is saved."""
    actor: Any = request.user
    with alone():
        who = reach(way.people(actor), pk=pk)
        row = reach(who.absences.select_related("substitute"), pk=absence) if absence is not None else Absence()
        row.person = who
        had_one = row.substitute_id is not None
        form = AbsenceForm(request.POST if request.method == "POST" else None, instance=row)
        if form.is_valid() and may_stand_in(form, who, actor, had_one):
            held = list(to_move(form.instance, actor=actor)[: SHOWN + 1]) if form.instance.substitute_id else []
            if held and "sure" not in request.POST:
                return _asked(request, form, way.page(who), held)
            if done_by(form, lambda: setup.save_absence(form.instance, actor=actor)):
                if request.POST.get("sure") == "move":
                    _tell(request, move_to_substitute(form.instance, actor=actor), form.instance.substitute.name)
                return saved(request, _("Saved the absence of %(name)s") % {"name": who.name}, way.page(who)["href"])
    back = to_bring_back(row, actor=actor)[:SHOWN] if row.pk and row.substitute_id else ()
    return form_page(
        request,
        form,
        title=_("When %(name)s is away") % {"name": who.name},
        lead=_("Days and times in the zone %(zone)s") % {"zone": who.time_zone},
        back=way.page(who),
        save=_("Save the absence"),
        absence=row if row.pk else None,
        addresses={act: way.at(act, row) for act in ("back", "withdraw")} if row.pk else {},
        to_return=named(list(back), actor),
        template="tasks/absence_form.html",
    )


def may_stand_in(form: AbsenceForm, who: User, actor: Any, had_one: bool) -> bool:
    """Say no, at the field, to a substitute for what the actor does not manage: they would be a manager there."""
    if not (form.instance.substitute_id or had_one):
        return True
    beyond = managed_beyond(who, actor)
    if beyond:
        form.add_error("substitute", _beyond(who, beyond))
    return not beyond


def _beyond(who: User, places: list[str]) -> str:
    words = _("%(name)s also manages %(places)s, which you do not. Ask an admin to say who stands in.")
    return words % {"name": who.name, "places": ", ".join(places)}


def withdraw(request: HttpRequest, way: Way, pk: int, absence: int) -> HttpResponse:
    """Take back an absence that is not; what its substitute had for it goes with it."""
    actor: Any = request.user
    with alone():
        who = reach(way.people(actor), pk=pk)
        row = reach(who.absences.all(), pk=absence)
        if row.substitute_id and (beyond := managed_beyond(who, actor)):
            raise Refused(_beyond(who, beyond), code="manages_more")
        setup.withdraw_absence(row, actor=actor)
    return saved(request, _("Withdrew the absence of %(name)s") % {"name": who.name}, way.page(who)["href"])


def back(request: HttpRequest, way: Way, pk: int, absence: int) -> HttpResponse:
    """Bring the work back that went to the substitute."""
    actor: Any = request.user
    who = reach(way.people(actor), pk=pk)
    row = reach(who.absences.select_related("person"), pk=absence)
    _tell(request, bring_back(row, actor=actor), who.name)
    return HttpResponseRedirect(way.page(who)["href"])


def named(tasks: list[Task], user: Any) -> list[tuple[str, str]]:
    """References and titles; of confidential work an admin learns that it is there, and no more."""
    return [(one.reference, one.title if sees_content(user, one) else _("Confidential task")) for one in tasks]


def _asked(request: HttpRequest, form: AbsenceForm, page: dict[str, Any], held: list[Task]) -> HttpResponse:
    """The page that says what would move; what was typed travels along, nothing is saved yet."""
    kept = [(name, value) for name, value in request.POST.items() if name not in {"csrfmiddlewaretoken", "sure"}]
    context = {"kept": kept, "person": form.instance.person, "absence": form.instance, "back": page}
    context |= {"held": named(held[:SHOWN], request.user), "more": len(held) > SHOWN, "title": _("What would move")}
    return render(request, "tasks/absence_sure.html", context)


def _tell(request: HttpRequest, outcome: Outcome, name: str) -> None:
    count = len(outcome.done)
    done = ngettext("%(count)d task is now with %(name)s", "%(count)d tasks are now with %(name)s", count)
    messages.success(request, done % {"count": count, "name": name})
    for reference, why in outcome.skipped[:5]:
        messages.error(request, f"{reference}: {why}")
