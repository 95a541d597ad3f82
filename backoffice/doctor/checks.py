"""The checks of `manage.py doctor`, in the order in which one would look."""

from __future__ import annotations

import shutil
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg2
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.mail import get_connection
from django.db import connection

from backoffice import catalogues, health, probe
from backoffice.doctor.findings import Check, Trouble, reading, within
from backoffice.keeping import stamp
from organization import invariants as organization
from records import invariants as records
from tasks import invariants as tasks

SECONDS = 5.0  # for whatever answers from elsewhere
OLDEST_POSTGRES = 15
CLOCK_SECONDS = 5.0
WAITING_MINUTES = 15
FREE_BYTES = 500 * 1024 * 1024
INVARIANTS = ("organization", "records", "tasks")
READS = {"migrations", "clock", "outgoing", "runs", *INVARIANTS}
_WAITING = """SELECT count(*), coalesce(max(extract(epoch FROM clock_timestamp() - created_at)), 0)::float FROM {}"""


def database() -> str:
    """The server answers and is new enough."""
    try:
        number = int(probe.ask("SHOW server_version_num", seconds=SECONDS)[0][0])
    except psycopg2.Error as error:
        said = str(error).strip().splitlines()[0]
        raise Trouble(f"{said}: start PostgreSQL, look at DATABASE_URL") from error
    if number < OLDEST_POSTGRES * 10_000:
        raise Trouble(f"PostgreSQL {number // 10_000} is too old: {OLDEST_POSTGRES} or newer is needed")
    return f"PostgreSQL {number // 10_000}.{number % 10_000} answers"


def migrations() -> str:
    """The database is as this version wants it."""
    if unknown := sorted(stamp.applied() - stamp.known()):
        raise Trouble(f"the database is of a newer version ({'.'.join(unknown[-1])}): install that one")
    if waiting := stamp.pending():
        names = [".".join(name) for name in waiting]
        raise Trouble(f"{len(waiting)} migrations are not applied: run manage.py upgrade", names)
    return "all applied"


def clock() -> str:
    """This machine and the database agree on the time."""
    before = time.time()
    theirs = float(probe.ask("SELECT extract(epoch FROM clock_timestamp())::float", seconds=SECONDS)[0][0])
    apart = theirs - (before + time.time()) / 2
    if abs(apart) > CLOCK_SECONDS:
        ahead = "ahead of" if apart > 0 else "behind"
        raise Trouble(f"the database's clock is {abs(apart):.0f} s {ahead} this machine's: set both by NTP")
    return f"{abs(apart):.1f} s apart from the database's"


def signs_of_life() -> Iterator[tuple[str, Check]]:
    """Broker and heartbeats, one check each, from one look."""
    looked: dict[str, Any] = {}

    def of(name: str) -> str:
        if not looked:
            looked.update(health.check_all())
        found = looked[name]
        if name == "broker":
            if not found["ok"]:
                raise Trouble("Redis or Valkey does not answer: start it, look at REDIS_URL; nothing is lost meanwhile")
            return "answers"
        if found["age"] is None:
            raise Trouble(f"has never been seen: start it (deploy/{UNITS.get(name, name)})")
        if not found["ok"]:
            raise Trouble(f"was last seen {found['age']:.0f} s ago: look at its log, start it anew")
        return f"seen {found['age']:.0f} s ago"

    yield "broker", lambda: of("broker")
    for name in health.BEATS:
        yield name, lambda name=name: of(name)  # type: ignore[misc]


UNITS = {
    "worker": "systemd/backoffice-worker.service",
    "long": "systemd/backoffice-worker-long.service",
    "schedule": "systemd/backoffice-beat.service",
}


def mail() -> str:
    """The mail server takes us; nothing is sent."""
    kind = settings.EMAIL_BACKEND.rsplit(".", 2)[-2]
    if kind == "locmem":
        return "kept in memory, for tests"
    if kind != "smtp":
        if settings.DEBUG or settings.DEMO:
            return f"no server: mails go to {kind}"
        raise Trouble(f"nobody gets mail, it goes to {kind}: set EMAIL_URL")
    where = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    server = get_connection(timeout=SECONDS)
    try:
        server.open()
    except OSError as error:  # smtplib's too
        raise Trouble(f"{where}: {type(error).__name__}: look at EMAIL_URL; mails wait meanwhile") from error
    server.close()
    return f"{where} takes us"


def storage() -> str:
    """A file can be written, read and removed, and there is room."""
    name, content = f"doctor-{uuid.uuid4()}", b"looked at by the doctor"
    try:
        stored = default_storage.save(name, ContentFile(content))
        with default_storage.open(stored) as file:
            same = file.read() == content
        default_storage.delete(stored)
    except OSError as error:
        raise Trouble(f"{error.strerror or error}: {settings.DATA} must be ours to write") from error
    if not same:
        raise Trouble("gives back other bytes than it was given: look at the disk")
    if not isinstance(default_storage._wrapped, FileSystemStorage):  # type: ignore[attr-defined]
        return "writes and reads"
    free = shutil.disk_usage(default_storage.location).free  # type: ignore[attr-defined]
    if free < FREE_BYTES:
        raise Trouble(f"only {free / 1e6:.0f} MB are free: make room")
    return f"writes and reads, {free / 1e9:.0f} GB free"


def static_files() -> str:
    """Pages find their style sheets and scripts."""
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    if settings.DEBUG or manifest.exists():
        return "collected" if manifest.exists() else "not collected, DEBUG needs none"
    raise Trouble("not collected: run manage.py upgrade")


def languages() -> str:
    """Pages and mails find the texts of the languages."""
    if catalogues.current():
        return "compiled"
    raise Trouble("not compiled, all is said in English: run manage.py upgrade")


def outgoing() -> str:
    """Mails leave. A message was handed over again and again when nobody takes it: how old it is tells."""
    return _waiting(
        "records_outgoing",
        "state = 'due' AND attempts = 0 AND due_at <= clock_timestamp() + interval '1 minute'",
        "messages to be sent",
        "look at the worker of the queue mail",
    )


def runs() -> str:
    """What people asked for is begun."""
    return _waiting(
        "records_run",
        "state = 'queued' AND attempts = 0",
        "runs to be begun",
        "look at the worker of the queue long",
    )


def _waiting(table: str, which: str, what: str, do: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"{_WAITING.format(table)} WHERE {which}")
        count, oldest = cursor.fetchone()
    if oldest > WAITING_MINUTES * 60:
        raise Trouble(f"{count} {what}, the oldest for {oldest / 60:.0f} min: {do}")
    return f"{count} {what}"


def _holds(problems: list[str]) -> str:
    if problems:
        many = f"{len(problems)} breaches" if len(problems) > 1 else "1 breach"
        raise Trouble(f"{many} of what must be true; see docs/operations.md", problems)
    return "everything that must be true, is"


def all_checks(*, whole_chain: bool, seconds: float) -> dict[str, Check]:
    """The checks by name, in their order; each ends in a bounded time."""
    return {
        "database": within(SECONDS + 1, database, "look at the server's name in DATABASE_URL"),
        "migrations": reading(SECONDS, migrations),
        "clock": within(SECONDS + 1, clock, "look at the database"),
        **{name: within(SECONDS, check, "look at REDIS_URL") for name, check in signs_of_life()},
        "mail": within(2 * SECONDS, mail, "the mail server is silent; look at EMAIL_URL; mails wait meanwhile"),
        "storage": within(2 * SECONDS, storage, f"look at the disk of {settings.DATA}"),
        "static files": static_files,
        "languages": languages,
        "outgoing": reading(SECONDS, outgoing),
        "runs": reading(SECONDS, runs),
        "organization": reading(seconds, lambda: _holds(list(organization.broken()))),
        "records": reading(seconds, lambda: _holds(list(records.broken(whole_chain=whole_chain)))),
        "tasks": reading(seconds, lambda: _holds(list(tasks.broken()))),
    }
