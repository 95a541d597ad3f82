"""What happens next in the made history: acts at instants, in order, each under the shifted clock."""

from __future__ import annotations

import datetime as dt
import heapq
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from itertools import count

from django.db import transaction

from core import clock
from core.refusals import Refused

# What is done at an instant; nobody looks at its result.
Act = Callable[[], object]
# A story does one thing, tells when it goes on, does the next.
Story = Iterator[dt.datetime]
# Part of a story; its value is whether work ends there for now.
Episode = Generator[dt.datetime, None, bool]


class Agenda:
    """Acts and stories in the order of their instants (UTC, whole seconds). `refused` counts verbs that said no."""

    def __init__(self) -> None:
        self._heap: list[tuple[dt.datetime, int, Act]] = []
        self._number = count()
        self.refused: Counter[str] = Counter()

    def at(self, instant: dt.datetime, act: Act) -> None:
        """Do `act` at an instant."""
        heapq.heappush(self._heap, (instant.astimezone(dt.UTC).replace(microsecond=0), next(self._number), act))

    def follow(self, story: Story, at: dt.datetime) -> None:
        """Begin a story at an instant; it goes on when it says."""
        self.at(at, lambda: self._turn(story))

    def _turn(self, story: Story) -> None:
        try:
            then = next(story)
        except StopIteration:
            return
        # At least a few seconds pass between two things one person does.
        self.follow(story, max(then, clock.now() + dt.timedelta(seconds=5)))

    def run(self, until: dt.datetime, every_day: Callable[[dt.date], None]) -> None:
        """Do everything up to `until`; a day (UTC) is one transaction, before which `every_day` is told its date."""
        while self._heap and self._heap[0][0] <= until:
            day = self._heap[0][0].date()
            with transaction.atomic():
                every_day(day)
                while self._heap and self._heap[0][0] <= until and self._heap[0][0].date() == day:
                    instant, _number, act = heapq.heappop(self._heap)
                    self._do(instant, act)

    def _do(self, instant: dt.datetime, act: Act) -> None:
        with clock.at(instant):
            try:
                act()
            except Refused as refused:  # as in life: somebody was faster, or a cap is reached
                self.refused[refused.code] += 1
