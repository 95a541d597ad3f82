"""Registry of what things can be about: kind -> who sees it, its page, its panel.

Filled by each app in `AppConfig.ready`; asked by files, events and the task page, so that no lower floor
needs to know an upper one.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet


@dataclass(frozen=True)
class Subject:
    """`visible(user)` gives the rows of this kind the user sees; `url(row)` its page; `panel(row)` a part's address;
    `title(row, user)` what it is called, empty where that is not theirs to read.
    """

    kind: str
    label: Any
    visible: Callable[[Any], QuerySet[Any]]
    url: Callable[[Any], str]
    panel: Callable[[Any], str] | None = None
    icon: str = "file"
    title: Callable[[Any, Any], str] = lambda row, user: str(row)


_kinds: dict[str, Subject] = {}


def register(subject: Subject) -> None:
    """Make a kind known. Raises ValueError when another subject has the kind already."""
    if _kinds.get(subject.kind, subject) is not subject:
        raise ValueError(f"Subject kind {subject.kind!r} is registered twice.")
    _kinds[subject.kind] = subject


def subject(kind: str) -> Subject | None:
    """The registered subject of a kind, or None."""
    return _kinds.get(kind)


def find(user: Any, kind: str, pk: int) -> Any | None:
    """The row behind (kind, pk) if `user` may see it, else None."""
    known = _kinds.get(kind)
    return known.visible(user).filter(pk=pk).first() if known else None


def seen(user: Any, kind: str, pks: Iterable[int]) -> dict[int, Any]:
    """The rows behind these numbers that `user` may see. One statement."""
    known = _kinds.get(kind)
    return known.visible(user).in_bulk(list(pks)) if known else {}
