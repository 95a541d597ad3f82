"""Signing in by password, as the tests of this folder do."""

from __future__ import annotations

from typing import Any

from django.test import Client

from organization.models import User

PASSWORD = "a-long-word-of-hers"
SIGN_IN = "/accounts/login/"


def sign_in(client: Client, email: str, password: str = PASSWORD, **more: Any) -> Any:
    """What the sign-in page answers; `query` is added to its address, the rest to what is sent."""
    return client.post(SIGN_IN + more.pop("query", ""), {"login": email, "password": password} | more)


def signed_in(person: User) -> Client:
    """A browser in which the person is signed in."""
    client = Client()
    assert sign_in(client, person.email).status_code == 302
    assert is_in(client)
    return client


def is_in(client: Client) -> bool:
    """Do pages show themselves to this browser?"""
    return client.get("/queue/").status_code == 200
