"""Sign-in and what belongs to it, and the pages for errors: all in the look, none with dead ends."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

pytestmark = [pytest.mark.django_db, pytest.mark.urls("backoffice.tests.harness")]


@pytest.mark.parametrize(
    "name",
    ["account_login", "account_signup", "account_inactive", "account_reset_password", "account_reset_password_done"],
)
def test_pages_for_everybody_are_doors(client: Client, name: str) -> None:
    page = client.get(reverse(name))
    assert page.status_code == 200
    assert b'class="door-sheet"' in page.content


def test_a_used_up_link_says_so_and_leads_on(client: Client) -> None:
    page = client.get(reverse("account_reset_password_from_key", kwargs={"uidb36": "1", "key": "x-y"}))
    assert b"This link no longer works" in page.content
    assert reverse("account_reset_password").encode() in page.content


@pytest.mark.parametrize(
    "name", ["account_change_password", "account_email", "mfa_index", "usersessions_list", "account_logout"]
)
def test_pages_about_ones_account_are_in_the_look(client: Client, cast: Any, name: str) -> None:
    cast.mira.set_password("a password of hers")
    cast.mira.save()
    client.force_login(cast.mira)
    page = client.get(reverse(name))
    assert page.status_code == 200
    assert b"css/tokens" in page.content
    assert b"<h1>" in page.content


def test_a_wrong_password_is_told_in_the_summary(client: Client, cast: Any) -> None:
    page = client.post(reverse("account_login"), {"login": cast.mira.email, "password": "not-the-one"})
    assert b"data-errors" in page.content
    assert b"You are not signed in" in page.content


def test_leaving_empty_names_the_fields(client: Client) -> None:
    page = client.post(reverse("account_login"), {}).content.decode()
    assert page.count("Email is empty. Fill it in.") == 2
    assert page.count("Password is empty. Fill it in.") == 2


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/nowhere/", 404, "Nothing is here"),
        ("/forbid/", 403, "You may not do this"),
        ("/refuse/", 409, "Kofi Adjei took T-7"),
        ("/fail/", 500, "Something went wrong on our side"),
    ],
)
def test_errors_have_a_page_with_one_sentence(client: Client, path: str, status: int, words: str) -> None:
    client.raise_request_exception = False
    page = client.get(path)
    assert page.status_code == status
    assert words in page.content.decode()
    assert page.content.count(b"data-problem") == 1


def test_a_refusal_for_htmx_is_a_part(client: Client) -> None:
    page = client.get("/refuse/", headers={"HX-Request": "true"})
    assert page.status_code == 409
    assert b"<html" not in page.content
    assert b"data-problem" in page.content


def test_a_stale_token_has_its_own_words(cast: Any) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.mira)
    page = client.post("/undo/")
    assert page.status_code == 403
    assert b"too old to send" in page.content


def test_the_error_page_asks_no_database(client: Client, django_assert_num_queries: Any) -> None:
    client.raise_request_exception = False
    with django_assert_num_queries(0):
        assert client.get("/fail/").status_code == 500
