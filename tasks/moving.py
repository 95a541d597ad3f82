"""What the bar below a department's board says: what is chosen, what a move would do, what a change did."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from organization.models import User
from tasks import times
from tasks.board import Board, Line
from tasks.bulk import Outcome
from tasks.foresight import Foresight, foresee_move
from tasks.models import Task

SHOWN = 5  # reasons told before the change
KEPT = 50  # reasons kept after it
UNDOABLE = 5  # changes of one session that can be undone


def told(skipped: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """References and reasons, the reference left out where the reason names it."""
    return [("" if reference in why.replace(":", " ").split() else reference, why) for reference, why in skipped]


@dataclass
class Choice:
    """The bar: chosen tasks, what is typed, what is wrong with it."""

    tasks: list[int] = field(default_factory=list)
    to: int | None = None
    override: str = ""
    reason: str = ""
    problems: list[str] = field(default_factory=list)
    at: str = ""  # the first field that is wrong


@dataclass
class Preview:
    """What would happen. `line` is the person with the load it would make; `ghost` whose line was drawn so before."""

    chosen: int
    minutes: int
    line: Line | None = None
    before: Line | None = None
    seen: Foresight = field(default_factory=Foresight)

    @property
    def standard(self) -> str:
        return times.span(self.minutes)

    @property
    def moves(self) -> int:
        return len(self.seen.outcome.done)

    @property
    def skipped(self) -> list[tuple[str, str]]:
        return told(self.seen.outcome.skipped[:SHOWN])

    @property
    def more(self) -> int:
        return max(0, len(self.seen.outcome.skipped) - SHOWN)

    @property
    def added(self) -> str:
        return times.span(self.seen.minutes)


def preview(board: Board, choice: Choice, ghost: int | None = None) -> Preview:
    """What moving the chosen tasks would do; without a person only what is chosen."""
    seen = Task.objects.visible_to(board.user).filter(pk__in=choice.tasks)
    minutes = seen.aggregate(sum=Sum("remaining_minutes"))["sum"] if choice.tasks else 0
    found = Preview(len(choice.tasks), minutes or 0)
    line = board.line_of(choice.to)
    if line and choice.tasks:
        person = User.objects.get(pk=line.person.pk)
        found.seen = foresee_move(choice.tasks, actor=board.user, to=person, override=choice.override)
        found.line = replace(line, added=found.seen.minutes, chosen=True)
    if ghost and (found.line is None or found.line.person.pk != ghost):
        found.before = board.line_of(ghost)
    return found


@dataclass(frozen=True)
class Done:
    """A change that was made: its words, what was skipped and why; `token` names it in the session."""

    words: str
    skipped: list[tuple[str, str]]
    more: int
    token: str
    undoable: bool

    @property
    def skips(self) -> int:
        """How many were skipped."""
        return len(self.skipped) + self.more


def words_for(verb: str, count: int, person: str) -> str:
    """One sentence for what a change of several tasks did."""
    if verb == "move":
        words = ngettext("%(count)s task moved to %(person)s", "%(count)s tasks moved to %(person)s", count)
    elif verb == "release":
        words = ngettext("%(count)s task returned to the backlog", "%(count)s tasks returned to the backlog", count)
    elif verb == "undo":
        words = ngettext("%(count)s task put back", "%(count)s tasks put back", count)
    else:
        words = ngettext("%(count)s task cancelled", "%(count)s tasks cancelled", count)
    return words % {"count": count, "person": person} if count else _("Nothing was changed")


def remember(session: Any, verb: str, outcome: Outcome, where: dict[str, str], person: str = "") -> Done:
    """Keep what a change did in the person's session, so that it can be shown after a redirect and undone.

    `where` is the place of the board it was made at.
    """
    kept = {
        "words": words_for(verb, len(outcome.done), person),
        "ids": [int(reference.removeprefix("T-")) for reference in outcome.done] if verb != "undo" else [],
        "skipped": outcome.skipped[:KEPT],
        "more": max(0, len(outcome.skipped) - KEPT),
        "where": where,
    }
    token = secrets.token_urlsafe(9)
    session["changes"] = dict([*session.get("changes", {}).items(), (token, kept)][-UNDOABLE:])
    return _done(token, kept)


def recalled(session: Any, token: str) -> Done | None:
    """What a change of this session did, or None when it is not known (any more)."""
    kept = session.get("changes", {}).get(token) if token else None
    return _done(token, kept) if kept else None


def _done(token: str, kept: dict[str, Any]) -> Done:
    return Done(kept["words"], told(kept["skipped"]), kept["more"], token, bool(kept["ids"]))


def to_undo(session: Any, token: str) -> tuple[list[int], dict[str, str]] | None:
    """The tasks of a change and where it was made; told once, since it is undone once."""
    changes = dict(session.get("changes", {}))
    kept = changes.pop(token, None)
    if kept is None or not kept["ids"]:
        return None
    session["changes"] = changes
    return kept["ids"], kept["where"]
