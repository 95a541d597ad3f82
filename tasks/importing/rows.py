"""One row of a file as work: texts, instants and names, checked before anything is touched. Pure."""

from __future__ import annotations

import datetime as dt
import re
import zoneinfo
from dataclasses import dataclass
from functools import lru_cache

from django.utils.translation import gettext as _

from records.rejects import Bad
from records.workbooks import NO_RESULT
from tasks.importing.mapping import Mapping, Named

# The longest that each may be, as the tables have it.
LONGEST = {
    "external_reference": 120,
    "title": 200,
    "text": 100_000,
    "person": 150,
    "subject_reference": 80,
}
LONGEST_NAMES = {"procedure": 160, "department": 120}
LONGEST_LABEL = 60
# What spreadsheets write where a formula went wrong (ECMA-376 Part 1, 18.17.3).
FAULTS = frozenset({"#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!"})
# Dates as people write them: two numbers and a year of four figures, perhaps with a time behind, and an offset.
_WRITTEN = re.compile(
    r"(\d{1,2})([./-])(\d{1,2})\2\s?(\d{4})"
    r"(?:[ ,T]+(\d{1,2}):(\d{2})(:\d{2}(?:[.,]\d{1,6})?)?\s?([AP]M)?\s?(Z|[+-]\d{2}:?\d{2})?)?",
    re.IGNORECASE,
)
EARLIEST = dt.datetime(1900, 1, 1, tzinfo=dt.UTC)
# Work may be finished a little before its case was written down; more than this is a slip of the key.
FINISHED_BEFORE = dt.timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Row:
    """A row as work. Instants are UTC; `due_on` is a date that stays a date."""

    line: int
    reference: str
    title: str
    procedure: str
    department: str
    person: str = ""
    text: str = ""
    subject_reference: str = ""
    labels: tuple[str, ...] = ()
    opened_at: dt.datetime | None = None
    done_at: dt.datetime | None = None
    due_at: dt.datetime | None = None
    due_on: dt.date | None = None


@lru_cache(maxsize=8192)
def instant(text: str, zone: str, dates: str = "iso") -> tuple[dt.datetime, dt.date | None]:
    """The instant (UTC) a text says, and the date where it is a date alone (then the instant is its local midnight).

    ISO 8601 always; with `dates` "day-first" or "month-first" also 31.3.2025 14:05 or 3/31/2025 2:05 PM. Without an
    offset it is local time of `zone`. Raises ValueError or OverflowError for anything else.
    """
    if dates != "iso" and (written := _WRITTEN.fullmatch(text)):
        text = _as_iso(written, day_first=dates == "day-first")
    value = dt.datetime.fromisoformat(text)
    is_date = len(text) <= 10 and ":" not in text and "T" not in text
    day = value.date() if is_date else None
    if value.tzinfo is None:
        value = value.replace(tzinfo=zoneinfo.ZoneInfo(zone))
    return value.astimezone(dt.UTC), day


def _as_iso(written: re.Match[str], *, day_first: bool) -> str:
    first, _mark, second, year, hour, minute, seconds, half, offset = written.groups()
    day, month = (first, second) if day_first else (second, first)
    date = f"{year}-{month:0>2}-{day:0>2}"
    if hour is None:
        return date
    if half and not 1 <= int(hour) <= 12:
        raise ValueError(hour)
    hours = int(hour) % 12 + 12 * (half.upper() == "PM") if half else int(hour)
    return f"{date} {hours:02}:{minute}{(seconds or '').replace(',', '.')}{offset or ''}"


def read_row(line: int, cells: dict[str, str], mapping: Mapping, *, zone: str, now: dt.datetime) -> Row:
    """The work a row describes. Raises Bad, naming the column, for the first thing that is not right.

    `zone` is where times without an offset are; `now` (aware) is what work cannot have been done after.
    """
    texts = {key: _text(cells, getattr(mapping, key), most) for key, most in LONGEST.items()}
    for key, sentence in (
        ("external_reference", _("The row has no external reference.")),
        ("title", _("The row has no title.")),
    ):
        if not texts[key]:
            raise Bad(sentence, getattr(mapping, key))
    procedure = _named(cells, mapping, "procedure", _("The row does not say of which procedure it is."))
    opened_at, done_at = (_past(cells, mapping, column, zone, now) for column in (mapping.opened_at, mapping.done_at))
    if opened_at and done_at and opened_at - done_at > FINISHED_BEFORE:
        raise Bad(
            _("It was finished more than %(days)s days before it was opened.") % {"days": FINISHED_BEFORE.days},
            mapping.done_at,
        )
    due_at, due_on = _due(cells, mapping, zone)
    return Row(
        line=line,
        reference=texts.pop("external_reference"),
        procedure=procedure,
        department=_named(cells, mapping, "department", _("The row does not say which department it is for.")),
        labels=tuple(name for column in mapping.labels if (name := _text(cells, column, LONGEST_LABEL))),
        opened_at=opened_at,
        done_at=done_at,
        due_at=due_at,
        due_on=due_on,
        **texts,
    )


def _text(cells: dict[str, str], column: str, most: int) -> str:
    value = cells.get(column, "").strip() if column else ""
    if len(value) > most:
        raise Bad(_("Shorten it to %(most)s characters.") % {"most": most}, column)
    if "\0" in value or "\u2400" in value:  # its picture is how a row kept aside shows it
        raise Bad(_("It holds a character that no text may hold (NUL)."), column)
    if value in FAULTS:
        raise Bad(_("A formula went wrong there: %(fault)s") % {"fault": value}, column)
    if value == NO_RESULT:
        raise Bad(_("It is a formula, and the file does not hold its result. Save it as values."), column)
    return value


def _named(cells: dict[str, str], mapping: Mapping, key: str, sentence: str) -> str:
    where: Named = getattr(mapping, key)
    most = LONGEST_NAMES[key]
    name = where.means(_text(cells, where.column, most), _text(cells, where.otherwise, most))
    if not name:
        raise Bad(sentence, where.column)
    return name


def _instant(text: str, mapping: Mapping, column: str, zone: str) -> tuple[dt.datetime, dt.date | None]:
    try:
        value, day = instant(text, zone, mapping.dates)
    except (ValueError, OverflowError) as error:
        raise Bad(
            _("“%(text)s” is not a time. %(how)s") % {"text": text[:40], "how": _how(mapping.dates)}, column
        ) from error
    if value < EARLIEST:
        raise Bad(_("Choose a time after %(year)s.") % {"year": EARLIEST.year}, column)
    return value, day


def _how(dates: str) -> str:
    """How a time is to be written."""
    return {
        "day-first": _("Write it like 31.3.2025 or 31.3.2025 14:05."),
        "month-first": _("Write it like 3/31/2025 or 3/31/2025 2:05 PM."),
    }.get(dates, _("Write it like 2025-03-31 or 2025-03-31 14:05+02:00."))


def _past(cells: dict[str, str], mapping: Mapping, column: str, zone: str, now: dt.datetime) -> dt.datetime | None:
    text = cells.get(column, "").strip() if column else ""
    if not text:
        return None
    value, _day = _instant(text, mapping, column, zone)
    if value > now:
        raise Bad(_("“%(text)s” lies ahead.") % {"text": text[:40]}, column)
    return value


def _due(cells: dict[str, str], mapping: Mapping, zone: str) -> tuple[dt.datetime | None, dt.date | None]:
    text = cells.get(mapping.due_at, "").strip() if mapping.due_at else ""
    if not text:
        return None, None
    value, day = _instant(text, mapping, mapping.due_at, zone)
    return (None, day) if day else (value, None)
