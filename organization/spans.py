"""Spans of time as pairs of whole microseconds, end exclusive. Pure."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable

Span = tuple[int, int]


def merge(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The same time in order, with spans that overlap or touch made one."""
    merged: list[Span] = []
    for low, high in sorted(spans):
        if merged and low <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(high, merged[-1][1])
        else:
            merged.append((low, high))
    return tuple(merged)


def without(spans: Iterable[Span], closed: Span) -> tuple[Span, ...]:
    """What is left of `spans` once `closed` is taken out."""
    low, high = closed
    parts = [part for a, b in spans for part in ((a, min(b, low)), (max(a, high), b))]
    return tuple((a, b) for a, b in parts if a < b)


class Tally:
    """Merged spans with a running total, asked in O(log n) how much of them has passed; never changed."""

    __slots__ = ("_before", "_ends", "_starts", "total")

    def __init__(self, spans: Iterable[Span]) -> None:
        merged = merge(spans)
        self._starts = array("q", (low for low, _ in merged))
        self._ends = array("q", (high for _, high in merged))
        # [i] is what has passed when span i starts, and the last one is the total.
        self._before = array("q", [0])
        for low, high in merged:
            self._before.append(self._before[-1] + high - low)
        self.total: int = self._before[-1]

    def covers(self, at: int) -> bool:
        """Whether `at` lies in one of the spans."""
        i = bisect_right(self._starts, at) - 1
        return i >= 0 and at < self._ends[i]

    def until(self, at: int) -> int:
        """How much has passed at `at`."""
        i = bisect_right(self._starts, at) - 1
        return 0 if i < 0 else self._before[i] + min(at, self._ends[i]) - self._starts[i]

    def earliest(self, passed: int) -> int:
        """The first moment at which `passed` (0 < passed <= total) has passed."""
        i = bisect_left(self._before, passed) - 1
        return self._starts[i] + passed - self._before[i]

    def latest(self, passed: int) -> int:
        """The last moment at which no more than `passed` (0 <= passed < total) has passed."""
        i = bisect_right(self._before, passed) - 1
        return self._starts[i] + passed - self._before[i]
