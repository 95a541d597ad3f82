"""What an auditor asks for: that the chain is verified, that events are written into a file. Both are runs."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils.translation import gettext as _

from core.refusals import Refused
from records import chain, events, limits, runs
from records.models import Event, Run, Seal

VERIFY = "records.verify_events"
EXPORT = "records.export_events"
FEW = 1000
_UNFINISHED = (Run.State.QUEUED, Run.State.RUNNING)


def ask_verification(*, actor: Any) -> Run:
    """Have the whole chain verified in the background; one at a time. Its end is an event with what was found.

    Raises TooMany beyond RATE_EXPORT.
    """
    with transaction.atomic():
        Seal.objects.select_for_update().order_by("number").first()  # one asks at a time
        going = Run.objects.filter(kind=VERIFY, state__in=_UNFINISHED).first()
        if going:
            return going
        limits.demand("export", actor.pk)
        return runs.ask(VERIFY, actor=actor, parameters={})


def ask_export(*, actor: Any, looked_for: dict[str, Any]) -> Run:
    """Have the events of a look written into a file, and write down that somebody took them, and which.

    `looked_for` is JSON-able. Raises Refused while another export of theirs is being made, TooMany beyond RATE_EXPORT.
    """
    with transaction.atomic():
        get_user_model().objects.select_for_update(no_key=True).get(pk=actor.pk)
        if Run.objects.filter(asked_by=actor, kind=EXPORT, state__in=_UNFINISHED).exists():
            raise Refused(_("An export of yours is being made. Wait until it is ready."), code="being_made")
        limits.demand("export", actor.pk)
        run = runs.ask(EXPORT, actor=actor, parameters=looked_for)
        events.write("export", actor=actor, subject_kind="run", subject_id=run.pk, payload={"filter": looked_for})
    return run


@runs.kind(VERIFY)
def verify_events(run: Run) -> dict[str, Any]:
    """Recompute the chain and say what was found, in the run and as an event."""
    last = Seal.objects.order_by("-number").values_list("total", flat=True).first() or 0
    report = chain.verify(tell=lambda done: runs.progress(run, done=min(done, last), total=last))
    found = {
        "seals": report.seals,
        "events": report.events,
        "unsealed": report.unsealed,
        "head": report.head,
        "problems": report.problems[:100],
    }
    with transaction.atomic(), events.origin("job"):
        runs.progress(run, done=last, total=last)  # Lost, where another has it
        events.write("verify", actor=run.asked_by, subject_kind="run", subject_id=run.pk, payload=found)
    return found


def last_verification() -> Run | None:
    """The newest run that verified the chain, finished or not."""
    return Run.objects.filter(kind=VERIFY).select_related("asked_by").order_by("-id").first()


def last_seal() -> Seal | None:
    """The newest link of the chain."""
    return Seal.objects.order_by("-number").first()


def unsealed_since(seal: Seal | None) -> int:
    """How many events no link covers yet, counted up to FEW."""
    after = seal.through_transaction if seal else -1
    newer = Event.objects.filter(transaction__gt=after).order_by("transaction", "id")
    return len(newer.values_list("pk")[:FEW])
