"""Refusals for programs: problem details (RFC 9457), one shape for every error of the API."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse
from pydantic import BaseModel, ConfigDict, Field

PROBLEM = "application/problem+json"
JSON = "application/json"


class Fault(BaseModel):
    """One thing wrong with the input."""

    where: str = Field(description="body, query, path, header or form")
    field: str = Field(description="Name of the field, with a dot for each level; empty for the whole.")
    code: str
    detail: str


class Problem(BaseModel):
    """Why a request was not done. `detail` is the sentence a person would see; programs go by `code`."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(description="about:blank: `title` is the meaning of `status`, `code` says more.")
    title: str
    status: int
    detail: str
    instance: str
    code: str
    errors: list[Fault]


def reply(data: Any, status: int = 200) -> HttpResponse:
    """An answer in JSON. `data` is made of plain values, instants (aware), dates and decimals."""
    return HttpResponse(json.dumps(data, cls=DjangoJSONEncoder), status=status, content_type=JSON)


def problem(
    request: HttpRequest,
    status: int,
    code: str,
    detail: Any,
    *,
    errors: list[dict[str, str]] | None = None,
    **members: Any,
) -> HttpResponse:
    """A refusal as problem details; `members` are further facts, by names RFC 9457 does not use."""
    body = members | {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": str(detail),
        "instance": request.path,
        "code": code,
        "errors": errors or [],
    }
    return HttpResponse(json.dumps(body, cls=DjangoJSONEncoder), status=status, content_type=PROBLEM)


def answers(model: Any, *refusals: int, status: int = 200) -> dict[int, Any]:
    """What an operation documents: its answer, and the refusals that are its own (the common ones are added)."""
    return {status: model} | dict.fromkeys(refusals, Problem)
