"""Procedures: drafts, publishing, and versions that never change once published, whoever tries."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from core.refusals import Refused
from records.models import Event, Run
from tasks.models import Procedure, ProcedureVersion, Requirement, Step
from tasks.procedures import draft_of, publish, save_draft, save_procedure
from tasks.tests import factories as make

pytestmark = pytest.mark.django_db
Stage = ProcedureVersion.Stage


def stages(how: Procedure) -> list[tuple[int, str]]:
    return list(how.versions.order_by("number").values_list("number", "stage"))


def step(key: str = "one", **fields: Any) -> Step:
    return Step(**({"key": key, "instruction": key.title()} | fields))


def test_a_draft_is_a_copy_and_there_is_one(cast: Any) -> None:
    how = make.procedure(steps=[{"instruction": "Read", "minutes": 5}, {"instruction": "Sign"}], review=True)
    draft = draft_of(how, actor=cast.ada)
    assert draft_of(how, actor=cast.ada) == draft and draft.wants_review
    assert list(draft.steps.values_list("instruction", "minutes")) == [("Read", 5), ("Sign", None)]
    assert stages(how) == [(1, "published"), (2, "draft")]
    save_draft(draft, [step("b"), step("a")], actor=cast.ada, wants_review=False)
    publish(draft, actor=cast.ada)
    assert stages(how) == [(1, "retired"), (2, "published")]
    row = how.versions.get(number=2)
    assert list(row.steps.values_list("key", "position")) == [("b", 1), ("a", 2)]
    assert row.published_by == cast.ada and row.published_at and not row.wants_review
    verbs = list(Event.objects.filter(subject_kind="procedure", actor=cast.ada).values_list("verb", flat=True))
    assert verbs == ["draft", "edit_draft", "publish"]


def test_tasks_keep_the_version_they_came_with(cast: Any) -> None:
    how = make.procedure(steps=[{}])
    task = make.task(cast.permits, how)
    publish(draft_of(how, actor=None), actor=None)
    assert make.task(cast.permits, how).version.number == 2
    task.refresh_from_db()
    assert task.version.number == 1 and task.version.stage == "retired"


def test_what_is_published_is_final_by_the_verbs(cast: Any) -> None:
    how = make.procedure(steps=[{}])
    version = how.versions.get()
    for act in (
        lambda: save_draft(version, [], actor=None, wants_review=True),
        lambda: publish(version, actor=None),
    ):
        with pytest.raises(Refused) as no:
            act()
        assert no.value.code == "not_a_draft"


@pytest.mark.database
@pytest.mark.parametrize("stage", ["published", "retired"])
def test_what_is_published_is_final_in_the_database(cast: Any, stage: str) -> None:
    how = make.procedure(steps=[{}])
    old = how.versions.get()
    if stage == "retired":
        publish(draft_of(how, actor=None), actor=None)
    draft = draft_of(how, actor=None)
    final, loose = old.steps.get().pk, draft.steps.get().pk
    for attack in (
        f"UPDATE tasks_procedureversion SET wants_review = true WHERE id = {old.pk}",
        f"UPDATE tasks_procedureversion SET stage = 'draft' WHERE id = {old.pk}",
        f"UPDATE tasks_procedureversion SET number = 9 WHERE id = {old.pk}",
        f"DELETE FROM tasks_procedureversion WHERE id = {old.pk}",
        f"UPDATE tasks_step SET instruction = 'Other' WHERE id = {final}",
        f"UPDATE tasks_step SET version_id = {draft.pk}, key = 'x' WHERE id = {final}",
        f"UPDATE tasks_step SET version_id = {old.pk}, key = 'x' WHERE id = {loose}",
        f"DELETE FROM tasks_step WHERE id = {final}",
        f"""INSERT INTO tasks_step (version_id, position, key, instruction, is_mandatory, value_kind, choices)
            VALUES ({old.pk}, 9, 'x', 'More', true, '', '{{}}')""",
    ):
        with pytest.raises(IntegrityError, match="never"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(attack)
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM tasks_step WHERE id = {loose}")
        cursor.execute(f"DELETE FROM tasks_procedureversion WHERE id = {draft.pk}")


@pytest.mark.parametrize(
    "steps",
    [
        [step("a"), step("a")],
        [step("no slug")],
        [step("a", value_kind="choice")],
        [step("a", value_kind="weather")],
        [step("a", instruction="")],
        [step("a", instruction="x" * 301)],
    ],
)
def test_steps_that_make_no_sense_are_refused_whole(cast: Any, steps: list[Step]) -> None:
    how = make.procedure(steps=[{}])
    draft = draft_of(how, actor=None)
    with pytest.raises((ValidationError, IntegrityError)), transaction.atomic():
        save_draft(draft, steps, actor=None, wants_review=False)
        publish(draft, actor=None)
    assert list(draft.steps.values_list("key", flat=True)) == ["step-1"] and stages(how)[-1] == (2, "draft")


def test_facts_that_move_clocks_ask_for_a_run(cast: Any) -> None:
    how = make.procedure()
    assert not Run.objects.exists()
    how.name, how.default_priority = "Renamed", 1
    save_procedure(how, actor=cast.ada)
    assert not Run.objects.exists()
    for name in ("standard_minutes", "target_minutes"):
        setattr(how, name, 999)
        save_procedure(how, actor=cast.ada)
        assert Run.objects.latest("id").parameters == {"procedures": [how.pk]}
    assert Run.objects.count() == 2
    event = Event.objects.select_related("payload").latest("id")
    assert (event.verb, event.payload.body) == ("change", {"changes": {"target_minutes": [2400, 999]}})


def test_departments_and_requirements_are_replaced_and_written_down(cast: Any) -> None:
    checks = make.qualification()
    how = make.procedure(departments=[cast.permits], requires=[(make.qualification(), 1)])
    asked = [Requirement(qualification=checks, level=3)]
    save_procedure(how, actor=cast.ada, departments=[cast.archive, cast.hall], requirements=asked)
    assert set(how.departments.all()) == {cast.archive, cast.hall}
    assert list(how.requirements.values_list("qualification", "level")) == [(checks.pk, 3)]
    event = Event.objects.select_related("payload").latest("id")
    assert event.verb == "set_links" and event.payload.body["requirements"] == [[checks.pk, 3]]
    bad = [Requirement(qualification=checks, level=11)]
    with pytest.raises(ValidationError):
        save_procedure(how, actor=cast.ada, requirements=bad)
    assert list(how.requirements.values_list("level", flat=True)) == [3]


def test_who_may_use_and_see_a_procedure(cast: Any) -> None:
    inactive = make.procedure(is_active=False)
    unpublished = save_procedure(Procedure(name="Unpublished"), actor=None)
    usable = set(Procedure.objects.usable_in(cast.permits.pk))
    assert {cast.permit, cast.anything, cast.review} <= usable and not {inactive, unpublished} & usable
    assert cast.permit not in Procedure.objects.usable_in(cast.archive.pk)
    sees = {name: cast.permit in Procedure.objects.visible_to(getattr(cast, name)) for name in ("mira", "vera", "otto")}
    assert sees == {"mira": True, "vera": True, "otto": False}
    assert cast.permit in Procedure.objects.visible_to(cast.ada)
    found = list(Procedure.objects.visible_to(cast.cleo))
    assert cast.request in found and cast.permit not in found and len(found) == len(set(found))


def test_names_are_one_of_a_kind_folded(cast: Any) -> None:
    make.procedure("Prüfung A")
    with pytest.raises(ValidationError):
        make.procedure("prufung  a")
