"""The import of tasks on its pages: a file, what its columns mean, how it would come in, rows put right."""

import csv
import datetime as dt
import io
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection

from core import clock
from organization.models import Department, User
from organization.tests.set_up_pages import as_person, statements, typed_in, words
from records import runs
from records.models import Attachment, Event, Run, RunReject
from tasks.importing import kept
from tasks.models import ImportFile, ImportMapping, Procedure, Task
from tasks.tests import factories as make
from tasks.tests.coming_in import HEAD, RUN_TABLES, checksums, row, shared, text_of
from tasks.tests.test_import_workbooks import book

pytestmark = pytest.mark.django_db
START = "/set-up/import-tasks/"
CHOICES = {
    "external_reference": "id", "title": "what", "procedure": "what", "department": "where", "person": "who",
    "opened_at": "from", "done_at": "until", "due_at": "due", "subject_reference": "case", "labels": ["channel"],
    "source": "old-office", "time_zone": "Europe/Dublin", "dates": "iso",
}  # fmt: skip


@pytest.fixture
def ada(cast):
    return as_person(cast.ada)


def bring(client, data, name="old.csv", **more):
    """Bring a file; the address of its choices."""
    data = data.encode() if isinstance(data, str) else data
    answer = client.post(f"{START}new/", {"file": SimpleUploadedFile(name, data), **more})
    assert answer.status_code == 302, words(answer)
    return answer["Location"]


def chosen(client, place, **changes):
    """Send the choices as they stand, with changes; the address of the preview."""
    values = typed_in(client.get(place)) | changes
    answer = client.post(place, {name: value for name, value in values.items() if value is not None})
    assert answer.status_code == 302, words(answer)
    return answer["Location"]


def started(client, preview):
    """Start, and do what a worker would; the page of the import."""
    place = client.post(preview)["Location"]
    perform()
    return place


def perform():
    for run in Run.objects.filter(kind="tasks.import", state=Run.State.QUEUED):
        runs.perform(run.pk)


def test_from_the_file_to_rows_put_right(ada, cast):
    place = bring(ada, text_of(row(1), row(2, until="5 March"), row(3, where="Nowhere"), row(4, what="")))
    form = typed_in(ada.get(place))
    assert {key: form[key] for key in CHOICES if key != "source"} == {
        key: value for key, value in CHOICES.items() if key != "source"
    } | {"time_zone": cast.ada.time_zone}, "guessed by the names"
    preview = chosen(ada, place, **CHOICES)
    told = words(ada.get(preview))
    assert "would come in 1 are there already 0 would be kept aside 3" in told
    assert "Permit check" in told and "Line 3 until “5 March” is not a time" in told
    assert not Task.objects.exists() and not RunReject.objects.exists() and not Run.objects.exists()
    run = started(ada, preview)
    assert not ImportFile.objects.exists() and Task.objects.get().external_reference == "old-1"
    page = ada.get(run)
    assert "came in finished 1" in words(page) and [one.line for one in page.context["rows"]] == [3, 4, 5]
    right = f"{run}rows/3/"
    values = typed_in(ada.get(right)) | {"next": "1"}
    field = next(name for name, value in values.items() if value == "5 March")
    answer = ada.post(right, values | {field: "2024-03-05 10:00"})
    assert answer["Location"] == f"{run}rows/4/"
    assert ada.post(f"{run}rows/4/", {"leave_out": "1"})["Location"] == run
    assert ada.post(f"{run}again/")["Location"] == run
    assert "Wait until" in words(ada.post(f"{run}again/"))
    perform()
    page = ada.get(run)
    assert [one.line for one in page.context["rows"]] == [5] and "came in finished 1" in words(page)
    assert Task.objects.get(external_reference="old-2").closed_at == dt.datetime(2024, 3, 5, 10, tzinfo=dt.UTC)
    assert [one.line for one in ada.get(f"{run}?show=left-out").context["rows"]] == [4]
    assert Event.objects.filter(verb="leave_out").get().payload.body == {"line": 4}
    ada.post(f"{run}rows/4/back/")
    assert [one.line for one in ada.get(run).context["rows"]] == [4, 5]
    assert ada.post(f"{run}rows/3/", {}).status_code == 404, "it came in"


def test_what_is_missing_is_made_when_that_was_chosen(ada, cast):
    site = cast.permits.site.name
    place = bring(ada, text_of(row(1, who="New Person", where="Stores", what="Stock take")))
    preview = chosen(ada, place, **CHOICES, create_missing="on", site=site, way="")
    page = words(ada.get(preview))
    assert "Departments that would be made: Stores" in page and "People that would be made: New Person" in page
    assert not User.objects.filter(name="New Person").exists()
    assert not Procedure.objects.filter(name="Stock take").exists()
    started(ada, preview)
    assert Task.objects.get().assignee.name == "New Person"


def test_the_files_names_are_told_what_they_mean_here(ada, cast):
    place = bring(
        ada, text_of(row(1, where="Grp 7"), row(2, where="n/a", channel="Archive"), row(3, where="", channel=""))
    )
    first = ada.get(place)
    assert "“Grp 7” is" in words(first) and "“Permit check” is" not in words(first)
    means = next(name for name, value in typed_in(first).items() if value == "Grp 7").replace("said", "means")
    extra = {means: "Permits", "department_empty": "n/a", "department_else": "channel", "department_default": "Permits"}
    chosen(
        ada, place, **CHOICES | extra | {"procedure": "", "procedure_default": "Permit check", "save_as": "Old list"}
    )
    mapping = ImportMapping.objects.get(name="Old list").mapping
    assert mapping["department"]["values"] == {"Grp 7": "Permits"}
    assert mapping["procedure"] == {"default": "Permit check"}
    typed = typed_in(ada.get(place))
    assert typed["department_default"] == "Permits" and typed[means] == "Permits" and typed["procedure"] == ""
    started(ada, f"{place}preview/")
    aside = RunReject.objects.values_list("line", "reason")
    assert Task.objects.filter(department=cast.permits).count() == 2 and [line for line, _why in aside] == [3]


def test_saved_choices_are_used_again_and_by_the_command(ada, cast, tmp_path):
    text = text_of(row(1), row(2))
    chosen(ada, bring(ada, text), **CHOICES, save_as="Old office")
    saved = ImportMapping.objects.get()
    place = bring(ada, text_of(row(3)), like=saved.pk)
    assert typed_in(ada.get(place))["source"] == "old-office"
    assert typed_in(ada.get(f"{bring(ada, text)}?like={saved.pk}"))["source"] == "old-office"
    file = ada.get(f"{START}mappings/{saved.pk}/")
    path, mapping = tmp_path / "old.csv", tmp_path / "mapping.json"
    path.write_text(text)
    mapping.write_bytes(file.content)
    call_command("import_tasks", str(path), mapping=str(mapping), stdout=io.StringIO())
    assert Task.objects.count() == 2
    run = started(ada, chosen(ada, place))
    assert json.loads(ada.get(f"{run}mapping/").content) == json.loads(file.content)
    ada.post(f"{START}mappings/{saved.pk}/remove/")
    assert not ImportMapping.objects.exists()


def test_the_page_brings_in_what_the_command_does(ada, tmp_path):
    """A slice of the real file: one by page, one by command, the same rows in every table but for who asked."""
    lines = shared("permit-intake.csv").read_text().splitlines(keepends=True)[:40]
    mapping = json.loads(shared("permit-intake.mapping.json").read_text())
    place = bring(ada, "".join(lines), name="permit-intake.csv")
    named = mapping["department"]
    plain = {key: value for key, value in mapping.items() if key != "department"}
    choices = {"department": named["column"], "department_else": named["else"], "department_empty": "EMPTY"}
    preview = chosen(ada, place, **plain, **choices, create_missing="on", time_zone="", way="")
    assert ImportFile.objects.get().mapping == mapping
    run = Run.objects.get(pk=int(started(ada, preview).rstrip("/").rpartition("/")[2]))
    assert run.result["finished"] == 39 and run.result["rejected"] == 0
    before = checksums()
    path, choices_file = tmp_path / "a.csv", tmp_path / "m.json"
    path.write_text("".join(lines))
    choices_file.write_text(json.dumps(mapping))
    out = io.StringIO()
    options = {"mapping": str(choices_file), "create_missing": True, "stdout": out}
    call_command("import_tasks", str(path), **options)
    assert "39 there already" in out.getvalue()
    assert checksums() == before


def test_a_preview_leaves_nothing_and_tells_nothing_of_what_is_confidential(ada, cast):
    secret = {"title": "MARKER", "confidential": True, "external_source": "old-office", "external_reference": "old-1"}
    make.task(cast.permits, cast.permit, actor=cast.ruth, **secret)
    preview = chosen(ada, bring(ada, text_of(row(1), row(2))), **CHOICES)
    before = checksums(but=RUN_TABLES - {"records_run", "records_runreject"})
    told = words(ada.get(preview))
    assert "would come in 1 are there already 1" in told and "MARKER" not in told
    assert checksums(but=RUN_TABLES - {"records_run", "records_runreject"}) == before


def test_a_preview_takes_no_number_of_a_task(ada, cast):
    def next_number():
        with connection.cursor() as cursor:
            cursor.execute("SELECT last_value, is_called FROM tasks_task_id_seq")
            return cursor.fetchone()

    good, bad = row(1), row(2, due="2099-01-01")  # one that a verb refuses has the others tried one by one
    preview = chosen(ada, bring(ada, text_of(good, bad, row(3))), **CHOICES)
    before = next_number()
    assert "would come in 2 are there already 0 would be kept aside 1" in words(ada.get(preview))
    assert next_number() == before
    started(ada, preview)
    assert Task.objects.count() == 2 and Task.objects.filter(pk__lt=0).count() == 0


def test_only_who_brought_it_sees_a_file_that_waits(ada, cast):
    place = bring(ada, text_of(row(1)))
    other = as_person(make.person("Second Admin", is_admin=True))
    for path in (place, f"{place}preview/"):
        assert other.get(path).status_code == 404 and other.post(path).status_code == 404
    assert "old.csv" not in words(other.get(START)) and "old.csv" in words(ada.get(START))
    ada.post(f"{place}remove/")
    assert not ImportFile.objects.exists() and not Attachment.objects.exists()


def test_a_file_nobody_starts_is_removed_after_a_month(ada, cast):
    with clock.at(clock.now() - dt.timedelta(days=31)):
        bring(ada, text_of(row(1)), name="old.csv")
        started(ada, chosen(ada, bring(ada, text_of(row(2))), **CHOICES))
    with clock.at(clock.now() - dt.timedelta(days=29)):
        place = bring(ada, text_of(row(3)), name="new.csv")
    told = "The file is kept until"
    assert told in words(ada.get(place)) and "Kept until" in words(ada.get(START))
    kept.forget_old()
    assert ImportFile.objects.get().name == "new.csv" and Attachment.objects.count() == 2, "what came in stays"
    event = Event.objects.get(verb="withdraw", subject_kind="import_file")
    assert event.actor is None and event.payload.body["changes"]["name"] == ["old.csv", None]


def test_choices_that_are_wrong_or_missing_are_told_at_their_field_and_nothing_is_lost(ada, cast):
    place = bring(ada, text_of(row(1)))
    values = CHOICES | {"way": "", "create_missing": "on", "person": "", "title": "", "source": "kept words"}
    answer = ada.post(place, values)
    assert answer.status_code == 422 and list(answer.context["form"].errors) == ["title"]
    answer = ada.post(place, values | {"title": "what"})
    assert list(answer.context["form"].errors) == ["person"] and typed_in(answer)["source"] == "kept words"
    answer = ada.post(place, values | {"title": "what", "person": "who"})
    assert list(answer.context["form"].errors) == ["site"]
    assert ada.post(place, CHOICES | {"title": "nowhere"}).status_code == 422
    assert ada.get(f"{place}preview/").status_code == 422, "nothing is chosen yet"
    assert ImportFile.objects.get().mapping == {}


def test_a_file_that_cannot_be_read_is_told_and_not_kept(ada, cast):
    for name, data, told in (
        ("x.csv", b"", "is empty"),
        ("x.csv", b"a\xff\xfe", "UTF-8"),
        ("x.xlsx", b"PK\x03\x04", "workbook"),
    ):
        answer = ada.post(f"{START}new/", {"file": SimpleUploadedFile(name, data)})
        assert answer.status_code == 422 and told in words(answer)
    assert not Attachment.objects.exists() and not ImportFile.objects.exists()


def test_a_workbook_comes_in_from_the_sheet_one_chooses(ada, cast):
    place = bring(ada, book([HEAD, row(1)], before=["About"]), name="old.xlsx")
    assert "is empty" in words(ada.get(place))
    assert typed_in(ada.get(f"{place}?sheet=Work"))["title"] == "what"
    preview = chosen(ada, f"{place}?sheet=Work", **CHOICES, sheet="Work")
    started(ada, preview)
    assert Task.objects.get().external_reference == "old-1"


def test_an_import_that_failed_goes_on_and_its_file_can_be_chosen_otherwise(ada, cast, monkeypatch):
    preview = chosen(ada, bring(ada, text_of(row(1), row(2))), **CHOICES)
    with monkeypatch.context() as broken:
        broken.setattr("tasks.importing.run.Import.plan", lambda self: 1 / 0)
        place = started(ada, preview)
    assert "ZeroDivisionError" in words(ada.get(place)) and Task.objects.count() == 0
    pk = int(place.rstrip("/").rpartition("/")[2])
    assert ada.post(f"{START}{pk}/retry/")["Location"] == place
    perform()
    assert Task.objects.count() == 2
    anew = ada.post(f"{place}anew/")["Location"]
    assert typed_in(ada.get(anew))["source"] == "old-office"
    started(ada, chosen(ada, anew, source="another"))
    assert Task.objects.count() == 4


def test_rows_aside_are_downloaded_without_formulas(ada, cast):
    place = started(ada, chosen(ada, bring(ada, text_of(row(1, until="x", case="=1+1"))), **CHOICES))
    answer = ada.get(f"{place}aside/")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    (line,) = csv.DictReader(io.StringIO(text))
    assert (line["import:line"], line["import:column"], line["case"]) == ("2", "until", "'=1+1")


def put_right(client, place, text):
    return client.post(place, {"file": SimpleUploadedFile("rows-aside.csv", text.encode("utf-8-sig"))})


def downloaded(client, place):
    return b"".join(client.get(f"{place}aside/").streaming_content).decode("utf-8-sig")


def test_rows_aside_are_put_right_in_their_file_and_brought_again(ada, cast):
    place = started(ada, chosen(ada, bring(ada, text_of(row(1, until="5 March"), row(2, what=""), row(3))), **CHOICES))
    assert 'name="file"' in ada.get(place).content.decode()
    right = downloaded(ada, place).replace("5 March", "2024-03-05 10:00")
    answer = put_right(ada, place, right + right.splitlines()[1].replace("2", "77", 1))
    told = words(answer)
    assert answer.status_code == 200 and "1 row is put right." in told and "No row of this line is aside." in told
    answer = put_right(ada, place, right.replace(",,Permits", ",Permit check,Permits"))
    assert answer["Location"] == place and "1 row is put right." in words(ada.get(place))
    event = Event.objects.filter(verb="correct_reject").latest("pk")
    assert event.actor == cast.ada and event.payload.body == {"line": 3, "changes": {"what": ["", "Permit check"]}}
    ada.post(f"{place}again/")
    assert "Wait until" in words(put_right(ada, place, right))
    perform()
    assert set(Task.objects.values_list("external_reference", flat=True)) == {"old-1", "old-2", "old-3"}


def test_a_file_that_is_not_that_of_the_rows_aside_changes_nothing(ada, cast):
    place = started(ada, chosen(ada, bring(ada, text_of(row(1, until="5 March"))), **CHOICES))
    before = checksums()
    same = downloaded(ada, place)
    for text, told in (
        (text_of(row(1)), "not the file of the rows aside: the column “import:line” must stand in it once"),
        (same.replace("channel", "chanel"), "the column “channel”"),
        ("", "is empty"),
        (same, "Nothing in it differs"),
        (same.splitlines()[0], "Nothing in it differs"),
        (same.replace("\n2,", "\n8,"), "Line 2: No row of this line is aside."),
    ):
        answer = put_right(ada, place, text)
        assert answer.status_code == 422 and told in words(answer), text
        assert list(answer.context["corrected"].errors) == ["file"]
    assert "Choose the corrected file." in words(ada.post(place, {}))
    assert checksums() == before


def test_pages_ask_as_often_for_three_rows_as_for_one(ada, cast):
    counted = {}
    for count in (1, 3):
        Run.objects.all().delete()
        ImportFile.objects.all().delete()
        ImportMapping.objects.all().delete()
        for number in range(count):
            wait = bring(ada, text_of(*[row(n) for n in range(count)]), name=f"{number}.csv")
            chosen(ada, wait, **CHOICES, save_as=f"list {number}")
            rows = [row(n, until="x") for n in range(count)]
            place = started(ada, chosen(ada, bring(ada, text_of(*rows)), **CHOICES))
        pages = {"list": START, "new": f"{START}new/", "file": wait, "run": place, "row": f"{place}rows/2/"}
        counted[count] = {name: statements(ada, path) for name, path in pages.items()}
    assert counted[1] == counted[3] == {"list": 7, "new": 5, "file": 13, "run": 8, "row": 6}


def test_lists_of_rows_go_on_by_line(ada, cast, monkeypatch):
    monkeypatch.setattr("organization.views.frame.PAGE", 2)
    place = started(ada, chosen(ada, bring(ada, text_of(*[row(n, until="x") for n in range(5)])), **CHOICES))
    seen, page = [], place
    while page:
        answer = ada.get(page)
        seen += [one.line for one in answer.context["rows"]]
        page = answer.context["next"] and place + answer.context["next"]
    assert seen == [2, 3, 4, 5, 6]


def test_the_part_that_changes_says_when_it_has_ended(ada, cast):
    preview = chosen(ada, bring(ada, text_of(row(1))), **CHOICES)
    place = ada.post(preview)["Location"]
    part = {"HX-Request": "true"}
    assert 'hx-trigger="every 2s"' in ada.get(place, headers=part).content.decode()
    perform()
    ended = ada.get(place, headers=part).content.decode()
    assert "hx-trigger" not in ended and "The import has ended." in ended and "<html" not in ended
    assert Department.objects.count() and clock.now()
