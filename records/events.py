"""Writing history. Every verb calls `write` once, inside its own transaction."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection

from core import clock
from core.prepared import Statement
from records import verbs

_origin: ContextVar[str] = ContextVar("backoffice_origin", default="web")

_COLUMNS = """INSERT INTO records_event (occurred_at, recorded_at, actor_id, on_behalf_of_id, origin, verb,
    subject_kind, subject_id, task_id, department_id, from_state, to_state, reverses_id, schema, digest)
    VALUES (%s, COALESCE(%s, clock_timestamp()), %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 1, %s) RETURNING id"""
_TOGETHER = """INSERT INTO records_event (id, occurred_at, recorded_at, actor_id, on_behalf_of_id, origin, verb,
    subject_kind, subject_id, task_id, department_id, from_state, to_state, reverses_id, schema, digest) VALUES """
_ONE = "(%s, %s, COALESCE(%s, clock_timestamp()), %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 1, %s)"
_NUMBERS = "SELECT nextval(pg_get_serial_sequence('records_event', 'id')) FROM generate_series(1, %s)"
RESERVED = 200
_WITH_PAYLOAD = f"""WITH event AS ({_COLUMNS})
    INSERT INTO records_eventpayload (event_id, salt, body) SELECT id, %s::bytea, %s::jsonb FROM event
    RETURNING event_id"""
_bare, _whole = Statement(_COLUMNS), Statement(_WITH_PAYLOAD)


class Together:
    """Events of one transaction that are inserted at its end; each has its number from the first."""

    def __init__(self) -> None:
        self.free: list[int] = []
        self.events: list[list[Any]] = []
        self.payloads: list[list[Any]] = []

    def add(self, values: list[Any], payload: list[Any]) -> int:
        if not self.free:
            with connection.cursor() as cursor:
                cursor.execute(_NUMBERS, [RESERVED])
                self.free = [row[0] for row in reversed(cursor.fetchall())]
        number = self.free.pop()
        self.events.append([number, *values])
        if payload:
            self.payloads.append([number, *payload])
        return number

    def insert(self) -> None:
        with connection.cursor() as cursor:
            for start in range(0, len(self.events), RESERVED):
                rows = self.events[start : start + RESERVED]
                cursor.execute(_TOGETHER + ", ".join([_ONE] * len(rows)), [value for row in rows for value in row])
            for start in range(0, len(self.payloads), RESERVED):
                rows = self.payloads[start : start + RESERVED]
                cursor.execute(
                    "INSERT INTO records_eventpayload (event_id, salt, body) VALUES "
                    + ", ".join(["(%s, %s, %s::jsonb)"] * len(rows)),
                    [value for row in rows for value in row],
                )


_together: ContextVar[Together | None] = ContextVar("backoffice_together", default=None)


@contextmanager
def together() -> Iterator[None]:
    """Insert the events of the block at its end, many in a statement; an exception drops them.

    For batches inside one transaction: `write` gives each its number at once, but nobody can read it before the end.
    """
    kept = Together()
    token = _together.set(kept)
    try:
        yield
    finally:
        _together.reset(token)
    kept.insert()


@contextmanager
def origin(name: str) -> Iterator[None]:
    """Events written in the block say they came by `name` (web, api, job, import, wing)."""
    token = _origin.set(name)
    try:
        yield
    finally:
        _origin.reset(token)


def current_origin() -> str:
    """How the present caller came in."""
    return _origin.get()


class PayloadEncoder(DjangoJSONEncoder):
    """Django's, but instants keep their microseconds: undo puts back what was there."""

    def default(self, o: Any) -> Any:
        return o.isoformat() if isinstance(o, dt.datetime) else super().default(o)


def canonical(body: Any) -> str:
    """The one JSON text of a payload: keys sorted, no spaces, ISO instants, decimals as text."""
    return json.dumps(body, sort_keys=True, separators=(",", ":"), cls=PayloadEncoder, ensure_ascii=True)


def digest_of(salt: bytes, body: Any) -> bytes:
    """SHA-256 over salt and canonical payload; empty for no payload."""
    return hashlib.sha256(salt + canonical(body).encode()).digest() if body else b""


def write(
    verb: str,
    *,
    actor: Any | None,
    subject_kind: str,
    subject_id: int,
    task_id: int | None = None,
    department_id: int | None = None,
    from_state: str = "",
    to_state: str = "",
    reverses_id: int | None = None,
    on_behalf_of: Any | None = None,
    occurred_at: dt.datetime | None = None,
    payload: dict[str, Any] | None = None,
) -> int:
    """Append one event and its payload in one statement; returns its number.

    `occurred_at` (aware) defaults to the clock; `recorded_at` is the database's instant, or the shifted clock's.
    Must run inside the verb's transaction. Values of `payload` are JSON-able; only what changed belongs there.
    Raises ValueError for a verb that is not in the list (`records.verbs`).
    """
    verbs.check(verb)
    instant = occurred_at or clock.now()
    salt = secrets.token_bytes(16) if payload else b""
    body = canonical(payload) if payload else ""
    values = [
        instant,
        clock.shifted(),
        actor.pk if actor else None,
        on_behalf_of.pk if on_behalf_of else None,
        _origin.get(),
        verb,
        subject_kind,
        subject_id,
        task_id,
        department_id,
        from_state,
        to_state,
        reverses_id,
        hashlib.sha256(salt + body.encode()).digest() if payload else b"",
    ]
    return _append(values, [salt, body] if payload else [])


def _append(values: list[Any], payload: list[Any]) -> int:
    kept = _together.get()
    if kept is not None:
        return kept.add(values, payload)
    with connection.cursor() as cursor:
        (_whole if payload else _bare).run(cursor, values + payload)
        return int(cursor.fetchone()[0])
