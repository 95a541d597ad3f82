"""One row of a file as work: texts, instants and names, checked before anything is touched. Pure."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from dataclasses import dataclass
from functools import lru_cache

from django.utils.translation import gettext as _

from records.rejects import Bad
from tasks.importing.mapping import Mapping

# The longest that each may be, as the tables have it.
LONGEST = {
    "external_reference": 120,
    "title": 200,
    "procedure": 160,
    "text": 100_000,
    "person": 150,
    "subject_reference": 80,
}
LONGEST_DEPARTMENT = 120
LONGEST_LABEL = 60
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
def instant(text: str, zone: str) -> tuple[dt.datetime, bool]:
    """The instant (UTC) in an ISO 8601 text, and whether it was a date alone (then its local midnight).

    Without an offset it is local time of `zone`. Raises ValueError or OverflowError for anything else.
    """
    value = dt.datetime.fromisoformat(text)
    is_date = len(text) <= 10 and ":" not in text and "T" not in text
    if value.tzinfo is None:
        value = value.replace(tzinfo=zoneinfo.ZoneInfo(zone))
    return value.astimezone(dt.UTC), is_date


def read_row(line: int, cells: dict[str, str], mapping: Mapping, *, zone: str, now: dt.datetime) -> Row:
    """The work a row describes. Raises Bad, naming the column, for the first thing that is not right.

    `zone` is where times without an offset are; `now` (aware) is what work cannot have been done after.
    """
    texts = {key: _text(cells, getattr(mapping, key), most) for key, most in LONGEST.items()}
    for key, sentence in (
        ("external_reference", _("The row has no external reference.")),
        ("title", _("The row has no title.")),
        ("procedure", _("The row does not say of which procedure it is.")),
    ):
        if not texts[key]:
            raise Bad(sentence, getattr(mapping, key))
    opened_at, done_at = (_past(cells, column, zone, now) for column in (mapping.opened_at, mapping.done_at))
    if opened_at and done_at and opened_at - done_at > FINISHED_BEFORE:
        raise Bad(
            _("It was finished more than %(days)s days before it was opened.") % {"days": FINISHED_BEFORE.days},
            mapping.done_at,
        )
    due_at, due_on = _due(cells, mapping.due_at, zone)
    return Row(
        line=line,
        reference=texts.pop("external_reference"),
        department=_department(cells, mapping),
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
    return value


def _department(cells: dict[str, str], mapping: Mapping) -> str:
    where = mapping.department
    name = _text(cells, where.column, LONGEST_DEPARTMENT)
    if name in where.empty:
        name = _text(cells, where.otherwise, LONGEST_DEPARTMENT)
    if not name or name in where.empty:
        raise Bad(_("The row does not say which department it is for."), where.column)
    return name


def _instant(text: str, column: str, zone: str) -> tuple[dt.datetime, bool]:
    try:
        value, is_date = instant(text, zone)
    except (ValueError, OverflowError) as error:
        raise Bad(
            _("“%(text)s” is not a time. Write it like 2025-03-31 or 2025-03-31 14:05+02:00.") % {"text": text[:40]},
            column,
        ) from error
    if value < EARLIEST:
        raise Bad(_("Choose a time after %(year)s.") % {"year": EARLIEST.year}, column)
    return value, is_date


def _past(cells: dict[str, str], column: str, zone: str, now: dt.datetime) -> dt.datetime | None:
    text = cells.get(column, "").strip() if column else ""
    if not text:
        return None
    value, _is_date = _instant(text, column, zone)
    if value > now:
        raise Bad(_("“%(text)s” lies ahead.") % {"text": text[:40]}, column)
    return value


def _due(cells: dict[str, str], column: str, zone: str) -> tuple[dt.datetime | None, dt.date | None]:
    text = cells.get(column, "").strip() if column else ""
    if not text:
        return None, None
    value, is_date = _instant(text, column, zone)
    if is_date:
        return None, dt.datetime.fromisoformat(text).date()
    return value, None
