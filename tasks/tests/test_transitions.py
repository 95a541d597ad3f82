"""Every verb in every state by every role, against the table of domain.md written down here once more."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404

from core import clock
from core.refusals import Refused
from tasks import finishing, rules, transitions
from tasks.changes import TRACKED
from tasks.models import Involvement, Task
from tasks.tallies import wrong_tallies
from tasks.tests import factories as make
from tasks.tests.doors import REASON, events_of, fresh, knock, row_of, trial

NOW = dt.datetime(2026, 3, 4, 11, tzinfo=ZoneInfo("Europe/Dublin"))
HOUR = dt.timedelta(hours=1)
MEMBERS, MANAGERS = {"mira", "kofi", "ruth"}, {"ruth", "vera", "ada"}
EVERYBODY = MEMBERS | MANAGERS | {"cleo"}
# A task of Permits asked for by cleo: planned or waiting or open with nobody or with mira, in progress with mira, ...
HANDS = {
    "planned": None,
    "planned mira": "mira",
    "open": None,
    "open mira": "mira",
    "progress": "mira",
    "progress review": "mira",
    "waiting": None,
    "waiting mira": "mira",
    "review": "mira",
    "done": "mira",
    "cancelled": None,
}
BEGUN = ["progress", "progress review"]
WAITING = ["waiting", "waiting mira"]
UNFINISHED = [name for name in HANDS if name not in {"done", "cancelled"}]
STATE = {"progress": "in_progress", "review": "in_review"}


def state_of(situation: str) -> str:
    first = situation.split()[0]
    return STATE.get(first, first)


def same(*situations: str) -> dict[str, tuple[str, str | None]]:
    return {name: (state_of(name), HANDS[name]) for name in situations}


def to(state: str, hands: str | None, *situations: str) -> dict[str, tuple[str, str | None]]:
    return dict.fromkeys(situations, (state, hands))


def with_owner(*people: str) -> Any:
    """These people, and mira where she has it."""
    return lambda situation: {*people} | ({"mira"} if HANDS[situation] == "mira" else set())


# Verb -> (situation -> state and hands after it, situation -> who may). "actor" is whoever does it.
TABLE: dict[str, tuple[dict[str, tuple[str, str | None]], Any]] = {
    "claim": (to("open", "actor", "open"), MEMBERS),
    "start": (to("in_progress", "mira", "open mira"), {"mira"}),
    "release": (to("open", None, "open mira", *BEGUN, "waiting mira"), with_owner(*MANAGERS)),
    "assign": (
        to("open", "kofi", "open", "open mira", *BEGUN)
        | to("planned", "kofi", "planned", "planned mira")
        | to("waiting", "kofi", *WAITING),
        MANAGERS,
    ),
    # vera manages it from above but is no member: she may assign, not have it herself.
    "take_over": (
        to("open", "actor", "open mira") | to("in_progress", "actor", *BEGUN) | to("waiting", "actor", "waiting mira"),
        {"ruth"},
    ),
    "wait": (
        to("waiting", None, "open") | to("waiting", "mira", "open mira", *BEGUN),
        with_owner(*MANAGERS),
    ),
    "resume": (to("open", None, "waiting") | to("in_progress", "mira", "waiting mira"), with_owner(*MANAGERS)),
    "mark_step": (same(*BEGUN), {"mira"}),
    "submit": (to("in_review", "mira", "progress review"), {"mira"}),
    "approve": (to("done", "mira", "review"), {"kofi"} | MANAGERS),
    "send_back": (to("in_progress", "mira", "review"), {"kofi"} | MANAGERS),
    "complete": (
        to("done", "mira", "open mira", "progress"),
        lambda situation: {"mira"} | (MANAGERS if situation == "progress" else set()),
    ),
    "cancel": (
        {name: ("cancelled", HANDS[name]) for name in UNFINISHED},
        lambda situation: MANAGERS | ({"cleo"} if HANDS[situation] is None else set()),
    ),
    "reopen": (to("open", None, "done", "cancelled"), MANAGERS | {"cleo"}),
    "hand_off": (to("open", None, "open", "open mira", *BEGUN, *WAITING), with_owner(*MANAGERS)),
    "edit": (same(*UNFINISHED), with_owner(*MANAGERS)),
    "prioritise": (same(*UNFINISHED), MANAGERS),
    "comment": (same(*HANDS), EVERYBODY),
}
# What else a verb sets; everything it changes must be in its event.
FIELDS: dict[str, dict[str, Any]] = {
    "claim": {"claimed_at": NOW, "started_at": None},
    "start": {"started_at": NOW, "first_started_at": NOW},
    "release": {"claimed_at": None, "started_at": None, "waiting_since": None, "waiting_kind": ""},
    "assign": {"claimed_at": NOW, "started_at": None},
    "take_over": {"claimed_at": NOW},
    "wait": {"waiting_since": NOW, "waiting_until": None, "waiting_kind": "outside", "waiting_reason": REASON},
    "resume": {"waiting_since": None, "waiting_until": None, "waiting_kind": "", "waiting_reason": ""},
    "submit": {"submitted_at": NOW},
    "approve": {"closed_at": NOW},
    "send_back": {"submitted_at": None, "started_at": NOW},
    "complete": {"closed_at": NOW},
    "cancel": {"closed_at": NOW, "waiting_since": None, "waiting_kind": ""},
    "reopen": {"closed_at": None, "submitted_at": None, "claimed_at": None, "started_at": None},
    "hand_off": {"claimed_at": None, "started_at": None, "waiting_since": None, "waiting_kind": ""},
    "edit": {"text": "Other words"},
    "prioritise": {"priority": 1},
}
SILENT = {"comment"}  # its event stands for itself: the row keeps its revision


@pytest.fixture
def office(cast: Any) -> Any:
    """The cast with one task for each situation, two hours old."""
    step = [{"is_mandatory": False}]
    cast.plain = make.procedure("Plain", steps=step)
    cast.reviewed = make.procedure("Reviewed", steps=step, review=True)
    with clock.at(NOW - 2 * HOUR):
        cast.tasks = {name: bring(cast, name) for name in HANDS}
    return cast


def bring(cast: Any, situation: str) -> Task:
    """A task in a situation, by the verbs."""
    planned = NOW + HOUR if situation.startswith("planned") else None
    task = make.task(
        cast.permits,
        cast.reviewed if "review" in situation else cast.plain,
        requester=cast.cleo,
        actor=cast.cleo,
        ready_at=planned,
    )
    if HANDS[situation] == "mira":
        transitions.assign(task, actor=cast.ruth, to=cast.mira)
    if situation in {*BEGUN, "review"}:
        transitions.start(task, actor=cast.mira)
    if situation in WAITING:
        transitions.wait(task, actor=cast.ruth, kind="colleague", reason="asks Kofi")
    if situation == "review":
        finishing.submit(task, actor=cast.mira)
    if situation == "done":
        finishing.complete(task, actor=cast.mira)
    if situation == "cancelled":
        transitions.cancel(task, actor=cast.ruth, reason=REASON)
    return fresh(task)


def do(verb: str, office: Any, task: Task, actor: Any) -> None:
    if verb == "prioritise":
        knock("edit", task, actor, values={"priority": 1})
    else:
        knock(verb, task, actor, to=office.kofi, where=office.archive)


def offered(verb: str, actor: Any, task: Task) -> bool:
    """Would a page show the button?"""
    if verb == "prioritise":
        return rules.can_edit_all(actor, task) and rules.allowed_now("edit", task)
    return rules.may(actor, verb, task)


def check_done(verb: str, before: dict[str, Any], after: Task, office: Any, actor: Any, where: tuple[str, Any]) -> None:
    state, hands = where
    hands = actor.pk if hands == "actor" else getattr(office, hands).pk if hands else None
    assert (after.state, after.assignee_id) == (state, hands)
    for name, value in FIELDS.get(verb, {}).items():
        assert getattr(after, name) == value, name
    events = events_of(after)
    assert len(events) == before["events"] + 1
    last = events[-1]
    written = "edit" if verb == "prioritise" else verb
    assert (last.verb, last.from_state, last.to_state) == (written, before["state"], after.state)
    assert (last.actor, last.on_behalf_of, last.reverses, last.origin) == (actor, None, None, "web")
    assert (last.occurred_at, last.department_id) == (NOW, after.department_id)
    assert after.revision == before["revision"] + (verb not in SILENT)
    changed = {name for name in TRACKED if getattr(after, name) != before[name]}
    assert changed == set(last.payload.body.get("changes", {})), "the event tells exactly what changed"
    assert verb in SILENT or after.changed_at == NOW
    if after.assignee_id:
        held = Involvement.objects.filter(task=after, person_id=after.assignee_id, how="held")
        assert held.exists(), "who had it was involved"
    assert not wrong_tallies()


def test_every_state_and_role(office: Any) -> None:
    """Allowed moves lead where they should with one event; all others are refused and change nothing."""
    rows = {situation: (fresh(task), row_of(task)) for situation, task in office.tasks.items()}
    with clock.at(NOW):
        for verb, (moves, who) in TABLE.items():
            for situation, (task, before) in rows.items():
                allowed = (who(situation) if callable(who) else who) if situation in moves else set()
                for name in sorted(EVERYBODY):
                    actor, case = getattr(office, name), f"{name} {verb} {situation}"
                    assert offered(verb, actor, task) is (name in allowed), f"button: {case}"
                    if name in allowed:
                        with trial():
                            do(verb, office, task, actor)
                            check_done(verb, before, fresh(task), office, actor, moves[situation])
                    else:
                        check_refused(case, verb, office, task, actor)
                assert row_of(task) == before, f"{verb} {situation}: a refusal changed something"


def check_refused(case: str, verb: str, office: Any, task: Task, actor: Any) -> None:
    with pytest.raises((Refused, PermissionDenied)) as no:
        do(verb, office, task, actor)
    assert not isinstance(no.value, Refused) or str(no.value.sentence).endswith((".", "?")), case


def test_nobody_beyond_reach_gets_that_far(office: Any) -> None:
    for verb in TABLE:
        for task in office.tasks.values():
            for name in ("otto", "arno"):
                with pytest.raises(Http404):
                    do(verb, office, task, getattr(office, name))


def test_the_table_of_moves_is_the_domains() -> None:
    """What the code calls allowed from a state is what stands in the table above, whoever does it."""
    from tasks.states import MOVES

    for verb, (moves, _who) in TABLE.items():
        if verb != "prioritise":
            states = {state_of(situation) for situation in moves}
            assert {str(state) for state in MOVES[verb]} == states, verb
    assert {str(state) for state in MOVES["become_ready"]} == {"planned"}
    assert {str(state) for state in MOVES["next"]} == {"open"}


def test_the_clock_opens_what_is_planned(office: Any) -> None:
    for situation, task in office.tasks.items():
        before = row_of(task)
        with clock.at(NOW):
            assert transitions.become_ready(task) is None and row_of(task) == before
        with clock.at(NOW + HOUR):
            opened = transitions.become_ready(task)
        assert (opened is not None) == situation.startswith("planned")
        if opened:
            last = events_of(task)[-1]
            assert (opened.state, opened.assignee_id) == ("open", before["assignee_id"])
            assert (last.verb, last.actor, last.from_state, last.to_state) == ("become_ready", None, "planned", "open")
            assert transitions.become_ready(task) is None and not wrong_tallies()
        else:
            assert row_of(task) == before


def test_a_task_that_does_not_exist_is_refused(office: Any) -> None:
    for act in (transitions.claim, transitions.start, finishing.complete, finishing.approve):
        with pytest.raises(Refused) as no:
            act(999_999_999, actor=office.mira)
        assert no.value.code == "gone"
