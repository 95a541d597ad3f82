"""Forms and API take declared fields only, and pages take nothing without the token of their form."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction
from django.test import Client

from backoffice.tests.walk.cases import HTMX, Case
from backoffice.tests.walk.patterns import API_ROOT, patterns
from backoffice.tests.walk.table_api import OPERATIONS
from backoffice.tests.walk.table_pages import NEW, PROFILE, TASK
from backoffice.tests.walk.tables import PAGES
from core import clock
from organization.forms import ProfileForm, TokenForm
from tasks.forms_new import NewTaskForm
from tasks.models import Task
from tasks.views.acts import ACTS as ON_PAGE

OURS = ("records", "organization", "tasks")
MODELS = [model for label in OURS for model in apps.get_app_config(label).get_models()]
FIELDS = sorted(
    {name for model in MODELS for field in model._meta.concrete_fields for name in (field.name, field.attname)}
)
KEPT = [
    model for model in MODELS if model._meta.model_name in {"user", "membership", "department", "procedure", "step"}
]
STEP = frozenset({"step", "value", "done"})
# Mail programs post there without cookies (RFC 8058): the signed word in the address is the right, and all it does.
BY_WORD = {"notices/stop/<str:word>/"}
COMMENT = frozenset({"text", "for_requester"})


def declared(form: Any) -> frozenset[str]:
    return frozenset(form.base_fields) if form else frozenset()


def forms() -> list[Any]:
    """(case, role that may, names the form declares): each form once."""
    found = [(NEW["tasks/new/"][0], "c", declared(NewTaskForm)), (PROFILE["profile/"][0], "h", declared(ProfileForm))]
    found += [(PROFILE["profile/tokens/"][0], "h", declared(TokenForm))]
    found += [(TASK["tasks/<str:reference>/comment/"][0], "h", COMMENT)]
    found += [(TASK["tasks/<str:reference>/mark-step/"][0], "h", STEP)]
    for case in PAGES["tasks/<str:reference>/<str:name>/"]:
        act = ON_PAGE.get(case.name.partition(" ")[0])
        letter = next((letter for letter, status in case.of("POST").items() if status == 200), "")
        if act and letter:
            # The box of a person stands beside the form's own fields.
            found.append((case, letter, declared(act.form) | ({"to"} if act.name == "assign" else set())))
    return [pytest.param(*one, id=one[0].name or str(number)) for number, one in enumerate(found)]


def rows() -> dict[str, Any]:
    """Everything a field from outside could change: people, rights, procedures and all tasks, new ones without id."""
    kept: dict[str, Any] = {model._meta.label: list(model.objects.order_by("pk").values()) for model in KEPT}
    kept["tasks"] = [{name: value for name, value in row.items() if name != "id"} for row in tasks_now()]
    return kept


def tasks_now() -> list[dict[str, Any]]:
    return list(Task.objects.order_by("pk").values())


def after(office: SimpleNamespace, letter: str, case: Case, more: dict[str, Any]) -> dict[str, Any]:
    """The rows as a form leaves them; then all is taken back."""
    client, headers = office.visitors[letter].client, HTMX if case.part else {}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    with transaction.atomic(), clock.at(office.at):
        answer = client.post(case.where(office), more | case.data(office), headers=named)
        assert answer.status_code < 400, answer.content[:500]
        left = rows()
        transaction.set_rollback(True)
    return left


@pytest.mark.parametrize("value", ["1", "true"])
@pytest.mark.parametrize(("case", "letter", "names"), forms())
def test_a_form_does_the_same_whatever_else_is_sent(
    office: SimpleNamespace, case: Case, letter: str, names: frozenset[str], value: str
) -> None:
    more = {name: value for name in FIELDS if name not in names}
    assert {"is_admin", "assignee_id", "department_id", "requester_id", "state", "role"} - names <= more.keys()
    assert after(office, letter, case, more) == after(office, letter, case, {})


@pytest.mark.parametrize("name", [name for name in OPERATIONS if name.startswith("POST")])
def test_the_api_refuses_what_it_does_not_declare(office: SimpleNamespace, name: str) -> None:
    call = OPERATIONS[name][0]
    sent = call.sent(office)
    for field in ("is_admin", "assignee_id", "requester_id", "state", "closed_at", "nonsense"):
        answer = office.visitors["d"].api("POST", call.where(office), sent | {field: 1})
        assert answer.status_code == 422, f"{name} takes {field}"
        assert field in {fault["field"] for fault in answer.json()["errors"]}


def test_an_unsafe_method_of_a_page_needs_the_token(office: SimpleNamespace) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(office.ada)
    for route, cases in PAGES.items():
        if route in BY_WORD:
            continue
        for client in (strict, Client(enforce_csrf_checks=True)):
            for method in ("post", "put", "patch", "delete"):
                answer = getattr(client, method)(cases[0].where(office))
                assert answer.status_code == 403, f"{method} {route}: {answer.status_code}"
                assert b"too old to send" in answer.content, route


def test_only_the_api_goes_without_the_token() -> None:
    exempt = {route for route, one in patterns() if getattr(one.callback, "csrf_exempt", False)}
    assert exempt == {route for route, _one in patterns() if route.startswith(API_ROOT)} | BY_WORD
