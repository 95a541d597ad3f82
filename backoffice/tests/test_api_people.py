"""People, departments and myself by API."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backoffice.tests.api_caller import Caller, refusal
from core import clock
from organization.api_shapes import Department, DepartmentList, Me, People, Person
from tasks.tests import factories as make


def conforms(model, body):
    """The body is just what the document says."""
    assert model.model_validate(body, extra="forbid")
    return body


def test_me(cast):
    ruth = conforms(Me, Caller(cast.vera).get("/me").json())
    assert (ruth["name"], ruth["email"]) == ("Vera Lund", cast.vera.email)
    assert ruth["departments"] == [{"id": cast.hall.pk, "name": "Town hall", "role": "manager"}]
    assert ruth["manages"] == sorted([cast.hall.pk, cast.permits.pk])


def test_addresses_are_shown_to_managers_admins_and_ones_own_department(cast):
    seen = {}
    for name in ("mira", "ruth", "otto", "cleo", "ada"):
        people = conforms(People, Caller(getattr(cast, name)).get("/people").json())["items"]
        assert len(people) == 8
        seen[name] = {person["name"].split()[0].lower() for person in people if person["email"]}
    everybody = {"mira", "kofi", "ruth", "vera", "otto", "arno", "cleo", "ada"}
    assert seen == {
        "mira": {"mira", "kofi", "ruth"},
        "ruth": everybody,
        "otto": {"otto", "arno"},
        "cleo": {"cleo"},
        "ada": everybody,
    }


def test_one_person(cast):
    mira = Caller(cast.mira)
    assert conforms(Person, mira.get(f"/people/{cast.otto.pk}").json())["email"] is None
    assert mira.get(f"/people/{cast.kofi.pk}").json()["email"] == cast.kofi.email
    refusal(mira.get("/people/999999"), 404, "not_found")
    for wrong in ("x", "0", str(2**63), "-1", "%00"):
        refusal(mira.get(f"/people/{wrong}"), 422, "invalid")


def test_yesterdays_membership_shows_nothing(cast):
    make.member(
        cast.cleo, cast.permits, starts_on=dt.date(2021, 1, 1), ends_on=clock.now().date() - dt.timedelta(days=2)
    )
    assert Caller(cast.mira).get(f"/people/{cast.cleo.pk}").json() == {
        "id": cast.cleo.pk,
        "name": "Cleo Marsh",
        "email": None,
        "is_active": True,
        "departments": [],
    }


def test_people_by_name_department_and_whether_they_left(cast):
    ada = Caller(cast.ada)

    def names(**query):
        return [person["name"] for person in ada.get("/people", query).json()["items"]]

    make.person("Änne Ödegård", email="aenne@office.example")
    assert names(name="odeg") == ["Änne Ödegård"]
    assert names(department=cast.permits.pk) == ["Kofi Adjei", "Mira Holt", "Ruth Calder"]
    cast.kofi.is_active = False
    cast.kofi.save()
    assert "Kofi Adjei" not in names()
    assert names(active="false") == ["Kofi Adjei"]
    assert names(department=10**12) == []


@pytest.mark.parametrize("path", ["/people", "/departments", "/procedures"])
def test_a_walk_gives_every_row_once(cast, path):
    for number in range(5):
        make.person(f"Same Name {number % 2}")
        make.department(f"Same Name {number % 2}")
        make.procedure(f"Name {number}")
    ada = Caller(cast.ada)
    whole = [row["id"] for row in ada.get(path, {"limit": 200}).json()["items"]]
    there, back, place = [], [], ""
    while place is not None:
        page = ada.get(path, {"limit": 2, "place": place}).json()
        there += [row["id"] for row in page["items"]]
        last, place = place, page["next"]
    place = last
    while place is not None:
        page = ada.get(path, {"limit": 2, "place": place}).json()
        back = [row["id"] for row in page["items"]] + back
        place = page["previous"]
    assert there == whole and len(set(whole)) == len(whole) > 7
    assert back == whole


def test_a_place_of_another_list_is_no_place(cast):
    ada = Caller(cast.ada)
    foreign = ada.get("/tasks", {"scope": "departments"}).json()["next"] or "bm90aGluZw"
    for place in (foreign, "x", "WyJuYW1lIiwxLDEsMF0", "\x00", "é"):
        refusal(ada.get("/people", {"place": place}), 404, "not_found")


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 201}, {"limit": "x"}, {"active": "1"}, {"name": "\x00"}])
def test_wrong_filters(cast, query):
    refusal(Caller(cast.mira).get("/people", query), 422, "invalid")


def test_departments(cast):
    cleo = Caller(cast.cleo)
    rows = conforms(DepartmentList, cleo.get("/departments").json())["items"]
    assert [row["code"] for row in rows] == ["ARC", "PER", "HALL"]
    permits = conforms(Department, cleo.get(f"/departments/{cast.permits.pk}").json())
    assert (permits["parent"], permits["site"]["time_zone"]) == (cast.hall.pk, "Europe/Dublin")
    refusal(cleo.get("/departments/999999"), 404)


@pytest.mark.parametrize("path", ["/people", "/departments", "/procedures"])
def test_statements_do_not_grow_with_rows(cast, path):
    mira = Caller(cast.mira)
    counts = []
    for _more in range(2):
        with CaptureQueriesContext(connection) as seen:
            assert mira.get(path).status_code == 200
        counts.append(len(seen))
        for number in range(3):
            make.member(make.person(f"More {number}"), cast.permits)
            make.department()
            make.procedure()
    assert counts == [{"/people": 4, "/departments": 3, "/procedures": 3}[path]] * 2
