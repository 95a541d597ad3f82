"""Which office a backup is from, and whether this one can take it."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

from backoffice.keeping.archive import FORMAT
from backoffice.version import VERSION
from core.refusals import Refused

PRODUCT = "backoffice"
Name = tuple[str, str]


def applied() -> set[Name]:
    """The migrations the database has, as (app, name)."""
    return set(MigrationRecorder(connection).applied_migrations())


def pending() -> list[Name]:
    """The migrations this version has and the database has not, in their order."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [(migration.app_label, migration.name) for migration, _backwards in plan]


def known() -> set[Name]:
    """The migrations this version has."""
    return set(MigrationExecutor(connection).loader.disk_migrations or ())


def ours() -> dict[str, Any]:
    """The stamp of a backup made now. Before an upgrade the rows are of an older version: only migrations tell."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        server = cursor.fetchone()[0]
    return {
        "product": PRODUCT,
        "format": FORMAT,
        "version": "" if pending() else VERSION,
        "postgresql": server,
        "migrations": sorted(map(list, applied())),
    }


def refuse_newer(stamp: dict[str, Any]) -> None:
    """Raise Refused for the stamp of another product or of a newer version than this one."""
    if stamp.get("product") != PRODUCT:
        raise Refused("This is no backup of Backoffice.", code="other_product")
    if stamp["format"] > FORMAT or _number(stamp["version"]) > _number(VERSION):
        newer = stamp["version"] or f"format {stamp['format']}"
        sentence = f"The backup is of a newer Backoffice ({newer}) than this one ({VERSION}). Install that one first."
        raise Refused(sentence, code="newer")
    unknown = sorted({(app, name) for app, name in stamp["migrations"]} - known())
    if unknown:
        sentence = (
            f"The backup is of a newer Backoffice: this one ({VERSION}) knows no migration {'.'.join(unknown[0])}."
        )
        raise Refused(sentence, code="newer")


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdecimal())
