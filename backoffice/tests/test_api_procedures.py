"""Procedures by API."""

from __future__ import annotations

from backoffice.tests.api_caller import Caller, refusal
from tasks.api.drawn import Procedure, Procedures
from tasks.procedures import draft_of, publish, save_draft
from tasks.tests import factories as make


def names(caller, **query):
    response = caller.get("/procedures", query)
    assert Procedures.model_validate(response.json(), extra="forbid")
    return [row["name"] for row in response.json()["items"]]


def test_reach(cast):
    archive = make.procedure("Shelving", departments=[cast.archive])
    everywhere = ["Badge", "Decision letter", "General duty", "Letter"]
    assert names(Caller(cast.mira)) == sorted([*everywhere, "Permit check"])
    assert names(Caller(cast.otto)) == sorted([*everywhere, "Shelving"])
    assert names(Caller(cast.ada)) == sorted([*everywhere, "Permit check", "Shelving"])
    refusal(Caller(cast.mira).get(f"/procedures/{archive.pk}"), 404, "not_found")
    assert Caller(cast.otto).get(f"/procedures/{archive.pk}").status_code == 200


def test_filters(cast):
    ada = Caller(cast.ada)
    cast.anything.is_active = False
    cast.anything.save()
    assert "General duty" not in names(ada)
    assert names(ada, active="false") == ["General duty"]
    assert "Permit check" not in names(ada, department=cast.archive.pk)
    assert "Permit check" in names(ada, department=cast.permits.pk)
    refusal(ada.get("/procedures", {"department": "x"}), 422)


def test_versions_with_their_steps(cast):
    what = make.qualification("Fire safety")
    procedure = make.procedure(
        "Inspection",
        steps=[{"instruction": "Measure", "value_kind": "choice", "choices": ["low", "high"], "minutes": 5}],
        departments=[cast.permits],
        requires=[(what, 2)],
    )
    draft = draft_of(procedure, actor=cast.ada)
    save_draft(draft, list(draft.steps.all()), actor=cast.ada, wants_review=True)
    body = Caller(cast.mira).get(f"/procedures/{procedure.pk}").json()
    assert Procedure.model_validate(body, extra="forbid")
    assert [(version["number"], version["stage"]) for version in body["versions"]] == [(1, "published")]
    assert body["versions"][0]["steps"][0] == {
        "key": "step-1",
        "instruction": "Measure",
        "is_mandatory": True,
        "minutes": 5,
        "value_kind": "choice",
        "choices": ["low", "high"],
    }
    assert body["qualifications"] == [{"id": what.pk, "name": "Fire safety", "level": 2}]
    assert body["departments"] == [{"id": cast.permits.pk, "name": "Permits"}]
    stages = [version["stage"] for version in Caller(cast.ada).get(f"/procedures/{procedure.pk}").json()["versions"]]
    assert stages == ["draft", "published"]
    publish(draft, actor=cast.ada)
    versions = Caller(cast.mira).get(f"/procedures/{procedure.pk}").json()["versions"]
    assert [(version["stage"], version["wants_review"]) for version in versions] == [
        ("published", True),
        ("retired", False),
    ]
