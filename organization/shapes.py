"""Shapes of what programs send: exactly what is declared, checked before anything is looked up.

A shape says no to what no row could hold (NUL in a text, a number beyond bigint, an instant without its zone), so
that it fails the same way whether the object behind it can be reached or not. What a value means is the verb's
business. Each type is drawn in the OpenAPI document just as it is checked.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    WithJsonSchema,
)
from pydantic_core import CoreSchema, core_schema

BIGGEST = 2**63 - 1
NO_NUL = r"^[^\u0000]*$"
_EARLIEST = dt.datetime(1, 1, 3, tzinfo=dt.UTC)
_LATEST = dt.datetime(9999, 12, 29, tzinfo=dt.UTC)
_INSTANT = re.compile(r"(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d)(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_NUMBER = re.compile(r"-?\d{1,19}", re.ASCII)


class Shape(BaseModel):
    """The body of a request: declared fields only, no value bent into another type."""

    model_config = ConfigDict(extra="forbid", strict=True)


def storable(text: str) -> str:
    """The text itself; ValueError for what the database cannot hold (NUL, half of a surrogate pair)."""
    if "\x00" in text:
        raise ValueError("A text cannot hold the character NUL.")
    text.encode()
    return text


def instant(value: Any) -> dt.datetime:
    """An RFC 3339 date-time (section 5.6) as an aware instant in UTC; ValueError for anything else.

    Microseconds are kept, finer fractions dropped; a leap second is the second before it. What lies beyond the first
    and last days of the calendar is moved inside, where every verb refuses it as out of range.
    """
    found = _INSTANT.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError("Write an instant with its offset, such as 2026-11-30T09:00:00+01:00.")
    day, time, fraction, offset = found.groups()
    time = time[:-2] + "59" if time.endswith("60") else time
    read = dt.datetime.fromisoformat(f"{day}T{time}{(fraction or '')[:7]}{offset.upper()}")
    try:
        return min(max(read.astimezone(dt.UTC), _EARLIEST), _LATEST)
    except OverflowError:
        return _EARLIEST if read.year == dt.MINYEAR else _LATEST


def day(value: Any) -> dt.date:
    """An RFC 3339 full-date; ValueError for anything else."""
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise ValueError("Write a date such as 2026-11-30.")
    return dt.date.fromisoformat(value)


def _number(value: Any) -> int:
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return int(value)
    raise ValueError("Write a whole number.")


def _whole(value: Any) -> Any:
    """JSON knows one kind of number: 3.0 is the integer 3 (JSON Schema 2020-12, validation, 6.1.1)."""
    return int(value) if type(value) is float and value.is_integer() else value


def _flag(value: Any) -> Any:
    if value not in ("true", "false"):
        raise ValueError("Write true or false.")
    return value == "true"


@dataclass(frozen=True)
class Text:
    """Metadata of a text of `least` to `most` characters that a row can hold: Annotated[str, Text(200)]."""

    most: int
    least: int = 0

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        length = core_schema.str_schema(min_length=self.least or None, max_length=self.most)
        return core_schema.no_info_after_validator_function(storable, length)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return handler(schema) | {"pattern": NO_NUL}


Instant = Annotated[dt.datetime, BeforeValidator(instant), WithJsonSchema({"type": "string", "format": "date-time"})]
Day = Annotated[dt.date, BeforeValidator(day), WithJsonSchema({"type": "string", "format": "date"})]
Whole = BeforeValidator(_whole)
Id = Annotated[int, Field(ge=1, le=BIGGEST), Whole]
# In addresses and forms everything is text.
Digits = BeforeValidator(_number)
SentId = Annotated[int, Field(ge=1, le=BIGGEST), Digits]
SentFlag = Annotated[bool, BeforeValidator(_flag), WithJsonSchema({"type": "boolean"})]
