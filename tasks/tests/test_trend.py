"""Work in and out of a department, and what needs its manager: the numbers, the drawing, the table, who sees them."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from core import clock
from organization.models import Absence
from organization.setup import save_absence
from tasks import finishing, transitions
from tasks.models import Task
from tasks.tests import factories as make
from tasks.tests.pages import as_person, text
from tasks.tests.plans import measured, pile, rows_read
from tasks.trend import _COUNTS, trend_of

pytestmark = pytest.mark.django_db
MONDAY = dt.datetime(2026, 11, 23, 10, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


def opened(cast, at, *, where=None, done=None):
    with clock.at(at):
        task = make.task(where or cast.permits, cast.anything)
    if done:
        with clock.at(done):
            transitions.claim(task, actor=cast.mira)
            finishing.complete(task, actor=cast.mira)
    return task


def seen(department, now=MONDAY):
    return {str(day.day): (day.came, day.went, day.left) for day in trend_of(department, now).days}


def test_days_count_what_came_and_went(cast):
    opened(cast, MONDAY - 60 * DAY)  # older than what is drawn
    opened(cast, MONDAY - 50 * DAY, done=MONDAY - 4 * DAY)  # Thursday
    opened(cast, MONDAY - 4 * DAY, done=MONDAY - 3 * DAY)
    opened(cast, MONDAY - 2 * DAY)  # Saturday: counts to Monday
    opened(cast, MONDAY)
    opened(cast, MONDAY, where=cast.archive)
    found = seen(cast.permits)
    assert len(found) == 20 and list(found) == sorted(found)
    assert "2026-11-21" not in found and "2026-11-22" not in found
    assert found["2026-11-18"] == (0, 0, 2)
    assert found["2026-11-19"] == (1, 1, 2)
    assert found["2026-11-20"] == (0, 1, 1)
    assert found["2026-11-23"] == (2, 0, 3)


def test_late_in_the_evening_is_still_the_local_day(cast):
    """The day is that of the department's zone, not of UTC."""
    cast.permits.site.time_zone = "Pacific/Auckland"
    cast.permits.site.save()
    opened(cast, dt.datetime(2026, 11, 22, 22, 0, tzinfo=dt.UTC))  # Monday 11:00 there
    now = dt.datetime(2026, 11, 23, 1, 0, tzinfo=dt.UTC)
    assert seen(cast.permits, now)["2026-11-23"] == (1, 0, 1)


def test_an_empty_department_and_a_day_off(cast):
    found = trend_of(cast.permits, MONDAY + 5 * DAY)  # a Saturday on which nothing happened
    assert found.last.day.isoformat() == "2026-11-27" and found.last.left == 0
    assert found.words == "In the last 5 working days 0 came in and 0 went out. 0 are still open."
    opened(cast, MONDAY + 5 * DAY)
    assert trend_of(cast.permits, MONDAY + 5 * DAY).last.day.isoformat() == "2026-11-28"


def test_beyond_the_most_only_whole_days_are_told(cast, monkeypatch):
    monkeypatch.setattr("tasks.trend.MOST", 3)
    for days in (9, 8, 7, 6, 3, 0):
        opened(cast, MONDAY - days * DAY)
    found = trend_of(cast.permits, MONDAY)
    assert [(day.day.isoformat(), day.came, day.left) for day in found.days] == [
        ("2026-11-18", 0, None),
        ("2026-11-19", 0, None),
        ("2026-11-20", 1, None),
        ("2026-11-23", 1, None),
    ]
    assert found.line == "" and "still open" not in found.words


def test_piles_and_history_are_not_read(cast, monkeypatch):
    monkeypatch.setattr("tasks.trend.MOST", 100)
    done = opened(cast, MONDAY - 400 * DAY, done=MONDAY - 300 * DAY)
    done.refresh_from_db()
    pile(done, 2000)
    pile(opened(cast, MONDAY), 1500)
    pile(opened(cast, MONDAY, where=cast.archive), 1500)
    measured()
    values = {"department": cast.permits.pk, "since": MONDAY - 30 * DAY, "zone": "UTC", "most": 100}
    read, _given = rows_read(_COUNTS, values)
    assert read <= 101 and Task.objects.count() > 5000


class TestPage:
    def board(self, cast, who):
        opened(cast, MONDAY - DAY, done=MONDAY)
        opened(cast, MONDAY)
        with clock.at(MONDAY):
            return as_person(getattr(cast, who)).get("/department/PER/")

    @pytest.mark.parametrize("who", ["ruth", "mira", "ada"])
    def test_the_drawing_has_words_and_a_table(self, cast, who):
        response = self.board(cast, who)
        html, words = response.content.decode(), text(response)
        assert "In the last 5 working days 2 came in and 1 went out. 1 is still open." in words
        assert re.search(r'<svg class="trend"[^>]* role="img" aria-labelledby="flow-t flow-d">', html)
        assert html.count('class="g-in"') == html.count('class="g-out"') == 20
        assert "Mon 23 Nov 2 1 1" in words and "in 2 out 1" in words and "open 1" in words
        assert not re.search(r'style="', html)

    def test_what_needs_the_manager(self, cast):
        with clock.at(MONDAY):
            for person in (cast.mira, cast.kofi):
                transitions.claim(make.task(cast.permits, cast.anything), actor=person)
            Task.objects.filter(assignee=cast.kofi).update(remaining_minutes=600)
            away = Absence(person=cast.mira, starts_at=MONDAY - DAY, ends_at=MONDAY + 3 * DAY, substitute=cast.kofi)
            save_absence(away, actor=None)
            words = text(as_person(cast.ruth).get("/department/PER/"))
            assert re.search(
                r"Needs you Mira Holt \(absent until .*?\) holds 1 task, .*? Move 1 task to Kofi Adjei", words
            )
            assert re.search(r"Kofi Adjei holds [\d.]+ h more than they can do today Show the work : Kofi Adjei", words)
            assert "Needs you" not in text(as_person(cast.mira).get("/department/PER/"))

    def test_nothing_needs_the_manager(self, cast):
        assert "Needs you Nothing: all work has somebody who is there" in text(self.board(cast, "ruth"))
