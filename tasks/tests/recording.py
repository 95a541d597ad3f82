"""What was made through the verbs once, put back as rows for each further test: anew it is five hundred statements.

Instants are those of the recording. Numbers are too: sequences are past them, and what a test adds is gone after it.
"""

from __future__ import annotations

import io
import pickle
from collections.abc import Callable, Iterator
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction

# Which transaction wrote an event is the database's to say.
_LEFT_OUT = {"records_event": {"transaction"}}


def _tables() -> Iterator[tuple[str, str, list[str]]]:
    """Table, its key and its columns, of whatever has a number."""
    for model in apps.get_models(include_auto_created=True):
        key = model._meta.pk
        if isinstance(key, models.AutoField | models.BigAutoField | models.OneToOneField):
            table = model._meta.db_table
            columns = [field.column for field in model._meta.concrete_fields if not field.generated]
            yield table, key.column, [one for one in columns if one not in _LEFT_OUT.get(table, ())]


class Recording:
    """The rows `act` adds, and what it returns. Recorded inside of the present test, and taken back there."""

    def __init__(self, act: Callable[[], Any]) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            before = {table: self._last(cursor, table, key) for table, key, _ in _tables()}
            self.returned = pickle.dumps(act())
            self.rows: dict[str, str] = {}
            for table, key, columns in _tables():
                names = ", ".join(f'"{column}"' for column in columns)
                rows, out = f"SELECT {names} FROM {table} WHERE {key} > {before[table]} ORDER BY {key}", io.StringIO()
                cursor.copy_expert(f"COPY ({rows}) TO STDOUT", out)
                if out.getvalue():
                    self.rows[f"COPY {table} ({names}) FROM STDIN"] = out.getvalue()
            transaction.set_rollback(True)

    @staticmethod
    def _last(cursor: Any, table: str, key: str) -> int:
        cursor.execute(f"SELECT max({key}) FROM {table}")
        return int(cursor.fetchone()[0] or 0)

    def play(self) -> Any:
        """Put the rows back; returns a copy of what `act` returned."""
        with transaction.atomic(), connection.cursor() as cursor:
            for copy, rows in self.rows.items():
                cursor.copy_expert(copy, io.StringIO(rows))
        return pickle.loads(self.returned)
