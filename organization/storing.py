"""How a row of the set-up is written down: checked, saved, and with an event of what differs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from django.db import connection, models, transaction

from organization.models import User
from records import events

M = TypeVar("M", bound=models.Model)
LOCK = 0x5E7  # of what is set up, among each other
SECRET = frozenset({"password", "last_login", "folded_name", "lineage", "revision", "digest"})


@contextmanager
def alone() -> Iterator[None]:
    """A transaction in which no other page or import of the set-up saves: what was read stays what is stored."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        yield


def values_of(row: models.Model) -> dict[str, Any]:
    """The plain values of a row by attribute name, without secrets and what is derived."""
    return {
        field.attname: getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if field.name not in SECRET and not field.primary_key
    }


def store(row: M, *, actor: User | None, kind: str, department_id: int | None = None) -> dict[str, list[Any]]:
    """Validate and save a row and write `add` or `change` with what differs. Returns the differences."""
    with transaction.atomic():
        # Not the key: a verb about to write who did it must not wait for us while we wait for its task.
        locked = type(row)._default_manager.select_for_update(no_key=True)
        stored = locked.filter(pk=row.pk).first() if row.pk else None
        row.full_clean()
        before = values_of(stored) if stored else {}
        row.save()
        changes = {
            name: [before.get(name), value] for name, value in values_of(row).items() if value != before.get(name)
        }
        if stored is None or changes:
            events.write(
                "change" if stored else "add",
                actor=actor,
                subject_kind=kind,
                subject_id=row.pk,
                department_id=department_id,
                payload={"changes": changes},
            )
    return changes


def discard(row: models.Model, *, actor: User | None, kind: str, department_id: int | None = None) -> None:
    """Delete a row that is taken back and write `withdraw` with what it said. Nothing else of the set-up is deleted."""
    with transaction.atomic():
        changes = {name: [value, None] for name, value in values_of(row).items() if value is not None}
        number = row.pk
        row.delete()
        events.write(
            "withdraw",
            actor=actor,
            subject_kind=kind,
            subject_id=number,
            department_id=department_id,
            payload={"changes": changes},
        )
