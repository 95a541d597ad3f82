"""For tests of imports: small files, the real one, and checksums of every table."""

from __future__ import annotations

import csv
import io
import os
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.db import connection

from records import runs
from records.models import Run
from tasks.importing.run import ask_again, ask_import

HEAD = ["id", "what", "where", "who", "from", "until", "due", "case", "channel"]
MAPPING = {
    "source": "old-office",
    "site": "Town hall",
    "time_zone": "Europe/Dublin",
    "external_reference": "id",
    "title": "what",
    "procedure": "what",
    "department": "where",
    "person": "who",
    "opened_at": "from",
    "done_at": "until",
    "due_at": "due",
    "subject_reference": "case",
    "labels": ["channel"],
}
RUN_TABLES = frozenset({"records_run", "records_runreject", "records_heartbeat"})


def row(number: int, **cells: str) -> list[str]:
    """A good row of finished work in Permits; `cells` replace what they name."""
    plain = {
        "id": f"old-{number}",
        "what": "Permit check",
        "where": "Permits",
        "who": "Mira Holt",
        "from": "2024-03-04 09:00:00+00:00",
        "until": "2024-03-05 10:30:00+00:00",
        "due": "2024-03-08 16:00:00+00:00",
        "case": f"case-{number}",
        "channel": "Desk",
    }
    return [(plain | cells)[name] for name in HEAD]


def text_of(*rows: list[str]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows([HEAD, *rows])
    return out.getvalue()


def bring(text: str, *, mapping: dict[str, Any] | None = None, **options: Any) -> Run:
    """Import a text as a worker would; the run afterwards, which is done."""
    return done(asked(text, mapping=mapping, **options))


def asked(text: str, *, mapping: dict[str, Any] | None = None, **options: Any) -> Run:
    options = {"open_all": False, "create_missing": False, "actor": None} | options
    return ask_import(ContentFile(text.encode(), name="old.csv"), mapping=mapping or MAPPING, **options)


def done(run: Run) -> Run:
    runs.perform(run.pk)
    run.refresh_from_db()
    assert run.state == Run.State.DONE, run.error
    return run


def again(home: Run, **options: Any) -> Run:
    return done(ask_again(home, **({"create_missing": False, "actor": None} | options)))


def checksums(but: frozenset[str] = RUN_TABLES) -> dict[str, str]:
    """A checksum of all rows of every table."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1")
        tables = [name for (name,) in cursor.fetchall() if name not in but]
        sums = {}
        for name in tables:
            cursor.execute(f"SELECT count(*) || ' ' || md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {name} AS t")
            sums[name] = cursor.fetchone()[0]
    return sums


def shared(name: str) -> Path:
    """A file of the shared data beside the repository; a clear failure where it is not."""
    place = Path(os.environ.get("BACKOFFICE_SHARED") or settings.BASE_DIR.parent / "shared")
    path = place / "data" / name
    if not path.exists():
        pytest.fail(
            f"The shared data is missing: {path}. Put it beside the repository or set BACKOFFICE_SHARED to its place.",
            pytrace=False,
        )
    return path
