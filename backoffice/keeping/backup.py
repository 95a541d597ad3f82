"""Making a backup while the office works: one instant of the database, and the files that instant names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg2
from django.core.files.storage import default_storage
from django.db import connection
from psycopg2 import extensions, sql

from backoffice.keeping import archive, stamp
from core import clock

PART = 16 << 20
TRIES = 5
# Columns the database computes itself are no part of a row.
_COLUMNS = """SELECT t.relname, array_agg(a.attname ORDER BY a.attnum) FROM pg_class t
    JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
    WHERE t.relnamespace = current_schema()::regnamespace AND t.relkind IN ('r', 'p') AND NOT t.relispartition
    GROUP BY t.relname ORDER BY t.relname"""
_SEQUENCES = """SELECT sequencename, last_value FROM pg_sequences
    WHERE schemaname = current_schema() AND last_value IS NOT NULL ORDER BY sequencename"""


@dataclass
class Made:
    """What a backup holds; `missing` are files the database names and the storage has lost."""

    tables: int = 0
    rows: int = 0
    files: int = 0
    bytes: int = 0
    missing: list[str] = field(default_factory=list)


class Parts:
    """Takes the rows of one table from COPY and adds them to the backup, in parts of whole rows."""

    def __init__(self, writer: archive.Writer, table: str) -> None:
        self._writer, self._table = writer, table
        self._rows: list[bytes] = []
        self._size = self._number = 0

    def write(self, row: bytes) -> None:
        """One row, as psycopg hands it over."""
        self._rows.append(row)
        self._size += len(row)
        if self._size >= PART:
            self.flush()

    def flush(self) -> None:
        if self._rows:
            self._number += 1
            self._writer.add_bytes(f"rows/{self._table}/{self._number}", b"".join(self._rows))
            self._rows, self._size = [], 0


def backup(path: Path) -> Made:
    """Write the office to the new file `path`; whoever works meanwhile is not held up.

    All rows are those of one instant. Files are kept under the hash of their bytes and never change, so most are
    copied before that instant; one that is removed between its instant and its copy makes us take another instant.
    Raises Refused where `path` exists.
    """
    made = Made()
    with archive.writing(path) as writer:
        made_at = clock.now().isoformat()
        writer.add_sealed(archive.STAMP, archive.STAMP_SEAL, stamp.ours() | {"made_at": made_at})
        with _snapshot() as link:
            for name, sha256 in _blobs(link):
                _copy_file(writer, name, sha256)
        with _complete(writer, made) as link:
            # Some that were copied before this instant may have been removed until then.
            named = {name for name, _sha256 in _blobs(link)} - set(made.missing)
            manifest: dict[str, Any] = {
                "files": sorted(named),
                "tables": _copy_rows(writer, link),
                "sequences": _sequences(link),
                "missing": made.missing,
            }
        told = manifest | {"members": dict(writer.members)}
        writer.add_sealed(archive.MANIFEST, archive.MANIFEST_SEAL, told)
    made.tables = len(manifest["tables"])
    made.rows = sum(table["rows"] for table in manifest["tables"].values())
    made.files = len(named)
    made.bytes = path.stat().st_size
    return made


@contextmanager
def _snapshot() -> Iterator[extensions.connection]:
    """A connection of its own that sees one instant of the database from its first statement to its end."""
    with closing(psycopg2.connect(**connection.get_connection_params() | {"cursor_factory": None})) as link:
        link.set_session(isolation_level="REPEATABLE READ", readonly=True)
        with link.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0; SET datestyle = 'ISO'; SET intervalstyle = 'postgres'")
            cursor.execute("SET client_encoding = 'UTF8'; SET TimeZone = 'UTC'")
        link.commit()
        yield link


def _blobs(link: extensions.connection) -> list[tuple[str, str]]:
    with link.cursor() as cursor:
        cursor.execute("SELECT stored_as, sha256 FROM records_blob ORDER BY stored_as")
        return list(cursor.fetchall())


def _copy_file(writer: archive.Writer, name: str, sha256: str) -> bool:
    """Add the bytes of one stored file; False where they are gone or not those of their hash."""
    try:
        with default_storage.open(name) as stored:
            copy, size, found = archive.spooled(stored)
    except OSError:
        return False
    with copy:
        if found != sha256:
            return False
        writer.add(f"files/{name}", copy, size, sha256)
        return True


@contextmanager
def _complete(writer: archive.Writer, made: Made) -> Iterator[extensions.connection]:
    """An instant of which every file is in the backup, but for those that stay missing however often we look."""
    for attempt in range(1, TRIES + 1):
        with _snapshot() as link:
            wanted = [blob for blob in _blobs(link) if f"files/{blob[0]}" not in writer.members]
            missing = [name for name, sha256 in wanted if not _copy_file(writer, name, sha256)]
            if not missing or attempt == TRIES or set(missing) == set(made.missing):
                made.missing = missing
                yield link
                return
            made.missing = missing


def _copy_rows(writer: archive.Writer, link: extensions.connection) -> dict[str, Any]:
    tables: dict[str, Any] = {}
    with link.cursor() as cursor:
        cursor.execute(_COLUMNS)
        for table, columns in cursor.fetchall():
            parts = Parts(writer, table)
            names = sql.SQL(", ").join(map(sql.Identifier, columns))
            cursor.copy_expert(sql.SQL("COPY {} ({}) TO STDOUT").format(sql.Identifier(table), names), parts)
            parts.flush()
            tables[table] = {"columns": columns, "rows": cursor.rowcount}
    return tables


def _sequences(link: extensions.connection) -> dict[str, int]:
    """Sequences stand outside of instants: read last, none is behind a row we have."""
    with link.cursor() as cursor:
        cursor.execute(_SEQUENCES)
        return dict(cursor.fetchall())
