"""Small real files that lie on the demo's tasks: a plan, a letter, a photo, a list."""

from __future__ import annotations

import struct
import zlib
from functools import cache
from random import Random

from django.core.files.base import ContentFile

LETTERS = {
    "Letter of the applicant": ("Dear Sir or Madam,", "please find enclosed what you asked for.", "Kind regards"),
    "Hand-over sheet": ("Meter readings as noted.", "Three keys handed back, one missing.", "Signed by both sides"),
    "Certificate of the engineer": ("The drain was inspected on site.", "No objections.", "Chartered engineer"),
    "Delivery note": ("12 cartons of paper", "4 cartridges, black", "Received in good order"),
}
NAMES = {
    "Shopfront alteration": ("Elevation, revised.png", "Signed plan.png", "Letter of the applicant.pdf"),
    "Hoarding or scaffold licence": ("Footway sketch.png", "Certificate of the engineer.pdf"),
    "Repair report": ("Photo of the damage.png",),
    "Tenancy change": ("Hand-over sheet.pdf",),
    "Deposit refund": ("Hand-over sheet.pdf", "Open items.csv"),
    "Purchase invoice": ("Delivery note.pdf",),
}
OTHER = ("Letter of the applicant.pdf", "Notes.txt")


def for_procedure(procedure: str, rng: Random) -> ContentFile[bytes]:
    """A file that could lie on a task of this procedure."""
    name = rng.choice(NAMES.get(procedure, OTHER))
    return ContentFile(_bytes(name), name=name)


@cache
def _bytes(name: str) -> bytes:
    stem, _dot, kind = name.rpartition(".")
    if kind == "pdf":
        return pdf(stem, *LETTERS[stem])
    if kind == "png":
        return drawing(len(stem))
    if kind == "csv":
        return b"position,amount\nservice charge,212.40\nkey,35.00\n"
    return b"Called at nine, called at ten.\nBoth times the same answer: on Thursday.\n"


def drawing(seed: int) -> bytes:
    """A line drawing of a front as a PNG (8 bit grey, 240 by 160)."""
    rows = []
    for y in range(160):
        line = bytes(
            40 if (x * (3 + seed % 4)) % 60 < 2 or y % (22 + seed % 9) < 2 or x + y == 160 else 246 for x in range(240)
        )
        rows.append(b"\0" + line)
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", 240, 160, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(b"".join(rows), 9)),
        (b"IEND", b""),
    )
    body = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body


def pdf(title: str, *lines: str) -> bytes:
    """A page of plain text as a PDF 1.4 (one page, Helvetica; ISO 32000-1, 7.5)."""
    shown = "".join(f"({line}) Tj T* " for line in (title, "", *lines))
    stream = f"BT /F1 12 Tf 72 760 Td 18 TL {shown}ET".encode("latin-1")
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    return (
        out + head + table + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(out))
    )
