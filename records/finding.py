"""Registry of what the office's search looks through: each app adds a finder for its own things."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Found:
    """One thing found, as its reader may see it: `title` to read, `href` to go to, `ref` and `words` beside it.

    `pick` is its number where it can be chosen for a change of several.
    """

    title: str
    href: str
    ref: str = ""
    words: str = ""
    icon: str = "file"
    css: str = ""
    pick: int | None = None


@dataclass(frozen=True)
class Finds:
    """What a finder found, best first; `more` tells that there is more than that."""

    rows: Sequence[Found] = ()
    more: bool = False


@dataclass(frozen=True)
class Finder:
    """`find(user, text, limit)` gives what `user` may see of what `text` asks for: it alone answers for the reach."""

    kind: str
    label: Any
    find: Callable[[Any, str, int], Finds]


_finders: dict[str, Finder] = {}


def register(finder: Finder) -> None:
    """Let the search ask this finder too, after those that are there. Raises ValueError for a kind known already."""
    if _finders.get(finder.kind, finder) is not finder:
        raise ValueError(f"Finder {finder.kind!r} is registered twice.")
    _finders[finder.kind] = finder


def finders() -> list[Finder]:
    """All finders, in the order of the floors."""
    return list(_finders.values())
