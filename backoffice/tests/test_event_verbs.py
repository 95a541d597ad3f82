"""The verbs of history are a closed list: what is written is in it, what is in it is written, and the page says so."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from backoffice.environment import BASE
from records import events, verbs
from records.models import Event
from tasks.states import MOVES, REVERSIBLE

FLOORS = ("records", "organization", "tasks", "reports", "backoffice")
# Which argument of a call is the verb: `events.write` everywhere, the frame of the verbs and the notes in tasks.
CALLS = {"events.write": 0}
IN_TASKS = {"change": 0, "Change": 1, "_note": 1}
PASSED_ON = {"tasks/changes.py", "tasks/editing.py"}  # where a call passes on a verb it was given


def sources() -> Iterator[Path]:
    for floor in FLOORS:
        for path in sorted((BASE / floor).rglob("*.py")):
            if not {"tests", "migrations"} & set(path.parts):
                yield path


def verbs_written(path: Path) -> Iterator[str]:
    """The verbs named in calls that write events; a name instead of a text fails, but where it is passed on."""
    place = str(path.relative_to(BASE))
    calls = CALLS | (IN_TASKS if place.startswith("tasks/") else {})
    for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        position = calls.get(ast.unparse(call.func)) if isinstance(call, ast.Call) else None
        if position is None:
            continue
        said = call.args[position]
        both = [said.body, said.orelse] if isinstance(said, ast.IfExp) else [said]
        for one in both:
            if isinstance(one, ast.Constant):
                yield one.value
            else:
                assert place in PASSED_ON, f"{place}:{call.lineno} does not say its verb"


def test_what_the_code_writes_is_the_list() -> None:
    written: dict[str, set[str]] = {floor: set() for floor in FLOORS}
    for path in sources():
        written[path.relative_to(BASE).parts[0]] |= set(verbs_written(path))
    assert not written["backoffice"], "the roof calls verbs, it writes no events"
    listed = {app: set(meanings) for app, meanings in verbs.declared().items()}
    # Procedures and labels are stored by the floor below, which writes for them.
    assert written["tasks"] | {"add", "change"} == listed["tasks"]
    others = ("records", "organization", "reports")
    assert {app: listed[app] for app in others} == {app: written[app] for app in others}
    assert listed.keys() == {*others, "tasks"}
    assert all(all(meanings.values()) for meanings in verbs.declared().values())


def test_every_move_is_in_the_list() -> None:
    assert MOVES.keys() | REVERSIBLE <= verbs.declared()["tasks"].keys()


def test_the_page_names_them_all() -> None:
    page = (BASE / "docs/architecture.md").read_text(encoding="utf-8")
    line = next(line for line in page.splitlines() if line.startswith("The verbs of events"))
    named = {word for group in re.findall(r"`([a-z_, ]+)`", line) for word in group.split(", ")}
    assert named == set().union(*verbs.declared().values())


@pytest.mark.django_db
@pytest.mark.parametrize("verb", ["", "Claim", "seize", "claim "])
def test_another_verb_cannot_be_written(verb: str) -> None:
    told = {"actor": None, "subject_kind": "task", "subject_id": 1}
    with pytest.raises(ValueError, match="no verb of the list"):
        events.write(verb, **told)
    with events.together(), pytest.raises(ValueError, match="no verb of the list"):
        events.write(verb, **told)
    assert not Event.objects.exists()
