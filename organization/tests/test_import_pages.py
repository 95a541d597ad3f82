"""The pages of the import: file, preview, progress, rows aside put right."""

from __future__ import annotations

from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from organization.importing import run as importing
from organization.models import Department, User
from organization.tests.set_up_pages import as_person, named, statements, typed_in, words
from records import runs
from records.models import Event, Run
from records.reading import LINE

pytestmark = pytest.mark.django_db
START = "/set-up/import-people/"


@pytest.fixture
def ada(cast: SimpleNamespace) -> Client:
    return as_person(cast.ada)


def send(client: Client, text: str, kind: str = "departments") -> Any:
    file = SimpleUploadedFile("offices.csv", text.encode(), content_type="text/csv")
    return client.post(START, {"kind": kind, "file": file})


def carried_out(client: Client, text: str) -> Run:
    answer = client.post(send(client, text)["Location"])
    run = Run.objects.get(kind=importing.KIND, state=Run.State.QUEUED)
    assert answer["Location"] == f"{START}runs/{run.pk}/"
    runs.perform(run.pk)
    run.refresh_from_db()
    return run


def test_templates_are_downloads(ada: Client) -> None:
    page = ada.get(START).content.decode()
    assert page.count(" download>") == 2 and "Minutes per weekday" in page
    template = ada.get(f"{START}template/people/")
    assert template["Content-Type"].startswith("text/csv") and "attachment" in template["Content-Disposition"]
    assert template.content.startswith(b"\xef\xbb\xbfE-mail,Name,Departments")
    assert ada.get(f"{START}template/tasks/").status_code == 404


def test_a_file_that_cannot_be_used_is_refused_at_its_field(ada: Client) -> None:
    for text, says in (("Shoe,Size\n1,2\n", "no column “Code”"), ("", "The file is empty. Choose another.")):
        answer = send(ada, text)
        assert answer.status_code == 422 and says in words(answer), text
    assert "What is in it: choose one." in words(ada.post(START, {}))
    assert ada.post(START, {"kind": "departments"}).status_code == 422


def test_a_preview_says_row_by_row_what_would_be(ada: Client, cast: SimpleNamespace) -> None:
    extra = "".join(f"A{number},Desk {number},Annex,\n" for number in range(10, 70))
    text = f"Code,Name,Site,Odd\nPER,<b>Permits</b>,,\nARC,,,\nQ-1,Quay,Annex,\n{extra}"
    where = send(ada, text)["Location"]
    page = ada.get(where)
    told = words(page)
    assert "offices.csv" in told and "left out: Odd" in told
    assert "Name: Permits → becomes <b>Permits</b>" in told
    assert "Use 2 to 8 capital letters and figures." in told and "The file is kept until" in told
    assert "All 63 Would be added 60 Would be changed 1 Stay as they are 1 Cannot be taken 1" in told
    assert "Carry out 61 rows" in told and not Department.objects.filter(code="A10").exists()
    assert named(page)[:4] == ["PER <b>Permits</b>", "ARC Archive", "Q-1 Quay", "A10 Desk 10"]
    assert len(named(page)) == 50
    second = ada.get(f"{where}?show=add&place=54")
    assert named(second)[0] == "A60 Desk 60" and "place=0" in second.content.decode()
    assert named(ada.get(f"{where}?show=refused")) == ["Q-1 Quay"]
    for odd in ("?place=-1", "?place=x", "?place=99999999999", "?show=odd", "?place=99999999"):
        assert ada.get(where + odd).status_code == 200, odd


def test_a_preview_is_for_who_brought_the_file(ada: Client, cast: SimpleNamespace, make: ModuleType) -> None:
    where = send(ada, "Code\nPER\n")["Location"]
    other = as_person(make.person("Other Admin", is_admin=True))
    assert other.get(where).status_code == 404 and other.post(where).status_code == 404
    told = words(ada.get(where))
    assert "Everything is as the file says already." in told and "Carry out" not in told


def test_rows_aside_are_put_right_in_the_page(ada: Client, cast: SimpleNamespace) -> None:
    run = carried_out(ada, "Code,Name,Site\nQUAY,Quay,Pier\nBIN,Bins,Annex\nDOT,Dots,\n")
    page = f"{START}runs/{run.pk}/"
    told = words(ada.get(page))
    assert "added 1" in told and "kept aside 2" in told and "There is no site “Pier”" in told
    row = f"{page}rows/2/"
    form = ada.get(row)
    assert typed_in(form) | {"site": "Pier"} == typed_in(form)
    assert ada.post(row, typed_in(form) | {"site": "Annex"})["Location"] == page
    assert Event.objects.get(verb="correct_reject").actor == cast.ada
    answer = ada.post(f"{page}again/")
    again = Run.objects.latest("pk")
    assert answer["Location"] == f"{START}runs/{again.pk}/" and "Waiting to start" in words(ada.get(answer["Location"]))
    runs.perform(again.pk)
    assert Department.objects.get(code="QUAY").site.name == "Annex"
    assert ada.get(row).status_code == 404, "it came in"
    assert named(ada.get(answer["Location"])) == ["Line 4"]
    csv = ada.get(f"{page}aside/").content.decode("utf-8-sig")
    assert csv.startswith(LINE) and "DOT" in csv and "QUAY" not in csv


def test_rows_aside_are_put_right_in_their_file(ada: Client, cast: SimpleNamespace) -> None:
    run = carried_out(ada, "Code,Name,Site\nQUAY,Quäy,Pier\nDOT,Dots,\n")
    page = f"{START}runs/{run.pk}/"
    csv = ada.get(f"{page}aside/").content.decode("utf-8-sig")

    def bring(text: str) -> Any:  # as spreadsheets save it
        return ada.post(page, {"file": SimpleUploadedFile("rows-aside.csv", text.encode("cp1252"))})

    wrong = bring("Code,Name,Site\nQUAY,Quay,Annex\n")
    assert wrong.status_code == 422 and "must stand in it once" in words(wrong) and "QUAY" in csv
    assert bring(csv.replace("Quäy,Pier", "Quäy,Annex"))["Location"] == page
    assert Event.objects.get(verb="correct_reject").payload.body["changes"] == {"Site": ["Pier", "Annex"]}
    ada.post(f"{page}again/")
    assert "Wait until" in words(bring(csv))
    runs.perform(Run.objects.latest("pk").pk)
    assert Department.objects.get(code="QUAY").name == "Quäy"


def test_an_export_brought_as_a_file_has_an_export_of_its_own(ada: Client, cast: SimpleNamespace) -> None:
    first = carried_out(ada, "Code,Name,Site\nQUAY,Quay,Pier\n")
    csv = ada.get(f"{START}runs/{first.pk}/aside/").content.decode("utf-8-sig")
    page = f"{START}runs/{carried_out(ada, csv).pk}/"
    again = ada.get(f"{page}aside/").content.decode("utf-8-sig")
    assert again.splitlines()[0] == csv.splitlines()[0]
    file = SimpleUploadedFile("rows-aside.csv", again.replace("Pier", "Annex").encode())
    assert ada.post(page, {"file": file})["Location"] == page


def test_progress_is_told_until_it_ends(ada: Client, cast: SimpleNamespace) -> None:
    ada.post(send(ada, "Code,Name,Site\nQUAY,Quay,Annex\n")["Location"])
    run = Run.objects.latest("pk")
    part = {"HX-Request": "true"}
    asks = ada.get(f"{START}runs/{run.pk}/", headers=part).content.decode()
    assert 'hx-trigger="every 2s"' in asks and "<html" not in asks
    runs.perform(run.pk)
    ends = ada.get(f"{START}runs/{run.pk}/", headers=part).content.decode()
    assert "hx-trigger" not in ends and 'data-say="The import has ended."' in ends
    Run.objects.filter(pk=run.pk).update(state=Run.State.FAILED, error="The disk is full.")
    assert "The disk is full." in words(ada.get(f"{START}runs/{run.pk}/"))
    assert named(ada.get(START)) == ["offices.csv"]


def test_pages_ask_as_often_for_three_rows_as_for_one(ada: Client, cast: SimpleNamespace) -> None:
    for count in (1, 3):
        rows = "".join(f"Q{number},Quay,Pier\n" for number in range(10, 10 + count))
        where = send(ada, f"Code,Name,Site\n{rows}")["Location"]
        counted = [statements(ada, where)]
        ada.post(where)
        run = Run.objects.latest("pk")
        runs.perform(run.pk)
        counted += [statements(ada, path) for path in (START, f"{START}runs/{run.pk}/")]
        assert counted == [8, 5, 6], count


def test_who_is_no_admin_gets_nowhere(cast: SimpleNamespace) -> None:
    client = as_person(cast.ruth)
    run = Run.objects.create(kind=importing.KIND, parameters={"kind": "people", "name": "x"}, asked_by=cast.ruth)
    for path in (START, f"{START}template/people/", f"{START}runs/{run.pk}/", f"{START}runs/{run.pk}/aside/"):
        assert client.get(path).status_code == 403, path
    assert send(client, "Code\nPER\n").status_code == 403
    assert User.objects.get(pk=cast.ruth.pk).is_admin is False
