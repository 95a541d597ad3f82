"""Setting up the office: one verb a noun, each checked, each with its event. Only absences are ever taken back.

A verb takes an unsaved or changed instance; what differs from the stored row goes into the event. It raises
ValidationError (by field) for bad values. Work that depends on what changed is computed anew by a background run
(`organization.signals.hours_changed`).
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from organization import stand_ins
from organization.models import (
    Absence,
    Alias,
    CalendarClosure,
    CalendarWindow,
    Department,
    Holding,
    Membership,
    OfficeCalendar,
    Qualification,
    Site,
    User,
)
from organization.preferences import follow_zone, forget_mail
from organization.public_holidays import calendar_for
from organization.sessions import end_sessions
from organization.signals import hours_changed, person_left
from organization.storing import discard, store
from organization.tokens import revoke_token
from records import events


def save_site(site: Site, *, actor: User | None) -> Site:
    """Add or change a site; another zone or other holidays move the clocks of its departments.

    A country or region without known holidays is refused (ValidationError): nothing could be counted there.
    """
    if site.country:
        _check_holidays(site)
    with transaction.atomic():
        fresh = site.pk is None
        changes = store(site, actor=actor, kind="site")
        if not fresh and changes.keys() & {"time_zone", "country", "subdivision"}:
            _announce(site.departments.values_list("pk", flat=True), actor)
    return site


def _check_holidays(site: Site) -> None:
    site.country = site.country.upper()
    for field, subdivision in (("country", ""), ("subdivision", site.subdivision)):
        try:
            calendar_for(site.country, subdivision)
        except ValueError as unknown:
            told = _("No public holidays are known for %(place)s. Leave it empty or use the ISO 3166 code.")
            raise ValidationError({field: told % {"place": getattr(site, field)}}) from unknown


def save_department(department: Department, *, actor: User | None) -> Department:
    """Add or change a department; those below it follow when it moves. A loop is refused (ValidationError)."""
    with transaction.atomic():
        # The whole tree is locked and read anew: two moves at once could make a loop, and what was read is old.
        rows = Department.objects.select_for_update(no_key=True).order_by("pk")
        tree = {row.pk: row.lineage for row in rows.only("lineage")}
        above = tree.get(department.parent_id, []) if department.parent_id else []
        if department.pk and department.pk in above:
            raise ValidationError({"parent": _("A department cannot be part of itself. Choose another.")})
        fresh = department.pk is None
        old = tree.get(department.pk, [])
        department.lineage = old
        changes = store(department, actor=actor, kind="department", department_id=department.pk)
        lineage = [*above, department.pk]
        if lineage != old:
            _move_below(department, old or [department.pk], lineage)
        if not fresh and changes.keys() & {"site_id", "calendar_id"}:
            _announce([department.pk], actor)
    return department


def _move_below(department: Department, old: list[int], new: list[int]) -> None:
    department.lineage = new
    Department.objects.filter(pk=department.pk).update(lineage=new)
    for row in Department.objects.filter(lineage__contains=[department.pk]).exclude(pk=department.pk):
        Department.objects.filter(pk=row.pk).update(lineage=new + row.lineage[len(old) :])


def save_person(person: User, *, actor: User | None) -> User:
    """Add or change a person; a password is never written to the event."""
    if not person.password:
        person.set_unusable_password()
    _keep_an_admin(person)
    with transaction.atomic():
        changes = store(person, actor=actor, kind="person")
        if len(changes.get("time_zone", ())) == 2 and changes["time_zone"][0]:
            follow_zone(person)
    return person


def _keep_an_admin(person: User) -> None:
    """Raise ValidationError where this would leave the office without anybody who can set it up."""
    if person.pk is None or (person.is_admin and person.is_active):
        return
    others = User.objects.active().filter(is_admin=True).exclude(pk=person.pk)
    if User.objects.active().filter(pk=person.pk, is_admin=True).exists() and not others.exists():
        raise ValidationError({"is_admin": _("They are the last admin. Make somebody else one first.")})


def save_membership(membership: Membership, *, actor: User | None) -> Membership:
    """Add or change a membership; those of managers' substitutes follow (`organization.stand_ins`).

    Raises ValidationError for a membership that itself is a substitute's: it follows the absence.
    """
    with transaction.atomic(), stand_ins.following_post(membership, actor=actor):
        store(membership, actor=actor, kind="membership", department_id=membership.department_id)
    return membership


def change_department(post: Membership, *, to: Department, on: dt.date, actor: User | None) -> Membership:
    """End a membership the day before `on` (a day of the department) and begin the same one in `to`; the new one.

    Raises ValidationError where it begins later than that, or where they are a member of `to` already.
    """
    if on <= post.starts_on:
        raise ValidationError({"on": _("They begin there on that day or later. Choose a later day.")})
    if to.pk == post.department_id:
        raise ValidationError({"department": _("They work there already. Choose another department.")})
    with transaction.atomic():
        fresh = Membership(
            person=post.person,
            department=to,
            role=post.role,
            minutes=list(post.minutes),
            cap=post.cap,
            starts_on=on,
            ends_on=post.ends_on,
        )
        post.ends_on = on - dt.timedelta(days=1)
        save_membership(post, actor=actor)
        return save_membership(fresh, actor=actor)


def save_qualification(qualification: Qualification, *, actor: User | None) -> Qualification:
    """Add or change a qualification."""
    store(qualification, actor=actor, kind="qualification")
    return qualification


def save_holding(holding: Holding, *, actor: User | None) -> Holding:
    """Grant a qualification, or change level and validity of a held one."""
    store(holding, actor=actor, kind="holding")
    return holding


def save_calendar(
    calendar: OfficeCalendar,
    *,
    actor: User | None,
    windows: list[CalendarWindow],
    closures: list[CalendarClosure],
) -> OfficeCalendar:
    """Write a calendar with all of its windows and closures; one without any window is refused (ValidationError)."""
    if not windows:
        raise ValidationError(_("Give the calendar at least one window: without any there is no working time."))
    with transaction.atomic():
        fresh = calendar.pk is None
        if not fresh:  # the number of what is stored, not of what was read: each set of hours has its own
            stored = OfficeCalendar.objects.select_for_update().values_list("revision", flat=True)
            calendar.revision = stored.get(pk=calendar.pk)
        before = None if fresh else _hours(calendar)
        changes = store(calendar, actor=actor, kind="calendar")
        calendar.windows.all().delete()
        calendar.closures.all().delete()
        rows: list[CalendarWindow | CalendarClosure] = [*windows, *closures]
        for row in rows:
            row.pk, row.calendar = None, calendar
            row.full_clean()
            row.save(force_insert=True)
        after = _hours(calendar)
        if after != before or "observes_holidays" in changes:
            calendar.revision += 1
            calendar.save(update_fields=["revision"])
            events.write(
                "set_hours",
                actor=actor,
                subject_kind="calendar",
                subject_id=calendar.pk,
                payload={"hours": after},
            )
            _announce(calendar.departments.values_list("pk", flat=True), actor)
    return calendar


def _hours(calendar: OfficeCalendar) -> dict[str, Any]:
    windows = calendar.windows.order_by("weekday", "start").values_list("weekday", "start", "end")
    closures = calendar.closures.order_by("day", "start").values_list("day", "start", "end", "name")
    return {
        "windows": [[day, start.isoformat(), end.isoformat()] for day, start, end in windows],
        "closures": [[str(day), start and str(start), end and str(end), name] for day, start, end, name in closures],
    }


def save_absence(absence: Absence, *, actor: User | None) -> Absence:
    """Add or change an absence. A manager's substitute is a manager for its days (`organization.stand_ins`)."""
    with transaction.atomic(), stand_ins.following_absence(absence, actor=actor):
        store(absence, actor=actor, kind="absence")
    return absence


def withdraw_absence(absence: Absence, *, actor: User | None) -> None:
    """Take back an absence that is not, or was not; the substitute's membership goes with it.

    Of one that ends early, change the end instead: what was, stays.
    """
    with transaction.atomic(), stand_ins.following_absence(absence, actor=actor, withdrawn=True):
        discard(absence, actor=actor, kind="absence")


def deactivate(person: User, *, actor: User | None) -> User:
    """Somebody leaves: no sign-in, sessions and tokens ended for good, also if they come back.

    What they hold goes back to the queue (`tasks.leaving`).
    """
    with transaction.atomic():
        person.is_active = False
        _keep_an_admin(person)
        for token in person.api_tokens.filter(revoked_at__isnull=True):
            revoke_token(token, actor=actor)
        end_sessions(person)
        store(person, actor=actor, kind="person")
        forget_mail(person)
        person_left.send(sender=User, person=person, actor=actor)
    return person


def _announce(department_ids: Any, actor: User | None) -> None:
    ids = list(department_ids)
    if ids:
        hours_changed.send(sender=Department, department_ids=ids, actor=actor)


def save_alias(alias: Alias, *, actor: User | None) -> Alias:
    """Say what a name of an import means from now on."""
    store(alias, actor=actor, kind="alias")
    return alias


def forget_alias(alias: Alias, *, actor: User | None) -> None:
    """Forget a name: the next import that says it looks for it anew."""
    discard(alias, actor=actor, kind="alias")
