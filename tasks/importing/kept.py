"""Before an import runs: files that wait with what is told about them, and mappings to be used again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from core import clock
from core.folding import fold
from core.refusals import Refused
from organization.models import User
from organization.storing import discard, store
from records import files, runs, tables
from records.models import Attachment, Run
from tasks.importing.mapping import read_mapping
from tasks.importing.run import KIND, asked, parameters_of
from tasks.importing.run import OWNER as RUNS
from tasks.models import ImportFile, ImportMapping

OWNER = "import_file"  # of the bytes of files that wait
AT_ONCE = 100


def bring(upload: File[Any], *, mapping: dict[str, Any], actor: User) -> ImportFile:
    """Keep a CSV or XLSX file until it is told what it means. Raises Refused, keeping nothing, for any other."""
    sheets = tables.sheets_of(upload)
    if not sheets:
        tables.look(upload, [])
    with transaction.atomic():
        row = ImportFile(name=files.clean_name(upload.name or ""), mapping=mapping, added_by=actor)
        row.added_at, row.sheet = clock.now(), next(iter(sheets), "")
        store(row, actor=actor, kind=OWNER)
        files.attach(upload, owner_kind=OWNER, owner_id=row.pk, actor=actor)
    return row


@contextmanager
def opened(row: ImportFile) -> Iterator[Any]:
    """The bytes of a file that waits."""
    attachment = Attachment.objects.of(OWNER, row.pk).get()
    with default_storage.open(attachment.blob.stored_as) as stored:
        yield stored


def choose(row: ImportFile, *, actor: User) -> ImportFile:
    """Keep what was chosen for a file, whether or not it is whole yet."""
    store(row, actor=actor, kind=OWNER)
    return row


def parameters(row: ImportFile, stored: Any) -> dict[str, Any]:
    """What a run of the file would be told. Raises Refused, naming the key, for choices that are wrong or missing."""
    return parameters_of(
        stored, mapping=row.mapping, sheet=row.sheet, open_all=row.open_all, create_missing=row.create_missing
    )


def start(row: ImportFile, *, actor: User) -> Run:
    """Have a file come in; it waits no longer, its bytes are the run's. Raises Refused as `parameters` does."""
    with transaction.atomic():
        waiting = ImportFile.objects.select_for_update().filter(pk=row.pk).first()
        if waiting is None:
            raise Refused(_("This file has been started already."), code="started")
        with opened(waiting) as stored:
            run = runs.ask(KIND, actor=actor, parameters=parameters(waiting, stored) | {"name": waiting.name})
        kept = Attachment.objects.of(OWNER, waiting.pk).get()
        Attachment.objects.filter(pk=kept.pk).update(owner_kind=RUNS, owner_id=run.pk)
        run.parameters["file"] = kept.pk
        waiting.delete()
        return asked(run, False)


def start_anew(run: Run, *, actor: User) -> ImportFile:
    """The file of an import waits once more, with the choices of then: to be chosen otherwise. The run stays."""
    attachment = Attachment.objects.select_related("blob").get(pk=run.parameters["file"])
    told = run.parameters
    with transaction.atomic():
        row = ImportFile(name=attachment.name, mapping=told["mapping"], added_by=actor, added_at=clock.now())
        row.sheet, row.open_all, row.create_missing = told.get("sheet", ""), told["open"], told["create_missing"]
        store(row, actor=actor, kind=OWNER)
        Attachment.objects.create(
            blob=attachment.blob,
            name=attachment.name,
            owner_kind=OWNER,
            owner_id=row.pk,
            added_by=actor,
            added_at=clock.now(),
        )
    return row


def drop(row: ImportFile, *, actor: User | None) -> None:
    """Forget a file that waits; nothing where it was started or forgotten a moment ago."""
    with transaction.atomic():
        if not ImportFile.objects.select_for_update().filter(pk=row.pk).exists():
            return
        for attachment in Attachment.objects.of(OWNER, row.pk):
            files.remove(attachment)
        discard(row, actor=actor, kind=OWNER)


def forget_old() -> None:
    """Remove files that nobody started while they were kept, each with its event. What somebody is at is left alone."""
    for row in ImportFile.objects.left_behind(clock.now()).order_by("added_at")[:AT_ONCE]:
        with transaction.atomic():
            free = ImportFile.objects.select_for_update(skip_locked=True).filter(pk=row.pk).first()
            try:
                if free:
                    drop(free, actor=None)
            except Refused:  # a hold keeps it
                continue


def save_mapping(name: str, mapping: dict[str, Any], *, actor: User) -> ImportMapping:
    """Keep a mapping under a name; what that name meant before is replaced, and told by its event.

    Raises Refused for a wrong mapping, ValidationError for a name that is none.
    """
    read_mapping(mapping)
    with transaction.atomic():
        known = ImportMapping.objects.select_for_update().filter(folded_name=fold(name)[:90]).first()
        row = known or ImportMapping(name=name)
        row.mapping = mapping
        store(row, actor=actor, kind="import_mapping")
    return row


def drop_mapping(row: ImportMapping, *, actor: User) -> None:
    """Forget a mapping; imports that used it keep theirs."""
    discard(row, actor=actor, kind="import_mapping")
