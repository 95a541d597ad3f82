"""Events as a file: CSV (RFC 4180) with the sentence and everything an event holds, by a run."""

from __future__ import annotations

import csv
import datetime as dt
import io
import zoneinfo
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone, translation
from django.utils.html import strip_tags
from django.utils.translation import gettext as _

from backoffice.audit.address import Address, reach_of
from backoffice.audit.telling import Telling, Told, read
from core import clock
from core.refusals import Refused
from organization.models import User
from records import files, runs
from records.auditing import asking
from records.auditing.looking import Look, find
from records.events import canonical
from records.jobs import on_tick
from records.models import Attachment, Run

OWNER = "audit_export"  # of attachments
AT_ONCE, MOST = 500, 50_000
KEPT = dt.timedelta(days=30)
# What makes a spreadsheet calculate: OWASP, "CSV Injection"; the wide forms are read as the plain ones.
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
HEADS = (
    "number",
    "occurred_at",
    "recorded_at",
    "by",
    "on_behalf_of",
    "origin",
    "verb",
    "subject",
    "subject_id",
    "task",
    "department",
    "from_state",
    "to_state",
    "reverses",
    "sentence",
    "payload",
)


def harmless(text: str) -> str:
    """The text, behind an apostrophe where a spreadsheet would take it for a formula."""
    return f"'{text}" if text.startswith(DANGEROUS) else text


def ask(address: Address, *, actor: User) -> Run:
    """Have the events of an address written into a file. Raises Refused for an address with something wrong."""
    if address.problems:
        raise Refused(_("Put the filters right first."), code="filters_wrong")
    return asking.ask_export(actor=actor, looked_for=_as_json(address.look))


def _as_json(look: Look) -> dict[str, Any]:
    values = asdict(look)
    values["reach"] = None if look.reach is None else sorted(look.reach)
    for name in ("since", "until"):
        values[name] = values[name].isoformat() if values[name] else None
    return values


def _look(values: dict[str, Any]) -> Look:
    found = dict(values)
    found["reach"] = None if found["reach"] is None else frozenset(found["reach"])
    for name in ("since", "until"):
        found[name] = dt.datetime.fromisoformat(found[name]) if found[name] else None
    return Look(**found)


def may_have(user: User, run: Run) -> bool:
    """Who asked for it, while they may still see all that is in it."""
    asked, now = run.parameters["reach"], reach_of(user)
    within = now is None if asked is None else now is None or set(asked) <= now
    return run.asked_by_id == user.pk and bool(user.is_active) and within


@runs.kind(asking.EXPORT)
def export_events(run: Run) -> dict[str, Any]:
    """Write the file and keep it with the run; made anew after an interruption. Refused where rights were lost."""
    user = User.objects.get(pk=run.asked_by_id)
    if not may_have(user, run):
        raise Refused(_("Who asked for it may not see it any more."), code="not_yours")
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(HEADS)
    with translation.override(user.language), timezone.override(zoneinfo.ZoneInfo(user.time_zone)):
        count = 0
        for told in _all(_look(run.parameters), user, run):
            writer.writerow([harmless(cell) if isinstance(cell, str) else cell for cell in _cells(told)])
            count += 1
    with transaction.atomic():
        runs.progress(run, done=count, total=count)
        if not Attachment.objects.of(OWNER, run.pk).exists():
            name = f"events-{clock.now():%Y-%m-%d}-{run.pk}.csv"
            data = ContentFile(out.getvalue().encode("utf-8-sig"), name=name)
            files.attach(data, owner_kind=OWNER, owner_id=run.pk, actor=user)
    return {"rows": count, "cut_off": count >= MOST}


def _all(look: Look, user: User, run: Run) -> Iterator[Told]:
    """Up to MOST events, newest first, a page at a time."""
    place, count = "", 0
    while count < MOST:
        found = find(look, place, AT_ONCE)
        yield from Telling(read(found.page.rows), user).tell()
        count += len(found.page.rows)
        runs.progress(run, done=count)
        if not found.page.next:
            return
        place = found.page.next


def _cells(told: Told) -> list[Any]:
    event = told.event
    payload = getattr(event, "payload", None)
    if told.hidden:
        said = _("(confidential)")
    elif told.erased:
        said = _("(erased)")
    else:
        said = canonical(payload.body) if payload else ""
    zone = timezone.get_current_timezone()
    sentence = strip_tags(str(told.words))
    return [
        event.pk,
        event.occurred_at.astimezone(zone).isoformat(),
        event.recorded_at.astimezone(zone).isoformat(),
        event.actor.name if event.actor else "",
        event.on_behalf_of.name if event.on_behalf_of else "",
        event.origin,
        event.verb,
        event.subject_kind,
        event.subject_id,
        told.reference,
        told.department,
        event.from_state,
        event.to_state,
        event.reverses_id or "",
        f"{sentence}: {told.quote}" if told.quote else sentence,
        said,
    ]


@on_tick
def forget_old_exports() -> None:
    """Once a minute, remove the files of exports that have been kept long enough; their events stay."""
    now = clock.now()
    if now.second != 15:
        return
    for attachment in Attachment.objects.filter(owner_kind=OWNER, added_at__lt=now - KEPT).order_by("id")[:100]:
        try:
            files.remove(attachment)
        except Refused:
            continue
