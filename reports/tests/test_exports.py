"""The files of a report: the same numbers in each, nothing a spreadsheet would calculate, nothing fetched."""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile

import openpyxl
import pytest
from django.core.files.base import ContentFile
from django.template.loader import render_to_string
from PIL import Image

from core import clock
from reports.exports.cells import harmless
from reports.models import KeptReport
from reports.tests.conftest import made
from tasks import finishing, transitions
from tasks.tests import factories as make
from tasks.tests.pages import as_person

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 4, 2, 10, tzinfo=dt.UTC)
EVIL = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "=cmd|' /C calc'!A0", "＝1+1"]


@pytest.fixture
def kept(cast):
    """A report with people who are called like formulas."""
    for number, name in enumerate(['=HYPERLINK("x")', "+31 20", "-2", "@home", "Plain"]):
        person = make.person("P" + str(number))
        type(person).objects.filter(pk=person.pk).update(name=name)
        person.refresh_from_db()
        make.member(person, cast.permits)
        with clock.at(dt.datetime(2026, 3, 3 + number, 9, tzinfo=dt.UTC)):
            task = transitions.claim(make.task(cast.permits, cast.anything), actor=person)
            finishing.complete(task, actor=person)
    with clock.at(NOW):
        yield made("done", cast.ruth, about="all", by="person", period="last_month")


def body(cast, kept, form):
    answer = as_person(cast.ruth).get(f"/reports/{kept.pk}/download/{form}/")
    assert answer.status_code == 200
    return answer, b"".join(answer.streaming_content)


@pytest.mark.parametrize("text", EVIL)
def test_formulas_are_made_harmless(text):
    assert harmless(text) == f"'{text}"
    assert harmless("plain = text") == "plain = text"


def test_csv(cast, kept):
    answer, data = body(cast, kept, "csv")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    assert rows[0][:3] == ["Department", "Person", "Finished"] and len(rows) == 6
    assert {row[1] for row in rows[1:]} == {'\'=HYPERLINK("x")', "'+31 20", "'-2", "'@home", "Plain"}
    assert {row[2] for row in rows[1:]} == {"1"} and {row[4] for row in rows[1:]} == {"0.25"}
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="done-2026-03-01-2026-03-31.csv"')
    assert (
        answer.headers["X-Content-Type-Options"] == "nosniff" and "sandbox" in answer.headers["Content-Security-Policy"]
    )


def test_xlsx(cast, kept):
    _answer, data = body(cast, kept, "xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    rows = list(sheet.iter_rows())
    assert not any(cell.data_type == "f" or cell.hyperlink for row in rows for cell in row)
    assert {row[1].value for row in rows[1:6]} == {'\'=HYPERLINK("x")', "'+31 20", "'-2", "'@home", "Plain"}
    assert [row[2].value for row in rows[1:]] == [1, 1, 1, 1, 1, 5] and rows[1][4].value == 0.25
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        assert not any(b"<f>" in parts.read(name) or b"http://x" in parts.read(name) for name in parts.namelist())


def test_numbers_in_another_language_are_still_numbers(cast, kept):
    cast.ruth.language = "de"
    cast.ruth.save()
    _answer, data = body(cast, kept, "csv")
    assert ",0.25," in data.decode("utf-8-sig")


@pytest.mark.paper
def test_pdf(cast, kept):
    from reports.exports import pdf

    if pdf.weasyprint() is None:
        pytest.fail("Pango is missing: apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0")
    _answer, data = body(cast, kept, "pdf")
    assert data.startswith(b"%PDF-") and len(data) > 5000


@pytest.mark.paper
def test_paper_bears_name_and_logo_of_the_office(cast, kept):
    from organization import look
    from organization.models import Look
    from reports.exports import pdf

    with pytest.raises(ValueError, match="no static file"):
        pdf._fetcher().fetch(pdf.LOGO)
    out = io.BytesIO()
    Image.new("RGB", (40, 10), "#c03").save(out, "PNG")
    look.save_look(Look(name="Quay & Sons"), actor=None, logo=ContentFile(out.getvalue(), name="l.png"))
    look.forget()
    assert b"/Subtype /Image" in pdf.draw(kept).file.read()
    assert "Quay &amp; Sons" in render_to_string(
        "reports/print.html", {"office": look.look(), "drawing": {}, "kept": kept}
    )


def test_without_pango_everything_but_the_pdf_is_there(cast, kept):
    assert as_person(cast.ruth).get(f"/reports/{kept.pk}/download/pdf/").status_code == 404
    page = as_person(cast.ruth).get(f"/reports/{kept.pk}/").content.decode()
    assert "No PDF" in page and "CSV" in page


@pytest.mark.parametrize(
    "address",
    ["file:///etc/passwd", "http://127.0.0.1/", "static:///../backoffice/settings.py", "static:////etc/passwd"],
)
def test_drawing_fetches_nothing_but_static_files(address):
    from reports.exports.pdf import _fetcher

    with pytest.raises(Exception):
        _fetcher().fetch(address)


def test_removed_with_its_files(cast, kept):
    from records import files
    from records.models import Attachment, Blob
    from reports.making import remove
    from reports.papers import OWNER

    files.attach(ContentFile(b"%PDF", name="a.pdf"), owner_kind=OWNER, owner_id=kept.pk, actor=cast.ruth)
    remove(kept, actor=cast.ruth)
    assert not KeptReport.objects.exists() and not Attachment.objects.exists() and not Blob.objects.exists()
