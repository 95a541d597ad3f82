"""The tables are whole: each pattern and each operation has a row, each row a pattern, and somebody gets each."""

from __future__ import annotations

import re

from backoffice.tests.walk.cases import Case
from backoffice.tests.walk.patterns import API_ROOT, operations, patterns
from backoffice.tests.walk.table_api import OPERATIONS, OTHER
from backoffice.tests.walk.tables import PAGES

# Addresses that lead somewhere else, whoever comes.
ONLY_LEADS = {
    "accounts/email/",
    "accounts/login/code/confirm/",  # signing in by a code from a mail is not switched on
}
# For machines with a token, whoever the person is.
MACHINES = {"metrics"}

ONLY_POSTS = (
    "revoke/",
    "withdraw/",
    "back/",
    "begin/",
    "again/",
    "delete/",
    "anew/",
    "/remove/",
    "invite/",
    "mail/test/",
    "retry/",
    "notices/read/",
    "/open/",
    "<str:verb>/",
)


def test_every_pattern_has_a_row_and_every_row_a_pattern() -> None:
    routes = {route for route, _pattern in patterns()}
    pages = {route for route in routes if not route.startswith(API_ROOT)}
    assert pages - PAGES.keys() == set(), "no row says who may see these"
    assert PAGES.keys() - pages == set(), "these rows have no address any more"
    paths = {key.partition(" ")[2] for key in OPERATIONS} | OTHER.keys()
    known = {"/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route.removeprefix(API_ROOT)) for route in routes - pages}
    assert known - paths == set(), "no row says who may call these"
    assert paths - known == set(), "these rows have no address any more"


def test_every_operation_has_a_row() -> None:
    documented = operations()
    assert documented - OPERATIONS.keys() == set(), "no row says who may call these"
    assert OPERATIONS.keys() - documented == set(), "these are not documented any more"


def done(case: Case) -> bool:
    """Is anybody given what they came for, not only sent elsewhere?"""
    statuses = {*case.of("GET").values(), *case.of("POST").values()}
    return bool(statuses & {200, 201, 204})


def test_somebody_gets_what_each_address_is_for() -> None:
    for route, cases in PAGES.items():
        if route in MACHINES:
            continue
        if route in ONLY_LEADS:
            assert any(302 in case.of("GET").values() for case in cases), route
        else:
            posts_only = route.endswith(ONLY_POSTS)
            assert posts_only or any(done(case) for case in cases), f"{route} answers 200 for nobody"
    for name, calls in OPERATIONS.items():
        assert any(status < 300 for call in calls for status in call.told().values()), f"{name} serves nobody"
