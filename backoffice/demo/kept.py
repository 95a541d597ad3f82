"""The made history as a file: every row of the office, with instants told from its end, so that it can be put anywhere.

Instants are kept as the wall clock of the place they belong to (the department's site, the person's zone), in seconds
before or after the end; moved by whole weeks, nine in the morning stays nine in the morning and a Monday a Monday.
Salts, digests and seals are not kept: they are made anew when the history is written into an office.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
import lzma
import re
import zoneinfo
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.files.storage import default_storage
from django.db import models

FILE = Path(__file__).parent / "history.xz"
APPS = ("organization", "tasks", "records")
# Made anew (counts, seals), nobody's business (tokens), or of one moment only.
LEFT_OUT = {"ApiToken", "Bucket", "IdempotentAnswer", "Tally", "TallyDelta", "Seal", "Outgoing", "Heartbeat", "Counter"}
# What people were told and how they want to be told; the kept year had none of it.
LEFT_OUT |= {"Notice", "NoticeHours", "NoticePreference", "Reminder", "Watch"}
SECRET = {"password", "last_login", "digest", "salt", "transaction"}
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)")
DATE = re.compile(r"\d{4}-\d\d-\d\d")
EPOCH = dt.datetime(2000, 1, 1)

Row = dict[str, Any]


def kept_models() -> Iterator[type[models.Model]]:
    """The tables of the history, in the order they are written: steps before versions, which close them."""
    found = [
        model
        for label in APPS
        for model in apps.get_app_config(label).get_models(include_auto_created=True)
        if model.__name__ not in LEFT_OUT
    ]
    return iter(sorted(found, key=lambda model: (APPS.index(model._meta.app_label), model.__name__ != "Step")))


def columns_of(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    """The columns of a table that are kept."""
    return [field for field in model._meta.concrete_fields if field.name not in SECRET]


class Zones:
    """The zone a row's clock is read in; learned from the rows themselves as they pass."""

    def __init__(self) -> None:
        self._sites: dict[int, str] = {}
        self._known: dict[tuple[str, int], zoneinfo.ZoneInfo] = {}

    def learn(self, model: type[models.Model], row: Row) -> None:
        """Note what a site, department, person, task or event says about zones."""
        name = model.__name__
        if name == "Site":
            self._sites[row["id"]] = row["time_zone"]
        elif name == "Department":
            self._known["department", row["id"]] = zoneinfo.ZoneInfo(self._sites[row["site_id"]])
        elif name == "User":
            self._known["person", row["id"]] = zoneinfo.ZoneInfo(row["time_zone"])
        elif name in {"Task", "Event"}:
            self._known[name.lower(), row["id"]] = self.of(row)

    def of(self, row: Row) -> zoneinfo.ZoneInfo:
        """The zone of a row's department, task, event or person; UTC for what belongs to none."""
        owner = row["owner_id"] if row.get("owner_kind") == "task" else None
        for kind, key in (
            ("department", row.get("department_id")),
            ("task", row.get("task_id") or owner),
            ("event", row.get("event_id")),
            ("person", row.get("person_id")),
        ):
            zone = self._known.get((kind, key)) if key else None
            if zone:
                return zone
        return zoneinfo.ZoneInfo("UTC")


def seconds_of(instant: dt.datetime, zone: zoneinfo.ZoneInfo) -> int:
    """An instant as seconds on the wall clock of a zone."""
    return round((instant.astimezone(zone).replace(tzinfo=None) - EPOCH).total_seconds())


def instant_of(seconds: int, zone: zoneinfo.ZoneInfo) -> dt.datetime:
    """The reverse, in UTC; of an hour that comes twice the first, of one that is skipped the moment after."""
    return (EPOCH + dt.timedelta(seconds=seconds)).replace(tzinfo=zone).astimezone(dt.UTC)


def walk(value: Any, change: Callable[[str], str]) -> Any:
    """A JSON value with every text changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [walk(one, change) for one in value]
    if isinstance(value, dict):
        return {key: walk(one, change) for key, one in value.items()}
    return value


class Writer:
    """Rows of the database as they are kept. `end` is the end of the history (UTC midnight)."""

    def __init__(self, end: dt.datetime) -> None:
        self.end = end
        self.zones = Zones()
        self._zero = seconds_of(end, zoneinfo.ZoneInfo("UTC"))

    def tables(self) -> dict[str, Any]:
        """All tables, column by column."""
        order = ["Site", "Department", "User", "Task", "Event"]
        chosen = sorted(kept_models(), key=lambda model: order.index(model.__name__) if model.__name__ in order else 9)
        return {model._meta.label: self._table(model) for model in chosen}

    def _table(self, model: type[models.Model]) -> dict[str, list[Any]]:
        fields = columns_of(model)
        names = [field.attname for field in fields]
        columns: dict[str, list[Any]] = {name: [] for name in names}
        for values in model._base_manager.order_by("pk").values_list(*names):
            row = dict(zip(names, values, strict=True))
            self.zones.learn(model, row)
            zone = self.zones.of(row)
            for field in fields:
                columns[field.attname].append(self._plain(field, row[field.attname], zone))
        return columns

    def _plain(self, field: models.Field[Any, Any], value: Any, zone: zoneinfo.ZoneInfo) -> Any:
        if isinstance(value, dt.datetime):
            seconds = seconds_of(value, zone) - self._zero
            return min(seconds, 0) if field.has_db_default() else seconds
        if isinstance(value, dt.date):
            return (value - self.end.date()).days
        if isinstance(field, models.JSONField):
            return walk(value, lambda text: self._text(text, zone))
        return str(value) if isinstance(value, dt.time | Decimal) else value

    def _text(self, text: str, zone: zoneinfo.ZoneInfo) -> str:
        if INSTANT.fullmatch(text):
            seconds = seconds_of(dt.datetime.fromisoformat(text), zone) - self._zero
            return f"@{'z' if text.endswith('Z') else 'p'}{seconds}"
        if DATE.fullmatch(text):
            return f"@d{(dt.date.fromisoformat(text) - self.end.date()).days}"
        return f"@@{text}" if text.startswith("@") else text


def write(end: dt.datetime, to: Path = FILE) -> int:
    """Keep the present office as the history that ends at `end` (aware, UTC midnight). Returns the file's size."""
    from records.models import Blob

    content = {
        "end": end.date().isoformat(),
        "tables": Writer(end).tables(),
        "files": {
            blob.stored_as: base64.b64encode(default_storage.open(blob.stored_as).read()).decode()
            for blob in Blob.objects.order_by("pk")
        },
    }
    text = json.dumps(content, separators=(",", ":"), ensure_ascii=False)
    to.write_bytes(lzma.compress(text.encode(), preset=9 | lzma.PRESET_EXTREME))
    return to.stat().st_size
