"""A report as CSV (RFC 4180): UTF-8 with a mark for spreadsheets, numbers with a point whatever the language."""

from __future__ import annotations

import csv
import io

from reports.drawing import Drawing
from reports.exports.cells import harmless

MEDIA_TYPE = "text/csv; charset=utf-8"


def write(drawing: Drawing) -> bytes:
    """The whole file. Texts that a spreadsheet would take for a formula are made harmless."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([harmless(head.label) for head in drawing.heads])
    for row in drawing.raw_rows():
        writer.writerow([harmless(cell) if isinstance(cell, str) else cell for cell in row])
    return out.getvalue().encode("utf-8-sig")
