"""A report as PDF, from the same parts of templates as its page. WeasyPrint needs Pango; without it there is no PDF."""

from __future__ import annotations

import mimetypes
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import structlog
from django.contrib.staticfiles import finders
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.template.loader import render_to_string
from django.utils.translation import get_language, get_language_bidi

from organization.look import logo_of, look
from reports.drawing import Drawing
from reports.models import KeptReport

log = structlog.get_logger(__name__)
MEDIA_TYPE = "application/pdf"
MOST_ROWS = 1000  # about thirty pages
ROOT = "static:///"
LOGO = "logo:///"


@dataclass(frozen=True)
class Drawn:
    """The PDF, or None where this machine cannot make one or the table is too long for paper."""

    file: ContentFile[bytes] | None


@cache
def weasyprint() -> Any | None:
    """The library, None where Pango or another of its parts is missing."""
    try:
        import weasyprint as library
    except OSError as missing:
        log.warning("pdf_not_possible", missing=str(missing).splitlines()[0])
        return None
    return library


def draw(kept: KeptReport) -> Drawn:
    """Draw a report whose table is there, in the present language and zone."""
    library = weasyprint()
    drawing = Drawing(kept)
    if library is None or len(drawing.snapshot["rows"]) > MOST_ROWS:
        return Drawn(None)
    context = {
        "drawing": drawing,
        "kept": kept,
        "office": look(),
        "logo": LOGO,
        "styles": f"{ROOT}css/report-print.css",
        "language": get_language(),
        "right_to_left": get_language_bidi(),
    }
    html = render_to_string("reports/print.html", context)
    data = library.HTML(string=html, base_url=ROOT, url_fetcher=_fetcher()).write_pdf()
    return Drawn(ContentFile(data, name=f"{drawing.file_name}.pdf"))


def _fetcher() -> Any:
    """A fetcher that knows static files, the logo and nothing else: no address, no other file of this machine."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class StaticFiles(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: Any = None) -> Any:
            if url == LOGO and (logo := logo_of(look().logo)):
                with default_storage.open(logo.blob.stored_as) as stored:
                    return URLFetcherResponse(url, stored.read(), {"Content-Type": logo.blob.media_type})
            name = unquote(url.removeprefix(ROOT))
            found = finders.find(name) if url.startswith(ROOT) else None
            if not isinstance(found, str):
                raise ValueError(f"{url} is no static file")
            kind = mimetypes.guess_type(found)[0] or "application/octet-stream"
            return URLFetcherResponse(url, Path(found).read_bytes(), {"Content-Type": kind})

    return StaticFiles(allowed_protocols=["static", "logo"])
