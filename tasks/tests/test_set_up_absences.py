"""Absences: what would move is shown first, then moved to the substitute, and brought back."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from core import clock
from organization.models import Absence, Membership
from organization.tests.set_up_pages import as_person, post, typed_in, words
from tasks.models import Task
from tasks.tests import factories as make
from tasks.transitions import assign

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(cast: SimpleNamespace) -> Client:
    return as_person(cast.ada)


@pytest.fixture
def held(cast: SimpleNamespace) -> Task:
    """One task mira holds, and a confidential one."""
    for title, secret in (("Fence at Lock Side", False), ("The pay of somebody", True)):
        row = make.task(cast.permits, cast.permit, title=title, confidential=secret, actor=cast.ruth)
        assign(row, actor=cast.ruth, to=cast.mira)
    return Task.objects.get(title="Fence at Lock Side")


def days(**more: Any) -> dict[str, Any]:
    today = clock.now().date()
    return {"first_day": str(today), "last_day": str(today + dt.timedelta(days=4)), "kind": "leave"} | more


def new(person: Any) -> str:
    return f"/set-up/people/{person.pk}/absences/new/"


def sure(client: Client, asked: Any, path: str, answer: str) -> Any:
    """Send the page that asked once more, with an answer."""
    return client.post(path, dict(asked.context["kept"]) | {"sure": answer})


def test_work_is_shown_then_moved_then_brought_back(ada: Client, cast: SimpleNamespace, held: Task) -> None:
    path = new(cast.mira)
    asked = post(ada, path, **days(substitute="kofi"))
    told = words(asked)
    assert "Fence at Lock Side" in told and "To Kofi Adjei" in told
    assert "The pay of somebody" not in told and "Confidential task" in told
    assert not Absence.objects.exists() and Task.objects.get(pk=held.pk).assignee == cast.mira
    answer = sure(ada, asked, path, "move")
    assert answer["Location"] == f"/set-up/people/{cast.mira.pk}/"
    assert "1 task is now with Kofi Adjei" in words(ada.get(answer["Location"]))
    assert Task.objects.get(pk=held.pk).assignee == cast.kofi
    row = Absence.objects.get()
    page = f"/set-up/people/{cast.mira.pk}/absences/{row.pk}/"
    assert "Fence at Lock Side" in words(ada.get(page))
    ada.post(f"{page}back/")
    assert Task.objects.get(pk=held.pk).assignee == cast.kofi, "she is still away: the gate says no, and says so"
    with clock.at(clock.now() + dt.timedelta(days=6)):
        ada.post(f"{page}back/")
    assert Task.objects.get(pk=held.pk).assignee == cast.mira
    assert "Fence at Lock Side" not in words(ada.get(page)), "nothing more to bring back"


def test_nothing_moves_where_nothing_is_wanted(ada: Client, cast: SimpleNamespace, held: Task) -> None:
    asked = post(ada, new(cast.mira), **days(substitute="kofi"))
    sure(ada, asked, new(cast.mira), "keep")
    assert Absence.objects.get().substitute == cast.kofi
    assert Task.objects.get(pk=held.pk).assignee == cast.mira


def test_work_the_substitute_got_otherwise_stays(ada: Client, cast: SimpleNamespace, held: Task) -> None:
    sure(ada, post(ada, new(cast.mira), **days(substitute="kofi")), new(cast.mira), "move")
    assign(Task.objects.get(pk=held.pk), actor=cast.ruth, to=cast.ruth)
    assign(Task.objects.get(pk=held.pk), actor=cast.ruth, to=cast.kofi)
    row = Absence.objects.get()
    with clock.at(clock.now() + dt.timedelta(days=6)):
        ada.post(f"/set-up/people/{cast.mira.pk}/absences/{row.pk}/back/")
    assert Task.objects.get(pk=held.pk).assignee == cast.kofi


def test_days_are_those_of_the_persons_zone(ada: Client, cast: SimpleNamespace) -> None:
    cast.otto.time_zone = "America/New_York"
    cast.otto.save()
    values = {"first_day": "2030-07-01", "last_day": "2030-07-03", "kind": "leave"}
    assert post(ada, new(cast.otto), **values).status_code == 302
    row = Absence.objects.get()
    assert (row.starts_at.isoformat(), row.ends_at.isoformat()) == (
        "2030-07-01T04:00:00+00:00",
        "2030-07-04T04:00:00+00:00",
    )
    page = f"/set-up/people/{cast.otto.pk}/absences/{row.pk}/"
    shown = typed_in(ada.get(page))
    assert (shown["first_day"], shown["last_day"]) == ("2030-07-01", "2030-07-03")
    assert post(ada, page, last_time="12:30").status_code == 302
    assert Absence.objects.get().ends_at.isoformat() == "2030-07-03T16:30:00+00:00"


def test_one_bad_field_keeps_every_field(ada: Client, cast: SimpleNamespace) -> None:
    typed = {"first_day": "2030-07-03", "last_day": "2030-07-01", "kind": "training", "substitute": "kofi"}
    answer = post(ada, new(cast.mira), **typed)
    assert answer.status_code == 422 and typed.items() <= typed_in(answer).items()
    assert "Last day: The end is not after the start. Choose a later one." in words(answer)
    answer = post(ada, new(cast.mira), **days(substitute="mira"))
    assert answer.status_code == 422, "nobody stands in for themselves"
    post(ada, new(cast.mira), **days())
    assert "already away in that time" in words(post(ada, new(cast.mira), **days()))


def test_an_absence_is_withdrawn_with_what_hangs_on_it(ada: Client, cast: SimpleNamespace) -> None:
    post(ada, new(cast.ruth), **days(substitute="cleo"))
    assert Membership.objects.filter(person=cast.cleo, role="manager").exists()
    row = Absence.objects.get()
    page = f"/set-up/people/{cast.ruth.pk}/absences/{row.pk}/"
    assert ada.get(f"{page}withdraw/").status_code == 405
    assert as_person(cast.ruth).post(f"{page}withdraw/").status_code == 403
    assert ada.post(f"/set-up/people/{cast.mira.pk}/absences/{row.pk}/withdraw/").status_code == 404
    ada.post(f"{page}withdraw/")
    assert not Absence.objects.exists() and not Membership.objects.filter(person=cast.cleo).exists()
