"""What a change of several tasks did, kept in the person's session: shown after a redirect, and undone once."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tasks.bulk import Outcome

KEPT = 50  # reasons kept after a change
UNDOABLE = 5  # changes of one session that can be undone
UNDO_SECONDS = 40  # how long a page offers it; `tasks.undo.WITHIN` is how long it is possible


def told(skipped: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """References and reasons, the reference left out where the reason names it."""
    return [("" if reference in why.replace(":", " ").split() else reference, why) for reference, why in skipped]


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


@dataclass(frozen=True)
class Kept:
    """What undoing a change needs: its tasks, where it was made, and what edits replaced (`bulk.Outcome.before`)."""

    ids: list[int]
    where: dict[str, str]
    before: dict[int, tuple[int, dict[str, Any]]] = field(default_factory=dict)


def words_for(verb: str, count: int, what: str) -> str:
    """One sentence for what a change of several tasks did; `what` is the person, department, priority or label."""
    if not count:
        return _("Nothing was changed")
    parts = {"count": count, "person": what, "what": what}
    return _pattern(verb, count) % parts


def _pattern(verb: str, count: int) -> str:
    patterns = {
        "move": ngettext("%(count)s task moved to %(person)s", "%(count)s tasks moved to %(person)s", count),
        "release": ngettext("%(count)s task returned to the backlog", "%(count)s tasks returned to the backlog", count),
        "undo": ngettext("%(count)s task put back", "%(count)s tasks put back", count),
        "cancel": ngettext("%(count)s task cancelled", "%(count)s tasks cancelled", count),
        "claim": ngettext("%(count)s task is yours now", "%(count)s tasks are yours now", count),
        "hand-off": ngettext("%(count)s task handed off to %(what)s", "%(count)s tasks handed off to %(what)s", count),
        "wait": ngettext("%(count)s task waits", "%(count)s tasks wait", count),
        "priority": ngettext("Priority of %(count)s task: %(what)s", "Priority of %(count)s tasks: %(what)s", count),
        "label": ngettext(
            "%(count)s task has the label %(what)s now", "%(count)s tasks have the label %(what)s now", count
        ),
    }
    return patterns[verb]


def remember(session: Any, verb: str, outcome: Outcome, where: dict[str, str], what: str = "") -> Done:
    """Keep what a change did in the person's session, so that it can be shown after a redirect and undone.

    `where` is the place it was made at, `what` as in `words_for`.
    """
    kept = {
        "words": words_for(verb, len(outcome.done), what),
        "ids": [int(reference.removeprefix("T-")) for reference in outcome.done] if verb != "undo" else [],
        "before": {str(pk): before for pk, before in outcome.before.items()},
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


def to_undo(session: Any, token: str) -> Kept | None:
    """What a change did and where it was made; told once, since it is undone once."""
    changes = dict(session.get("changes", {}))
    kept = changes.pop(token, None)
    if kept is None or not kept["ids"]:
        return None
    session["changes"] = changes
    before = {int(pk): (revision, values) for pk, (revision, values) in kept.get("before", {}).items()}
    return Kept(kept["ids"], kept["where"], before)
