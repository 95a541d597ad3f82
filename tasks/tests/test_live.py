"""Who is at a task, and lists that follow what others do."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from core import clock
from tasks import presence, transitions
from tasks.models import Presence
from tasks.tests import factories as make
from tasks.tests.pages import as_person, statements, text

pytestmark = pytest.mark.django_db


def at(person: Any, task: Any, **fields: Any) -> Any:
    return as_person(person).post(f"/tasks/{task.reference}/presence/", fields)


class TestPresence:
    def test_two_people_see_each_other(self, cast: Any) -> None:
        task = make.task(cast.permits, cast.permit)
        assert text(at(cast.mira, task)) == ""
        assert text(at(cast.kofi, task, editing="1")) == "MH Mira Holt is looking"
        assert text(at(cast.mira, task)) == "KA Kofi Adjei is editing"
        assert at(cast.kofi, task, gone="1").status_code == 204
        assert text(at(cast.mira, task)) == ""
        assert Presence.objects.count() == 1

    def test_who_is_long_gone_is_not_shown_and_swept(self, cast: Any) -> None:
        task, now = make.task(cast.permits, cast.permit), clock.now()
        with clock.at(now - 1.1 * presence.HERE):
            presence.beat(task, cast.kofi, editing=True)
        assert presence.others_at([task.pk], cast.mira) == []
        assert presence.sweep() == 0
        with clock.at(now + presence.HERE):
            assert presence.sweep() == 1

    def test_the_requester_and_those_out_of_reach_are_told_nothing(self, cast: Any) -> None:
        task = make.task(cast.permits, cast.permit, requester=cast.cleo)
        at(cast.mira, task, editing="1")
        assert at(cast.cleo, task).status_code == 204
        assert at(cast.otto, task).status_code == 404
        assert [one.person for one in Presence.objects.all()] == [cast.mira]
        assert "Mira" not in as_person(cast.cleo).get("/queue/live/?scope=asked").content.decode()


class TestLive:
    def test_nothing_new_is_304_until_something_changes(self, cast: Any) -> None:
        task = make.task(cast.permits, cast.permit, title="First")
        client, path = as_person(cast.mira), "/queue/live/?scope=departments"
        noon = clock.now().replace(minute=30, second=0, microsecond=0)
        marks = []

        def look(wanted: int, at: dt.datetime = noon) -> Any:
            with clock.at(at):
                answer = client.get(path, headers={"If-None-Match": marks[-1]} if marks else {})
            assert answer.status_code == wanted
            marks.append(answer["ETag"])
            return answer

        assert "First" in text(look(200))
        assert look(304).content == b""
        make.task(cast.archive, cast.anything, title="Elsewhere")
        look(304)
        transitions.claim(task, actor=cast.kofi)
        assert "Kofi Adjei" in text(look(200))
        make.task(cast.permits, cast.permit, title="Second")
        assert "Second" in text(look(200))
        with clock.at(noon):
            presence.beat(task, cast.kofi, editing=True)
        assert f'data-present="{task.pk}" data-editing' in look(200).content.decode()
        look(304)
        look(200, noon + dt.timedelta(minutes=6))  # clocks run on

    def test_statements_do_not_depend_on_rows(self, cast: Any) -> None:
        client = as_person(cast.mira)
        for number in (1, 2):
            for _ in range(number):
                presence.beat(make.task(cast.permits, cast.permit), cast.kofi, editing=False)
            assert statements(client, "/queue/live/?scope=departments") == 9
