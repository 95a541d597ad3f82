"""The look of the office: what pages, mails and reports read of it, and the verb that changes it.

Every page shows it, so a process reads it at most every few seconds, not at every page; who changes it sees it at
once, others a moment later. Its stylesheet and its logo carry their number in the address and are kept by browsers.
"""

from __future__ import annotations

import io
import time
import warnings
from dataclasses import dataclass

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.db import DatabaseError, transaction
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from core.refusals import Refused
from organization.models import User
from organization.models.look import ONLY, Look
from organization.shades import ON, contrast, shades_of
from organization.storing import store
from records import files
from records.models import Attachment
from records.sniffing import media_type

FRESH = 5.0  # seconds
OWNER = "look"  # of the attachment that is the logo
KINDS = {"image/png": "PNG", "image/jpeg": "JPEG", "image/webp": "WEBP"}
MOST_BYTES = 2 * 1024 * 1024
MOST_PIXELS = 16_000_000
SIDE = 512  # pixels it is kept with, at most


@dataclass(frozen=True)
class Shown:
    """The look as pages show it: `logo` is the number of its file, 0 for none; `accent` is empty for our own."""

    name: str
    accent: str = ""
    logo: int = 0
    revision: int = 0


_kept: list[tuple[float, Shown]] = []


def look() -> Shown:
    """The look, as it was at most a few seconds ago. A statement now and then; without a database our own."""
    kept = _kept[:1]  # another thread may forget it meanwhile
    if kept and kept[0][0] > time.monotonic():
        return kept[0][1]
    try:
        row = Look.objects.filter(pk=ONLY).values_list("name", "accent", "logo", "revision").first()
    except DatabaseError:  # error pages are shown then, too
        return kept[0][1] if kept else Shown(settings.OFFICE_NAME)
    name, accent, logo, revision = row or ("", "", 0, 0)
    shown = Shown(name or settings.OFFICE_NAME, accent, logo or 0, revision)
    _kept[:] = [(time.monotonic() + FRESH, shown)]
    return shown


def office_name() -> str:
    """What the office is called in mails and reports."""
    return look().name


def forget() -> None:
    """Read it anew when it is asked for next."""
    _kept.clear()


def logo_of(number: int) -> Attachment | None:
    """The file of the logo, if that is its number now."""
    return Attachment.objects.filter(pk=number, owner_kind=OWNER, owner_id=ONLY).select_related("blob").first()


def save_look(row: Look, *, actor: User | None, logo: File[bytes] | None = None, without_logo: bool = False) -> Look:
    """Change the look, with a new `logo`, without one, or with the one there is.

    Writes `add` or `change`. Raises Refused (field "logo") for a file that is no picture we take, ValidationError for
    a colour that is none. A logo that is replaced is gone.
    """
    picture = redrawn(logo) if logo else None
    with transaction.atomic():
        old = row.logo
        row.accent = row.accent.strip().lower()
        if picture:
            row.logo = files.attach(picture, owner_kind=OWNER, owner_id=ONLY, actor=actor)
        elif without_logo:
            row.logo = None
        stored = Look.objects.select_for_update().filter(pk=ONLY).values_list("revision", flat=True).first()
        row.revision = (stored or 0) + 1
        store(row, actor=actor, kind="look")
        if old is not None and row.logo_id != old.pk:
            files.remove(old)
        transaction.on_commit(forget)
    return row


def redrawn(upload: File[bytes]) -> ContentFile[bytes]:
    """A picture drawn anew as PNG, small, upright, without anything else that was in the file.

    Raises Refused for what is too large in bytes or pixels and for what is no PNG, JPEG or WebP by its own bytes.
    """
    if (upload.size or 0) > MOST_BYTES:
        words = _("The picture is larger than %(limit)s MB. Send a smaller one.")
        raise Refused(words % {"limit": MOST_BYTES // 1024**2}, code="logo_too_large", field="logo")
    data = upload.read()
    kind = KINDS.get(media_type(data[:4096]))
    if kind is None:
        told = _("This is no PNG, JPEG or WebP. An SVG can hold scripts and is not taken: export it as PNG.")
        raise Refused(told, code="logo_kind", field="logo")
    unreadable = Refused(_("This picture cannot be read. Export it anew."), code="logo_broken", field="logo")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=[kind]) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    told = _("The picture has more than %(most)s million pixels. Send a smaller one.")
                    raise Refused(told % {"most": MOST_PIXELS // 10**6}, code="logo_too_large", field="logo")
                upright = ImageOps.exif_transpose(picture).convert("RGBA")
    except (UnidentifiedImageError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise unreadable from error
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError) as error:
        raise unreadable from error
    upright.thumbnail((SIDE, SIDE))
    out = io.BytesIO()
    upright.save(out, "PNG", optimize=True)
    return ContentFile(out.getvalue(), name="logo.png")


def told_of(accent: str) -> list[str]:
    """What was made of a chosen colour, in sentences; nothing where it is used as it is."""
    if not accent:
        return []
    light, dark = shades_of(accent).accent
    ratio = f"{contrast(accent, ON):.1f}"
    found = []
    if light != accent:
        words = _("In light, buttons are %(used)s: text on %(chosen)s has a contrast of %(contrast)s, 4.5 is needed.")
        found.append(words % {"used": light, "chosen": accent, "contrast": ratio})
    if dark != accent:
        words = _("In dark, buttons are %(used)s, so that their text and their edge are seen.")
        found.append(words % {"used": dark})
    return found
