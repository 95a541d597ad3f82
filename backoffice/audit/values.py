"""What payloads say, as people read it: instants in the reader's zone, names for ids, words for codes."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from tasks import times
from tasks.names import Names
from tasks.states import Priority, State, WaitReason

_CHOICES: dict[str, Any] = {"state": State, "priority": Priority, "waiting_kind": WaitReason}
_KINDS = {
    "assignee_id": "person",
    "requester_id": "person",
    "person_id": "person",
    "substitute_id": "person",
    "owner_id": "person",
    "department_id": "department",
}
LONGEST = 2000


class Values:
    """Says values; `names` has been told which it will need."""

    def __init__(self, names: Names, zone: dt.tzinfo) -> None:
        self.names, self.zone = names, zone

    def say(self, name: str, value: Any) -> str:
        """One value of a field."""
        if value is None or value == "" or value == []:
            return _("nothing")
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if name in _CHOICES and value in _CHOICES[name].values:
            return str(_CHOICES[name](value).label)
        if name in _KINDS and isinstance(value, int):
            return self.names.get((_KINDS[name], value), str(value))
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, list) and not any(isinstance(one, dict | list) for one in value):
            return ", ".join(str(one) for one in value)[:LONGEST]
        return str(value) if isinstance(value, int | float) else json.dumps(value, ensure_ascii=False)[:LONGEST]

    def _text(self, value: str) -> str:
        at = parse_datetime(value) if len(value) > 18 and value[4:5] == "-" and "T" in value[:11] else None
        return times.whole(at.astimezone(self.zone)) if at and at.tzinfo else value[:LONGEST]
