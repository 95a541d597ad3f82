"""Schedules: when they are due in their zone, exactly once each, to whom, and who may."""

from __future__ import annotations

import datetime as dt
import re
import threading
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from core import clock
from core.refusals import Refused, Stale
from organization.models import Membership
from organization.standing import forget
from records import runs
from records.models import Event, Outgoing
from reports.jobs import ask_for_scheduled_reports
from reports.making import ask_report
from reports.models import KeptReport, Reader, Schedule
from reports.occurrences import first_after
from reports.scheduling import ask_due, leave_schedule, save_schedule, stop_schedule
from tasks.tests.pages import as_person, text

NOW = dt.datetime(2026, 3, 10, 12, tzinfo=dt.UTC)
ASKED = {"about": "all", "by": "person", "period": "last_month"}


def plan(every="day", zone="Europe/Dublin", at=dt.time(7), **more) -> Schedule:
    return Schedule(name="Plan", report="done", parameters=ASKED, every=every, at=at, time_zone=zone, **more)


def ticked(answer) -> set[str]:
    """Names of the boxes of recipients that are ticked."""
    box = r'<input type="checkbox" name="recipients"[^>]* checked[^>]*>([^<,]+)'
    return {name.strip() for name in re.findall(box, answer.content.decode())}


def coming(schedule, instant, count):
    found = []
    for _ in range(count):
        instant = first_after(schedule, instant)
        found.append(instant)
    return found


def local(schedule, instants):
    return [f"{one.astimezone(ZoneInfo(schedule.time_zone)):%Y-%m-%d %H:%M}" for one in instants]


def test_the_end_of_months():
    schedule = plan("month", day=31)
    found = local(schedule, coming(schedule, dt.datetime(2027, 12, 31, 12, tzinfo=dt.UTC), 5))
    assert found == [f"2028-0{m}-{d} 07:00" for m, d in ((1, 31), (2, 29), (3, 31), (4, 30), (5, 31))]


def test_weeks_and_days():
    schedule = plan("week", weekday=4)
    assert local(schedule, coming(schedule, NOW, 2)) == ["2026-03-13 07:00", "2026-03-20 07:00"]
    assert local(plan(), coming(plan(), NOW, 2)) == ["2026-03-11 07:00", "2026-03-12 07:00"]
    exactly = dt.datetime(2026, 3, 11, 7, tzinfo=dt.UTC)
    assert first_after(plan(), exactly) > exactly


def test_a_time_the_clock_jumps_over_and_one_that_comes_twice_happen_once():
    spring = plan(at=dt.time(1, 30))
    found = coming(spring, dt.datetime(2026, 3, 27, 12, tzinfo=dt.UTC), 4)
    assert local(spring, found) == ["2026-03-28 01:30", "2026-03-29 02:30", "2026-03-30 01:30", "2026-03-31 01:30"]
    autumn = coming(spring, dt.datetime(2026, 10, 24, 12, tzinfo=dt.UTC), 2)
    assert local(spring, autumn) == ["2026-10-25 01:30", "2026-10-26 01:30"]
    assert autumn[1] - autumn[0] == dt.timedelta(hours=25)


@given(
    zone=st.sampled_from(
        ["Europe/Dublin", "America/New_York", "Africa/Cairo", "America/Havana", "Australia/Lord_Howe"]
    ),
    at=st.times(),
    start=st.datetimes(dt.datetime(2024, 1, 1), dt.datetime(2028, 1, 1), timezones=st.just(dt.UTC)),
)
def test_every_local_day_has_one_occurrence(zone, at, start):
    schedule = plan(zone=zone, at=at)
    found = coming(schedule, start, 40)
    assert found == sorted(set(found))
    days = [one.astimezone(ZoneInfo(zone)).date() for one in found]
    assert {later - sooner for sooner, later in pairwise(days)} == {dt.timedelta(days=1)}


@pytest.fixture
def office(cast):
    for person in (cast.ruth, cast.vera, cast.ada):
        person.time_zone = "Europe/Dublin"
        person.save()
    with clock.at(NOW):
        yield cast


def saved(office, *recipients, every="day", **more):
    return save_schedule(plan(every, **more), actor=office.ruth, recipients=recipients)


@pytest.mark.django_db
class TestDue:
    def test_once_however_often_the_tick_comes(self, office):
        schedule = saved(office, office.vera)
        for minute in (0, 0, 1, 30):
            with clock.at(schedule.next_at + dt.timedelta(minutes=minute)):
                ask_for_scheduled_reports()
                ask_due(schedule.pk)
        kept = KeptReport.objects.get()
        assert kept.occurrence_at == schedule.next_at and kept.asked_by == office.ruth
        assert kept.days == (dt.date(2026, 2, 1), dt.date(2026, 2, 28))
        assert {one.person_id for one in Reader.objects.filter(report=kept)} == {office.ruth.pk, office.vera.pk}

    def test_nothing_before_its_time(self, office):
        schedule = saved(office)
        with clock.at(schedule.next_at - dt.timedelta(seconds=1)):
            ask_for_scheduled_reports()
        assert not KeptReport.objects.exists()

    def test_after_an_outage_once_for_the_last_that_was_missed(self, office):
        schedule = saved(office)
        with clock.at(NOW + dt.timedelta(days=30)):
            ask_for_scheduled_reports()
            ask_for_scheduled_reports()
        kept = KeptReport.objects.get()
        assert f"{kept.occurrence_at.astimezone(ZoneInfo('Europe/Dublin')):%m-%d %H:%M}" == "04-09 07:00"
        assert kept.days[0] == dt.date(2026, 3, 1)
        schedule.refresh_from_db()
        assert f"{schedule.next_at.astimezone(ZoneInfo('Europe/Dublin')):%m-%d %H:%M}" == "04-10 07:00"

    def test_the_database_refuses_a_second_one(self, office):
        schedule = saved(office)
        with clock.at(schedule.next_at):
            ask_due(schedule.pk)
            occurrence = KeptReport.objects.get().occurrence_at
            with pytest.raises(IntegrityError), transaction.atomic():
                ask_report("done", actor=office.ruth, parameters=ASKED, schedule=schedule, occurrence_at=occurrence)

    def test_a_schedule_that_fails_does_not_stop_the_others(self, office, monkeypatch):
        broken, good = saved(office), saved(office)
        Schedule.objects.filter(pk=broken.pk).update(report="gone")
        with clock.at(good.next_at):
            ask_for_scheduled_reports()
        assert KeptReport.objects.get().schedule == good

    def test_each_reader_gets_one_mail_with_a_link_and_why(self, office, settings):
        schedule = saved(office, office.vera)
        with clock.at(schedule.next_at):
            kept = ask_due(schedule.pk)
            runs.perform(kept.run_id)
            runs.perform(kept.run_id)
        mails = {mail.to: mail for mail in Outgoing.objects.all()}
        assert mails.keys() == {office.ruth.email, office.vera.email}
        told = mails[office.vera.email].text
        assert f"{settings.BASE_URL}/reports/{kept.pk}/" in told and "Ruth Calder put you on the schedule" in told
        assert f"/reports/schedules/{schedule.pk}/" in told
        assert as_person(office.vera).get(f"/reports/{kept.pk}/").status_code == 200
        assert "Plan" in text(as_person(office.vera).get("/reports/"))

    def test_a_report_asked_for_by_hand_mails_nobody(self, office):
        runs.perform(ask_report("done", actor=office.ruth, parameters=ASKED).run_id)
        assert not Outgoing.objects.exists()

    def test_who_may_not_see_it_any_more_gets_nothing(self, office):
        schedule = saved(office, office.vera)
        Membership.objects.filter(person=office.vera).update(ends_on=NOW.date())
        with clock.at(schedule.next_at):
            kept = ask_due(schedule.pk)
            runs.perform(kept.run_id)
            assert [mail.to for mail in Outgoing.objects.all()] == [office.ruth.email]
            assert as_person(office.vera).get(f"/reports/{kept.pk}/").status_code == 404

    def test_who_loses_the_right_after_it_was_made_sees_it_no_longer(self, office):
        schedule = saved(office, office.vera)
        with clock.at(schedule.next_at):
            kept = ask_due(schedule.pk)
            runs.perform(kept.run_id)
            Membership.objects.filter(person=office.vera).update(ends_on=NOW.date())
            client = as_person(office.vera)
            for end in ("", "progress/", "download/csv/", "download/xlsx/"):
                assert client.get(f"/reports/{kept.pk}/{end}").status_code == 404
            assert "Plan" not in text(client.get("/reports/"))

    def test_an_owner_who_manages_nothing_any_more_ends_it(self, office):
        schedule = saved(office)
        Membership.objects.filter(person=office.ruth).update(ends_on=NOW.date())
        with clock.at(schedule.next_at):
            ask_for_scheduled_reports()
        schedule.refresh_from_db()
        assert schedule.ended == Schedule.Ended.REACH and not KeptReport.objects.exists()
        assert Event.objects.filter(verb="stop", subject_id=schedule.pk, actor=None).count() == 1

    def test_what_is_stopped_is_not_due(self, office):
        schedule = saved(office)
        stop_schedule(schedule, actor=office.ruth)
        stop_schedule(schedule, actor=office.ruth)
        with clock.at(NOW + dt.timedelta(days=5)):
            ask_for_scheduled_reports()
        assert not KeptReport.objects.exists()
        assert Event.objects.filter(verb="stop").count() == 1


@pytest.mark.django_db
class TestSaving:
    def test_a_recipient_who_may_not_see_the_department_is_refused(self, office):
        for person in (office.mira, office.otto, office.arno, office.cleo):
            with pytest.raises(Refused, match="may not see") as refused:
                saved(office, office.vera, person)
            assert refused.value.field == "recipients"
        assert not Schedule.objects.exists()

    def test_nobody_gets_another_s_own_work(self, office):
        row = plan()
        row.parameters = ASKED | {"about": "own"}
        with pytest.raises(Refused, match="may not see"):
            save_schedule(row, actor=office.mira, recipients=[office.ruth])
        save_schedule(row, actor=office.mira, recipients=[])

    def test_fixed_days_are_refused(self, office):
        row = plan()
        row.parameters = ASKED | {"period": "dates", "first": "2026-01-01", "last": "2026-01-31"}
        with pytest.raises(Refused, match="same report each time"):
            save_schedule(row, actor=office.ruth, recipients=[])

    def test_it_takes_the_owner_s_zone(self, office):
        office.ruth.time_zone = "Asia/Tokyo"
        schedule = saved(office)
        assert schedule.time_zone == "Asia/Tokyo" and schedule.next_at == dt.datetime(2026, 3, 10, 22, tzinfo=dt.UTC)

    def test_a_stale_save_is_refused(self, office):
        schedule = saved(office)
        save_schedule(schedule, actor=office.ruth, recipients=[], read=1)
        with pytest.raises(Stale):
            save_schedule(schedule, actor=office.ruth, recipients=[], read=1)

    def test_by_the_page(self, office):
        forget(office.ruth)
        client = as_person(office.ruth)
        data = {"name": "Monthly", "every": "month", "weekday": "0", "day": "31", "at": "06:30", **ASKED}
        answer = client.post(
            "/reports/schedules/new/done/", data | {"find": "otto weiss", "recipients": [office.vera.pk]}
        )
        assert answer.status_code == 422 and "Otto Weiss may not see" in text(answer)
        assert ticked(answer) == {"Vera Lund"} and 'value="otto weiss"' in answer.content.decode()
        answer = client.post("/reports/schedules/new/done/", data | {"find": "Nobody Known"})
        assert answer.status_code == 422 and "Nobody is called Nobody Known" in text(answer)
        sent = {"recipients": [office.vera.pk], "find": office.ada.email}
        assert client.post("/reports/schedules/new/done/", data | sent).status_code == 302
        schedule = Schedule.objects.get()
        assert set(schedule.recipients.all()) == {office.vera, office.ada}
        page = client.get(f"/reports/schedules/{schedule.pk}/")
        assert ticked(page) == {"Vera Lund", office.ada.name} and 'value="06:30"' in page.content.decode()
        again = data | {"recipients": [office.vera.pk], "revision": "1", "name": "Renamed"}
        assert client.post(f"/reports/schedules/{schedule.pk}/", again).status_code == 302
        answer = client.post(f"/reports/schedules/{schedule.pk}/", again)
        assert answer.status_code == 422 and "changed meanwhile" in text(answer)

    def test_leaving(self, office):
        schedule = saved(office, office.vera)
        leave_schedule(schedule, actor=office.vera)
        assert not schedule.recipients.exists() and Event.objects.filter(verb="leave").exists()
        with pytest.raises(Refused):
            leave_schedule(schedule, actor=office.vera)
        assert as_person(office.vera).get(f"/reports/schedules/{schedule.pk}/").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_several_ticks_at_once_ask_once(cast):
    """Two beats, two workers: each occurrence is asked for by one of them."""
    with clock.at(NOW):
        schedule = save_schedule(plan(), actor=cast.ruth, recipients=[])
    barrier, failures = threading.Barrier(6), []

    def tick() -> None:
        try:
            with clock.at(schedule.next_at):
                barrier.wait(10)
                ask_due(schedule.pk)
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=tick) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures and KeptReport.objects.count() == 1
