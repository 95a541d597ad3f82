"""Pages that follow what others do: numbers and board; who is offered after an @; the next task from another page."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from core import clock
from organization.models import User
from organization.standing import forget
from tasks import transitions
from tasks.mentions import offered
from tasks.models import Task
from tasks.rules import works_with
from tasks.tests import factories as make
from tasks.tests.pages import as_person, part, statements, text

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 11, 23, 12, 0, 10, tzinfo=dt.UTC)


class Looker:
    """A page that asks an address again and again with the mark it was given last."""

    def __init__(self, person: Any, path: str) -> None:
        self.client, self.path, self.mark = as_person(person), path, ""

    def look(self, wanted: int, at: dt.datetime = NOON) -> str:
        with clock.at(at):
            answer = self.client.get(self.path, headers={"If-None-Match": self.mark} if self.mark else {})
        assert answer.status_code == wanted
        self.mark = answer["ETag"]
        return text(answer)


def test_the_numbers_are_told_when_they_change(cast: Any) -> None:
    page = Looker(cast.mira, "/queue/counts/")
    assert page.look(200).startswith("0 0")
    page.look(304)
    make.task(cast.permits, cast.permit)
    assert page.look(200).startswith("0 1")
    make.task(cast.archive, cast.anything)
    page.look(304)
    assert statements(as_person(cast.mira), "/queue/counts/") == 5


def test_the_board_is_drawn_when_something_happened_or_a_minute_went(cast: Any) -> None:
    page = Looker(cast.ruth, "/department/PER/live/")
    page.look(200)
    page.look(304)
    make.task(cast.permits, cast.permit, title="Kiosk at the quay")
    assert "Kiosk at the quay" in page.look(200)
    page.look(304)
    make.task(cast.archive, cast.anything)
    page.look(304)
    page.look(200, NOON + dt.timedelta(minutes=1))


@pytest.mark.parametrize("confidential", [False, True])
def test_who_is_offered_after_an_at_sees_the_task(cast: Any, confidential: bool) -> None:
    task = make.task(cast.permits, cast.permit, requester=cast.cleo, confidential=confidential)
    transitions.assign(task, actor=cast.ruth, to=cast.kofi)
    row = Task.objects.select_related("department__site").get(pk=task.pk)
    for person in User.objects.active():
        forget(person)
        sees = Task.objects.visible_to(person).filter(pk=task.pk).exists() and works_with(person, row)
        assert (person in offered(row, person.name, cast.ruth)) == (sees and person != cast.ruth), person.name


def test_options_are_for_those_inside(cast: Any) -> None:
    task = make.task(cast.permits, cast.permit, requester=cast.cleo)
    at = f"/tasks/{task.reference}/mentions/"
    assert text(as_person(cast.mira).get(f"{at}?q=kof")) == "KA Kofi Adjei"
    assert text(as_person(cast.mira).get(f"{at}?q=otto")) == ""
    assert text(as_person(cast.cleo).get(f"{at}?q=kof")) == ""
    assert as_person(cast.otto).get(f"{at}?q=kof").status_code == 404


def test_next_from_another_page_brings_the_queue_and_says_why(cast: Any) -> None:
    task = make.task(cast.permits, cast.permit, priority=1)
    answer = as_person(cast.mira).post("/queue/next/", headers=part("/"))
    html = answer.content.decode()
    assert answer["HX-Push-Url"] == f"/queue/?task={task.reference}"
    assert '<main id="main"' in html and 'id="nav"' in html and "data-focus" in html
    assert f'data-say="{task.reference} is yours now. Urgent priority, ' in html
