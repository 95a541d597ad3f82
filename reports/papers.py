"""The PDF of a kept report, drawn from its kept table for the language and zone of who reads it, and kept for each.

Those whom a report is sent to have theirs from the first. Whoever else may see it, and who reads another language by
now, asks for it: drawing takes seconds and is a run.
"""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from django.db import transaction
from django.utils import timezone, translation

from core import clock
from organization.models import User
from organization.telling import language_of
from records import events, files, limits, runs
from records.models import Run
from reports.exports import pdf
from reports.models import KeptReport, Paper

KIND = "reports.draw"
OWNER = "report"  # of attachments
UNFINISHED = (Run.State.QUEUED, Run.State.RUNNING)


class Tongue(NamedTuple):
    """How something is said: the code of a language of this office, and the name of a time zone."""

    language: str
    time_zone: str

    @contextmanager
    def spoken(self) -> Iterator[None]:
        with timezone.override(zoneinfo.ZoneInfo(self.time_zone)), translation.override(self.language):
            yield


def tongue_of(person: User) -> Tongue:
    """The language and zone a person reads in."""
    return Tongue(language_of(person), person.time_zone)


Drawings = dict[Tongue, pdf.Drawn]


def drawn_for(kept: KeptReport, people: Iterable[User], tell: Callable[[], None]) -> Drawings:
    """A PDF for each tongue among people, of a report whose table is there; `tell` is called after each.

    The first that cannot be drawn is the last that is tried: it is the machine's, or the table's, fault.
    """
    found: Drawings = {}
    for tongue in dict.fromkeys(tongue_of(person) for person in people):
        with tongue.spoken():
            found[tongue] = pdf.draw(kept)
        tell()
        if not found[tongue].file:
            break
    return found


def keep(kept: KeptReport, drawings: Drawings, *, actor: User) -> None:
    """Put what was drawn to a locked report, once for each tongue. Runs in the caller's transaction."""
    for tongue, drawn in drawings.items():
        if drawn.file is None:
            KeptReport.objects.filter(pk=kept.pk).update(paperless=True)
        elif not Paper.objects.filter(report=kept, **tongue._asdict()).exists():
            attachment = files.attach(drawn.file, owner_kind=OWNER, owner_id=kept.pk, actor=actor)
            Paper.objects.create(report=kept, attachment=attachment, **tongue._asdict())


def paper_for(kept: KeptReport, person: User) -> Paper | None:
    """The PDF a person reads; None where it was not drawn in their language and zone."""
    papers = Paper.objects.filter(report=kept, **tongue_of(person)._asdict())
    found: Paper | None = papers.select_related("attachment__blob").first()
    return found


def is_being_drawn(kept: KeptReport, person: User) -> bool:
    """Did the person ask for the PDF, and is it not there yet?"""
    asked = Run.objects.filter(asked_by=person, kind=KIND, state__in=UNFINISHED)
    return bool(asked.filter(parameters=_asked(kept, tongue_of(person))).exists())


def _asked(kept: KeptReport, tongue: Tongue) -> dict[str, Any]:
    return {"report": kept.pk, **tongue._asdict()}


def ask_paper(kept: KeptReport, *, actor: User) -> None:
    """Have the PDF drawn as the actor reads it; a run does it. Harmless where it is there, or asked for already.

    Raises TooMany beyond RATE_EXPORT.
    """
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=actor.pk)
        if not kept.is_ready or kept.paperless or paper_for(kept, actor) or is_being_drawn(kept, actor):
            return
        limits.demand("export", actor.pk)
        tongue = tongue_of(actor)
        runs.ask(KIND, actor=actor, parameters=_asked(kept, tongue))
        events.write(
            "ask_paper",
            actor=actor,
            subject_kind="report",
            subject_id=kept.pk,
            department_id=kept.department_id,
            payload=tongue._asdict(),
        )


@runs.kind(KIND)
def draw_paper(run: Run) -> dict[str, Any]:
    """Draw what `ask_paper` asked for. Harmless when it is there, or the report is gone."""
    asked = run.parameters
    kept = KeptReport.objects.for_detail().filter(pk=asked["report"], table__isnull=False).first()
    if kept is None or run.asked_by is None:
        return {"report": None}
    tongue = Tongue(asked["language"], asked["time_zone"])
    with tongue.spoken():
        drawings = {tongue: pdf.draw(kept)}
    with transaction.atomic():
        runs.progress(run, done=1, total=1)
        if KeptReport.objects.select_for_update(of=("self",)).filter(pk=kept.pk).exists():
            keep(kept, drawings, actor=run.asked_by)
    return {"report": kept.pk, "drawn": drawings[tongue].file is not None, "at": clock.now().isoformat()}
