"""Somebody's program: calls the API with a token of theirs."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpResponse
from django.test import Client

from organization.models import User
from organization.tokens import create_token

ROOT = "/api/v1"
PROBLEM = {"type", "title", "status", "detail", "instance", "code", "errors"}


class Caller:
    def __init__(self, person: User) -> None:
        self.token, self.text = create_token(person, actor=None, name="test")
        type(self.token).objects.filter(pk=self.token.pk).update(last_used_at=self.token.created_at)
        self.client = Client()

    def get(self, path: str, query: Any = None, **headers: str) -> HttpResponse:
        return self.client.get(ROOT + path, query, headers=self._headers(headers))

    def post(self, path: str, body: Any = None, **headers: str) -> HttpResponse:
        """POST JSON; a body of None is no body."""
        data = "" if body is None else json.dumps(body)
        return self.client.post(ROOT + path, data=data, content_type="application/json", headers=self._headers(headers))

    def form(self, path: str, fields: dict[str, Any], **headers: str) -> HttpResponse:
        return self.client.post(ROOT + path, data=fields, headers=self._headers(headers))

    def verb(self, task: Any, verb: str, body: Any = None, **headers: str) -> HttpResponse:
        return self.post(f"/tasks/{task.reference}/{verb}", body, **headers)

    def _headers(self, more: dict[str, str]) -> dict[str, str]:
        named = {name.replace("_", "-"): value for name, value in more.items()}
        return {"Authorization": f"Bearer {self.text}"} | named


def refusal(response: HttpResponse, status: int, code: str = "") -> dict[str, Any]:
    """The problem of a refusal, after checking that it is a whole one of this status and code."""
    assert response.status_code == status, response.content
    assert response.headers["Content-Type"] == "application/problem+json"
    problem = response.json()
    assert problem.keys() >= PROBLEM and problem["status"] == status
    assert problem["instance"] == response.wsgi_request.path
    assert not code or problem["code"] == code, problem
    return problem
