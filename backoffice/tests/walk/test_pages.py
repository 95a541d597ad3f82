"""The walk over every address of the pages: each role, each method, own objects and those of others."""

from __future__ import annotations

import zlib
from types import SimpleNamespace

import pytest

from backoffice.tests.walk.cases import HTMX, SIGN_IN, Case
from backoffice.tests.walk.people import ROLES
from backoffice.tests.walk.tables import PAGES

OTHERS = "cahmvsr"

CASES = [
    pytest.param(route, case, id=f"{route or '/'} {number} {case.name}".strip())
    for route, cases in PAGES.items()
    for number, case in enumerate(cases)
]


def check(case: Case, method: str, office: SimpleNamespace, letter: str, wanted: int) -> str:
    """Send one request; what is wrong with its answer, or nothing."""
    path, headers = case.where(office), HTMX if case.part else {}
    data = case.data(office) if method == "POST" else None
    data = case.query(office) if case.query and method == "GET" else data
    first = case.first(office) if case.first else None
    answer = office.visitors[letter].page(method, path, data, first=first, **headers)
    location = answer.headers.get("Location", "")
    told = f"{ROLES[letter]} {method} {path}: {answer.status_code} {location}, not {wanted}"
    if answer.status_code != wanted:
        return told
    if wanted == 302 and letter == "n":
        return "" if location.startswith(case.nobody_leads) else told
    if wanted == 302 and (location.startswith(SIGN_IN) or not location.startswith(case.leads)):
        return told
    return ""


def asked_by(route: str, case: Case) -> set[str]:
    """The roles that knock. At the set-up, which is closed alike to all but admins, two of the others in turn."""
    if not route.startswith("set-up/"):
        return set(ROLES)
    start = zlib.crc32(route.encode())
    return {"n", "d", *(OTHERS[(start + step) % len(OTHERS)] for step in (0, 3))}


@pytest.mark.parametrize(("route", "case"), CASES)
def test_each_role_is_answered_as_the_table_says(office: SimpleNamespace, route: str, case: Case) -> None:
    roles = asked_by(route, case)
    wrong = [
        check(case, method, office, letter, wanted)
        for method in ("GET", "POST")
        for letter, wanted in case.of(method).items()
        if letter in roles
    ]
    assert not any(wrong), "\n".join(filter(None, wrong))


def test_pages_know_no_other_methods(office: SimpleNamespace) -> None:
    """Each address by nobody, an assistant and an admin, each with another method, in turn."""
    for number, (route, cases) in enumerate(PAGES.items()):
        for step, method in enumerate(("PUT", "PATCH", "DELETE")):
            letter = "nhd"[(number + step) % 3]
            answer = office.visitors[letter].page(method, cases[0].where(office))
            assert answer.status_code == 405, f"{ROLES[letter]} {method} {route}: {answer.status_code}"
