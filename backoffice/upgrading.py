"""Bringing an office to this version: checked, backed up, migrated, files and languages made ready. May be repeated."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import Error, OperationalError, connection

from backoffice import catalogues, static_files
from backoffice.keeping import stamp
from backoffice.keeping.backup import backup
from backoffice.version import VERSION
from core import clock
from core.refusals import Refused
from records import runs
from records.models import Run
from tasks import clocks
from tasks.models import Task
from tasks.states import UNFINISHED

LOCK = 4_201_010
RECOMPUTE = "tasks.recompute"
Say = Callable[[str], None]


class Failed(Exception):
    """An upgrade that did not go through; says how to go back."""


def upgrade(say: Say, *, keep: bool = True, backups: Path | None = None) -> bool:
    """Do what this version needs, saying each step; returns whether anything had to be done.

    `keep` backs up before migrating, into the directory `backups` (default: DATA/backups). Raises Refused where the
    database is of a newer version or another upgrade is at work, Failed with the way back where a migration fails.
    """
    call_command("check", fail_level="ERROR", stdout=io.StringIO())
    say("checked: settings and code")
    with _alone():
        changed = _migrate(say, keep=keep, backups=backups or settings.DATA / "backups")
        if static_files.collect():
            say("collected: static files")
            changed = True
        if catalogues.compiled():
            say("compiled: languages")
            changed = True
        if _recompute():
            say("asked for: clocks of unfinished tasks computed anew; a worker does it")
            changed = True
    say(f"this office is at version {VERSION}" if changed else f"nothing to do: this office is at version {VERSION}")
    return changed


@contextmanager
def _alone() -> Iterator[None]:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
            if not cursor.fetchone()[0]:
                raise Refused("Another upgrade is at work.", code="upgrading")
    except OperationalError as error:
        said = str(error).strip().splitlines()[0]
        raise Refused(f"The database of DATABASE_URL does not answer: {said}", code="no_database") from error
    try:
        yield
    finally:
        if connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def _migrate(say: Say, *, keep: bool, backups: Path) -> bool:
    applied = stamp.applied()
    if newer := sorted(applied - stamp.known()):
        sentence = f"The database is of a newer version ({'.'.join(newer[-1])}) than this one ({VERSION})."
        raise Refused(sentence, code="newer")
    waiting = stamp.pending()
    if not waiting:
        return False
    kept = _keep(say, backups) if keep and applied else None
    try:
        call_command("migrate", interactive=False, verbosity=0)
    except Exception as error:
        raise Failed(_way_back(error, kept, fresh=not applied)) from error
    say(f"migrated: {', '.join('.'.join(name) for name in waiting[-5:])} ({len(waiting)} in all)")
    return True


def _keep(say: Say, backups: Path) -> Path:
    backups.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = backups / f"before-{VERSION}-{clock.now():%Y%m%dT%H%M%SZ}.tar.gz"
    made = backup(path)
    say(f"backed up: {path} ({made.rows} rows, {made.files} files, {made.bytes / 1e6:.1f} MB)")
    for name in made.missing:
        say(f"missing from the storage, and so from the backup: {name}")
    return path


def _way_back(error: Exception, kept: Path | None, *, fresh: bool) -> str:
    said = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    what = f"A migration failed: {said}"
    if isinstance(error, Error):
        what += " (what had not failed stays applied; running upgrade again goes on from there)"
    if fresh:
        return f"{what}\nNothing was in this database yet: mend the cause and run upgrade again."
    lines = [what, "Leave web, workers and schedule stopped. Mend the cause and run upgrade again, or go back:"]
    if kept is None:
        return "\n".join([*lines, "  with the backup you made yourself (--no-backup was given)"])
    return "\n".join(
        [
            *lines,
            "  1. put the code of the version before in place again",
            "  2. make an empty database and an empty DATA, and name them in DATABASE_URL and DATA",
            f"  3. manage.py restore {kept}",
            "  4. start web, workers and schedule",
        ]
    )


def _recompute() -> bool:
    """Ask for one run over the clocks where this version counts differently, unless one waits already."""
    waits = Run.objects.filter(kind=RECOMPUTE, parameters={}, state__in=[Run.State.QUEUED, Run.State.RUNNING])
    if waits.exists() or not _counts_differently():
        return False
    runs.ask(RECOMPUTE, actor=None, parameters={})
    return True


def _counts_differently() -> bool:
    """Has one of the unfinished tasks, of each department and procedure the latest, a clock of another key?"""
    latest = Task.objects.filter(state__in=list(UNFINISHED)).order_by("department_id", "procedure_id", "-pk")
    chosen = latest.distinct("department_id", "procedure_id").select_related("department", "procedure")
    return any(task.clock_key != clocks.key_of(task) for task in chosen)
