"""The geometry of a load bar: segments in a drawing 280 wide, capacity where the tick stands. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tasks.load import InHand

WIDTH, TICK, LEAST_TICK, GAP, SLIVER = 280.0, 200.0, 40.0, 1.5, 2.0


@dataclass(frozen=True)
class Segment:
    """A rectangle, its lengths as SVG wants them (never localised)."""

    css: str
    x: str
    y: str
    width: str
    height: str


@dataclass(frozen=True)
class Bar:
    segments: tuple[Segment, ...]
    tick: str


KINDS = {"b-late": (0.0, 12.0), "b-work": (2.0, 8.0), "b-held": (2.5, 7.0), "b-ghost": (2.5, 7.0)}


def tick_for(loads: Iterable[int | None]) -> float:
    """Where 100 % stands so that the highest load still fits; the same for all bars of a table."""
    highest = max((load for load in loads if load is not None), default=0)
    return max(LEAST_TICK, min(TICK, WIDTH * 100 / highest)) if highest else TICK


def bar_of(hand: InHand, capacity: int, tick: float, added: int = 0) -> Bar:
    """The bar of one person: overdue, in progress, held, and what a move would add. What does not fit is cut off."""
    per_minute = tick / capacity if capacity else 0
    lengths = {
        "b-late": hand.overdue_minutes,
        "b-work": hand.progress_minutes,
        "b-held": hand.held_minutes,
        "b-ghost": added,
    }
    segments, x = [], 0.0
    for css, minutes in lengths.items():
        if not minutes or x >= WIDTH:
            continue
        width = min(max(SLIVER, minutes * per_minute), WIDTH - x)
        y, height = KINDS[css]
        drawn = max(SLIVER, width - GAP)
        segments.append(Segment(css, f"{x:.1f}", f"{y:.1f}", f"{drawn:.1f}", f"{height:.1f}"))
        x += width
    return Bar(tuple(segments), f"{tick:.1f}")
