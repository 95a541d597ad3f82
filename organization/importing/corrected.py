"""Rows of people or departments that are aside, put right in a file."""

from __future__ import annotations

import io

from django.core.files.base import File

from organization.models import User
from records import rejects, tables
from records.models import Run
from records.reading import guess


def correct_by_file(home: Run, upload: File[bytes], *, actor: User) -> rejects.Corrections:
    """Put the rows right that `home` kept aside, as `rejects.correct_all`; a text as the import itself reads texts.

    Raises Refused, changing nothing, for another file.
    """
    if tables.is_workbook(upload):
        return rejects.correct_all(home, upload, actor=actor)
    upload.seek(0)
    text, _encoding = guess(upload.read())
    return rejects.correct_all(home, io.BytesIO(text.encode()), actor=actor)
