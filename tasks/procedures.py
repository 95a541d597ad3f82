"""Writing procedures down: facts of the procedure, drafts, publishing; versions once published never change."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from core import clock
from core.folding import fold
from core.refusals import Refused
from organization.models import Department, User
from organization.storing import store
from records import events, runs
from tasks.models import Label, Procedure, ProcedureVersion, Requirement, Step

Stage = ProcedureVersion.Stage


def save_procedure(
    procedure: Procedure,
    *,
    actor: User | None,
    departments: list[Department] | None = None,
    requirements: list[Requirement] | None = None,
) -> Procedure:
    """Add or change a procedure's facts; `departments` and `requirements` replace those it has when given.

    Another standard time or target has the clocks of its unfinished tasks computed anew by a run.
    """
    with transaction.atomic():
        fresh = procedure.pk is None
        changes = store(procedure, actor=actor, kind="procedure")
        links: dict[str, Any] = {}
        if departments is not None:
            links["departments"] = [department.pk for department in departments]
            procedure.departments.set(departments)
        if requirements is not None:
            links["requirements"] = [[row.qualification_id, row.level] for row in requirements]
            procedure.requirements.all().delete()
            for row in requirements:
                row.pk, row.procedure = None, procedure
                row.full_clean()
                row.save(force_insert=True)
        if links and not fresh:
            events.write("set_links", actor=actor, subject_kind="procedure", subject_id=procedure.pk, payload=links)
        if not fresh and changes.keys() & {"standard_minutes", "target_minutes"}:
            runs.ask("tasks.recompute", actor=actor, parameters={"procedures": [procedure.pk]})
        if not fresh and changes.keys() & {"remind_minutes", "escalate_minutes"}:
            runs.ask("tasks.rearm", actor=actor, parameters={"procedures": [procedure.pk]})
    return procedure


def draft_of(procedure: Procedure, *, actor: User | None) -> ProcedureVersion:
    """The draft of the next version: the one there is, else a copy of the published one, else an empty one."""
    with transaction.atomic():
        Procedure.objects.select_for_update().get(pk=procedure.pk)
        draft = procedure.versions.filter(stage=Stage.DRAFT).first()
        if draft:
            return draft
        last = procedure.versions.aggregate(last=Max("number"))["last"] or 0
        published = procedure.versions.filter(stage=Stage.PUBLISHED).first()
        draft = ProcedureVersion.objects.create(
            procedure=procedure, number=last + 1, wants_review=bool(published and published.wants_review)
        )
        for step in published.steps.all() if published else []:
            step.pk, step.version = None, draft
            step.save(force_insert=True)
        events.write("draft", actor=actor, subject_kind="procedure", subject_id=procedure.pk, payload={"n": last + 1})
    return draft


def save_draft(
    version: ProcedureVersion, steps: list[Step], *, actor: User | None, wants_review: bool
) -> ProcedureVersion:
    """Replace the steps of a draft, in the order given. Raises Refused once it is published."""
    with transaction.atomic():
        row = ProcedureVersion.objects.select_for_update().get(pk=version.pk)
        if row.stage != Stage.DRAFT:
            raise Refused(_("A published version never changes: make a new draft."), code="not_a_draft")
        row.wants_review = wants_review
        row.save(update_fields=["wants_review"])
        row.steps.all().delete()
        for position, step in enumerate(steps, start=1):
            step.pk, step.version, step.position = None, row, position
            step.full_clean()
            step.save(force_insert=True)
        payload: dict[str, Any] = {"version": row.number, "steps": len(steps), "wants_review": wants_review}
        events.write("edit_draft", actor=actor, subject_kind="procedure", subject_id=row.procedure_id, payload=payload)
    return row


def publish(version: ProcedureVersion, *, actor: User | None) -> ProcedureVersion:
    """Draft -> published; the version before it is retired, tasks keep the one they point at."""
    with transaction.atomic():
        Procedure.objects.select_for_update().get(pk=version.procedure_id)
        row = ProcedureVersion.objects.select_for_update().get(pk=version.pk)
        if row.stage != Stage.DRAFT:
            raise Refused(_("This version is published already."), code="not_a_draft")
        keys = list(row.steps.values_list("key", flat=True))
        if len(set(keys)) != len(keys):
            raise ValidationError(_("Two steps have the same field name."))
        ProcedureVersion.objects.filter(procedure_id=row.procedure_id, stage=Stage.PUBLISHED).update(
            stage=Stage.RETIRED
        )
        row.stage, row.published_at, row.published_by = Stage.PUBLISHED, clock.now(), actor
        row.save(update_fields=["stage", "published_at", "published_by"])
        events.write(
            "publish",
            actor=actor,
            subject_kind="procedure",
            subject_id=row.procedure_id,
            payload={"version": row.number},
        )
    return row


def save_label(label: Label, *, actor: User | None) -> Label:
    """Add a label or change its name. Two that fold alike are one: the second is refused (ValidationError)."""
    with transaction.atomic():
        same = Label.objects.filter(folded_name=fold(label.name)[:70]).exclude(pk=label.pk)
        if same.exists():
            raise ValidationError({"name": _("There is a label of this name already.")})
        store(label, actor=actor, kind="label")
    return label
