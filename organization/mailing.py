"""Mail of notices: at once, or gathered into one letter a person and local morning. A job of the tick.

Everything is decided when the mail is due, not when the notice was written: what the person wants, whether they have
read it meanwhile, whether they are still here, and what they may see. Outgoing rows and the marks on the notices are
one transaction under a lock on the person's hours, so kills, doubled ticks and outages neither lose nor double a mail.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from django.db import transaction

from core import clock
from organization.letters import Letter, compose
from organization.models import Notice, NoticeHours, NoticePreference, User
from organization.notice_kinds import kind_of, way
from organization.quiet import instant, morning_after, quiet_end
from records.outgoing import queue_mail

# A planning session tells somebody forty things: they come in one mail at once and one for each five minutes after it.
GAP = dt.timedelta(minutes=5)
MOST = 500  # notices a mail
Mail = NoticePreference.Mail


def write_due(limit: int = 100) -> int:
    """Write the mails of up to `limit` people whose notices are due; how many people were looked at.

    One transaction a person; who is being written to elsewhere is left to that.
    """
    due = Notice.objects.filter(mail_at__lte=clock.now()).order_by().values_list("person_id", flat=True).distinct()
    people = list(due[:limit])
    for person_id in people:
        write_to(person_id)
    return len(people)


def write_to(person_id: int) -> None:
    """Look at what one person is due: settle it, put it off, or write it into a mail."""
    with transaction.atomic():
        NoticeHours.objects.bulk_create([NoticeHours(person_id=person_id)], ignore_conflicts=True)
        locked = NoticeHours.objects.select_for_update(skip_locked=True, of=("self",)).select_related("person")
        hours = locked.filter(person=person_id).first()
        if hours is None:
            return
        now = clock.now()
        waiting = Notice.objects.filter(person=person_id, mail_at__lte=now).select_related("by")
        _Desk(hours, now).work(list(waiting.order_by("id")[:MOST]))


class _Desk:
    """One person's mail at one moment."""

    def __init__(self, hours: NoticeHours, now: dt.datetime) -> None:
        self.hours, self.now = hours, now
        self.person: User = hours.person
        self.zone = ZoneInfo(self.person.time_zone)
        self.today = now.astimezone(self.zone).date()

    def work(self, notices: list[Notice]) -> None:
        unread = [one for one in notices if one.read_at is None] if self.person.is_active else []
        ways = self._ways(unread)
        at_once = [one for one in unread if not one.in_digest and ways[one.pk] == Mail.NOW]
        fresh = [one for one in unread if not one.in_digest and ways[one.pk] == Mail.DIGEST]
        digest = [one for one in unread if one.in_digest]
        self._put_off(fresh, self._morning(), in_digest=True)
        self._at_once(at_once)
        self._digest(digest)
        kept = {one.pk for one in [*at_once, *fresh, *digest]}
        _settle(one for one in notices if one.pk not in kept)

    def _ways(self, notices: list[Notice]) -> dict[int, str]:
        rows = NoticePreference.objects.filter(person=self.person, kind__in={one.kind for one in notices})
        chosen = dict(rows.values_list("kind", "mail"))
        return {one.pk: way(kind_of(one.kind), chosen.get(one.kind), urgent=one.urgent) for one in notices}

    def _morning(self) -> dt.datetime:
        return morning_after(self.now, self.hours.morning, self.zone, self.hours.digested_on)

    def _at_once(self, notices: list[Notice]) -> None:
        if not notices:
            return
        quiet = quiet_end(self.now, self.hours.quiet_from, self.hours.quiet_until, self.zone)
        wait = self.hours.mailed_at + GAP if self.hours.mailed_at else self.now
        if quiet:
            self._put_off(notices, quiet)
        elif wait > self.now and not any(one.urgent for one in notices):
            self._put_off(notices, wait)
        else:
            letter = compose(self.person, notices, now=self.now)
            self._send(letter, notices, f"notices:{self.person.pk}:{notices[0].pk}")
            self._note(mailed_at=self.now)

    def _digest(self, notices: list[Notice]) -> None:
        """One a local day: where the zone changed meanwhile, this morning may be ahead, or have had its own."""
        if not notices:
            return
        early = self.now < instant(self.today, self.hours.morning, self.zone)
        if early or (self.hours.digested_on and self.hours.digested_on >= self.today):
            self._put_off(notices, self._morning(), in_digest=True)
            return
        quiet = quiet_end(self.now, self.hours.quiet_from, self.hours.quiet_until, self.zone)
        if quiet:
            self._put_off(notices, quiet, in_digest=True)
            return
        letter = compose(self.person, notices, now=self.now, morning=self.today)
        self._send(letter, notices, f"digest:{self.person.pk}:{self.today.isoformat()}")
        self._note(digested_on=self.today)

    def _send(self, letter: Letter | None, notices: list[Notice], key: str) -> None:
        """Queue the letter, unless nothing in it is theirs to see any more, and mark what it carries."""
        if letter:
            queue_mail(
                key=key,
                to=self.person.email,
                subject=letter.subject,
                text=letter.text,
                headers=letter.headers,
                owner_kind="notices",
                owner_id=self.person.pk,
            )
        carried = letter.carried if letter else frozenset()
        Notice.objects.filter(pk__in=carried).update(mail_at=None, mailed_at=self.now)
        _settle(one for one in notices if one.pk not in carried)

    def _note(self, **fields: object) -> None:
        NoticeHours.objects.filter(pk=self.hours.pk).update(**fields)
        for name, value in fields.items():
            setattr(self.hours, name, value)

    def _put_off(self, notices: list[Notice], until: dt.datetime, *, in_digest: bool = False) -> None:
        if notices:
            rows = Notice.objects.filter(pk__in=[one.pk for one in notices])
            rows.update(mail_at=until, in_digest=in_digest)


def _settle(notices: Iterable[Notice]) -> None:
    """No mail of these: read, unwanted, or out of reach."""
    pks = [one.pk for one in notices]
    if pks:
        Notice.objects.filter(pk__in=pks).update(mail_at=None)
