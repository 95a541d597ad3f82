"""Pages of procedures and labels: facts, drafts arranged without script, what publishing changes."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from organization.tests.set_up_pages import as_person, named, post, statements, typed_in, words
from records.models import Event, Run
from tasks.models import Label, Procedure, ProcedureVersion, Step
from tasks.procedures import draft_of
from tasks.tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(cast: SimpleNamespace) -> Client:
    return as_person(cast.ada)


@pytest.fixture
def plan(cast: SimpleNamespace) -> Procedure:
    steps = [{"key": key, "instruction": f"Do {key}"} for key in ("look", "measure", "write")]
    return make.procedure("Site visit", steps=steps)


def instructions(response: Any) -> list[str]:
    form = response.context["form"]
    return [str(row["instruction"].value() or "") for row in form.step_rows]


def test_only_admins_get_in(cast: SimpleNamespace, plan: Procedure) -> None:
    draft_of(plan, actor=None)
    base = f"/set-up/procedures/{plan.pk}/"
    for path in ("/set-up/procedures/", "/set-up/procedures/new/", base, f"{base}draft/", f"{base}publish/"):
        for who in (cast.mira, cast.ruth, cast.cleo):
            assert as_person(who).get(path).status_code == as_person(who).post(path).status_code == 403


def test_lists_ask_as_often_for_three_rows_as_for_one(ada: Client, cast: SimpleNamespace) -> None:
    Label.objects.create(name="Älter")
    for _number in range(2):
        assert [statements(ada, f"/set-up/{noun}/") for noun in ("procedures", "labels")] == [7, 5]
        make.procedure(departments=[cast.permits, cast.archive])
        Label.objects.create(name=f"Roof {_number}")
    assert named(ada.get("/set-up/labels/?q=alt")) == ["Älter"]
    assert named(ada.get("/set-up/procedures/?q=chec")) == ["Permit check"]


def test_facts_are_saved_by_the_verb(ada: Client, cast: SimpleNamespace, plan: Procedure) -> None:
    skill = make.qualification("Climbing")
    before = Run.objects.filter(kind="tasks.recompute").count()
    changes = {"standard_minutes": "45", "owner": "ruth", "departments": [str(cast.permits.pk)]}
    path = f"/set-up/procedures/{plan.pk}/"
    assert post(ada, path, **changes, asks_0=str(skill.pk), level_0="2").status_code == 302
    row = Procedure.objects.get(pk=plan.pk)
    assert (row.standard_minutes, row.owner) == (45, cast.ruth)
    assert list(row.departments.all()) == [cast.permits]
    assert [(one.qualification, one.level) for one in row.requirements.all()] == [(skill, 2)]
    assert Run.objects.filter(kind="tasks.recompute").count() == before + 1
    answer = post(ada, path, asks_1=str(skill.pk), target_minutes="0", description="Go there")
    assert answer.status_code == 422 and typed_in(answer)["description"] == "Go there"
    assert set(answer.context["form"].errors) == {"asks_1", "target_minutes"}
    assert post(ada, path, asks_0="", level_0="").status_code == 302
    assert not row.requirements.exists()


def test_a_draft_is_arranged_by_buttons_and_nothing_is_saved_by_them(ada: Client, plan: Procedure) -> None:
    ada.post(f"/set-up/procedures/{plan.pk}/begin/")
    path = f"/set-up/procedures/{plan.pk}/draft/"
    page = ada.get(path)
    assert instructions(page) == ["Do look", "Do measure", "Do write"]
    page = ada.post(path, typed_in(page) | {"act": "down-0", "wants_review": "on"})
    assert instructions(page) == ["Do measure", "Do look", "Do write"] and b"autofocus" in page.content
    page = ada.post(path, typed_in(page) | {"act": "remove-2"})
    page = ada.post(path, typed_in(page) | {"act": "up-0"})
    page = ada.post(path, typed_in(page) | {"act": "add"})
    assert instructions(page) == ["Do measure", "Do look", ""]
    assert typed_in(page)["wants_review"] == "on" and page.status_code == 200
    for nonsense in ("up-99", "remove-x", "up--1", "dance", "down-"):
        assert instructions(ada.post(path, typed_in(page) | {"act": nonsense})) == ["Do measure", "Do look", ""]
    draft = plan.versions.get(stage="draft")
    assert [step.key for step in draft.steps.order_by("position")] == ["look", "measure", "write"]
    done = ada.post(path, typed_in(page) | {"instruction_2": "Größe prüfen", "value_kind_2": "number"})
    assert done["Location"] == path
    stored = [(step.key, step.value_kind) for step in draft.steps.order_by("position")]
    assert stored == [("measure", ""), ("look", ""), ("grosse-prufen", "number")]


def test_steps_are_added_and_saved(ada: Client, plan: Procedure) -> None:
    """Once a row that was added, and kept nowhere yet, was taken for what somebody else had saved."""
    draft = draft_of(plan, actor=None)
    path = f"/set-up/procedures/{plan.pk}/draft/"
    for before in (3, 4):
        page = ada.post(path, typed_in(ada.get(path)) | {"act": "add"})
        page = ada.post(path, typed_in(page) | {"act": "add"})
        assert ada.post(path, typed_in(page) | {f"instruction_{before}": "File it"}).status_code == 302
        assert draft.steps.count() == before + 1


def test_one_bad_step_keeps_every_field(ada: Client, plan: Procedure) -> None:
    draft_of(plan, actor=None)
    path = f"/set-up/procedures/{plan.pk}/draft/"
    typed = {"value_kind_0": "choice", "key_1": "look", "minutes_2": "-3", "instruction_2": ""}
    answer = post(ada, path, **typed)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"choices_0", "key_1", "minutes_2", "instruction_2"}
    again = typed_in(answer)
    assert (again["value_kind_0"], again["key_1"], again["instruction_0"]) == ("choice", "look", "Do look")
    assert Step.objects.filter(version__stage="draft", instruction="Do write").exists()


def test_a_draft_somebody_else_saved_is_not_written_over(ada: Client, cast: SimpleNamespace, plan: Procedure) -> None:
    draft_of(plan, actor=None)
    path = f"/set-up/procedures/{plan.pk}/draft/"
    mine = typed_in(ada.get(path))
    post(ada, path, instruction_0="Look twice")
    answer = ada.post(path, mine | {"instruction_1": "Measure thrice"})
    assert answer.status_code == 422 and "Somebody else saved this meanwhile" in words(answer)
    assert "Look twice" in words(answer) and instructions(answer)[1] == "Measure thrice"


def test_publishing_shows_what_would_change_and_then_is_final(
    ada: Client, cast: SimpleNamespace, plan: Procedure
) -> None:
    draft_of(plan, actor=None)
    base = f"/set-up/procedures/{plan.pk}/"
    page = ada.get(f"{base}draft/")
    page = ada.post(f"{base}draft/", typed_in(page) | {"act": "remove-1"})
    page = ada.post(f"{base}draft/", typed_in(page) | {"act": "add"})
    sent = typed_in(page) | {"instruction_0": "Look twice", "instruction_2": "File it", "publish": "1"}
    assert ada.post(f"{base}draft/", sent | {"wants_review": "on"})["Location"] == f"{base}publish/"
    told = words(ada.get(f"{base}publish/"))
    for part in (
        "Added File it",
        "Removed Do measure",
        "Changed Do look",
        "Look twice",
        "It wants a review from now on",
    ):
        assert part in told
    assert plan.versions.get(stage="published").number == 1, "looking publishes nothing"
    assert ada.post(f"{base}publish/")["Location"] == base
    assert plan.versions.get(stage="published").number == 2
    assert Event.objects.filter(verb="publish", subject_id=plan.pk).order_by("-pk")[0].actor == cast.ada
    assert ada.get(f"{base}draft/").status_code == ada.post(f"{base}publish/").status_code == 404
    assert "Do measure" in words(ada.get(f"{base}versions/1/"))


def test_a_procedure_from_nothing_to_published(ada: Client, cast: SimpleNamespace) -> None:
    where = post(ada, "/set-up/procedures/new/", name="Key handover")["Location"]
    assert "nobody can open a task of it" in words(ada.get(where))
    ada.post(f"{where}begin/")
    post(ada, f"{where}draft/", instruction_0="Hand it over")
    ada.post(f"{where}publish/")
    assert ProcedureVersion.objects.get(procedure__name="Key handover").stage == "published"


def test_two_labels_that_fold_alike_are_one(ada: Client, cast: SimpleNamespace) -> None:
    assert post(ada, "/set-up/labels/new/", name="Müll").status_code == 302
    answer = post(ada, "/set-up/labels/new/", name="MULL")
    assert answer.status_code == 422 and "There is a label of this name already." in words(answer)
    row = Label.objects.get()
    assert post(ada, f"/set-up/labels/{row.pk}/", name="Abfall").status_code == 302
    assert Label.objects.get().name == "Abfall"
