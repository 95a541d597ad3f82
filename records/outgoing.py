"""Sending what leaves the house: at least once, with the same Message-ID each time."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from core import clock
from core.refusals import Refused
from records import events, requests
from records.models import Outgoing

log = structlog.get_logger(__name__)
LEASE = dt.timedelta(minutes=2)
HANDED = dt.timedelta(minutes=1)
ATTEMPTS = 5
BACKOFF = (dt.timedelta(minutes=1), dt.timedelta(minutes=5), dt.timedelta(minutes=30), dt.timedelta(hours=2))


def queue_mail(
    *,
    key: str,
    to: str,
    subject: str,
    text: str,
    owner_kind: str = "",
    owner_id: int | None = None,
    headers: dict[str, str] | None = None,
) -> None:
    """Write a mail into the present transaction; `key` says what it is and makes a second one a no-op.

    Line breaks in the subject are folded to spaces, so that headers cannot be split. `headers` are further ones.
    """
    row = Outgoing(
        key=key,
        identity=identity_of(key),
        to=to,
        subject=" ".join(subject.split())[:250],
        text=text,
        owner_kind=owner_kind,
        owner_id=owner_id,
        headers=headers or {},
        due_at=clock.now(),
    )
    Outgoing.objects.bulk_create([row], ignore_conflicts=True)


def identity_of(key: str) -> uuid.UUID:
    """The identity of what a key names in this office (RFC 9562, version 5): the same whenever it is asked for."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"{settings.BASE_URL}/{key}")


def withdraw(owner_kind: str, owner_id: int) -> None:
    """Take back what an owner has still to send and nobody is sending."""
    waiting = Outgoing.objects.filter(owner_kind=owner_kind, owner_id=owner_id, state=Outgoing.State.DUE)
    waiting.filter(attempts=0, lease_until=None).delete()


def lease(message_id: int) -> Outgoing | None:
    """Take a message for two minutes; None when it is gone, sent, or somebody else's.

    One that five times neither came through nor failed (its sender was killed) is parked.
    """
    now = clock.now()
    free = Outgoing.objects.free(now).filter(pk=message_id)
    if not free.filter(attempts__lt=ATTEMPTS).update(lease_until=now + LEASE, attempts=F("attempts") + 1):
        free.filter(attempts__gte=ATTEMPTS).update(
            state=Outgoing.State.PARKED, lease_until=None, result="It ended five times without an answer."
        )
        return None
    return Outgoing.objects.get(pk=message_id)


def hand_over(limit: int) -> list[int]:
    """Numbers of due messages to publish; they are offered again in a minute if nobody took them."""
    now = clock.now()
    due = list(Outgoing.objects.due(now).order_by("due_at", "id").values_list("pk", flat=True)[:limit])
    Outgoing.objects.filter(pk__in=due, state=Outgoing.State.DUE).update(due_at=now + HANDED)
    return due


def deliver(message_id: int) -> None:
    """Lease one message, send it, keep the result. A failure waits longer each time; the fifth parks it."""
    message = lease(message_id)
    if message is not None:
        with requests.of(message.request_id, outgoing=message.pk):
            _deliver(message)


def _deliver(message: Outgoing) -> None:
    try:
        _send(message)
    except Exception as error:  # whatever the mail server or the network does must not lose the row
        _failed(message, error)
        return
    Outgoing.objects.filter(pk=message.pk).exclude(state=Outgoing.State.SENT).update(
        state=Outgoing.State.SENT, sent_at=clock.now(), lease_until=None, result="sent"
    )
    log.info("outgoing_sent", attempts=message.attempts)


def _send(message: Outgoing) -> None:
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ")
    EmailMessage(
        subject=message.subject,
        body=message.text,
        to=[message.to],
        headers=message.headers | {"Message-ID": f"<{message.identity}@{domain}>", "Auto-Submitted": "auto-generated"},
    ).send()


def _failed(message: Outgoing, error: Exception) -> None:
    log.warning("outgoing_failed", attempts=message.attempts, error=type(error).__name__)
    spent = message.attempts >= ATTEMPTS
    fields: dict[str, Any] = {"lease_until": None, "result": f"{type(error).__name__}: {error}"[:2000]}
    if spent:
        fields["state"] = Outgoing.State.PARKED
    else:
        fields["due_at"] = clock.now() + BACKOFF[min(message.attempts, len(BACKOFF)) - 1]
    # Who lost the lease meanwhile leaves the row to the one who has it: the attempt's number tells.
    Outgoing.objects.filter(pk=message.pk, state=Outgoing.State.DUE, attempts=message.attempts).update(**fields)


def retry(message: Outgoing, *, actor: Any | None) -> Outgoing:
    """Send a parked message after all, with its old identity. Raises Refused for any other."""
    with transaction.atomic():
        row = Outgoing.objects.select_for_update().get(pk=message.pk)
        if row.state != Outgoing.State.PARKED:
            raise Refused(_("Only what was given up is tried again."), code="not_parked", state=row.state)
        row.state, row.attempts, row.due_at, row.lease_until = Outgoing.State.DUE, 0, clock.now(), None
        row.save(update_fields=["state", "attempts", "due_at", "lease_until"])
        events.write("retry", actor=actor, subject_kind="outgoing", subject_id=row.pk, payload={"kind": row.kind})
    return row
