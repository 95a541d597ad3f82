"""The one table of a report: columns with kinds, rows, totals. Page, chart, CSV, XLSX and PDF are drawn from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import models


class Kind(models.TextChoices):
    """What a cell holds; None is an empty cell of any kind."""

    TEXT = "text"
    PERSON = "person"  # a name; an empty text is nobody
    STATE = "state"  # of a task
    COUNT = "count"
    MINUTES = "minutes"  # shown in hours
    SHARE = "share"  # 0.94 is shown as 94 %
    DAYS = "days"


NUMBERS = frozenset({Kind.COUNT, Kind.MINUTES, Kind.SHARE, Kind.DAYS})


@dataclass(frozen=True)
class Column:
    """`total` says how the cell of the whole comes about: the sum of the rows, or what `share` divides."""

    key: str
    label: Any
    kind: str = Kind.COUNT
    share: tuple[str, str] | None = None

    @property
    def is_number(self) -> bool:
        return self.kind in NUMBERS


@dataclass(frozen=True)
class Series:
    """One part of the bars: the column it shows and the word of the legend."""

    key: str
    label: Any


@dataclass(frozen=True)
class Chart:
    """Bars of `series` on top of each other for each row, or with `by_column` one bar for each of its columns' totals.

    `mark` is a column shown as a tick across the bar, such as capacity.
    """

    title: Any
    series: tuple[Series, ...]
    mark: Series | None = None
    by_column: bool = False


Row = dict[str, Any]


@dataclass
class Table:
    """Rows by column key, in the order they are shown; `totals` for the whole; JSON-able values only."""

    rows: list[Row] = field(default_factory=list)
    totals: Row = field(default_factory=dict)

    def as_json(self, columns: Iterable[Column]) -> dict[str, Any]:
        """What is kept: with the columns' keys, kinds and plain labels, so that an old snapshot can always be read."""
        named = [{"key": one.key, "kind": str(one.kind), "label": str(one.label)} for one in columns]
        keys = [one["key"] for one in named]
        return {
            "columns": named,
            "rows": [[row.get(key) for key in keys] for row in self.rows],
            "totals": [self.totals.get(key) for key in keys],
        }


def share_of(part: float, whole: float) -> float | None:
    """A share rounded to four places, None of nothing."""
    return round(part / whole, 4) if whole else None


def totalled(rows: list[Row], columns: Iterable[Column], **known: Any) -> Row:
    """Sums of counts and minutes, shares made anew from the sums; `known` are totals that no sum gives."""
    totals: Row = {}
    for column in columns:
        if column.kind in {Kind.COUNT, Kind.MINUTES}:
            totals[column.key] = sum(row.get(column.key) or 0 for row in rows)
    for column in columns:
        if column.share:
            totals[column.key] = share_of(*(totals.get(key) or 0 for key in column.share))
    return totals | known


Tell = Callable[[int, int], None]
