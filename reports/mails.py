"""Telling readers that a scheduled report is ready: a link, and why they get it."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext as _

from organization.models import User
from organization.telling import speaking_to
from records.outgoing import queue_mail
from reports.catalogue import REPORTS
from reports.models import KeptReport, Schedule
from reports.words import days_words

ADDRESS = "{base}{path}"


def tell_readers(kept: KeptReport) -> None:
    """Queue one mail for each active reader of a scheduled report, in their language and zone; never a second one."""
    for person in kept.readers.filter(is_active=True).order_by("pk"):
        with speaking_to(person):
            if kept.schedule:
                _tell(kept, kept.schedule, person)


def _tell(kept: KeptReport, schedule: Schedule, person: User) -> None:
    title = str(REPORTS[kept.report].title)
    base = settings.BASE_URL.rstrip("/")
    text = _(
        "%(title)s, %(days)s, is ready:\n%(link)s\n\n"
        "You get this because %(owner)s put you on the schedule “%(schedule)s”. Leave it here:\n%(leave)s\n"
    ) % {
        "title": title,
        "days": days_words(kept.first_day, kept.last_day),
        "link": ADDRESS.format(base=base, path=kept.get_absolute_url()),
        "owner": schedule.owner.name,
        "schedule": schedule.name,
        "leave": ADDRESS.format(base=base, path=schedule.get_absolute_url()),
    }
    queue_mail(
        key=f"report:{kept.pk}:{person.pk}",
        to=person.email,
        subject=_("%(title)s: %(schedule)s") % {"title": title, "schedule": schedule.name},
        text=text,
        owner_kind="report",
        owner_id=kept.pk,
    )
