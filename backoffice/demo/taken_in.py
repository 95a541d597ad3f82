"""Writing the kept history into an empty office, its end put to another week, with fresh salts and digests."""

from __future__ import annotations

import base64
import datetime as dt
import io
import json
import lzma
import secrets
import zoneinfo
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, models

from backoffice.demo.kept import FILE, Row, Zones, columns_of, instant_of, kept_models, seconds_of, walk
from records.events import canonical, digest_of

ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


class OutOfDate(Exception):
    """The file does not fit the tables any more: `make demo-data` writes it anew."""


class Reader:
    """Kept rows as rows of the database, moved so that the history ends at `end` (aware, UTC midnight)."""

    def __init__(self, end: dt.datetime, file: Path = FILE) -> None:
        content = json.loads(lzma.decompress(file.read_bytes()))
        self.tables: dict[str, dict[str, list[Any]]] = content["tables"]
        self.files: dict[str, str] = content["files"]
        self.end = end
        self.zones = Zones()
        self._zero = seconds_of(end, zoneinfo.ZoneInfo("UTC"))
        self._digests: dict[int, bytes] = {}
        self._learn()

    def take_in(self) -> None:
        """Write everything, in the caller's transaction. Raises OutOfDate where a column is not in the file."""
        for model in self._models():
            self._later(model)
        for name, body in self.files.items():
            if not default_storage.exists(name):
                default_storage.save(name, ContentFile(base64.b64decode(body)))
        payloads = [model for model in self._models() if model.__name__ == "EventPayload"]
        rest = [model for model in self._models() if model.__name__ != "EventPayload"]
        for model in payloads + rest:  # the digests of the payloads are needed by the events
            self._copy(model)
        _move_sequences()

    def _models(self) -> list[type[models.Model]]:
        """The tables of the file; one that came after it was written had no rows then."""
        return [model for model in kept_models() if model._meta.label in self.tables]

    def _learn(self) -> None:
        by_name = {model.__name__: model for model in self._models()}
        for name in ("Site", "Department", "User", "Task", "Event"):
            for row in self._rows(by_name[name]):
                self.zones.learn(by_name[name], row)

    def _rows(self, model: type[models.Model]) -> list[Row]:
        columns = self.tables[model._meta.label]
        return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]

    def restored(self, model: type[models.Model]) -> Iterator[Row]:
        """The rows of a table as they are to be in the database, by attribute name."""
        rows = self._rows(model)
        fields = [field for field in columns_of(model) if field.attname in self.tables[model._meta.label]]
        for row in rows:
            zone = self.zones.of(row)
            yield {field.attname: self._value(field, row[field.attname], zone) for field in fields}

    def _copy(self, model: type[models.Model]) -> None:
        fixed = self._later(model)
        fields = [field for field in columns_of(model) if field not in fixed]
        extra = {"Event": ["digest"], "EventPayload": ["salt"], "User": ["password"]}.get(model.__name__, [])
        out = io.StringIO()
        for values in self.restored(model):
            cells = [_cell(field, values[field.attname]) for field in fields]
            cells += [_cell(field, value) for field, value in fixed.items()]
            out.write("\t".join(cells + self._made(model.__name__, values)) + "\n")
        out.seek(0)
        names = [field.column for field in [*fields, *fixed]] + extra
        quoted = ", ".join(connection.ops.quote_name(name) for name in names)
        with connection.cursor() as cursor:
            cursor.cursor.copy_expert(f"COPY {model._meta.db_table} ({quoted}) FROM STDIN", out)

    def _later(self, model: type[models.Model]) -> dict[models.Field[Any, Any], Any]:
        """Columns that came after the file was written, with what they hold in its rows."""
        known = self.tables[model._meta.label]
        return {field: _filler(field) for field in columns_of(model) if field.attname not in known}

    def _made(self, name: str, values: Row) -> list[str]:
        """What is not kept: a salt with the digest it leads to, a password nobody has."""
        if name == "EventPayload":
            salt = secrets.token_bytes(16)
            self._digests[values["event_id"]] = digest_of(salt, values["body"])
            return [_bytes(salt)]
        if name == "Event":
            return [_bytes(self._digests.get(values["id"], b""))]
        return ["!" + secrets.token_hex(20)] if name == "User" else []

    def _value(self, field: models.Field[Any, Any], value: Any, zone: zoneinfo.ZoneInfo) -> Any:
        if value is None:
            return None
        if isinstance(field, models.DateTimeField):
            return instant_of(self._zero + value, zone)
        if isinstance(field, models.DateField):
            return self.end.date() + dt.timedelta(days=value)
        if isinstance(field, models.JSONField):
            return walk(value, lambda text: self._text(text, zone))
        return value

    def _text(self, text: str, zone: zoneinfo.ZoneInfo) -> str:
        if not text.startswith("@"):
            return text
        if text.startswith("@@"):
            return text[2:]
        if text.startswith("@d"):
            return (self.end.date() + dt.timedelta(days=int(text[2:]))).isoformat()
        moved = instant_of(self._zero + int(text[2:]), zone).isoformat()
        return moved.replace("+00:00", "Z") if text[1] == "z" else moved


def _filler(field: models.Field[Any, Any]) -> Any:
    """What a column that came later holds in the old rows."""
    if field.has_default() or field.null:
        return field.get_default()
    if isinstance(field, models.CharField | models.TextField):
        return ""
    raise OutOfDate(f"The demo's file has no column {field}: make demo-data writes it anew.")


def _cell(field: models.Field[Any, Any], value: Any) -> str:
    """A value in the text format of COPY."""
    if value is None:
        return "\\N"
    if isinstance(field, models.JSONField):
        return canonical(value).translate(ESCAPED)
    if isinstance(field, ArrayField):
        quoted = ('"' + str(one).replace("\\", "\\\\").replace('"', '\\"') + '"' for one in value)
        return ("{" + ",".join(quoted) + "}").translate(ESCAPED)
    if isinstance(value, bool):
        return "t" if value else "f"
    return str(value).translate(ESCAPED)


def _bytes(value: bytes) -> str:
    return "\\\\x" + value.hex()


def _move_sequences() -> None:
    """Numbers given out from now on come after those of the history."""
    with connection.cursor() as cursor:
        for model in kept_models():
            if not isinstance(model._meta.pk, models.AutoField):
                continue
            table, column = model._meta.db_table, model._meta.pk.column
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', '{column}'), greatest(max({column}), 1),"
                f" max({column}) IS NOT NULL) FROM {table} HAVING max({column}) IS NOT NULL"
            )
