"""No list, filter, sort, cursor, search, part or body tells what is not for the one who asks.

The inspector reads every answer, headers and all; here is only asked for as much as can be thought of. Each answer
must also be one that a person without bad intentions gets: what is filtered by somebody else's number is just empty.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from backoffice.tests.walk.answers import mark
from backoffice.tests.walk.cases import HTMX
from core.pages import Cursor
from organization.models import Department, User
from tasks.lists import CLOSED, SCOPES, SORTS
from tasks.models import Label, Procedure
from tasks.states import Priority, State

ROLES = "cahmvsrd"
Query = list[tuple[str, Any]]


def words() -> Query:
    """Labels of the whole office, and marked words of titles."""
    labels: Query = [("label", pk) for pk in Label.objects.values_list("pk", flat=True)]
    return labels + [("title", mark(kind, "title")) for kind in "ABCDEIR"]


def named() -> Query:
    """Procedures that belong to departments, the departments, and people of theirs."""
    limited = Procedure.objects.filter(departments__isnull=False)
    procedures: Query = [("procedure", pk) for pk in limited.values_list("pk", flat=True)]
    departments: Query = [("department", pk) for pk in Department.objects.values_list("pk", flat=True)]
    people = User.objects.filter(folded_name__startswith="otto")
    return procedures + departments + [("owner", pk) for pk in people.values_list("pk", flat=True)]


def plain() -> Query:
    states: Query = [("state", state) for state in (*State.values, "finished", "nonsense")]
    return states + [("priority", value) for value in Priority.values] + [("owner", "nobody"), ("overdue", "1")]


def queries() -> Iterator[Query]:
    """Every list; the widest one with every sort and every filter, the others with every word."""
    for scope in SCOPES:
        wide = [*named(), *plain(), *[("sort", sort) for sort in SORTS]] if scope == "departments" else []
        yield from ([("scope", scope), value] for value in [*words(), *wide])
    yield from ([("scope", "departments"), ("state", "finished"), value] for value in [*words(), *named()][::3])


def places(office: SimpleNamespace) -> Iterator[Query]:
    """Cursors at rows of others, for each sort and both directions."""
    for sort in (*SORTS.values(), CLOSED):
        task = office.there["done"] if sort is CLOSED else office.there["free"]
        value = task.pk if sort.field == "id" else getattr(task, sort.field)
        chosen = ("state", "finished") if sort is CLOSED else ("sort", sort.name)
        for backwards in (False, True):
            place = Cursor(sort.name, value, task.pk, backwards).encode()
            yield [("scope", "departments"), chosen, ("place", place)]


@pytest.mark.parametrize("letter", ROLES)
def test_lists_of_the_queue(office: SimpleNamespace, letter: str) -> None:
    visitor = office.visitors[letter]
    for query in queries():
        assert visitor.page("GET", "/queue/", query).status_code == 200
    for query in [[("scope", scope)] for scope in SCOPES] + [[("label", pk)] for pk in Label.objects.values_list("pk")]:
        assert visitor.page("GET", "/queue/filters/", query).status_code == 200
    for query in places(office):
        assert visitor.page("GET", "/queue/", query).status_code == 200


@pytest.mark.parametrize("letter", ROLES)
def test_lists_of_the_api(office: SimpleNamespace, letter: str) -> None:
    visitor = office.visitors[letter]
    labels = dict(Label.objects.values_list("pk", "name"))
    for query in queries():
        sent = [("assignee" if name == "owner" else name, labels.get(value, value)) for name, value in query]
        sent = [(name, 0 if value == "nobody" else value) for name, value in sent]
        visitor.api("GET", "/tasks", sent)
    for query in places(office):
        assert visitor.api("GET", "/tasks", query).status_code == 200
    for sort in SORTS:
        walk(visitor, [("scope", "departments"), ("sort", sort), ("limit", 8)])
    for path in ("/people", "/departments", "/procedures"):
        walk(visitor, [("limit", 3)], path)
        visitor.api("GET", path, {"active": "false"})


def walk(visitor: Any, query: Query, path: str = "/tasks") -> None:
    """All pages of a list to its end, and one back."""
    page, before = visitor.api("GET", path, query).json(), ""
    while page["next"]:
        before = page["next"]
        page = visitor.api("GET", path, [*query, ("place", before)]).json()
    if page["previous"]:
        visitor.api("GET", path, [*query, ("place", page["previous"])])


def rows(office: SimpleNamespace, letter: str, **query: Any) -> list[str]:
    answer = office.visitors[letter].api("GET", "/tasks", {"limit": 200} | query)
    return [row["reference"] for row in answer.json()["items"]]


def test_filters_find_nothing_in_what_is_not_shown(office: SimpleNamespace) -> None:
    """Else one could ask for the words of a confidential title, one letter after the other."""
    secret, held = office.here["secret"].reference, office.here["secret_held"].reference
    for letter, kind, what, found in (
        ("d", "D", "title", set()),
        ("d", "C", "label", set()),
        ("a", "C", "title", set()),
        ("h", "C", "title", {held}),
        ("m", "D", "title", {secret}),
        ("m", "C", "label", {held}),
        ("m", "B", "title", set()),
        ("m", "B", "label", set()),
    ):
        for scope in SCOPES:
            told = set(rows(office, letter, scope=scope, **{what: mark(kind, what)}))
            assert told <= found, f"{letter} finds {kind} by {what} in {scope}"
        found_now = set(rows(office, letter, scope="departments", **{what: mark(kind, what)}))
        assert found_now == found, f"{letter} misses {kind}"
    asked = set(rows(office, "c", scope="asked"))
    assert len(asked) == 4 and rows(office, "c", scope="asked", title=mark("R", "title"))
    assert rows(office, "c", scope="asked", label=mark("I", "label")) == []
    by_label = rows(office, "m", scope="departments", label=mark("I", "label"))
    assert set(by_label) < asked  # the finished one is in another list


SEARCHES = ["otto", "ZzB", "script", "", "%"]


@pytest.mark.parametrize("letter", ROLES)
def test_searches_and_parts(office: SimpleNamespace, letter: str) -> None:
    visitor = office.visitors[letter]
    for words in SEARCHES:
        for path in ("/people/search/", "/tasks/new/requesters/", "/departments/"):
            name = {"/people/search/": "q", "/departments/": "name"}.get(path, "requester")
            assert visitor.page("GET", path, {name: words, "in": office.archive.pk}).status_code == 200
    for procedure in (office.here_plain, office.there_plain, office.request):
        for department in (office.permits, office.archive):
            query = {"procedure": procedure.pk, "department": department.pk}
            assert visitor.page("GET", "/tasks/new/", query).status_code == 200
            assert visitor.page("POST", "/tasks/new/", query | {"look": "1"}, **HTMX).status_code == 200
    for place in ("here", "there"):
        for number, task in enumerate(getattr(office, place).values()):
            visitor.page("GET", f"/tasks/{task.reference}/", {"all": 1})
            visitor.api("GET", f"/tasks/{task.reference}")
            if not number % 3:
                visitor.page("GET", "/queue/", {"task": task.reference}, HX_Request="true", HX_Target="task")


def bodies(office: SimpleNamespace) -> Iterator[tuple[str, Any]]:
    """Forms that name what is out of reach, beside what is in it."""
    every = [task.pk for place in (office.here, office.there) for task in place.values()]
    for code in ("PER", "ARC"):
        chosen = {"task": every, "to": office.mira.pk, "person": office.otto.pk, "ghost": office.otto.pk}
        yield f"/department/{code}/preview/", chosen
        for verb in ("move", "release", "cancel"):
            yield f"/department/{code}/{verb}/", chosen | {"reason": "x", "override": "x"}
            yield f"/department/{code}/{verb}/", chosen | {"reason": "x", "override": "x", "sure": "1"}
    here = office.here["started"].reference
    yield "/queue/next/", {"list": f"?label={Label.objects.first().pk}&title=x&scope=departments"}
    yield f"/tasks/{here}/assign/", {"to": office.otto.pk}
    yield f"/tasks/{here}/assign/", {"to_name": "otto"}
    yield f"/tasks/{here}/hand-off/", {"department": office.archive.pk, "reason": "x"}
    yield f"/tasks/{here}/mark-step/", {"step": "choice", "value": "nonsense"}
    yield f"/tasks/{here}/edit/", {"revision": 1, "title": "", "labels": "a"}
    yield "/tasks/new/", {"procedure": office.there_plain.pk, "department": office.archive.pk, "title": "x"}
    yield "/tasks/new/", {"procedure": office.needing.pk, "department": office.permits.pk, "title": ""}


@pytest.mark.parametrize("letter", ROLES)
def test_bodies_of_forms(office: SimpleNamespace, letter: str) -> None:
    visitor = office.visitors[letter]
    elsewhere = {"HX_Current_URL": f"http://testserver/queue/?task={office.there['started'].reference}"}
    for path, data in bodies(office):
        visitor.page("POST", path, data)
        visitor.page("POST", path, data, HX_Request="true", **elsewhere)


@pytest.mark.parametrize("letter", ROLES)
def test_bodies_of_the_api(office: SimpleNamespace, letter: str) -> None:
    visitor = office.visitors[letter]
    why = {"reason": "x"}
    taken = {"title": "x", "external_source": "log", "external_reference": f"{mark('B', 'reference')} free"}
    for procedure in (office.here_plain, office.there_plain, office.needing, office.request):
        for department in (office.permits, office.archive):
            visitor.api("POST", "/tasks", {"procedure": procedure.pk, "department": department.pk, "title": "x"})
    visitor.api("POST", "/tasks", taken | {"procedure": office.anything.pk, "department": office.permits.pk})
    for task in (office.here["started"], office.here["asked_started"], office.there["started"]):
        for verb, body in (
            ("assign", {"to": office.otto.pk, "override": "x"}),
            ("hand-off", why | {"department": office.archive.pk}),
            ("take-over", why),
            ("mark-step", {"step": "choice", "value": "nonsense"}),
            ("edit", {"revision": 1, "title": "x", "labels": ["y"]}),
            ("complete", {"revision": 1}),
            ("nonsense", {}),
        ):
            visitor.api("POST", f"/tasks/{task.reference}/{verb}", body)


def test_what_is_looked_for_is_really_there(office: SimpleNamespace) -> None:
    """Markers that nobody ever saw would prove nothing: who may see a class has seen it in this walk."""
    for letter, kinds in {"a": "ARI", "h": "ARIC", "m": "ARICD", "v": "ARICD", "s": "B", "r": "BE", "c": "R"}.items():
        visitor = office.visitors[letter]
        for place in (office.here, office.there):
            for state in ("started", "secret", "secret_held", "asked_started"):
                if state in place:
                    visitor.page("GET", f"/tasks/{place[state].reference}/")
        for kind in kinds:
            assert office.inspector.seen[letter, kind], f"{letter} never sees {kind}"
