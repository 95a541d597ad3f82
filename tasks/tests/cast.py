"""The cast: one small office with everybody a test of rights needs."""

from __future__ import annotations

from types import ModuleType, SimpleNamespace

import pytest

from core import clock
from organization import calendars
from tasks.tests import factories as make
from tasks.tests.recording import Recording


@pytest.fixture(name="make")
def _make(db: None) -> ModuleType:
    """The factories, for tests of the lower floors, which must not import them."""
    return make


def gather() -> SimpleNamespace:
    """Permits (mira, kofi assist; ruth manages) below Town hall (vera manages); Archive (otto assists, arno manages).

    ada is admin, cleo a colleague without any department. `permit` is a procedure of Permits, `anything` is for all,
    `request` is open to requests, `review` wants one, `closed` is closed by its subject.
    """
    dublin = make.site("Town hall", "Europe/Dublin")
    week = make.calendar("Week")
    hall = make.department("Town hall", code="HALL", site=dublin, calendar=week)
    permits = make.department("Permits", code="PER", site=dublin, calendar=week, parent=hall)
    archive = make.department("Archive", code="ARC", site=make.site("Annex", "America/New_York"), calendar=week)
    people = {name.split()[0].lower(): make.person(name) for name in ("Mira Holt", "Kofi Adjei", "Ruth Calder")}
    people |= {name.split()[0].lower(): make.person(name) for name in ("Vera Lund", "Otto Weiss", "Arno Pell")}
    people["cleo"] = make.person("Cleo Marsh")
    people["ada"] = make.person("Ada Stone", is_admin=True)
    for name, where, role in (
        ("mira", permits, "assistant"),
        ("kofi", permits, "assistant"),
        ("ruth", permits, "manager"),
        ("vera", hall, "manager"),
        ("otto", archive, "assistant"),
        ("arno", archive, "manager"),
    ):
        make.member(people[name], where, role)
    return SimpleNamespace(
        **people,
        hall=hall,
        permits=permits,
        archive=archive,
        permit=make.procedure("Permit check", departments=[permits]),
        anything=make.procedure("General duty"),
        request=make.procedure("Badge", open_to_requests=True),
        review=make.procedure("Decision letter", review=True),
        closed=make.procedure("Letter", closed_by_subject=True),
    )


_recorded: list[Recording] = []


@pytest.fixture
def cast(db: None) -> SimpleNamespace:
    """The people of `gather`, for one test; in a shifted clock they are gathered by it."""
    if clock.shifted():
        return gather()
    if not _recorded:
        _recorded.append(Recording(gather))
    calendars._warm.clear()  # known by number and revision, and both come again with other hours
    played: SimpleNamespace = _recorded[0].play()
    return played
