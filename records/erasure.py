"""Erasing what an event says, never that it happened."""

from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from core.refusals import Refused
from records import events
from records.models import Event, EventPayload


def erase_payload(event: Event, *, actor: Any, reason: str) -> None:
    """Remove the payload of one event and record that it was done, by whom and why.

    Raises Refused when there is no reason or no payload.
    """
    if not reason.strip():
        raise Refused(_("Say why the content is erased."), code="reason_missing", field="reason")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('backoffice.erasing', 'on', true)")
        gone, _by_model = EventPayload.objects.filter(pk=event.pk).delete()
        cursor.execute("SELECT set_config('backoffice.erasing', '', true)")
        if not gone:
            raise Refused(_("There is nothing left to erase in this event."), code="nothing_to_erase")
        events.write(
            "erase",
            actor=actor,
            subject_kind="event",
            subject_id=event.pk,
            task_id=event.task_id,
            department_id=event.department_id,
            payload={"reason": reason.strip()},
        )
