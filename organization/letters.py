"""The mail of notices in the person's language and zone, and the headers to stop it by (RFC 2369, RFC 8058)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from organization import dates
from organization.look import office_name
from organization.models import Notice, User
from organization.stopping import word_for
from organization.telling import Told, speaking_to, told


@dataclass(frozen=True)
class Letter:
    """A mail; `carried` are the notices in it."""

    subject: str
    text: str
    headers: dict[str, str] = field(default_factory=dict)
    carried: frozenset[int] = frozenset()


def compose(person: User, notices: list[Notice], *, now: dt.datetime, morning: dt.date | None = None) -> Letter | None:
    """A mail of these notices (`by` selected); `morning` is the local day of a gathered one.

    What the person no longer reaches is left out; None when nothing is left.
    """
    with speaking_to(person):
        seen = [one for one in told(person, notices) if one.url or one.notice.subject_id is None]
        if not seen:
            return None
        kinds = [one.notice.kind for one in seen]
        stop = settings.BASE_URL + reverse("notices_stop", args=[word_for(person, kinds)])
        return Letter(
            subject=_subject(seen, morning),
            text=_text(person, seen, stop),
            headers={"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
            carried=frozenset(one.notice.pk for one in seen),
        )


def _subject(seen: list[Told], morning: dt.date | None) -> str:
    if morning:
        return _("%(office)s on %(day)s: %(count)s") % {
            "office": office_name(),
            "day": dates.whole_day(morning),
            "count": _counted(seen),
        }
    first = seen[0]
    if len(seen) > 1:
        return _("%(office)s: %(count)s") % {"office": office_name(), "count": _counted(seen)}
    return f"{first.words}: {first.title}" if first.title else first.words


def _counted(seen: list[Told]) -> str:
    return ngettext("%(count)s notice", "%(count)s notices", len(seen)) % {"count": len(seen)}


def _text(person: User, seen: list[Told], stop: str) -> str:
    """Notices about one thing stand together, in the order things were first spoken of."""
    lines = [_("Hello %(name)s,") % {"name": person.name}, ""]
    about: dict[tuple[str, int | None, int], list[Told]] = {}
    for one in seen:
        alone = 0 if one.notice.subject_id else one.notice.pk
        about.setdefault((one.notice.subject_kind, one.notice.subject_id, alone), []).append(one)
    for group in about.values():
        first = group[0]
        lines += [f"{first.notice.reference} {first.title}".strip()] if first.title else []
        for one in group:
            lines += [f"- {one.words}.", f"  {one.why}"]
        lines += [f"  {settings.BASE_URL}{first.url}"] if first.url else []
        lines.append("")
    lines += [
        _("No more mail like this: %(address)s") % {"address": stop},
        _("Choose what you get, and when: %(address)s") % {"address": settings.BASE_URL + reverse("notices_ways")},
    ]
    return "\n".join(lines) + "\n"
