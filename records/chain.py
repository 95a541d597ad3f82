"""The hash chain over events: sealing what can no longer change, and proving that nothing did.

Order in the chain is (transaction, id). Only transactions below the oldest one still running are sealed, so a
late commit is never skipped. Each link covers all events between its transaction bounds:
hash = SHA-256(previous hash | number | bounds | count | total | rows of the events).
Source of the scheme: linked time-stamping, Haber and Stornetta, "How to time-stamp a digital document" (1991).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction

from records.events import digest_of
from records.models import Event, EventPayload, Seal

ADVISORY_LOCK = 4_201_001
CHUNK = 5_000
LINK = 20_000
_FIELDS = (
    "id",
    "transaction",
    "occurred_at",
    "recorded_at",
    "actor_id",
    "on_behalf_of_id",
    "origin",
    "verb",
    "subject_kind",
    "subject_id",
    "task_id",
    "department_id",
    "from_state",
    "to_state",
    "reverses_id",
    "schema",
    "digest",
)


def _text(value: Any) -> bytes:
    if value is None:
        return b"-"
    if isinstance(value, bytes | memoryview):
        return b"x" + bytes(value).hex().encode()
    isoformat = getattr(value, "isoformat", None)
    text = (isoformat() if isoformat else str(value)).encode()
    return str(len(text)).encode() + b":" + text


def _rows(after: int, through: int) -> Iterator[tuple[Any, ...]]:
    rows = Event.objects.filter(transaction__gt=after, transaction__lte=through)
    yield from rows.order_by("transaction", "id").values_list(*_FIELDS).iterator(CHUNK)


def _link(previous: bytes, number: int, after: int, through: int, total_before: int) -> tuple[bytes, int]:
    rows = hashlib.sha256()
    count = 0
    for row in _rows(after, through):
        rows.update(b"|".join(_text(value) for value in row) + b"\n")
        count += 1
    head = f"{number}|{after}|{through}|{count}|{total_before + count}|".encode()
    return hashlib.sha256(previous + head + rows.digest()).digest(), count


def _safe_bound() -> int:
    """The highest transaction number below every running transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT records_transaction_of(pg_snapshot_xmin(pg_current_snapshot())) - 1")
        return int(cursor.fetchone()[0])


def _upper_end(after: int, bound: int) -> int | None:
    """The last transaction of the next link: all that is safe, about `LINK` events at the most."""
    waiting = Event.objects.filter(transaction__gt=after, transaction__lte=bound).order_by("transaction", "id")
    transactions = waiting.values_list("transaction", flat=True)
    ahead = list(transactions[LINK : LINK + 1])
    if ahead:
        return int(ahead[0])
    last = waiting.order_by("-transaction").values_list("transaction", flat=True).first()
    return None if last is None else int(last)


def seal() -> Seal | None:
    """Add one link for everything that can no longer change; None when there is nothing, or another seals.

    Harmless to run twice or side by side (advisory lock until the end of the transaction).
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [ADVISORY_LOCK])
            if not cursor.fetchone()[0]:
                return None
        bound = _safe_bound()
        last = Seal.objects.order_by("-number").first()
        after = last.through_transaction if last else -1
        through = _upper_end(after, bound)
        if through is None:
            return None
        number, total = (last.number + 1, last.total) if last else (1, 0)
        previous = bytes(last.hash) if last else b""
        digest, count = _link(previous, number, after, through, total)
        return Seal.objects.create(
            number=number,
            after_transaction=after,
            through_transaction=through,
            count=count,
            total=total + count,
            previous=previous,
            hash=digest,
        )


@dataclass
class Report:
    """What a verification found. `head` is the hash of the last link, to be kept outside the database."""

    seals: int = 0
    events: int = 0
    unsealed: int = 0
    head: str = ""
    problems: list[str] = field(default_factory=list)


def verify(expect: str = "", tell: Callable[[int], object] = lambda events: None) -> Report:
    """Recompute the chain and every payload's digest.

    `expect` is a head kept outside (hex): the chain must contain it, which also tells a chain that was cut off
    together with its events. Finds changed, removed, added, moved and cut-off rows; says where. `tell` is called now
    and then with the number of events looked at so far.
    """
    report = Report()
    previous, after, total, seen = b"", -1, 0, not expect
    for link in Seal.objects.order_by("number").iterator(CHUNK):
        report.seals += 1
        if link.number != report.seals:
            report.problems.append(f"Link {report.seals} is missing from the chain.")
            break
        digest, count = _link(
            bytes(link.previous), link.number, link.after_transaction, link.through_transaction, total
        )
        if bytes(link.previous) != previous or link.after_transaction != after:
            report.problems.append(f"Link {link.number} does not continue link {link.number - 1}.")
        if count != link.count:
            report.problems.append(f"Link {link.number} covers {count} events, {link.count} were sealed.")
        elif digest != bytes(link.hash):
            report.problems.append(f"Events under link {link.number} were changed.")
        elif link.total != total + count:
            report.problems.append(f"The total of link {link.number} was changed.")
        previous, after, total = bytes(link.hash), link.through_transaction, link.total
        report.events += count
        seen = seen or previous.hex() == expect
        tell(report.events)
    report.head = previous.hex()
    report.unsealed = Event.objects.filter(transaction__gt=after).count()
    if not seen:
        report.problems.append(f"The chain does not contain the expected head {expect}: it was cut off or replaced.")
    for problem in _payload_problems(lambda: tell(report.events)):
        report.problems.append(problem)
    return report


def _payload_problems(tell: Callable[[], object]) -> Iterator[str]:
    payloads = EventPayload.objects.order_by("event_id").values_list("event_id", "salt", "body", "event__digest")
    for number, (event_id, salt, body, digest) in enumerate(payloads.iterator(CHUNK)):
        if number % CHUNK == 0:
            tell()
        if digest_of(bytes(salt), body) != bytes(digest):
            yield f"The payload of event {event_id} was changed."
    yield from _missing_payloads()


def _missing_payloads() -> Iterator[str]:
    """A digest without its payload is right only where an erasure of that event is recorded."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT e.id FROM records_event e LEFT JOIN records_eventpayload p ON p.event_id = e.id
               WHERE e.digest <> ''::bytea AND p.event_id IS NULL AND NOT EXISTS (
                 SELECT 1 FROM records_event erasure WHERE erasure.subject_kind = 'event'
                 AND erasure.subject_id = e.id AND erasure.verb = 'erase') ORDER BY e.id LIMIT 100"""
        )
        for (event_id,) in cursor.fetchall():
            yield f"The payload of event {event_id} is gone without a recorded erasure."
