"""Saved views: whose they are, what they count, and coming back to the list one was in."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.refusals import Refused
from tasks import saved_views, transitions
from tasks.models import SavedView
from tasks.saved_views import counts_of, delete_view, move_view, rename_view, save_view, views_of
from tasks.tests import factories as make
from tasks.tests.pages import as_person, part, statements, text

pytestmark = pytest.mark.django_db
FREE = "?scope=departments&state=open&owner=nobody"


def names(user: Any) -> list[str]:
    return [view.name for view in views_of(user)]


def test_ones_own_are_nobody_elses_and_shared_ones_are_the_departments(cast: Any) -> None:
    save_view("My urgent", "?priority=1", actor=cast.mira)
    save_view("Unowned", FREE, actor=cast.ruth, department=cast.permits)
    assert names(cast.mira) == ["My urgent", "Unowned"]
    assert names(cast.kofi) == names(cast.ruth) == names(cast.vera) == ["Unowned"]
    assert names(cast.otto) == names(cast.cleo) == names(cast.ada) == []


def test_only_its_manager_shares_with_a_department(cast: Any) -> None:
    for who in (cast.mira, cast.arno, cast.cleo):
        with pytest.raises(PermissionDenied):
            save_view("Ours", FREE, actor=who, department=cast.permits)
    shared = save_view("Ours", FREE, actor=cast.vera, department=cast.permits)
    for act in (delete_view, lambda view, actor: rename_view(view, "x", actor=actor)):
        with pytest.raises(PermissionDenied):
            act(shared, actor=cast.kofi)
    rename_view(shared, "Theirs", actor=cast.ada)
    assert names(cast.kofi) == ["Theirs"]


def test_names_are_given_once_each(cast: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    save_view("Über", "", actor=cast.mira)
    other = save_view("Other", "", actor=cast.mira)
    for name, code in (("  uber ", "name_taken"), (" ", "name_missing"), ("a\x00b", "text_invalid")):
        with pytest.raises(Refused) as refused:
            save_view(name, "", actor=cast.mira)
        assert refused.value.code == code
    with pytest.raises(Refused):
        rename_view(other, "UBER", actor=cast.mira)
    save_view("Über", "", actor=cast.kofi)
    monkeypatch.setattr(saved_views, "MOST", 2)
    with pytest.raises(Refused):
        save_view("Third", "", actor=cast.mira)
    assert names(cast.mira) == ["Über", "Other"]


def test_only_what_an_address_knows_is_kept(cast: Any) -> None:
    view = save_view("V", "?state=open&place=abc&next=//evil.example&sort=nonsense&state=nonsense", actor=cast.mira)
    assert view.query == "?state=open"


def test_the_order_is_theirs(cast: Any) -> None:
    a, _b, c = (save_view(name, "", actor=cast.mira) for name in "abc")
    move_view(c, -1, actor=cast.mira)
    assert names(cast.mira) == ["a", "c", "b"]
    move_view(a, -1, actor=cast.mira)
    move_view(a, 1, actor=cast.mira)
    assert names(cast.mira) == ["c", "a", "b"]
    delete_view(a, actor=cast.mira)
    assert names(cast.mira) == ["c", "b"]


def test_counts_are_the_readers_own_and_one_statement(cast: Any) -> None:
    for _ in range(3):
        make.task(cast.permits, cast.permit)
    transitions.claim(make.task(cast.permits, cast.permit), actor=cast.mira)
    make.task(cast.permits, cast.permit, confidential=True)
    shared = [save_view("Free", FREE, actor=cast.ruth, department=cast.permits)]
    shared.append(save_view("Mine", "", actor=cast.ruth, department=cast.permits))
    shared.append(
        save_view("Both", "?scope=departments&state=open&state=done", actor=cast.ruth, department=cast.permits)
    )
    for who, wanted in ((cast.mira, ["3", "1", "0"]), (cast.kofi, ["3", "0", "0"]), (cast.ruth, ["4", "0", "0"])):
        who.standing  # noqa: B018 - read before it is counted
        with CaptureQueriesContext(connection) as captured:
            assert counts_of(who, shared) == wanted, who.name
        assert len(captured) == 1


def test_counts_are_capped(cast: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    view = save_view("Free", FREE, actor=cast.mira)
    for _ in range(4):
        make.task(cast.permits, cast.permit)
    assert saved_views.lists.capped_counts(
        cast.mira, [saved_views.filters.Address(scope="departments").listing(cast.mira)], 3
    ) == [3]
    assert counts_of(cast.mira, [view]) == ["4"]


class TestThePages:
    def test_the_part_of_the_navigation_takes_as_much_with_many(self, cast: Any) -> None:
        client = as_person(cast.mira)
        assert statements(client, "/queue/views/side/", **part()) == 4
        for number in range(3):
            save_view(f"View {number}", FREE, actor=cast.mira)
            make.task(cast.permits, cast.permit)
            assert statements(client, "/queue/views/side/", **part()) == 5

    def test_it_shows_where_one_is(self, cast: Any) -> None:
        save_view("Waiting", "?state=waiting", actor=cast.mira)
        client = as_person(cast.mira)
        answer = client.get("/queue/views/side/", headers=part("/queue/?state=waiting&task=T-1"))
        assert 'aria-current="page"' in answer.content.decode()
        assert 'aria-current="page"' not in client.get("/queue/views/side/", headers=part()).content.decode()

    def test_saving_and_changing(self, cast: Any) -> None:
        client = as_person(cast.ruth)
        page = client.get("/queue/views/?state=waiting")
        assert "Waiting" in text(page) and "Permits" in text(page)
        made = client.post("/queue/views/", {"name": "W", "query": "?state=waiting", "department": cast.permits.pk})
        assert made.url == "/queue/?state=waiting"
        view = SavedView.objects.get()
        wrong = client.post(f"/queue/views/{view.pk}/rename/", {"name": " "})
        assert wrong.status_code == 422 and "Give it a name." in text(wrong)
        client.post(f"/queue/views/{view.pk}/rename/", {"name": "V"})
        assert names(cast.kofi) == ["V"]
        client.post(f"/queue/views/{view.pk}/delete/")
        assert names(cast.kofi) == []
        again = client.post("/queue/views/", {"name": "", "query": "?state=waiting"})
        assert again.status_code == 422 and 'value="?state=waiting"' in again.content.decode()

    def test_the_last_list_is_there_again_after_signing_out(self, cast: Any) -> None:
        client = as_person(cast.mira)
        assert client.get("/").context["queue"] == "/queue/"
        client.get("/queue/?scope=departments&state=waiting&task=nonsense&filters=1")
        assert client.get("/").context["queue"] == "/queue/?scope=departments&state=waiting"
        client.logout()
        assert as_person(cast.mira).get("/").context["queue"] == "/queue/?scope=departments&state=waiting"
        assert as_person(cast.kofi).get("/").context["queue"] == "/queue/"
