"""A schedule that keeps failing is parked: once, with one notice each, and starts again by its button."""

from __future__ import annotations

import datetime as dt

import pytest

from core import clock
from core.refusals import Refused
from organization.letters import compose
from organization.models import Membership, Notice
from records import runs
from records.models import Event, Run
from reports import parking
from reports.catalogue.done import Done
from reports.jobs import ask_for_scheduled_reports
from reports.models import KeptReport, Schedule
from reports.scheduling import ask_due, save_schedule, start_again, stop_schedule
from tasks.tests.pages import as_person, text

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 3, 10, 12, tzinfo=dt.UTC)
ASKED = {"about": "all", "by": "person", "period": "last_month"}


@pytest.fixture
def schedule(cast) -> Schedule:
    row = Schedule(name="Monthly", report="done", parameters=ASKED, every="day", at=dt.time(7))
    with clock.at(NOW):
        return save_schedule(row, actor=cast.ruth, recipients=[cast.vera])


def day(schedule: Schedule) -> KeptReport:
    """One occurrence with its run; jobs come twice."""
    schedule.refresh_from_db()
    with clock.at(schedule.next_at):
        kept = ask_due(schedule.pk)
        runs.perform(kept.run_id)
        runs.perform(kept.run_id)
    schedule.refresh_from_db()
    return kept


@pytest.fixture
def broken(monkeypatch):
    """Nothing can be made; undo it to have it made."""
    monkeypatch.setattr(Done, "look", lambda self, places: 1 / 0)
    return monkeypatch


@pytest.fixture
def parked(schedule, broken) -> Schedule:
    for _ in range(parking.IN_A_ROW):
        day(schedule)
    return schedule


def told() -> dict[str, str]:
    return {one.person.name: one.detail for one in Notice.objects.filter(kind="schedule_parked")}


def test_four_failures_park_nothing_and_a_success_counts_from_nought(schedule, broken):
    for _ in range(parking.IN_A_ROW - 1):
        day(schedule)
    assert (schedule.failures, schedule.is_on) == (4, True)
    broken.undo()
    day(schedule)
    assert (schedule.failures, schedule.trouble, schedule.is_on) == (0, "", True)
    assert not told()


def test_the_fifth_parks_it_once_and_tells_owner_and_admins(cast, parked):
    assert parked.is_parked and parked.failures == 5 and "ZeroDivisionError" in parked.trouble
    assert Event.objects.filter(verb="park", subject_id=parked.pk, actor=None, origin="job").count() == 1
    assert told() == {"Ruth Calder": "", cast.ada.name: "theirs"}
    with clock.at(parked.next_at + dt.timedelta(days=3)):
        ask_for_scheduled_reports()
    assert KeptReport.objects.count() == 5


def test_the_notice_says_why_and_how_to_go_on(cast, parked):
    letter = compose(cast.ruth, list(Notice.objects.filter(person=cast.ruth)), now=NOW)
    assert "could not be made five times in a row" in letter.text and "start it again there" in letter.text
    assert "Monthly" in letter.text and f"/reports/schedules/{parked.pk}/" in letter.text
    letter = compose(cast.ada, list(Notice.objects.filter(person=cast.ada)), now=NOW)
    assert "A schedule of Ruth Calder is parked" in letter.text


def test_a_report_tried_again_counts_once(cast, schedule, broken):
    kept = day(schedule)
    for _ in range(parking.IN_A_ROW):
        runs.retry(Run.objects.get(pk=kept.run_id), actor=cast.ruth)
        runs.perform(kept.run_id)
    schedule.refresh_from_db()
    assert schedule.failures == 1


def test_a_run_that_keeps_dying_counts_too(schedule):
    with clock.at(schedule.next_at):
        kept = ask_due(schedule.pk)
        Run.objects.filter(pk=kept.run_id).update(attempts=runs.ATTEMPTS)
        runs.perform(kept.run_id)
        runs.perform(kept.run_id)
    schedule.refresh_from_db()
    assert schedule.failures == 1 and Run.objects.get(pk=kept.run_id).state == "parked"


def test_what_cannot_even_be_asked_for_is_parked_too(schedule):
    Schedule.objects.filter(pk=schedule.pk).update(report="gone")
    for number in range(1, parking.IN_A_ROW + 1):
        schedule.refresh_from_db()
        with clock.at(schedule.next_at):
            ask_for_scheduled_reports()
            ask_for_scheduled_reports()
            parking.not_asked(schedule.pk, "again")
        schedule.refresh_from_db()
        assert schedule.failures == number
    assert schedule.is_parked and "KeyError" in schedule.trouble and len(told()) == 2


def test_one_that_was_stopped_meanwhile_is_not_parked(cast, schedule, broken):
    with clock.at(schedule.next_at):
        kept = ask_due(schedule.pk)
        Schedule.objects.filter(pk=schedule.pk).update(failures=4)
        stop_schedule(schedule, actor=cast.ruth)
        runs.perform(kept.run_id)
    schedule.refresh_from_db()
    assert schedule.ended == Schedule.Ended.STOPPED and not told()


def test_the_pages_say_it_and_start_it_again(cast, parked):
    for person in (cast.ruth, cast.ada):
        page = text(as_person(person).get("/reports/schedules/"))
        assert "Parked: its report could not be made five times in a row" in page and "Start again" in page
        page = text(as_person(person).get(f"/reports/schedules/{parked.pk}/"))
        assert "This schedule is parked" in page and "Try the last report again" in page
        assert ("ZeroDivisionError" in page) == (person == cast.ada)
    page = text(as_person(cast.vera).get(f"/reports/schedules/{parked.pk}/"))
    assert "This schedule is parked" in page and "Start again" not in page
    with clock.at(NOW + dt.timedelta(days=30)):
        client = as_person(cast.ada)
        for _ in range(2):
            assert client.post(f"/reports/schedules/{parked.pk}/start/").status_code == 302
    parked.refresh_from_db()
    assert (parked.is_on, parked.failures, parked.owner) == (True, 0, cast.ruth)
    assert parked.next_at == dt.datetime(2026, 4, 10, 7, tzinfo=dt.UTC)
    assert Event.objects.filter(verb="start_again", actor=cast.ada).count() == 1


def test_after_it_was_started_again_it_is_parked_and_told_anew(cast, parked):
    start_again(parked, actor=cast.ruth)
    for _ in range(parking.IN_A_ROW):
        day(parked)
    assert parked.is_parked and Notice.objects.filter(kind="schedule_parked", person=cast.ruth).count() == 2


def test_saving_it_starts_it_again_too(cast, parked):
    with clock.at(NOW + dt.timedelta(days=30)):
        save_schedule(parked, actor=cast.ruth, recipients=[])
    parked.refresh_from_db()
    assert (parked.is_on, parked.failures, parked.trouble) == (True, 0, "")


def test_what_its_owner_may_not_see_does_not_start(cast, parked):
    Membership.objects.filter(person=cast.ruth).update(ends_on=NOW.date())
    with pytest.raises(Refused, match="no longer see"), clock.at(NOW + dt.timedelta(days=30)):
        start_again(parked, actor=cast.ada)


def test_an_admin_starts_only_what_was_parked(cast, schedule):
    stop_schedule(schedule, actor=cast.ruth)
    assert as_person(cast.ada).post(f"/reports/schedules/{schedule.pk}/start/").status_code == 403
    assert as_person(cast.ruth).post(f"/reports/schedules/{schedule.pk}/start/").status_code == 302
