"""The pages of reports: the list, asking, progress, the result, and what each costs."""

from __future__ import annotations

import datetime as dt

import pytest

from core import clock
from records import runs
from records.models import Event, Outgoing, Run
from reports.making import AT_ONCE, ask_report, remove
from reports.models import KeptReport, Schedule
from reports.tests.conftest import made
from tasks import finishing, transitions
from tasks.tests import factories as make
from tasks.tests.pages import MARK, as_person, statements, text

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 4, 2, 10, tzinfo=dt.UTC)
MARCH = {"period": "last_month", "by": "person", "about": "all"}


@pytest.fixture
def office(cast):
    """Two tasks finished in March, one of them by Kofi, and one open."""
    for day, person in ((3, cast.mira), (31, cast.kofi)):
        with clock.at(dt.datetime(2026, 3, day, 9, tzinfo=dt.UTC)):
            task = transitions.claim(make.task(cast.permits, cast.anything), actor=person)
            finishing.complete(task, actor=person)
    with clock.at(NOW - dt.timedelta(days=5)):
        make.task(cast.permits, cast.anything, title="Zz secret title", confidential=True)
    return cast


@pytest.fixture(autouse=True)
def _now():
    with clock.at(NOW):
        yield


def ask(person, name="done", **more):
    client = as_person(person)
    return client, client.post(f"/reports/ask/{name}/", MARCH | more)


def test_a_report_is_asked_for_made_and_read(office):
    client, answer = ask(office.ruth)
    kept = KeptReport.objects.get()
    assert answer.status_code == 302 and answer.headers["Location"] == f"/reports/{kept.pk}/"
    page = client.get(f"/reports/{kept.pk}/")
    assert "Waiting to start" in text(page) and 'hx-trigger="every 2s"' in page.content.decode()
    runs.perform(kept.run_id)
    part = client.get(f"/reports/{kept.pk}/progress/")
    assert 'data-say="The report is ready."' in part.content.decode() and "hx-trigger" not in part.content.decode()
    page = text(client.get(f"/reports/{kept.pk}/"))
    assert "Mira Holt" in page and "Kofi Adjei" in page and "1 Mar 2026 to 31 Mar 2026" in page
    assert Event.objects.filter(verb="ask_report", subject_id=kept.pk).exists()


def test_progress_tells_how_far_it_is(office):
    client, _answer = ask(office.ruth)
    run = KeptReport.objects.get().run
    run.state, run.attempts = Run.State.RUNNING, 1
    run.save()
    runs.progress(run, done=1, total=4)
    page = client.get(f"/reports/{KeptReport.objects.get().pk}/progress/").content.decode()
    assert 'width="25%"' in page and "1 of 4 parts are done" in page


def test_a_kept_report_shows_the_same_numbers_for_ever(office):
    kept = made("done", office.ruth, **MARCH)
    before = kept.table
    transitions.reopen(Task_done(office), actor=office.ruth, reason="again")
    runs.perform(kept.run_id)
    kept.refresh_from_db()
    assert kept.table == before
    assert made("done", office.ruth, **MARCH).table != before


def Task_done(office):
    from tasks.models import Task

    return Task.objects.filter(state="done").order_by("pk").first()


def test_making_it_twice_keeps_one(office):
    kept = ask_report("done", actor=office.ruth, parameters=MARCH)
    runs.perform(kept.run_id)
    Run.objects.filter(pk=kept.run_id).update(state="queued")
    runs.perform(kept.run_id)
    assert Run.objects.get(pk=kept.run_id).state == "done"
    assert KeptReport.objects.count() == 1 and Outgoing.objects.count() == 0


def test_wrong_days_are_refused_at_their_field(office):
    _client, answer = ask(office.ruth, period="dates", first="2026-03-05", last="2026-03-01")
    assert answer.status_code == 422 and "not before 5 Mar 2026" in text(answer)
    _client, answer = ask(office.ruth, period="dates")
    assert answer.status_code == 422 and "First day: choose a day." in text(answer)
    _client, answer = ask(office.ruth, period="dates", first="1000-01-01", last="2026-03-01")
    assert answer.status_code == 422
    _client, answer = ask(office.ruth, period="dates", first="2001-01-01", last="2026-03-01")
    assert answer.status_code == 422 and "five years" in text(answer)
    assert not KeptReport.objects.exists()


@pytest.mark.parametrize("about", ["all", "99999999", "archive", "x", "-1", "²"])
def test_what_one_does_not_manage_cannot_be_asked_for(office, about):
    about = str(office.archive.pk) if about == "archive" else about
    for person in (office.mira, office.cleo):
        _client, answer = ask(person, about=about)
        assert answer.status_code == 422
    if about != "all":
        assert ask(office.ruth, about=about)[1].status_code == 422
    assert not KeptReport.objects.exists()


def test_nobody_has_many_made_at_once(office):
    for _ in range(AT_ONCE):
        assert ask(office.ruth)[1].status_code == 302
    _client, answer = ask(office.ruth)
    assert answer.status_code == 422 and "Wait until one is ready" in text(answer)


def test_a_failed_report_says_why_and_is_tried_again(office, monkeypatch):
    from reports.catalogue.done import Done

    client, _answer = ask(office.ruth)
    kept = KeptReport.objects.get()
    with monkeypatch.context() as broken:
        broken.setattr(Done, "look", lambda self, places: 1 / 0)
        runs.perform(kept.run_id)
    page = client.get(f"/reports/{kept.pk}/")
    assert "division by zero" not in text(page)
    assert "Try again" in text(page)
    assert client.post(f"/reports/{kept.pk}/retry/").status_code == 302
    runs.perform(kept.run_id)
    assert "Mira Holt" in text(client.get(f"/reports/{kept.pk}/"))


def test_who_lost_the_department_gets_nothing_made(office):
    from organization.models import Membership

    kept = ask_report("done", actor=office.ruth, parameters=MARCH)
    Membership.objects.filter(person=office.ruth).update(ends_on=dt.date(2026, 4, 1))
    runs.perform(kept.run_id)
    kept.refresh_from_db()
    assert not kept.is_ready and "may not see it any more" in kept.run.__class__.objects.get(pk=kept.run_id).error
    assert as_person(office.ruth).get(f"/reports/{kept.pk}/").status_code == 404


def test_nothing_tells_a_title(office):
    for name in ("done", "age", "on-time", "workload", "states"):
        kept = made(name, office.ada, about="all", period="last_month", by="department")
        client = as_person(office.ada)
        assert "Zz secret" not in text(client.get(f"/reports/{kept.pk}/"))
        assert b"Zz secret" not in b"".join(client.get(f"/reports/{kept.pk}/download/csv/").streaming_content)


def test_names_are_escaped(office):
    office.kofi.name = MARK % "name"
    office.kofi.save()
    kept = made("done", office.ruth, **MARCH)
    page = as_person(office.ruth).get(f"/reports/{kept.pk}/").content.decode()
    assert "<script>alert" not in page and "&lt;script&gt;alert" in page


@pytest.mark.parametrize("name", ["done", "age", "on-time", "workload", "states"])
def test_every_report_has_its_pages(office, name):
    client = as_person(office.ruth)
    assert client.get(f"/reports/ask/{name}/").status_code == 200
    answer = client.post(
        f"/reports/ask/{name}/", MARCH | {"by": "department", "dues": "all", "measure": "working", "week": "next"}
    )
    assert answer.status_code == 302
    kept = KeptReport.objects.get()
    runs.perform(kept.run_id)
    page = client.get(f"/reports/{kept.pk}/")
    assert "All numbers" in text(page), Run.objects.get().error
    assert client.get(f"/reports/ask/{name}/?like={kept.pk}").status_code == 200
    assert client.get(f"/reports/schedules/new/{name}/?like={kept.pk}").status_code == 200


LIST, RESULT, SCHEDULES = 6, 6, 6


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same(office, rows):
    for _ in range(rows):
        made("done", office.ruth, **MARCH)
    assert statements(as_person(office.ruth), "/reports/") == LIST
    assert statements(as_person(office.ruth), f"/reports/{KeptReport.objects.first().pk}/") == RESULT


@pytest.mark.parametrize("rows", [1, 3])
def test_the_schedules_cost_the_same(office, rows):
    from reports.scheduling import save_schedule

    for number in range(rows):
        row = Schedule(name=f"S{number}", report="done", parameters=MARCH, at=dt.time(7))
        save_schedule(row, actor=office.ruth, recipients=[office.vera])
    assert statements(as_person(office.ruth), "/reports/schedules/") == SCHEDULES


def test_the_list_goes_by_key(office):
    for _ in range(3):
        made("done", office.ruth, **MARCH)
    from reports.views import kept

    client = as_person(office.ruth)
    with pytest.MonkeyPatch.context() as small:
        small.setattr(kept, "SIZE", 2)
        page = client.get("/reports/")
        assert page.content.decode().count("data-row") == 2
        found = page.context["next"]
        following = client.get(f"/reports/{found}")
    assert following.content.decode().count("data-row") == 1 and not following.context["next"]


def test_an_admin_may_look_at_everybody_s(office):
    made("done", office.ruth, **MARCH)
    client = as_person(office.ada)
    assert "data-row" not in client.get("/reports/").content.decode()
    assert "data-row" in client.get("/reports/?whose=all").content.decode()
    assert "data-row" not in as_person(office.vera).get("/reports/?whose=all").content.decode()


def test_removing_takes_it_from_the_list(office):
    kept = made("done", office.ruth, **MARCH)
    client = as_person(office.ruth)
    assert client.post(f"/reports/{kept.pk}/remove/").status_code == 302
    assert not KeptReport.objects.exists()
    assert Event.objects.filter(verb="forget", subject_id=kept.pk, actor=office.ruth).exists()


def test_what_was_kept_long_enough_is_forgotten(office, settings):
    from reports.jobs import forget_old_reports

    old, young = made("done", office.ruth, **MARCH), made("age", office.ruth, **MARCH)
    KeptReport.objects.filter(pk=old.pk).update(keep_until=NOW - dt.timedelta(days=1))
    assert young.keep_until - young.asked_at == dt.timedelta(days=settings.REPORTS_KEPT_DAYS)
    with clock.at(NOW.replace(second=45)):
        forget_old_reports()
        forget_old_reports()
    assert list(KeptReport.objects.all()) == [young]


def test_one_being_made_cannot_be_removed(office):
    from core.refusals import Refused

    kept = ask_report("done", actor=office.ruth, parameters=MARCH)
    with pytest.raises(Refused, match="being made"):
        remove(kept, actor=office.ruth)


def test_the_navigation_leads_there(office):
    assert 'href="/reports/"' in as_person(office.mira).get("/queue/").content.decode()
    assert 'href="/reports/"' not in as_person(office.cleo).get("/queue/").content.decode()
