"""Everybody who knocks: a browser and a program for each role of the cast, and what must never be told to them."""

from __future__ import annotations

import json
import time
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

from django.db import transaction
from django.http import HttpResponse
from django.test import Client

from core import clock
from organization.models import User
from organization.tokens import create_token

API = "/api/v1"
# Letters name the roles in the tables. What they are to Permits ("here") and to the Archive ("there"):
ROLES = {
    "n": "nobody",  # not signed in
    "c": "cleo",  # colleague of no department; asked for some of the work here
    "a": "kofi",  # assistant here
    "h": "mira",  # assistant here who holds the work
    "m": "ruth",  # manager here
    "v": "vera",  # manager of what here is part of
    "s": "otto",  # assistant there, who holds the work there
    "r": "arno",  # manager there
    "d": "ada",  # admin
}
METHODS = "account_authentication_methods"


class Visitor:
    """One role with a browser (`page`) and a program (`api`). Every answer is inspected; nothing they do stays."""

    def __init__(self, letter: str, person: User | None, office: SimpleNamespace) -> None:
        self.letter, self.person, self.inspector, self.at = letter, person, office.inspector, office.at
        self.client, self.program = Client(), Client()
        self.token = ""
        if person:
            self.client.force_login(person)
            token, self.token = create_token(person, actor=None, name="walk")
            type(token).objects.filter(pk=token.pk).update(last_used_at=office.at)
            self.token_id = token.pk
            self._remember_a_change(office)
        self.cookies = dict(self.client.cookies)

    def _remember_a_change(self, office: SimpleNamespace) -> None:
        """What somebody changed on a board a moment ago stands in their session, so that they may undo it."""
        session = self.client.session
        # A moment ago by allauth's clock, however long the walk takes.
        session[METHODS] = [{"method": "password", "at": time.time() + 3600, "reauthenticated": True}]
        session[f"{METHODS}_user"] = str(self.person and self.person.pk)
        kept = {"words": "done", "ids": [office.here["free"].pk], "skipped": [], "more": 0, "where": {}}
        session["changes"] = {"walk": kept}
        session.save()

    def page(
        self, method: str, path: str, data: Any = None, *, first: tuple[str, Any] | None = None, **headers: str
    ) -> HttpResponse:
        """A request of a browser; `data` is a form (files and all), for GET the query. `first` is posted before it."""
        return self._send(self.client, method, path, data, headers, first)

    def api(self, method: str, path: str, body: Any = None, **headers: str) -> HttpResponse:
        """A request of a program: JSON, or a form when a file is in it; for GET the query."""
        if self.token:
            headers |= {"Authorization": f"Bearer {self.token}"}
        is_form = isinstance(body, dict) and any(hasattr(value, "read") for value in body.values())
        if method != "GET" and not is_form:
            body = json.dumps({} if body is None else body)
        return self._send(self.program, method, API + path, body, headers)

    def _send(
        self,
        client: Client,
        method: str,
        path: str,
        data: Any,
        headers: dict[str, str],
        first: tuple[str, Any] | None = None,
    ) -> HttpResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        send = getattr(client, method.lower())
        kind = {"content_type": "application/json"} if isinstance(data, str) else {}
        if method == "GET" and data:
            path, data = f"{path}?{urlencode(data, doseq=True)}", None
        with transaction.atomic(), clock.at(self.at):
            if first:
                client.post(*first)
            answer: HttpResponse = send(path, data, headers=named, **kind)
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            transaction.set_rollback(True)
        self.client.cookies.clear()
        self.client.cookies.update(self.cookies)
        self.program.cookies.clear()
        answer.body = body  # type: ignore[attr-defined]
        self.inspector.look(self.letter, method, path, answer, body)
        return answer
