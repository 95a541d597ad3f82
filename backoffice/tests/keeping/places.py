"""Places to restore into, and what is compared between two of them.

Test modules take `default_storage` from here: pytest looks at each name of a test module when it collects, which would
set the storages up before the session's fixture has chosen them.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg2
from django.core.files.storage import default_storage
from django.db import connection

from backoffice.keeping import archive
from launch.processes import wait_until
from records import chain

# Definitions of everything but rows; the numbers of transactions may be raised by a restore.
_STRUCTURE = (
    "SELECT tgrelid::regclass::text, tgenabled::text, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    "SELECT conrelid::regclass::text, conname::text, pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE connamespace = 'public'::regnamespace",
    "SELECT tablename::text, indexname::text, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "SELECT proname::text, regexp_replace(pg_get_functiondef(oid), '[+] \\d+', '+ ?', 'g') FROM pg_proc"
    " WHERE pronamespace = 'public'::regnamespace",
    "SELECT sequencename::text, last_value::text FROM pg_sequences WHERE schemaname = 'public'",
)


@contextmanager
def database(name: str, *, migrated: bool = False) -> Iterator[str]:
    """A new database beside this test's: empty, or `migrated` and without rows."""
    link = psycopg2.connect(**connection.get_connection_params() | {"dbname": "postgres"})
    link.autocommit = True
    with link.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        template = os.environ.get("TESTS_TEMPLATE") if migrated else None
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE {template or 'template1'}")
        try:
            yield name
        finally:
            cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            link.close()


@contextmanager
def at(place: dict[str, Any]) -> Iterator[None]:
    """Have Django's connection lead somewhere else for the length of the block."""
    kept = dict(connection.settings_dict)
    connection.close()
    connection.settings_dict.update(place)
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(kept)


def seal() -> None:
    """Seal what there is; it waits for the transactions of others on this server."""
    assert wait_until(lambda: chain.seal() is not None, seconds=120, every=0.2)


def rows() -> dict[str, tuple[int, str]]:
    """Number and checksum of the rows of every table."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        told = {}
        for (table,) in cursor.fetchall():
            cursor.execute(f"SELECT count(*), md5(string_agg(t::text, '/' ORDER BY t::text)) FROM {table} t")
            told[table] = cursor.fetchone()
        return told


def structure() -> list[set[tuple[str, ...]]]:
    with connection.cursor() as cursor:
        told = []
        for statement in _STRUCTURE:
            cursor.execute(statement)
            told.append(set(cursor.fetchall()))
        return told


def stored(folder: str = "") -> dict[str, str]:
    """SHA-256 of every stored file."""
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return {}
    told = {}
    for name in files:
        with default_storage.open(f"{folder}{name}") as content:
            told[f"{folder}{name}"] = hashlib.sha256(content.read()).hexdigest()
    for name in folders:
        told |= stored(f"{folder}{name}/")
    return told


def forged(path: Path, change: Callable[[dict[str, bytes]], None], *, sums: bool = False) -> Path:
    """A copy of a backup whose members `change` has had; with `sums` the checksums are made to fit."""
    members = {name: b"".join(iter(content.read, b"")) for name, content in archive.members(path)}
    change(members)
    if sums:
        members[archive.STAMP_SEAL] = hashlib.sha256(members[archive.STAMP]).hexdigest().encode()
        manifest = json.loads(members[archive.MANIFEST])
        names = members.keys() - {archive.MANIFEST, archive.MANIFEST_SEAL}
        manifest["members"] = {
            name: {"bytes": len(members[name]), "sha256": hashlib.sha256(members[name]).hexdigest()} for name in names
        }
        members[archive.MANIFEST] = json.dumps(manifest).encode()
        members[archive.MANIFEST_SEAL] = hashlib.sha256(members[archive.MANIFEST]).hexdigest().encode()
    copy = path.with_name(f"forged-{path.name}")
    with gzip.open(copy, "wb") as packed, tarfile.open(fileobj=packed, mode="w|") as tar:
        for name, content in members.items():
            one = tarfile.TarInfo(name)
            one.size = len(content)
            tar.addfile(one, io.BytesIO(content))
    return copy
