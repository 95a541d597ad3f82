"""The look of the office: shades that can be read, logos that are pictures, and pages that pay nothing for it."""

from __future__ import annotations

import io
import re
import struct
import zlib
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st
from PIL import Image

from core.refusals import Refused
from organization import look, shades
from organization.invitations import invite
from organization.models import Look
from organization.shades import contrast, shades_of
from organization.tests.set_up_pages import as_person, statements, typed_in, words
from records.models import Attachment, Blob, Event, Outgoing

PAGE = "/set-up/look/"


def picture(kind: str = "PNG", size: tuple[int, int] = (900, 300), **options: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "#c03").save(out, kind, **options)
    return out.getvalue()


def bomb() -> bytes:
    """A PNG that says it is 30,000 pixels wide and high, in a few bytes."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 99)) + chunk(b"IEND", b"")


colours = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@limits(max_examples=60, deadline=None)
@given(colours)
def test_whatever_is_chosen_can_be_read(chosen: str) -> None:
    found = shades_of(chosen)
    (light, dark), (deep, dark_deep), (text, dark_text) = found.accent, found.deep, found.text
    assert contrast(light, shades.ON) >= 4.5 and contrast(deep, shades.ON) >= 4.5
    assert contrast(dark, shades.DARK_ON) >= 4.5 and contrast(dark_deep, shades.DARK_ON) >= 4.5
    for paper in (shades.PAPER, shades.DESK, found.wash[0], found.wash_2[0]):
        assert contrast(text, paper) >= 4.5 and contrast(shades.INK_2, paper) >= 4.5, paper
    for paper in (shades.DARK_PAPER, shades.DARK_SHEET, found.wash[1], found.wash_2[1]):
        assert contrast(dark_text, paper) >= 4.5 and contrast(shades.DARK_INK_2, paper) >= 4.5, paper
    assert contrast(shades.INK_3, found.wash[0]) >= 4.5 and contrast(shades.DARK_INK_3, found.wash[1]) >= 4.5
    assert contrast(found.focus[0], shades.PAPER) >= 3 and contrast(found.focus[1], shades.DARK_PAPER) >= 3
    assert contrast(found.inverse_link, shades.INVERSE) >= 4.5
    assert contrast(dark, shades.DARK_PAPER) >= 3


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert shades_of("#1c5741").accent[0] == "#1c5741", "what can be read stays as it is"
    assert shades_of("#ffe600").accent[0] != "#ffe600"


@pytest.mark.django_db
class TestLogo:
    @pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
    def test_a_picture_is_drawn_anew(self, kind: str) -> None:
        options = {"exif": b"Exif\0\0SECRET"} if kind == "JPEG" else {}
        drawn = look.redrawn(ContentFile(picture(kind, **options), name="x.svg"))
        data = drawn.read()
        assert data.startswith(b"\x89PNG") and b"SECRET" not in data
        with Image.open(io.BytesIO(data)) as image:
            assert image.size == (512, 171)

    @pytest.mark.parametrize(
        ("data", "says"),
        [
            (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "SVG can hold scripts"),
            (b"GIF89a" + b"\0" * 40, "no PNG, JPEG or WebP"),
            (b"\x89PNG\r\n\x1a\n" + b"\0" * 40, "cannot be read"),
            (picture()[:-30], "cannot be read"),
            (b"\xff\xd8\xff" + picture(), "cannot be read"),
            (bomb(), "million pixels|cannot be read"),
            (b"\x89PNG" + b"\0" * 2_200_000, "larger than 2 MB"),
            (b"", "no PNG"),
        ],
    )
    def test_what_is_no_picture_is_refused(self, data: bytes, says: str) -> None:
        with pytest.raises(Refused, match=says) as refused:
            look.redrawn(ContentFile(data, name="logo.png"))
        assert refused.value.field == "logo"


@pytest.fixture
def ada(cast: SimpleNamespace) -> Client:
    return as_person(cast.ada)


def save(client: Client, commits: Any, **changes: Any) -> Any:
    values = typed_in(client.get(PAGE)) | changes
    with commits(execute=True):
        return client.post(PAGE, {name: value for name, value in values.items() if value is not None})


@pytest.mark.django_db
def test_name_logo_and_colour_are_shown_everywhere(
    ada: Client, cast: SimpleNamespace, django_capture_on_commit_callbacks: Any
) -> None:
    upload = SimpleUploadedFile("logo.jpg", picture("JPEG"), content_type="image/jpeg")
    answer = save(ada, django_capture_on_commit_callbacks, name="Quay & Sons", accent="FFE600", logo_file=upload)
    assert answer["Location"] == PAGE
    row = Look.objects.get()
    assert (row.name, row.accent, row.revision) == ("Quay & Sons", "#ffe600", 1)
    event = Event.objects.get(subject_kind="look")
    assert (event.verb, event.actor) == ("add", cast.ada)
    assert event.payload.body["changes"]["name"] == [None, "Quay & Sons"]
    told = words(ada.get(PAGE))
    assert "In light, buttons are" in told and "has a contrast of 1.2, 4.5 is needed" in told
    stranger = Client()
    door = stranger.get("/accounts/login/")
    assert "Quay &amp; Sons" in door.content.decode() and f'src="/look/logo/{row.logo_id}/"' in door.content.decode()
    assert 'href="/look/1.css"' in door.content.decode() and "Quay & Sons" in words(ada.get("/"))
    invite(cast.cleo, actor=cast.ada)
    assert Outgoing.objects.get().subject == "Your account at Quay & Sons"

    style = stranger.get("/look/1.css")
    assert style["Content-Type"].startswith("text/css") and "immutable" in style["Cache-Control"]
    light = re.search(r"--accent: light-dark\((#\w+), (#\w+)\);", style.content.decode())
    assert light and light.groups() == shades_of("#ffe600").accent
    again = stranger.get("/look/1.css", headers={"if-none-match": style["ETag"]})
    assert again.status_code == 304 and not again.content
    assert stranger.get("/look/9.css")["Cache-Control"] == "no-cache"
    logo = stranger.get(f"/look/logo/{row.logo_id}/")
    assert logo["Content-Type"] == "image/png" and logo["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in logo["Content-Security-Policy"] and b"".join(logo.streaming_content).startswith(b"\x89PNG")


@pytest.mark.django_db
def test_only_the_logo_is_given_to_everybody(ada: Client, cast: SimpleNamespace) -> None:
    other = look.files.attach(ContentFile(b"mine", name="a.txt"), owner_kind="task", owner_id=1, actor=cast.ada)
    assert Client().get(f"/look/logo/{other.pk}/").status_code == 404
    assert Client().post("/look/logo/1/").status_code == 405
    assert as_person(cast.ruth).get(PAGE).status_code == 403


@pytest.mark.django_db
def test_what_is_wrong_stands_at_its_field_and_changes_nothing(
    ada: Client, django_capture_on_commit_callbacks: Any
) -> None:
    svg = SimpleUploadedFile("logo.png", b"<svg/>", content_type="image/png")
    bad = save(ada, django_capture_on_commit_callbacks, name="Quay", logo_file=svg)
    assert bad.status_code == 422 and "SVG can hold scripts" in words(bad) and typed_in(bad)["name"] == "Quay"
    for accent in ("red", "#12345", "#1c5741; } body {"):
        bad = save(ada, django_capture_on_commit_callbacks, accent=accent)
        assert bad.status_code == 422, accent
    assert not Look.objects.exists() and not Event.objects.filter(subject_kind="look").exists()


@pytest.mark.django_db
def test_a_logo_that_is_replaced_is_gone(ada: Client, django_capture_on_commit_callbacks: Any) -> None:
    for size in ((20, 20), (30, 30)):
        upload = SimpleUploadedFile("logo.png", picture(size=size))
        save(ada, django_capture_on_commit_callbacks, logo_file=upload)
    kept = Attachment.objects.get(owner_kind="look")
    assert Look.objects.get().logo == kept and look.files.default_storage.exists(kept.blob.stored_as)
    assert Look.objects.get().revision == 2
    save(ada, django_capture_on_commit_callbacks, without_logo="on")
    assert Look.objects.get().logo is None and not Attachment.objects.exists() and not Blob.objects.exists()
    assert not look.files.default_storage.exists(kept.blob.stored_as)
    assert "look/logo" not in ada.get(PAGE).content.decode()


@pytest.mark.django_db
def test_two_admins_do_not_write_over_each_other(ada: Client, django_capture_on_commit_callbacks: Any) -> None:
    save(ada, django_capture_on_commit_callbacks, name="Quay")
    old = typed_in(ada.get(PAGE))
    save(ada, django_capture_on_commit_callbacks, name="Pier")
    late = ada.post(PAGE, old | {"accent": "#112233"})
    assert late.status_code == 422 and "Somebody else saved this meanwhile" in words(late)
    assert Look.objects.get().name == "Pier"


@pytest.mark.django_db
def test_pages_read_nothing_for_it(ada: Client, cast: SimpleNamespace, django_assert_num_queries: Any) -> None:
    plain = statements(ada, "/set-up/sites/")
    look.save_look(Look(name="Quay", accent="#aa0044"), actor=cast.ada, logo=ContentFile(picture(), name="l.png"))
    look.forget()
    assert look.look().name == "Quay"
    assert statements(ada, "/set-up/sites/") == plain
    with django_assert_num_queries(0):
        assert "Quay" in Client().get("/accounts/login/").content.decode()
        Client().get("/look/1.css")
    assert statements(ada, PAGE) == 8


@pytest.mark.django_db
def test_it_is_read_again_after_a_while(monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any) -> None:
    look.forget()
    now = [100.0]
    monkeypatch.setattr(look.time, "monotonic", lambda: now[0])
    with django_assert_num_queries(1):
        assert [look.look().revision for _ in range(3)] == [0, 0, 0]
    Look.objects.create(name="Quay", revision=7)
    assert look.look().revision == 0
    now[0] += look.FRESH + 0.1
    assert look.look() == look.Shown("Quay", "", 0, 7)
