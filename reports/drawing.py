"""A kept report made ready to be drawn: labels in the reader's language, cells, bars. Every form of it starts here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from reports.catalogue import REPORTS
from reports.catalogue.base import Report
from reports.charts import Bars, bars_of
from reports.models import KeptReport
from reports.tables import NUMBERS
from reports.words import about_words, cell_words, days_words, raw_cell


@dataclass(frozen=True)
class Head:
    """A column as it is shown."""

    key: str
    label: str
    kind: str

    @property
    def is_number(self) -> bool:
        return self.kind in NUMBERS


@dataclass(frozen=True)
class Cell:
    head: Head
    words: str


class Drawing:
    """What page, chart, CSV, XLSX and PDF of a kept report have in common. Raises nothing for old snapshots."""

    def __init__(self, kept: KeptReport) -> None:
        self.kept = kept
        self.report: Report = REPORTS[kept.report]

    @cached_property
    def snapshot(self) -> Mapping[str, Any]:
        """What was kept; a list does not read it."""
        return self.kept.table or {"columns": [], "rows": [], "totals": []}

    @cached_property
    def heads(self) -> list[Head]:
        """The columns of the snapshot; their labels in the reader's language while the catalogue knows them."""
        known = {column.key: str(column.label) for column in self.report.columns(self.kept.parameters)}
        return [Head(one["key"], known.get(one["key"], one["label"]), one["kind"]) for one in self.snapshot["columns"]]

    @property
    def title(self) -> str:
        return str(self.report.title)

    @property
    def days(self) -> str:
        return days_words(self.kept.first_day, self.kept.last_day)

    @property
    def about(self) -> str:
        return about_words(self.kept.person, self.kept.department, len(self.kept.departments))

    @cached_property
    def rows(self) -> list[list[Cell]]:
        return [self._cells(row) for row in self.snapshot["rows"]]

    @cached_property
    def totals(self) -> list[Cell]:
        """The cells of the whole; texts are empty."""
        totals = zip(self.heads, self.snapshot["totals"], strict=True)
        return [Cell(head, cell_words(head.kind, value) if head.is_number else "") for head, value in totals]

    @property
    def texts(self) -> int:
        """How many columns say what a row stands for."""
        return sum(not head.is_number for head in self.heads)

    def _cells(self, row: list[Any]) -> list[Cell]:
        return [Cell(head, cell_words(head.kind, value)) for head, value in zip(self.heads, row, strict=True)]

    def raw_rows(self) -> list[list[Any]]:
        """The rows for programs: numbers as numbers."""
        return [
            [raw_cell(head.kind, value) for head, value in zip(self.heads, row, strict=True)]
            for row in self.snapshot["rows"]
        ]

    @cached_property
    def bars(self) -> Bars:
        """The chart."""
        keys = [head.key for head in self.heads]
        rows = [dict(zip(keys, row, strict=True)) for row in self.snapshot["rows"]]
        totals = dict(zip(keys, self.snapshot["totals"], strict=True))
        kinds = {head.key: head.kind for head in self.heads}
        return bars_of(self.report.chart(self.kept.parameters), kinds, rows, totals)

    @property
    def file_name(self) -> str:
        """Without its ending: work-done-2026-10-01-2026-10-31."""
        days = [day.isoformat() for day in self.kept.days]
        return "-".join([self.kept.report, *dict.fromkeys(days)])
