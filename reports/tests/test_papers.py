"""A report reads in the language, format and zone of its reader: page, mail, CSV, XLSX, and a PDF kept for each."""

from __future__ import annotations

import datetime as dt
import io

import openpyxl
import pytest
from django.core.files.base import ContentFile
from django.template.loader import render_to_string
from django.utils import timezone, translation

from core import clock
from records import runs
from records.models import Attachment, Event, Outgoing, Run
from reports import papers
from reports.drawing import Drawing
from reports.exports import pdf
from reports.making import remove
from reports.models import KeptReport, Paper, Schedule
from reports.scheduling import ask_due, save_schedule
from tasks import finishing, transitions
from tasks.tests import factories as make
from tasks.tests.pages import as_person, statements, text

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 3, 10, 12, tzinfo=dt.UTC)
ASKED = {"about": "all", "by": "person", "period": "this_month"}


def speak(person, language: str, zone: str = "Europe/Dublin"):
    person.language, person.time_zone = language, zone
    person.save()
    return person


@pytest.fixture
def drawn(monkeypatch) -> list[str]:
    """Drawing is quick here, and says how it was spoken: language, zone and title."""
    said: list[str] = []

    def draw(kept: KeptReport) -> pdf.Drawn:
        words = [translation.get_language(), timezone.get_current_timezone_name(), Drawing(kept).title]
        said.append(" ".join(words))
        return pdf.Drawn(ContentFile(said[-1].encode(), name="done.pdf"))

    monkeypatch.setattr(pdf, "draw", draw)
    return said


@pytest.fixture
def kept(cast, drawn) -> KeptReport:
    """A scheduled report asked for by ruth (English), sent to vera (German); 1,500 minutes are finished in it."""
    speak(cast.ruth, "en"), speak(cast.vera, "de", "Europe/Berlin")
    with clock.at(NOW - dt.timedelta(days=2)):
        for _ in range(2):
            task = transitions.claim(make.task(cast.permits, cast.anything), actor=cast.mira)
            finishing.complete(task, actor=cast.mira)
    with clock.at(NOW):
        schedule = Schedule(name="Monatlich", report="done", parameters=ASKED, every="day", at=dt.time(7))
        schedule = save_schedule(schedule, actor=cast.ruth, recipients=[cast.vera])
    with clock.at(schedule.next_at):
        row = ask_due(schedule.pk)
        runs.perform(row.run_id)
    return KeptReport.objects.for_detail().get(pk=row.pk)


def pdf_of(person, kept) -> str:
    answer = as_person(person).get(f"/reports/{kept.pk}/download/pdf/")
    return b"".join(answer.streaming_content).decode() if answer.status_code == 200 else str(answer.status_code)


def test_everybody_it_is_sent_to_has_theirs_from_the_first(cast, kept, drawn):
    assert drawn == ["en Europe/Dublin Work done", "de Europe/Berlin Erledigte Arbeit"]
    assert pdf_of(cast.ruth, kept) == drawn[0] and pdf_of(cast.vera, kept) == drawn[1]
    assert statements(as_person(cast.vera), f"/reports/{kept.pk}/") == 7


def test_page_mail_csv_and_xlsx_are_the_reader_s(cast, kept):
    mails = {mail.to: f"{mail.subject} {mail.text}" for mail in Outgoing.objects.all()}
    assert "Work done" in mails[cast.ruth.email] and "Erledigte Arbeit" in mails[cast.vera.email]
    for person, word, other in ((cast.ruth, "Department", "Abteilung"), (cast.vera, "Abteilung", "Department")):
        client = as_person(person)
        page = text(client.get(f"/reports/{kept.pk}/"))
        assert word in page and other not in page
        head = b"".join(client.get(f"/reports/{kept.pk}/download/csv/").streaming_content).decode("utf-8-sig")
        assert head.startswith(word)
        book = b"".join(client.get(f"/reports/{kept.pk}/download/xlsx/").streaming_content)
        assert openpyxl.load_workbook(io.BytesIO(book)).active["A1"].value == word


def test_paper_says_dates_numbers_and_zone_as_its_reader_does(kept):
    with papers.Tongue("de", "Europe/Berlin").spoken():
        words = render_to_string("reports/print.html", {"kept": kept, "drawing": Drawing(kept), "language": "de"})
    found = " ".join(words.split())
    assert 'lang="de"' in words and "0,5" in words and "Mär" in words and "08:00" in words, found[:1500]


def test_who_reads_another_language_asks_for_theirs_once(cast, kept, drawn):
    speak(cast.vera, "fr", "Europe/Paris")
    client = as_person(cast.vera)
    assert pdf_of(cast.vera, kept) == "404"
    assert "Établir le PDF" in text(client.get(f"/reports/{kept.pk}/"))
    for _ in range(2):
        assert client.post(f"/reports/{kept.pk}/paper/").status_code == 302
    run = Run.objects.get(kind=papers.KIND)
    part = client.get(f"/reports/{kept.pk}/paper/").content.decode()
    assert 'hx-trigger="every 2s"' in part and len(drawn) == 2
    runs.perform(run.pk)
    Run.objects.filter(pk=run.pk).update(state="queued")
    runs.perform(run.pk)
    part = client.get(f"/reports/{kept.pk}/paper/").content.decode()
    assert "hx-trigger" not in part and 'data-say="Le PDF est prêt."' in part
    assert pdf_of(cast.vera, kept).startswith("fr Europe/Paris") and Paper.objects.count() == 3
    assert pdf_of(cast.ruth, kept) == drawn[0]
    assert Event.objects.filter(verb="ask_paper", actor=cast.vera).count() == 1
    assert client.post(f"/reports/{kept.pk}/paper/").status_code == 302 and Run.objects.count() == 2


def test_a_machine_that_cannot_draw_says_so(cast, kept, monkeypatch):
    monkeypatch.setattr(pdf, "draw", lambda kept: pdf.Drawn(None))
    speak(cast.vera, "fr")
    papers.ask_paper(kept, actor=cast.vera)
    runs.perform(Run.objects.get(kind=papers.KIND).pk)
    page = text(as_person(cast.vera).get(f"/reports/{kept.pk}/"))
    assert "Établir le PDF" not in page and KeptReport.objects.get().paperless


def test_removing_takes_every_language(cast, kept):
    speak(cast.vera, "fr")
    papers.ask_paper(kept, actor=cast.vera)
    remove(kept, actor=cast.ruth)
    runs.perform(Run.objects.get(kind=papers.KIND).pk)
    assert Run.objects.get(kind=papers.KIND).state == "done"
    assert not Attachment.objects.exists() and not Paper.objects.exists()
