"""Refusals become answers, htmx headers cannot be split, rights and reach answer 403 and 404, the clock shifts."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import BadHeaderError, Http404, HttpResponse
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from core import clock, subjects
from core.access import reach, require
from core.htmx import go, trigger, wants_part
from core.refusals import Refused, RefusedMiddleware, Stale

HTMX = {"HX-Request": "true"}


@pytest.fixture
def request_of(rf: RequestFactory, cast: Any) -> Any:
    def make(**headers: str) -> Any:
        request = rf.post("/", headers=headers)
        request.user = cast.cleo
        return request

    return make


def test_a_refusal_is_a_409_with_its_sentence(request_of: Any) -> None:
    middleware = RefusedMiddleware(lambda request: HttpResponse("fine"))
    refused = Refused("Mira has <T-5> already.", code="taken", holder="Mira")
    for headers in ({}, HTMX):
        answer = middleware.process_exception(request_of(**headers), refused)
        assert answer is not None and answer.status_code == 409
        text = answer.content.decode()
        assert "Mira has &lt;T-5&gt; already." in text and "<T-5>" not in text
        assert ("<html" in text) is (headers == {})
    assert middleware.process_exception(request_of(), ValueError("no")) is None
    assert middleware(request_of()).content == b"fine"


def test_a_stale_save_carries_both_versions() -> None:
    stale = Stale("changed", theirs={"title": "A"}, mine={"title": "B"})
    assert (stale.code, stale.status, stale.detail) == (
        "stale",
        409,
        {"theirs": {"title": "A"}, "mine": {"title": "B"}},
    )


@given(st.dictionaries(st.from_regex(r"\A[a-z]{1,5}\Z"), st.text() | st.integers() | st.none(), max_size=3))
def test_browser_events_cannot_split_headers(events: dict[str, Any]) -> None:
    answer = trigger(trigger(HttpResponse(), before="\r\nSet-Cookie: x=1"), **events)
    header = answer.headers["HX-Trigger"]
    assert header.isascii() and "\r" not in header and "\n" not in header
    assert json.loads(header) == {"before": "\r\nSet-Cookie: x=1"} | events


def test_going_elsewhere(request_of: Any) -> None:
    part, boosted, whole = request_of(**HTMX), request_of(**HTMX, **{"HX-Boosted": "true"}), request_of()
    assert [wants_part(request) for request in (part, boosted, whole)] == [True, False, False]
    assert go(part, "/queue/").headers["HX-Redirect"] == "/queue/" and go(part, "/queue/").status_code == 204
    assert go(whole, "/queue/").status_code == 302 and go(whole, "/queue/")["Location"] == "/queue/"
    with pytest.raises(BadHeaderError):
        go(part, "/\r\nSet-Cookie: x=1")
    assert "\n" not in go(whole, "/\r\nSet-Cookie: x=1")["Location"]


def test_rights_and_reach(cast: Any) -> None:
    require(lambda user: True, cast.mira)
    with pytest.raises(PermissionDenied, match="can_never"):
        require(_can_never, cast.mira, 5)
    people = type(cast.mira).objects.all()
    assert reach(people, pk=cast.mira.pk) == cast.mira
    for lookup in ({"pk": -1}, {"pk": "x"}, {"pk": 10**30}, {"pk": [1]}, {"email": "a\x00b"}):
        with pytest.raises(Http404):
            reach(people, **lookup)
    with pytest.raises(Http404):
        reach(people.filter(pk=cast.otto.pk), pk=cast.mira.pk)


def _can_never(user: Any, number: int) -> bool:
    return False


_can_never.__name__ = "can_never"


def test_subjects_are_known_once_and_asked_for_reach(cast: Any) -> None:
    known = subjects.subject("task")
    assert known and subjects.register(known) is None
    with pytest.raises(ValueError, match="twice"):
        subjects.register(subjects.Subject("task", "Other", known.visible, known.url))
    assert subjects.subject("nothing") is None
    assert subjects.find(cast.ada, "nothing", 1) is None and subjects.find(cast.ada, "task", 0) is None


def test_the_clock_shifts_in_its_block_only() -> None:
    noon = dt.datetime(2026, 3, 2, 12, tzinfo=dt.timezone(dt.timedelta(hours=2)))
    with clock.at(noon):
        assert clock.now() == noon and clock.now().tzinfo is dt.UTC
        with pytest.raises(RuntimeError), clock.at(noon + dt.timedelta(days=1)):
            raise RuntimeError
        assert clock.shifted() == noon
    assert clock.shifted() is None
    assert abs(clock.now() - dt.datetime.now(dt.UTC)) < dt.timedelta(seconds=5)
    with pytest.raises(ValueError, match="aware"), clock.at(dt.datetime(2026, 3, 2)):
        pass
