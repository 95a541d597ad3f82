"""Rows of people against what is stored: who they are, where they work, what they hold, whether they are invited."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from core import clock
from organization import setup
from organization.importing import values
from organization.importing.plans import Plan, put
from organization.importing.sheets import Cells
from organization.invitations import invite
from organization.models import Department, Holding, Membership, Qualification, User
from organization.models.departments import Role
from records.models import Event
from records.reading import Record


class People:
    """What is stored of the people of some rows. Six statements when it is made."""

    def __init__(self, records: list[Record], names: dict[str, str], actor: User | None) -> None:
        self.actor, self.today = actor, clock.now().date()
        addresses = {one.cells.get(names["email"], "").strip().lower() for one in records}
        rows = list(User.objects.filter(email__in=addresses))
        self.people = {row.email: row for row in rows}
        ids = [row.pk for row in rows]
        self.departments = {row.code: row for row in Department.objects.select_related("site").order_by("pk")}
        self.skills = {row.folded_name: row for row in Qualification.objects.order_by("folded_name", "pk")}
        self.posts: dict[tuple[int, int], Membership] = {}
        own = Membership.objects.filter(person__in=ids, stands_in_for__isnull=True)
        for post in own.between(self.today, dt.date.max).order_by("-starts_on"):
            self.posts[post.person_id, post.department_id] = post  # the one in force, else the next
        self.held: dict[tuple[int, int], Holding] = {}
        for one in Holding.objects.filter(person__in=ids).order_by("valid_from", "pk"):
            self.held[one.person_id, one.qualification_id] = one
        invited = Event.objects.filter(verb="invite", subject_kind="person", subject_id__in=ids)
        self.invited = set(invited.values_list("subject_id", flat=True))

    def plan(self, plan: Plan, cells: Cells) -> None:
        """Work out what the row would do. All that stands in its way becomes faults of `cells`."""
        email, name = cells.text("email").lower(), cells.text("name")
        if not email:
            cells.missing("email", _("The row has no address. Each person is known by their own."))
        stored = self.people.get(email)
        plan.is_new = bool(email) and stored is None
        plan.name = f"{name or (stored.name if stored else '')} ({email})".strip() if email else name
        if stored and not stored.is_active:
            cells.wrong("email", _("%(name)s has left. Let them come back first.") % {"name": stored.name})
        person = stored or User(email=email)
        codes = values.codes(cells)
        places = self._places(codes, cells)
        if put(person, self._facts(person, cells, places, plan.is_new), plan, cells):
            plan.steps.append(lambda actor: setup.save_person(person, actor=actor))
        given = values.roles(cells, len(codes))
        week = values.minutes(cells)
        for number, place in enumerate(places):
            self._work(plan, cells, person, place, given[number] if given else None, week)
        for wanted in values.qualifications(cells):
            self._hold(plan, cells, person, wanted)
        waits = plan.is_new or not (person.has_usable_password() or person.pk in self.invited)
        if values.yes(cells, "invite") and waits:
            plan.note(_("Invitation"), "", _("is sent"))
            plan.steps.append(lambda actor: invite(person, actor=actor))

    def _places(self, codes: list[str], cells: Cells) -> list[Department]:
        found = []
        for code in codes:
            place = self.departments.get(code)
            if place is not None and place.is_active:
                found.append(place)
                continue
            told = _("There is no department with the code %(code)s. Add it first, or write the code of another.")
            cells.wrong("departments", told % {"code": code[:40]})
        return found

    def _facts(self, person: User, cells: Cells, places: list[Department], is_new: bool) -> dict[str, Any]:
        """Values of the person; an empty cell leaves what is stored."""
        facts = {
            "email": person.email,
            "name": cells.text("name"),
            "time_zone": cells.text("time_zone"),
            "language": values.language(cells),
        }
        if is_new and not facts["name"]:
            cells.missing("name", _("A new person needs a name."))
        if is_new:
            zone = places[0].site.time_zone if places else self.actor.time_zone if self.actor else settings.TIME_ZONE
            facts["time_zone"] = facts["time_zone"] or zone
            facts["language"] = facts["language"] or settings.LANGUAGE_CODE
        return {name: value for name, value in facts.items() if value}

    def _work(
        self, plan: Plan, cells: Cells, person: User, place: Department, role: str | None, week: list[int] | None
    ) -> None:
        """A membership from today on where there is none; else role and minutes where the file says them."""
        post = self.posts.get((person.pk, place.pk)) if person.pk else None
        fresh = post is None
        row = post or Membership(
            person=person, department=place, starts_on=self.today, role=Role.ASSISTANT, minutes=list(values.FULL_TIME)
        )
        before = (row.role, list(row.minutes))
        row.role, row.minutes = role or row.role, week or list(row.minutes)
        if fresh or before != (row.role, row.minutes):
            told = [] if fresh else [Role(before[0]).label, written(before[1])]
            now = [str(Role(row.role).label), written(row.minutes)]
            plan.note(_("Works in %(place)s") % {"place": place.name}, ", ".join(map(str, told)), ", ".join(now))
            plan.steps.append(lambda actor: _save_post(row, person, actor))

    def _hold(self, plan: Plan, cells: Cells, person: User, wanted: values.Held) -> None:
        """A qualification from today on where it is not held; else level and days where the file says them."""
        skill = self.skills.get(wanted.folded)
        if skill is None:
            told = _("There is no qualification “%(name)s”. Add it first.") % {"name": wanted.name[:80]}
            cells.wrong("qualifications", told)
            return
        stored = self.held.get((person.pk, skill.pk)) if person.pk else None
        over = stored is not None and stored.valid_until is not None and stored.valid_until < self.today
        if over and (wanted.last is None or wanted.last <= stored.valid_until):  # type: ignore[union-attr,operator]
            return  # it ended since, and the file does not say that it goes on
        row = Holding(person=person, qualification=skill, valid_from=self.today) if stored is None or over else stored
        fresh = row.pk is None
        before = _held(row)
        for name, value in (("level", wanted.level), ("valid_from", wanted.first), ("valid_until", wanted.last)):
            if value is not None:
                setattr(row, name, value)
        if row.valid_until and row.valid_until < row.valid_from:
            cells.wrong("qualifications", _("%(name)s would end before it begins.") % {"name": skill.name})
        if not 1 <= row.level <= 10:
            cells.wrong("qualifications", _("Levels are from 1 to 10."))
        if fresh or before != _held(row):
            plan.note(_("Holds %(skill)s") % {"skill": skill.name}, "" if fresh else before, _held(row))
            plan.steps.append(lambda actor: _save_holding(row, person, actor))


def written(minutes: list[int]) -> str:
    """The minutes of a week as the file writes them."""
    return " ".join(map(str, minutes))


def _held(row: Holding) -> str:
    span = f"{row.valid_from} – {row.valid_until or ''}".strip()
    return _("level %(level)s, %(days)s") % {"level": row.level, "days": span}


def _save_post(row: Membership, person: User, actor: User | None) -> None:
    row.person = person  # saved a step before: its number is known now
    setup.save_membership(row, actor=actor)


def _save_holding(row: Holding, person: User, actor: User | None) -> None:
    row.person = person
    setup.save_holding(row, actor=actor)
