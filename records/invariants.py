"""What is true of the records at every instant. Each check yields sentences about breaches."""

from __future__ import annotations

from collections.abc import Iterator

from django.core.files.storage import default_storage
from django.db import connection

from records import chain
from records.models import Blob, Outgoing, Run

SHOWN = 20


def broken(*, whole_chain: bool = True) -> Iterator[str]:
    """Breaches: the chain, blobs without owner or bytes, work that was parked. `whole_chain` recomputes all links."""
    if whole_chain:
        yield from chain.verify().problems
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT b.id FROM records_blob b WHERE NOT EXISTS (
                 SELECT 1 FROM records_attachment a WHERE a.blob_id = b.id) LIMIT %s""",
            [SHOWN],
        )
        for (blob_id,) in cursor.fetchall():
            yield f"Blob {blob_id} belongs to nothing."
    for blob in Blob.objects.iterator(1000):
        if not default_storage.exists(blob.stored_as):
            yield f"The bytes of blob {blob.pk} ({blob.stored_as}) are missing from the storage."
    for message in Outgoing.objects.filter(state=Outgoing.State.PARKED).order_by("id")[:SHOWN]:
        yield f"Outgoing {message.pk} to {message.to} was given up: {message.result}"
    for run in Run.objects.filter(state=Run.State.PARKED).order_by("id")[:SHOWN]:
        yield f"Run {run.pk} ({run.kind}) is parked: {run.error}"
