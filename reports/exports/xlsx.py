"""A report as a spreadsheet of Excel's (ECMA-376), written by XlsxWriter: numbers are numbers, texts are texts."""

from __future__ import annotations

import io
from typing import Any

import xlsxwriter

from reports.drawing import Drawing
from reports.exports.cells import harmless
from reports.tables import Kind
from reports.words import raw_cell

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMATS = {Kind.MINUTES: "#,##0.0", Kind.SHARE: "0.0%", Kind.COUNT: "#,##0", Kind.DAYS: "#,##0"}
FORBIDDEN = str.maketrans("", "", "[]:*?/\\'")  # in the name of a sheet


def write(drawing: Drawing) -> bytes:
    """The whole file: heads, rows, totals; nothing in it is a formula or a link."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        sheet = book.add_worksheet(drawing.title.translate(FORBIDDEN)[:31] or "1")
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        formats = {kind: book.add_format({"num_format": told}) for kind, told in FORMATS.items()}
        for column, head in enumerate(drawing.heads):
            sheet.write_string(0, column, harmless(head.label), bold)
            sheet.set_column(column, column, 14 if head.is_number else 30)
        kinds = [head.kind for head in drawing.heads]
        rows = drawing.raw_rows()
        for number, row in enumerate(rows, start=1):
            _write_row(sheet, number, row, kinds, formats)
        totals = [
            raw_cell(head.kind, value) if head.is_number else None
            for head, value in zip(drawing.heads, drawing.snapshot["totals"], strict=True)
        ]
        _write_row(sheet, len(rows) + 1, totals, kinds, formats)
        sheet.freeze_panes(1, 0)
    return out.getvalue()


def _write_row(sheet: Any, number: int, row: list[Any], kinds: list[str], formats: dict[Any, Any]) -> None:
    for column, (cell, kind) in enumerate(zip(row, kinds, strict=True)):
        if isinstance(cell, str):
            sheet.write_string(number, column, harmless(cell))
        elif cell is not None:
            sheet.write_number(number, column, cell, formats[kind])
