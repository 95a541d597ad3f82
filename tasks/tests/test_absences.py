"""Managers say who of their people is away; admins do everywhere. Same verbs, same preview as in the set-up."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest

from core import clock
from organization import setup
from organization.models import Absence, Membership
from organization.stand_ins import managed_beyond
from organization.tests.set_up_pages import as_person, named, post, statements, words
from records.models import Event
from tasks.models import Task
from tasks.tests import factories as make
from tasks.transitions import assign

pytestmark = pytest.mark.django_db
PAGE = "/absences/"


def days(**more: Any) -> dict[str, Any]:
    today = clock.now().date()
    return {"first_day": str(today), "last_day": str(today + dt.timedelta(days=4)), "kind": "sick"} | more


def test_managers_find_their_own_people_admins_everybody(cast: SimpleNamespace) -> None:
    ruth, vera, ada = (as_person(one) for one in (cast.ruth, cast.vera, cast.ada))
    assert named(ruth.get(PAGE)) == ["Kofi Adjei", "Mira Holt", "Ruth Calder"]
    assert named(vera.get(PAGE)) == ["Kofi Adjei", "Mira Holt", "Ruth Calder", "Vera Lund"], "also those below"
    assert len(named(ada.get(PAGE))) == 8 and named(ruth.get(PAGE + "?q=holt")) == ["Mira Holt"]
    for client in (as_person(cast.mira), as_person(cast.cleo)):
        assert client.get(PAGE).status_code == 403
    assert ruth.get(f"{PAGE}{cast.otto.pk}/new/").status_code == 404
    assert f'href="{PAGE}"' in ruth.get("/department/PER/").content.decode()
    assert f'href="{PAGE}"' not in as_person(cast.mira).get("/department/PER/").content.decode()


def test_work_is_shown_then_moved_then_brought_back(cast: SimpleNamespace) -> None:
    task = make.task(cast.permits, cast.permit, title="Fence at Lock Side", actor=cast.ruth)
    assign(task, actor=cast.ruth, to=cast.mira)
    ruth, path = as_person(cast.ruth), f"{PAGE}{cast.mira.pk}/new/"
    asked = post(ruth, path, **days(substitute="kofi"))
    assert "Fence at Lock Side" in words(asked) and not Absence.objects.exists()
    answer = ruth.post(path, dict(asked.context["kept"]) | {"sure": "move"})
    assert answer["Location"] == PAGE
    told = words(ruth.get(PAGE))
    assert "1 task is now with Kofi Adjei" in told and "Kofi Adjei stands in" in told and "now" in told
    event = Event.objects.get(subject_kind="absence")
    assert (event.verb, event.actor) == ("add", cast.ruth)
    row = Absence.objects.get()
    page = f"{PAGE}{cast.mira.pk}/{row.pk}/"
    assert f'action="{page}back/"' in ruth.get(page).content.decode()
    assert as_person(cast.arno).get(page).status_code == 404
    with clock.at(clock.now() + dt.timedelta(days=6)):
        ruth.post(f"{page}back/")
    assert Task.objects.get(pk=task.pk).assignee == cast.mira
    assert ruth.post(f"{page}withdraw/")["Location"] == PAGE and not Absence.objects.exists()


def test_nobody_makes_somebody_a_manager_where_they_are_none(cast: SimpleNamespace) -> None:
    """Who stands in for a manager is one: so only who manages all of it says who."""
    make.member(cast.ruth, cast.archive, "manager")
    arno, path = as_person(cast.arno), f"{PAGE}{cast.ruth.pk}/new/"
    assert managed_beyond(cast.ruth, cast.arno) == ["Permits"] and managed_beyond(cast.ruth, cast.ada) == []
    refused = post(arno, path, **days(substitute="otto"))
    assert refused.status_code == 422 and "also manages Permits, which you do not" in words(refused)
    assert not Membership.objects.filter(stands_in_for__isnull=False).exists()
    assert post(arno, path, **days()).status_code == 302, "that she is away he may say"
    row = Absence.objects.get()
    row.substitute = cast.kofi
    setup.save_absence(row, actor=cast.ada)
    page = f"{PAGE}{cast.ruth.pk}/{row.pk}/"
    assert post(arno, page, substitute="").status_code == 422
    assert arno.post(f"{page}withdraw/").status_code == 409 and Absence.objects.exists()
    ruth = as_person(cast.ruth)
    assert post(ruth, page, substitute="").status_code == 302, "she manages both"


def test_names_are_proposed_to_managers(cast: SimpleNamespace) -> None:
    path = "/set-up/people/names/?substitute=weiss"
    assert "Otto Weiss" in as_person(cast.ruth).get(path).content.decode()
    assert as_person(cast.mira).get(path).status_code == 403


def test_the_list_asks_as_often_for_three_as_for_one(cast: SimpleNamespace) -> None:
    ruth, start = as_person(cast.ruth), clock.now()
    for number in range(3):
        assert statements(ruth, PAGE) == 8, number
        person = make.member(make.person(), cast.permits).person
        away = Absence(person=person, starts_at=start, ends_at=start + dt.timedelta(hours=1), substitute=cast.kofi)
        setup.save_absence(away, actor=None)
