"""The audit page: who sees which events, every filter, what is not told, and the export."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from core import clock
from organization import setup
from organization.models import Site
from records import erasure, events, runs
from records.auditing import asking, looking
from records.auditing.looking import Look, find
from records.models import Attachment, Event, Run
from tasks import editing, transitions
from tasks.tests import factories as make
from tasks.tests.pages import as_person, statements, text


@pytest.fixture(autouse=True)
def _files(tmp_path: Any) -> Any:
    place = settings.STORAGES["default"]["OPTIONS"]
    kept, place["location"] = place["location"], tmp_path / "files"
    yield
    place["location"] = kept


@pytest.fixture
def office(cast: Any) -> Any:
    """Work here and there, with a comment, a change, and something of the set-up."""
    cast.free = make.task(cast.permits, cast.anything, actor=cast.ruth, title="Copies of the deed")
    transitions.claim(cast.free, actor=cast.mira)
    editing.comment(cast.free, "The second copy is missing", actor=cast.mira)
    cast.other = make.task(cast.archive, cast.anything, actor=cast.arno, title="Boxes from the cellar")
    cast.quay = setup.save_site(Site(name="Quay", time_zone="Europe/Dublin"), actor=cast.ada)
    return cast


def told(person: Any, query: str = "") -> str:
    response = as_person(person).get(f"/audit/{query}")
    assert response.status_code == 200, query
    return text(response).partition("Newest first")[2].partition("As a file")[0]


def test_everybody_sees_what_they_manage(office: Any) -> None:
    assert as_person(office.mira).get("/audit/").status_code == 403
    assert as_person(office.cleo).get("/audit/").status_code == 403
    ruth, arno, vera, ada = (told(one) for one in (office.ruth, office.arno, office.vera, office.ada))
    assert "Copies of the deed" in ruth and "Boxes" not in ruth and "Quay" not in ruth
    assert "Boxes from the cellar" in arno and "Copies" not in arno
    assert "Copies of the deed" in vera and "Boxes" not in vera
    assert "Copies of the deed" in ada and "Boxes from the cellar" in ada and "You added: site Quay" in ada


def test_an_event_is_a_sentence_with_what_changed(office: Any) -> None:
    editing.edit(office.free, {"priority": 1}, actor=office.ruth, revision=2)
    said = told(office.ruth)
    assert "You changed priority to urgent" in said and "Mira Holt claimed it" in said
    assert "The second copy is missing" in said
    assert "priority Normal to Urgent" in said and "owner nothing to Mira Holt" in said


@pytest.mark.parametrize(
    ("query", "found", "left"),
    [
        ("?by=mira", "claimed it", "opened it"),
        ("?by={mira}", "claimed it", "opened it"),
        ("?by=mira&verb=comment", "second copy", "claimed it"),
        ("?task={free}", "Copies", "Boxes"),
        ("?verb=open", "Boxes", "claimed it"),
        ("?department={archive}", "Boxes", "Copies"),
        ("?department={archive}&verb=open&by=arno", "Boxes", "Copies"),
        ("?origin=import", "brought in", "Copies"),
        ("?behalf=ruth", "on behalf of Ruth Calder", "opened it"),
        ("?from=2020-01-01&until=2020-12-31", "long ago", "Copies"),
        ("?from=2021-01-01", "Copies", "long ago"),
        ("?until=2020-12-31", "long ago", "Copies"),
    ],
)
def test_each_filter_narrows(office: Any, query: str, found: str, left: str) -> None:
    with events.origin("import"):
        make.task(office.permits, office.anything, title="brought in")
    make.task(office.permits, office.anything, title="long ago", occurred_at=dt.datetime(2020, 5, 5, 9, tzinfo=dt.UTC))
    transitions.assign(office.other, actor=office.arno, to=office.otto, on_behalf_of=office.ruth)
    given = {"mira": office.mira.pk, "free": office.free.reference, "archive": office.archive.pk}
    said = told(office.ada, query.format(**given))
    assert found in said and left not in said


def test_days_are_days_of_the_readers_zone(office: Any) -> None:
    """Half past eleven at night in Dublin's summer is the same day there, though the next one is near in UTC."""
    office.ada.time_zone = "Asia/Tokyo"
    office.ada.save(update_fields=["time_zone"])
    make.task(office.permits, office.anything, title="at night", occurred_at=dt.datetime(2020, 6, 1, 22, tzinfo=dt.UTC))
    assert "at night" in told(office.ada, "?from=2020-06-02&until=2020-06-02")
    assert "at night" not in told(office.ada, "?from=2020-06-01&until=2020-06-01")


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("?by=nobody+at+all", "Nobody is called that"),
        ("?by=99999999999999999999", "Nobody is called that"),
        ("?task=letter", "Write a reference such as T-10234."),
        ("?department=0", "Choose one of the list."),
        ("?verb=dance", "Choose one of the list."),
        ("?from=yesterday", "Write a day such as"),
        ("?from=2020-05-02&until=2020-05-01", "The last day is before the first."),
    ],
)
def test_what_cannot_be_meant_is_said_and_finds_nothing(office: Any, query: str, words: str) -> None:
    response = as_person(office.ada).get(f"/audit/{query}")
    assert response.status_code == 200 and words in text(response)
    assert response.context["told"] == []


def test_a_name_of_several_offers_them(office: Any) -> None:
    make.person("Mira Lund")
    response = as_person(office.ada).get("/audit/?by=mira&verb=claim")
    assert f"?by={office.mira.pk}&amp;verb=claim" in response.content.decode()


def test_a_manager_filters_nothing_out_of_reach(office: Any) -> None:
    assert "Boxes" not in told(office.ruth, "?by=arno")
    assert "Boxes" not in told(office.ruth, f"?task={office.other.reference}")
    said = as_person(office.ruth).get(f"/audit/?department={office.archive.pk}")
    assert "Choose one of the list." in text(said)


def test_of_confidential_work_an_admin_reads_that_it_happened(office: Any) -> None:
    secret = make.task(office.permits, office.anything, actor=office.ruth, title="SECRET", confidential=True)
    transitions.assign(secret, actor=office.ruth, to=office.mira)
    editing.comment(secret, "SECRET words", actor=office.mira)
    assert "SECRET words" in told(office.ruth)
    said = told(office.ada, f"?task={secret.reference}")
    assert "SECRET" not in said and "Mira Holt: comment, confidential" in said
    # A task that went elsewhere and is confidential now is not read in its old department either.
    assert "SECRET" not in told(office.arno)


def test_what_was_erased_is_said_so(office: Any) -> None:
    event = Event.objects.filter(verb="claim").get()
    erasure.erase_payload(event, actor=office.ada, reason="asked to")
    assert "What it said was erased" in told(office.ada, "?verb=claim")


def test_pages_go_by_key_and_never_lose_an_event(office: Any) -> None:
    for _number in range(60):
        events.write("edit", actor=office.mira, subject_kind="task", subject_id=office.free.pk, task_id=office.free.pk,
                     department_id=office.permits.pk)  # fmt: skip
    client, seen, query = as_person(office.ruth), [], ""
    while query is not None:
        response = client.get(f"/audit/{query}")
        seen += [one.event.pk for one in response.context["told"]]
        query = response.context["next"] or None
    wanted = Event.objects.filter(department_id=office.permits.pk).values_list("pk", flat=True)
    assert len(seen) == len(set(seen)) and set(seen) == set(wanted) and len(seen) > looking.SIZE


def test_what_is_searched_goes_on_where_it_stopped(office: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "WINDOW", 20)
    rare = events.write("claim", actor=office.mira, subject_kind="task", subject_id=1)
    for _number in range(45):
        events.write("edit", actor=office.mira, subject_kind="task", subject_id=1)
    look, place, found, pages = Look(person=office.mira.pk, verb="claim"), "", [], 0
    while True:
        answer = find(look, place)
        found += answer.page.rows
        pages += 1
        if not answer.page.next:
            break
        place = answer.page.next
    assert rare in found and pages == 3 and len(found) == Event.objects.filter(verb="claim").count()


def test_the_page_takes_as_many_statements_with_one_row_as_with_three(office: Any) -> None:
    for one in range(3):
        row = make.task(office.archive, office.anything, actor=office.arno, title=f"More {one}")
        transitions.claim(row, actor=office.otto)
    client = as_person(office.arno)
    counts = {statements(client, f"/audit/?verb=claim&{more}") for more in ("", f"task={row.reference}")}
    assert counts == {LITERAL}


LITERAL = 14


def test_the_chain_is_verified_in_the_background(office: Any) -> None:
    client = as_person(office.ada)
    assert as_person(office.ruth).post("/audit/verify/").status_code == 403
    assert client.post("/audit/verify/").status_code == 302
    run = Run.objects.get(kind=asking.VERIFY)
    client.post("/audit/verify/")
    assert Run.objects.filter(kind=asking.VERIFY).count() == 1, "one at a time"
    assert "Being verified" in text(client.get("/audit/"))
    runs.perform(run.pk)
    run.refresh_from_db()
    assert run.state == "done" and run.result["problems"] == []
    assert "Whole:" in text(client.get("/audit/chain/"))
    event = Event.objects.select_related("payload").get(verb="verify")
    assert event.payload.body["head"] == run.result["head"] and event.actor_id == office.ada.pk


def test_a_chain_that_is_not_whole_is_said_so(office: Any) -> None:
    Run.objects.create(
        kind=asking.VERIFY,
        state="done",
        asked_by=office.ada,
        result={"problems": ["Events under link 1 were changed."]},
        finished_at=clock.now(),
    )
    said = text(as_person(office.ada).get("/audit/"))
    assert "Not whole" in said and "Events under link 1 were changed." in said


def _exported(client: Client, query: dict[str, str]) -> tuple[Run, str]:
    location = client.post("/audit/export/", query).headers["Location"]
    run = Run.objects.filter(kind=asking.EXPORT).order_by("-id")[0]
    runs.perform(run.pk)
    run.refresh_from_db()
    assert run.state == "done", run.error
    assert "in the file" in text(client.get(location))
    response = client.get(f"{location}file/")
    assert response.headers["Content-Disposition"].startswith("attachment")
    return run, b"".join(response.streaming_content).decode("utf-8-sig")


def test_an_export_has_the_filtered_rows_and_is_an_event(office: Any) -> None:
    editing.comment(office.free, '=HYPERLINK("x")', actor=office.mira)
    office.mira.name = "=Mira"
    setup.save_person(office.mira, actor=None)
    run, csv = _exported(as_person(office.ruth), {"by": str(office.mira.pk)})
    lines = csv.splitlines()
    assert run.result["rows"] == len(lines) - 1 == 3
    assert "'=Mira" in csv and ",=Mira" not in csv and "Boxes" not in csv
    event = Event.objects.select_related("payload").get(verb="export")
    assert event.actor_id == office.ruth.pk and event.payload.body["filter"]["person"] == office.mira.pk


def test_an_export_is_its_askers_alone_and_while_they_may(office: Any) -> None:
    run, _csv = _exported(as_person(office.ruth), {"verb": "open", "until": "2100-01-01"} | {"department": ""})
    for person in (office.ada, office.vera):
        assert as_person(person).get(f"/audit/exports/{run.pk}/file/").status_code == 404
    office.permits.refresh_from_db()
    run.parameters["reach"] = [office.archive.pk]
    run.save(update_fields=["parameters"])
    assert as_person(office.ruth).get(f"/audit/exports/{run.pk}/").status_code == 404


def test_a_run_of_somebody_who_lost_the_right_gives_nothing(office: Any) -> None:
    as_person(office.arno).post("/audit/export/", {})
    run = Run.objects.get(kind=asking.EXPORT)
    for row in office.arno.memberships.all():
        row.ends_on = dt.date(2020, 1, 2)
        row.save(update_fields=["ends_on"])
    runs.perform(run.pk)
    run.refresh_from_db()
    assert run.state == "failed" and not Attachment.objects.filter(owner_id=run.pk).exists()


def test_confidential_work_is_not_in_an_admins_file(office: Any) -> None:
    make.task(office.permits, office.anything, actor=office.ruth, title="SECRET", confidential=True)
    _run, csv = _exported(as_person(office.ada), {})
    assert "SECRET" not in csv and "(confidential)" in csv
