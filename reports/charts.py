"""The geometry of a report's chart: bars of patterned parts, with what they say in words beside them. Pure.

A part is told by its pattern and its place first, by its colour last; the words give the number, so nobody needs to
see the drawing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from reports.tables import Chart, Kind, Row
from reports.words import cell_words

MOST = 25  # bars; the table has all rows
PATTERNS = ("solid", "stripe", "dot", "open", "cross", "rise", "thin")


@dataclass(frozen=True)
class Part:
    """A piece of a bar: `x` and `width` are percentages of the whole, as SVG wants them (never localised)."""

    pattern: str
    x: str
    width: str


@dataclass(frozen=True)
class Bar:
    """`label` says what it stands for, `words` its numbers. `mark` is where the tick stands, empty without one."""

    number: int
    label: str
    words: str
    parts: tuple[Part, ...]
    mark: str = ""


@dataclass(frozen=True)
class Legend:
    pattern: str
    label: str


@dataclass
class Bars:
    """The whole chart; `left_out` bars are in the table alone."""

    title: str
    bars: list[Bar] = field(default_factory=list)
    legend: list[Legend] = field(default_factory=list)
    mark: str = ""
    left_out: int = 0


def bars_of(chart: Chart, kinds: Mapping[str, str], rows: Sequence[Row], totals: Row) -> Bars:
    """The chart of a table: the longest bars first up to MOST, all drawn on the scale of the longest."""
    if chart.by_column:
        return _by_column(chart, kinds, totals)
    keys = [one.key for one in chart.series]
    legend = [Legend(PATTERNS[number], str(one.label)) for number, one in enumerate(chart.series)]
    mark = chart.mark.key if chart.mark else None
    lengths = [(sum(row.get(key) or 0 for key in keys), row) for row in rows]
    telling = [one for one in lengths if one[0] or (mark and one[1].get(mark))]
    shown = sorted(telling, key=lambda one: -one[0])[:MOST]
    scale = max((max(length, (row.get(mark) or 0) if mark else 0) for length, row in shown), default=0)
    found = Bars(str(chart.title), legend=legend, mark=str(chart.mark.label) if chart.mark else "")
    found.left_out = len(rows) - len(shown)
    for number, (_length, row) in enumerate(shown):
        values = [row.get(key) or 0 for key in keys]
        words = [
            f"{cell_words(kinds[key], value)} {one.label}"
            for key, value, one in zip(keys, values, chart.series, strict=True)
            if value
        ]
        if chart.mark and row.get(mark or "") is not None:
            words.append(f"{cell_words(kinds[chart.mark.key], row[chart.mark.key])} {chart.mark.label}")
        tick = _percent(row[mark], scale) if mark and row.get(mark) is not None and scale else ""
        found.bars.append(
            Bar(number, _label(row, kinds), ", ".join(words) or _("nothing"), _parts(values, scale), tick)
        )
    return found


def _by_column(chart: Chart, kinds: Mapping[str, str], totals: Row) -> Bars:
    """One bar for each series, of its total."""
    found = Bars(str(chart.title))
    values = [totals.get(one.key) or 0 for one in chart.series]
    for number, (one, value) in enumerate(zip(chart.series, values, strict=True)):
        words = cell_words(kinds.get(one.key, Kind.COUNT), value)
        found.bars.append(Bar(number, str(one.label), words, _parts([value], max(values))))
    return found


def _label(row: Row, kinds: Mapping[str, str]) -> str:
    """What a row stands for: its group and its department."""
    names = [cell_words(kinds[key], row[key]) for key in ("group", "department") if key in kinds]
    return ", ".join(name for name in names if name)


def _parts(values: Sequence[Any], scale: float) -> tuple[Part, ...]:
    parts, x = [], 0.0
    for number, value in enumerate(values):
        if value and scale:
            parts.append(Part(PATTERNS[number], _percent(x, scale), _percent(value, scale)))
            x += value
    return tuple(parts)


def _percent(value: float, scale: float) -> str:
    return f"{100 * value / scale:.2f}%"
