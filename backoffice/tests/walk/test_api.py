"""The walk over every operation of the API, as its document has them."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from backoffice.tests.walk.patterns import operations
from backoffice.tests.walk.people import ROLES
from backoffice.tests.walk.table_api import NOWHERE, OPERATIONS, OTHER, Call

CALLS = [
    pytest.param(name.partition(" ")[0], call, id=f"{name} {number}")
    for name, calls in OPERATIONS.items()
    for number, call in enumerate(calls)
] + [pytest.param("GET", call, id=path) for path, call in OTHER.items()]


@pytest.mark.parametrize(("method", "call"), CALLS)
def test_each_token_is_answered_as_the_table_says(office: SimpleNamespace, method: str, call: Call) -> None:
    wrong = []
    for letter, wanted in call.told().items():
        answer = office.visitors[letter].api(method, call.where(office), call.sent(office))
        if answer.status_code != wanted:
            wrong.append(f"{ROLES[letter]}: {answer.status_code}, not {wanted}: {answer.body[:200]!r}")
        elif wanted >= 400:
            assert answer.headers["Content-Type"] == "application/problem+json"
            assert answer.json()["instance"] == answer.wsgi_request.path
    assert not wrong, "\n".join(wrong)


def test_methods_that_are_not_documented_are_405(office: SimpleNamespace) -> None:
    known = operations()
    for name, calls in OPERATIONS.items():
        path = name.partition(" ")[2]
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} - {
            one.split()[0] for one in known if one.split()[1] == path
        }:
            if f"{method} {path}" == "GET /tasks/next":  # a reference that is none
                continue
            for letter in "nhd":
                answer = office.visitors[letter].api(method, calls[0].where(office))
                assert answer.status_code == 405, f"{ROLES[letter]} {method} {path}: {answer.status_code}"
                assert method not in answer.headers["Allow"]


def test_what_names_nothing_is_404_for_everybody(office: SimpleNamespace) -> None:
    for where in NOWHERE:
        for method in ("GET", "POST", "DELETE"):
            for letter in ROLES:
                answer = office.visitors[letter].api(method, where(office))
                assert answer.status_code == 404, f"{ROLES[letter]} {method} {where(office)}"


@pytest.mark.parametrize("letter", "chd")
def test_a_session_opens_no_door_of_the_api(office: SimpleNamespace, letter: str) -> None:
    """Tokens are the only way in: what rides on a browser's cookies is refused."""
    visitor = office.visitors[letter]
    for name, calls in OPERATIONS.items():
        method = name.partition(" ")[0]
        answer = visitor.page(method, "/api/v1" + calls[0].where(office), {})
        assert answer.status_code == 401, name
