"""The verbs of history: a closed list, each app's own, each with what it means. `events.write` takes no other.

Programs that read events (timelines, clocks, exports) can rely on it: a new verb is an entry here, in the app's
`verbs.py`, and in docs/architecture.md.
"""

from __future__ import annotations

from collections.abc import Mapping

_meanings: dict[str, dict[str, str]] = {}
_known: set[str] = set()


def declare(app: str, meanings: Mapping[str, str]) -> None:
    """Add the verbs an app writes, with what they mean; from its `ready`. Several apps may write the same verb."""
    _meanings[app] = dict(meanings)
    _known.update(meanings)


def declared() -> dict[str, dict[str, str]]:
    """What has been declared, by app."""
    return {app: dict(meanings) for app, meanings in _meanings.items()}


def check(verb: str) -> None:
    """Raise ValueError for a verb that no app has declared."""
    if verb not in _known:
        raise ValueError(f"{verb!r} is no verb of the list: declare it in the verbs.py of the app that writes it")


RECORDS = {
    "erase": "the payload of an event was erased; the event keeps its place",
    "export": "somebody had events written into a file: which",
    "verify": "the chain was verified: what was found",
    "correct_reject": "a row an import kept aside was put right",
    "leave_out": "a row an import kept aside is not wanted",
    "bring_back": "a row that was left out is aside again",
    "retry": "a run or an outgoing message that had been given up is tried again",
}
