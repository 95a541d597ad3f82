"""A kept report as a file. All are drawn from its one table (`reports.drawing`)."""

from __future__ import annotations

from io import BytesIO

from django.http import FileResponse


def as_download(data: bytes, name: str, media_type: str) -> FileResponse:
    """Bytes as a download that can do nothing, as `records.files.serve` gives stored ones."""
    response = FileResponse(BytesIO(data), as_attachment=True, filename=name, content_type=media_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response
