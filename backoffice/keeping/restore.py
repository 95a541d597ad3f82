"""Bringing a backup back into an empty place: all of it or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import OperationalError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from psycopg2 import sql

from backoffice.keeping import archive, stamp
from core.refusals import Refused
from records import transactions

LOCK_SECONDS = 5
# What `migrate` and running workers leave in a database in which nobody has worked yet.
LEFT_BY_MIGRATE = {"django_migrations", "django_content_type", "auth_permission", "records_cache", "records_heartbeat"}
_TABLES = """SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace
    AND relkind IN ('r', 'p') AND NOT relispartition ORDER BY relname"""
_FOREIGN_KEYS = """SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint
    WHERE contype = 'f' AND connamespace = current_schema()::regnamespace AND conparentid = 0 ORDER BY conname"""
Say = Callable[[str], None]


def restore(path: Path, say: Say = lambda text: None) -> dict[str, Any]:
    """Bring the office in `path` back into an empty database and an empty storage; returns the manifest.

    The rows go in as one transaction, at the migrations of the backup; then the database is migrated to this version.
    Raises Refused for a damaged backup (naming the member), a newer one, and a place that is not empty: then, and
    whatever else fails before the rows are committed, no row and no file of it is left.
    """
    manifest = archive.verify(path, stamp.refuse_newer)
    say(f"{path} is whole: {len(manifest['members'])} members")
    refuse_unless_empty(manifest)
    _migrate_to(manifest["stamp"])
    written: list[str] = []
    try:
        with transaction.atomic():
            _load(path, manifest, written)
    except BaseException:
        for name in written:
            default_storage.delete(name)
        raise
    say(f"{sum(table['rows'] for table in manifest['tables'].values())} rows and {len(written)} files are back")
    call_command("migrate", interactive=False, verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return manifest


def refuse_unless_empty(manifest: dict[str, Any]) -> None:
    """Raise Refused unless nobody has worked in this database, at no later migration, and nothing foreign is stored."""
    further = stamp.applied() - {(app, name) for app, name in manifest["stamp"]["migrations"]}
    if further and _rows_in(_tables()):
        raise _occupied(f"its table {_rows_in(_tables())} has rows")
    if further:
        ahead = ".".join(min(further))
        raise _occupied(f"it was migrated further than the backup ({ahead}); make a new database, without migrating it")
    if taken := _rows_in(_tables()):
        raise _occupied(f"its table {taken} has rows")
    for name in _stored():
        if f"files/{name}" not in manifest["members"]:
            raise Refused(f"The storage is not empty ({name}). Give an empty DATA.", code="not_empty")


def _occupied(why: str) -> Refused:
    return Refused(f"The database {connection.settings_dict['NAME']} is not empty: {why}.", code="not_empty")


def _tables() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
        return [name for (name,) in cursor.fetchall()]


def _rows_in(tables: list[str]) -> str:
    """The first of the tables in which somebody has worked; empty for none."""
    with connection.cursor() as cursor:
        for table in tables:
            if table not in LEFT_BY_MIGRATE:
                cursor.execute(sql.SQL("SELECT 1 FROM {} LIMIT 1").format(sql.Identifier(table)))
                if cursor.fetchone():
                    return table
    return ""


def _stored(folder: str = "") -> Iterator[str]:
    """Names of everything in the storage."""
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    yield from (f"{folder}{name}" for name in files)
    for name in folders:
        yield from _stored(f"{folder}{name}/")


def _migrate_to(of: dict[str, Any]) -> None:
    executor = MigrationExecutor(connection)
    nodes, wanted = executor.loader.graph.node_map, {(app, name) for app, name in of["migrations"]}
    # The last ones of each app: an earlier one as a target would mean to go back to it.
    last = [
        one
        for one in wanted
        if not any(child.key in wanted and child.key[0] == one[0] for child in nodes[one].children)
    ]
    executor.migrate(sorted(last))


def _load(path: Path, manifest: dict[str, Any], written: list[str]) -> None:
    """Put rows and files in, in one pass over the backup; the names of files that were written go to `written`."""
    tables = _tables()
    if set(tables) != manifest["tables"].keys():
        odd = ", ".join(sorted(set(tables) ^ manifest["tables"].keys()))
        raise Refused(f"The backup and this database do not have the same tables: {odd}.", code="other_tables")
    rows, files = dict.fromkeys(tables, 0), set(manifest["files"])
    with _locked(tables), _without_triggers(tables), _without_foreign_keys():
        _clear(tables)
        for name, content in archive.members(path):
            kind, _, rest = name.partition("/")
            if kind == "rows":
                table = rest.partition("/")[0]
                rows[table] += _copy(table, manifest["tables"][table]["columns"], content)
            elif kind == "files" and rest in files:
                _store(rest, content, manifest["members"][name], written)
            if name in manifest["members"] and content.rest() != manifest["members"][name]:
                raise archive.broken(name, "changed meanwhile")
        for table, count in rows.items():
            if count != manifest["tables"][table]["rows"]:
                raise archive.broken(f"rows/{table}", f"has {count} rows, not {manifest['tables'][table]['rows']}")
        _set_sequences(manifest["sequences"])
    transactions.go_on()


@contextmanager
def _locked(tables: list[str]) -> Iterator[None]:
    """Keep everybody out until the end of the transaction, and look once more whether the place is empty."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'")
        names = sql.SQL(", ").join(map(sql.Identifier, tables))
        try:
            cursor.execute(sql.SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(names))
        except OperationalError as error:
            raise Refused("The office is running. Stop web, workers and schedule first.", code="running") from error
    if taken := _rows_in(tables):
        raise _occupied(f"its table {taken} has rows")
    yield


@contextmanager
def _without_triggers(tables: list[str]) -> Iterator[None]:
    """Rows that were right when they were written come back as they were: our own triggers are for new ones."""
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(sql.Identifier(table)))
        yield
        for table in tables:
            cursor.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER USER").format(sql.Identifier(table)))


@contextmanager
def _without_foreign_keys() -> Iterator[None]:
    """Tables come in any order; each key is checked at the end, over the whole table at once."""
    with connection.cursor() as cursor:
        cursor.execute(_FOREIGN_KEYS)
        keys = cursor.fetchall()
        for table, name, _definition in keys:
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        yield
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table, name, definition in keys:
            cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")


def _clear(tables: list[str]) -> None:
    """Remove what `migrate` itself put in; TRUNCATE is refused by tables of history, even when they are empty."""
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))


def _copy(table: str, columns: list[str], content: archive.Hashing) -> int:
    with connection.cursor() as cursor:
        names = sql.SQL(", ").join(map(sql.Identifier, columns))
        statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)
        cursor.copy_expert(statement.as_string(cursor.cursor), content)
        return int(cursor.rowcount)


def _store(name: str, content: archive.Hashing, wanted: dict[str, Any], written: list[str]) -> None:
    copy, size, sha256 = archive.spooled(content)  # type: ignore[arg-type]
    with copy:
        if {"bytes": size, "sha256": sha256} != wanted:
            raise archive.broken(f"files/{name}", "changed meanwhile")
        default_storage.delete(name)  # what a restore that was killed left
        written.append(name)
        if default_storage.save(name, File(copy)) != name:
            raise Refused(f"The storage gave the file {name} another name.", code="storage")


def _set_sequences(sequences: dict[str, int]) -> None:
    with connection.cursor() as cursor:
        for name, last in sequences.items():
            cursor.execute("SELECT setval(quote_ident(%s)::regclass, %s)", [name, last])
