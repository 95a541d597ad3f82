"""How people want to be told: a way for each kind, quiet hours, and when the morning mail comes."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.db import transaction

from core import clock
from organization.models import Notice, NoticeHours, NoticePreference, User
from organization.notice_kinds import kind_of
from organization.quiet import morning_after
from organization.storing import store
from records import outgoing


def choose(
    person: User, kind: str, *, actor: User | None, mail: str | None = None, in_app: bool | None = None
) -> NoticePreference:
    """Set how somebody is told of a kind; what is not given stays as it is. One event where it differs.

    Raises KeyError for a kind nobody registered, ValidationError for a way that does not exist.
    """
    known = kind_of(kind)
    if known is None:
        raise KeyError(kind)
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=person.pk)
        row = NoticePreference.objects.filter(person=person, kind=kind).first()
        row = row or NoticePreference(person=person, kind=kind, mail=known.mail)
        row.mail = mail or row.mail
        row.in_app = row.in_app if in_app is None else in_app
        store(row, actor=actor, kind="notice_preference")
        if mail:  # what waits is looked at again, by the new way
            waiting = Notice.objects.filter(person=person, kind=kind, mail_at__isnull=False)
            waiting.update(mail_at=clock.now(), in_digest=False)
    return row


def hours_of(person: User) -> NoticeHours:
    """The hours of a person, unsaved defaults where they never set any."""
    return NoticeHours.objects.filter(person=person).first() or NoticeHours(person=person)


def save_hours(hours: NoticeHours, *, actor: User | None) -> NoticeHours:
    """Set quiet hours and the hour of the morning mail. Raises ValidationError for half of the quiet hours."""
    with transaction.atomic():
        # The job's own columns are not the form's: they are taken as they are now.
        stored = NoticeHours.objects.select_for_update().filter(person=hours.person_id).first()
        if stored:
            hours.digested_on, hours.mailed_at = stored.digested_on, stored.mailed_at
        store(hours, actor=actor, kind="notice_hours")
        follow_zone(hours.person)
    return hours


def follow_zone(person: User) -> None:
    """The morning mail comes with the next morning of the person's clock, after their zone or hour changed."""
    hours = hours_of(person)
    morning = morning_after(clock.now(), hours.morning, ZoneInfo(person.time_zone), hours.digested_on)
    Notice.objects.filter(person=person, in_digest=True, mail_at__isnull=False).update(mail_at=morning)


def forget_mail(person: User) -> None:
    """Somebody left: what has not been sent to them is not sent."""
    Notice.objects.filter(person=person, mail_at__isnull=False).update(mail_at=None)
    outgoing.withdraw("notices", person.pk)
