"""Taking in, giving out and removing files. Bytes live once under their hash, behind a permission check."""

from __future__ import annotations

import hashlib
from typing import Any

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.http import FileResponse
from django.utils.translation import gettext as _

from core import clock
from core.refusals import Refused
from records.models import Attachment, Blob
from records.sniffing import media_type

SAFE_INLINE = {"image/png", "image/jpeg", "image/gif", "image/webp"}


def _lock_hash(sha256: str) -> None:
    """Upload and clean-up of the same bytes exclude each other until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int(sha256[:15], 16)])


def clean_name(name: str) -> str:
    """The last part of a file name without control and direction characters, at most 255 long."""
    base = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(
        char
        for char in base
        if char.isprintable() and char not in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    )
    return kept.strip(". ")[:255] or "file"


def check_size(upload: File[Any]) -> None:
    """Raise Refused for an empty file and one over ATTACHMENT_MAX_BYTES."""
    if not upload.size:
        raise Refused(_("The file is empty. Choose another."), code="file_empty", field="file")
    if upload.size > settings.ATTACHMENT_MAX_BYTES:
        limit = settings.ATTACHMENT_MAX_BYTES // (1024 * 1024)
        raise Refused(
            _("The file is larger than %(limit)s MB. Send a smaller one.") % {"limit": limit},
            code="file_too_large",
            field="file",
        )


def store(upload: File[Any]) -> Blob:
    """Keep the bytes of an upload under their hash; the same bytes are kept once.

    Raises Refused for an empty file and one over ATTACHMENT_MAX_BYTES. Runs in the caller's transaction.
    """
    check_size(upload)
    digest = hashlib.sha256()
    head = b""
    for chunk in upload.chunks():
        head = head or chunk[:4096]
        digest.update(chunk)
    sha256 = digest.hexdigest()
    _lock_hash(sha256)
    known = Blob.objects.filter(sha256=sha256).first()
    if known:
        return known
    upload.seek(0)
    stored_as = f"{sha256[:2]}/{sha256}"
    # Bytes without a row are what a killed upload or clean-up left, perhaps half of them.
    default_storage.delete(stored_as)
    stored_as = default_storage.save(stored_as, upload)
    return Blob.objects.create(sha256=sha256, size=upload.size, media_type=media_type(head), stored_as=stored_as)


def attach(upload: File[Any], *, owner_kind: str, owner_id: int, actor: Any, released: bool = False) -> Attachment:
    """Keep a file and put it to its owner under a cleaned name; `released` lets the requester see it."""
    with transaction.atomic():
        return Attachment.objects.create(
            blob=store(upload),
            name=clean_name(upload.name or ""),
            owner_kind=owner_kind,
            owner_id=owner_id,
            added_by=actor,
            added_at=clock.now(),
            released_by=actor if released else None,
        )


def remove(attachment: Attachment) -> None:
    """Take an attachment away; its bytes go with the last one. Raises Refused while a hold keeps it."""
    blob = attachment.blob
    with transaction.atomic():
        _lock_hash(blob.sha256)
        if Attachment.objects.select_for_update().filter(pk=attachment.pk, held=True).exists():
            raise Refused(_("A hold keeps this file."), code="held")
        attachment.delete()
        if not blob.attachments.exists():
            blob.delete()
            transaction.on_commit(lambda: _clean_up(blob))


def _clean_up(blob: Blob) -> None:
    """Remove bytes whose row is gone, unless somebody brought the same ones meanwhile."""
    with transaction.atomic():
        _lock_hash(blob.sha256)
        if not Blob.objects.filter(sha256=blob.sha256).exists():
            default_storage.delete(blob.stored_as)


def serve(attachment: Attachment) -> FileResponse:
    """The bytes as a download that can do nothing: attachment, nosniff, sandbox. The caller has checked the right."""
    blob = attachment.blob
    response = FileResponse(
        default_storage.open(blob.stored_as),
        as_attachment=True,
        filename=attachment.name,
        content_type=blob.media_type,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response
