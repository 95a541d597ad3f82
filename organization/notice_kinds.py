"""The kinds of notices: a closed list, each floor's own. Each says what happened, why one is told, and how by default.

Filled by each app in `AppConfig.ready`; shown to everybody who chooses how to be told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from organization.models import Notice, NoticePreference

Mail = NoticePreference.Mail


@dataclass(frozen=True)
class Kind:
    """`says` are the sentences by `Notice.detail` ("" for any other), about %(reference)s, by %(who)s, of %(when)s.

    `why` is the sentence that says why one gets it, `label` its name among the choices, `mail` how it is mailed to who
    never chose.
    """

    name: str
    label: Any
    why: Any
    says: Mapping[str, Any] = field(default_factory=dict)
    mail: str = Mail.DIGEST

    def sentence(self, notice: Notice, **parts: Any) -> str:
        """What happened, in the language of the moment."""
        return str(self.says.get(notice.detail) or self.says[""]) % ({"reference": notice.reference} | parts)


_kinds: dict[str, Kind] = {}


def register(kinds: Iterable[Kind]) -> None:
    """Make kinds known, in the order they are to be shown. Raises ValueError for a second one of a name."""
    for kind in kinds:
        if _kinds.get(kind.name, kind) != kind:
            raise ValueError(f"The kind of notice {kind.name!r} is registered twice.")
        _kinds[kind.name] = kind


def kinds() -> list[Kind]:
    """All there are."""
    return list(_kinds.values())


def kind_of(name: str) -> Kind | None:
    """The kind of a name, None for one this office knows no more."""
    return _kinds.get(name)


def known(name: str) -> None:
    """Raise KeyError for a kind that nobody registered."""
    _kinds[name]


def way(kind: Kind | None, chosen: str | None, *, urgent: bool) -> str:
    """How a notice is mailed: as its person chose, else as its kind has it; what is urgent then goes at once."""
    if chosen or kind is None:
        return chosen or Mail.NEVER
    return Mail.NOW if urgent and kind.mail == Mail.DIGEST else kind.mail
