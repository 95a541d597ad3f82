"""Files: told by their bytes, kept once, given out harmlessly, gone with their last attachment."""

from __future__ import annotations

import io
import threading
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import InMemoryUploadedFile, SimpleUploadedFile
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from core.refusals import Refused
from records import files
from records.models import Attachment, Blob
from records.sniffing import OCTETS, media_type

TEXT = b"Permit 5, granted.\n"


@pytest.fixture
def vault(settings: Any, tmp_path: Path) -> Path:
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "files"},
        }
    }
    return tmp_path / "files"


def kept(vault: Path) -> list[bytes]:
    return sorted(path.read_bytes() for path in vault.rglob("*") if path.is_file())


def put(body: bytes = TEXT, name: str = "permit.txt", **fields: Any) -> Attachment:
    fields = {"owner_kind": "task", "owner_id": 5, "actor": None} | fields
    return files.attach(SimpleUploadedFile(name, body), **fields)


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"%PDF-1.7\n", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "image/png"),
        (b"\x89PNG\n", OCTETS),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "image/jpeg"),
        (b"GIF89a\x01", "image/gif"),
        (b"GIF87a\x01", "image/gif"),
        (b"RIFF\x10\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"The mark WEBP in a text", "text/plain"),
        (b"12345678WEBP is not a picture", "text/plain"),
        (b"II*\x00\x08", "image/tiff"),
        (b"MM\x00*\x00", "image/tiff"),
        (b"PK\x03\x04\x14", "application/zip"),
        (b"\x1f\x8b\x08", "application/gzip"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
        (b"{\\rtf1", "application/rtf"),
        (b"<html><script>alert(1)</script>", "text/plain"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "text/plain"),
        (b"<?xml version='1.0'?>", "text/plain"),
        ("Müller, Ä 日本".encode(), "text/plain"),
        (("x" * 4095 + "ä").encode()[:4096], "text/plain"),
        (b"Caf\xe9 in Latin-1", OCTETS),
        (b"MZ\x90\x00\x03", OCTETS),
        (b"\x7fELF\x02\x01\x00", OCTETS),
        ("text".encode("utf-16"), OCTETS),
        (b"\x00", OCTETS),
    ],
)
def test_bytes_tell_what_they_are(head: bytes, kind: str) -> None:
    assert media_type(head) == kind


@given(st.binary(max_size=40))
def test_nothing_a_browser_would_run_is_announced(head: bytes) -> None:
    kind = media_type(head)
    assert not any(word in kind for word in ("html", "xml", "svg", "script"))


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("permit.pdf", "permit.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\mira\\plan.pdf", "plan.pdf"),
        ("a/b/..", "file"),
        ("..", "file"),
        ("", "file"),
        ("/", "file"),
        ("a\x00b.txt", "ab.txt"),
        ("a\r\nSet-Cookie: x.txt", "aSet-Cookie: x.txt"),
        ("invoice\u202egnp.exe", "invoicegnp.exe"),
        ("\u2066x\u2069\u200f.txt", "x.txt"),
        (" .hidden. ", "hidden"),
        ("Bescheid Müller.pdf", "Bescheid Müller.pdf"),
        ("x" * 300, "x" * 255),
        ("half\ud800.txt", "half.txt"),
    ],
)
def test_names_are_cleaned(name: str, clean: str) -> None:
    assert files.clean_name(name) == clean


@given(st.text())
def test_no_name_leads_anywhere(name: str) -> None:
    clean = files.clean_name(name)
    assert 0 < len(clean) <= 255 and clean.isprintable() and not set(clean) & set("/\\") and clean.strip(".")


@pytest.mark.django_db
def test_the_same_bytes_are_kept_once_under_their_hash(vault: Path, cast: Any) -> None:
    one, two = put(actor=cast.mira), put(name="other name.pdf", owner_id=6, actor=cast.kofi, released=True)
    assert one.blob == two.blob and kept(vault) == [TEXT]
    assert one.blob.stored_as == f"{one.blob.sha256[:2]}/{one.blob.sha256}"
    assert (one.blob.size, one.blob.media_type) == (len(TEXT), "text/plain")
    assert (one.added_by, one.released_by, two.released_by) == (cast.mira, None, cast.kofi)
    assert list(Attachment.objects.of("task", 6)) == [two]


@pytest.mark.django_db
def test_empty_and_too_large_are_refused(vault: Path, settings: Any) -> None:
    settings.ATTACHMENT_MAX_BYTES = 1024 * 1024
    for body, code in ((b"", "file_empty"), (b"x" * (1024 * 1024 + 1), "file_too_large")):
        with pytest.raises(Refused) as refused:
            put(body)
        assert refused.value.code == code and refused.value.field == "file"
    put(b"x" * 1024 * 1024)
    with pytest.raises(Refused):
        files.attach(
            InMemoryUploadedFile(io.BytesIO(), None, "n", None, None, None), owner_kind="t", owner_id=1, actor=None
        )
    assert Attachment.objects.count() == Blob.objects.count() == 1 == len(kept(vault))


@pytest.mark.django_db
def test_half_a_file_left_by_a_kill_is_written_anew(vault: Path) -> None:
    stored_as = put().blob.stored_as
    Attachment.objects.all().delete()
    Blob.objects.all().delete()
    (vault / stored_as).write_bytes(TEXT[:3])
    assert files.serve(put()).getvalue() == TEXT and kept(vault) == [TEXT]


@pytest.mark.django_db
def test_a_file_is_given_out_harmlessly(vault: Path) -> None:
    answer = files.serve(put(b"<script>alert(1)</script>", 'a";\r\nX: "é.html'))
    assert answer.getvalue() == b"<script>alert(1)</script>"
    assert answer["Content-Type"] == "text/plain" and answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'; sandbox"
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Content-Disposition"].startswith("attachment;")
    assert "\n" not in answer["Content-Disposition"] and "X" not in answer.headers


@pytest.mark.django_db
def test_bytes_go_with_their_last_attachment(vault: Path, django_capture_on_commit_callbacks: Any) -> None:
    one, two, other = put(), put(owner_id=6), put(b"other")
    with django_capture_on_commit_callbacks(execute=True):
        files.remove(one)
    assert kept(vault) == sorted([TEXT, b"other"]) and Blob.objects.count() == 2
    with django_capture_on_commit_callbacks(execute=True):
        files.remove(two)
    assert kept(vault) == [b"other"] and Blob.objects.get() == other.blob


@pytest.mark.django_db
def test_a_hold_keeps_a_file_even_from_who_read_it_before(vault: Path) -> None:
    one = put()
    Attachment.objects.update(held=True)
    with pytest.raises(Refused) as refused:
        files.remove(one)
    assert refused.value.code == "held" and Attachment.objects.exists() and kept(vault) == [TEXT]


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_removal_keeps_the_bytes(vault: Path) -> None:
    one = put()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        files.remove(Attachment.objects.get())
        raise ZeroDivisionError
    assert files.serve(one).getvalue() == TEXT


def in_thread(work: Any) -> threading.Thread:
    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@pytest.mark.database
@pytest.mark.django_db(transaction=True)
def test_bytes_brought_again_while_they_are_cleaned_up_stay(vault: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The row is gone, the bytes not yet: just then somebody uploads the same."""
    clean_up = files._clean_up

    def late(blob: Blob) -> None:
        in_thread(put).join()
        clean_up(blob)

    monkeypatch.setattr(files, "_clean_up", late)
    files.remove(put())
    assert kept(vault) == [TEXT] and files.serve(Attachment.objects.get()).getvalue() == TEXT


@pytest.mark.database
@pytest.mark.django_db(transaction=True)
def test_uploads_and_removals_of_the_same_bytes_exclude_each_other(vault: Path) -> None:
    start = threading.Barrier(6)
    failed: list[Exception] = []

    def come_and_go() -> None:
        start.wait()
        try:
            for _ in range(8):
                files.remove(put())
        except Exception as error:
            failed.append(error)

    for thread in [in_thread(come_and_go) for _ in range(6)]:
        thread.join()
    assert not failed and kept(vault) == [] and not Blob.objects.exists()
    put()
    assert kept(vault) == [TEXT]
