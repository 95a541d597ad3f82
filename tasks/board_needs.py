"""What needs the manager of a department now: who is away, gone or over with work in hand, one way on for each."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tasks.board import Board, Line, hours

SHOWN = 5


@dataclass(frozen=True)
class Need:
    """Somebody's line of the board and what is the matter with it; `over` where it is too much work."""

    line: Line
    words: str
    over: bool = False


def needs_of(board: Board) -> list[Need]:
    """Worst first: work of people who are not there, then of those who hold more than they can do. No statement."""
    found = [need for line in board.lines if (need := _need(board, line))]
    return sorted(found, key=lambda need: (need.over, -need.line.hand.minutes))


def _need(board: Board, line: Line) -> Need | None:
    hand, person = line.hand, line.person.name
    said = {"person": person, "hours": hours(hand.minutes), "day": board.day_words, "words": line.words}
    if line.place in {Line.AWAY, Line.LEFT} and hand.movable:
        words = ngettext(
            "%(person)s (%(words)s) holds %(count)s task, %(hours)s h standard",
            "%(person)s (%(words)s) holds %(count)s tasks, %(hours)s h standard",
            hand.movable,
        )
        return Need(line, words % {**said, "count": hand.movable})
    if line.place == Line.HERE and hand.minutes > line.capacity:
        said["hours"] = hours(hand.minutes - line.capacity)
        return Need(line, _("%(person)s holds %(hours)s h more than they can do %(day)s") % said, over=True)
    return None
