"""Who sees which places in the navigation, and what that costs."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client, RequestFactory

from backoffice import shell
from organization.standing import forget

pytestmark = pytest.mark.django_db


def frame(user: Any, path: str = "/queue/") -> shell.Shell:
    request = RequestFactory().get(path)
    request.user = user
    return shell.Shell(request)


@pytest.fixture(autouse=True)
def _all_places_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    known = {"tasks:queue": "/queue/", "tasks:department": "/department/", "set_up:home": "/set-up/"}
    monkeypatch.setattr(shell, "address", (known | {"requests:index": "/requests/"}).get)


@pytest.mark.parametrize(
    ("who", "places"),
    [
        ("cleo", ["/requests/"]),
        ("mira", ["/queue/", "/department/"]),
        ("ruth", ["/queue/", "/department/"]),
        ("vera", ["/queue/", "/department/"]),
        ("ada", ["/queue/", "/department/", "/set-up/"]),
    ],
)
def test_each_sees_the_places_that_are_theirs(cast: Any, who: str, places: list[str]) -> None:
    assert [place.href for place in frame(getattr(cast, who)).places] == places


def test_a_place_that_does_not_exist_is_left_out(cast: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shell, "address", {"tasks:queue": "/queue/"}.get)
    assert [place.href for place in frame(cast.ada).places] == ["/queue/"]


@pytest.mark.parametrize(
    ("path", "current"),
    [
        ("/queue/", ["page", "", ""]),
        ("/tasks/T-10001/", ["true", "", ""]),
        ("/department/PER/", ["", "true", ""]),
        ("/set-up/", ["", "", "page"]),
        ("/profile/", ["", "", ""]),
    ],
)
def test_the_current_place_is_marked(cast: Any, path: str, current: list[str]) -> None:
    assert [place.current for place in frame(cast.ada, path).places] == current


def test_the_frame_costs_three_statements_once(cast: Any, django_assert_num_queries: Any) -> None:
    forget(cast.ruth)
    page = frame(cast.ruth)
    with django_assert_num_queries(3):  # memberships, departments below, counts
        assert page.places is page.places


def test_a_part_that_does_not_ask_costs_nothing(cast: Any, django_assert_num_queries: Any) -> None:
    request = RequestFactory().get("/queue/")
    request.user = cast.ruth
    with django_assert_num_queries(0):
        shell.shell(request)


@pytest.mark.urls("backoffice.tests.harness")
def test_demo_sign_ins_stand_on_the_page_of_a_demo_office_only(settings: Any, client: Client) -> None:
    settings.DEMO = True
    assert b"colleague@demo.example" in client.get("/accounts/login/").content
    settings.DEMO = False
    page = client.get("/accounts/login/").content
    assert b"demo.example" not in page
    assert b"demo-demo" not in page
