"""The frame of every API request: whose token it is, in which language, with declared names only, once per key.

Order of the answers: 401, 429, 406, 415, 422 for undeclared names, then what the operation itself says (shape 422,
reach 404, right 403, verb 409). Tokens are the only way in, so no request rides on a browser's cookies.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from ninja.errors import HttpError, ValidationError
from ninja.operation import Operation
from ninja.security.base import AuthBase

from core.problems import JSON
from organization import idempotency
from organization.models import ApiToken, User
from organization.telling import speaking_to
from organization.tokens import person_of
from records import events, limits

Run = Callable[..., HttpResponse]
_USUAL = {JSON, "*/*"}  # need no parsing


class PersonalToken(AuthBase):
    """Authorization: Bearer. The frame has looked the token up; this tells ninja, and the OpenAPI document."""

    openapi_type = "http"
    openapi_scheme = "bearer"

    def __call__(self, request: HttpRequest) -> ApiToken | None:
        return getattr(request, "api_token", None)


def asker(request: HttpRequest) -> User:
    """The person who asks: the one the token acts as."""
    return cast(User, request.user)


def token_of(request: HttpRequest) -> ApiToken | None:
    """The valid token of a request, with its person. One statement, none without the header."""
    scheme, _, text = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    return person_of(text.strip()) if scheme.lower() == "bearer" and text.strip() else None


def limited(request: HttpRequest, token: ApiToken) -> None:
    """Take one request from the bucket of the token, one small statement. Raises TooMany."""
    request.api_taken = taken = limits.spend("api", token.pk)  # type: ignore[attr-defined]
    if taken and not taken.allowed:
        raise limits.too_many(taken)


def tell_limit(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The answer with the policy and what is left until it is whole again (draft-ietf-httpapi-ratelimit-headers-10)."""
    taken: limits.Taken | None = getattr(request, "api_taken", None)
    if taken is None:
        return response
    rate = taken.rate
    until_full = math.ceil((rate.amount - taken.left) * rate.each)
    response.headers["RateLimit-Policy"] = f'"token";q={rate.amount};w={rate.seconds:.0f}'
    response.headers["RateLimit"] = f'"token";r={taken.left};t={until_full}'
    return response


class Declared:
    """The names an operation declares, by where they are sent, and the type of its body."""

    def __init__(self, operation: Operation) -> None:
        self.names: dict[str, frozenset[str]] = {"query": frozenset()}
        for model in operation.models:
            source = str(model.__ninja_param_source__)
            self.names[source] = frozenset(getattr(model, "__ninja_flatten_map__", None) or model.model_fields)
        self.media_type = "multipart/form-data" if "file" in self.names else JSON if "body" in self.names else ""

    def check(self, request: HttpRequest) -> None:
        """Raise HttpError 415 for a body of another type, ValidationError for a name nobody declared."""
        sent: dict[str, Iterable[str]] = {"query": request.GET}
        has_body = request.META.get("CONTENT_LENGTH") not in (None, "", "0")
        if has_body and self.media_type and request.content_type != self.media_type:
            raise HttpError(415, f"Send the body as {self.media_type}.")
        if "file" in self.names:
            sent |= {"form": request.POST, "file": request.FILES}
        undeclared = [
            {"loc": (source, name), "type": "extra_forbidden", "msg": "There is no such field."}
            for source, values in sent.items()
            for name in values
            if name not in self.names.get(source, ())
        ]
        if undeclared:
            raise ValidationError(undeclared)


def framed(run: Run) -> Run:
    """Decorate the `run` of a ninja operation (mode "view") with the frame."""
    operation: Operation = run.__self__  # type: ignore[attr-defined]
    declared = Declared(operation)
    speaks_json = operation.response_models.get(200, True) is not None

    def within(request: HttpRequest, token: ApiToken, **path: Any) -> HttpResponse:
        request.api_token = token  # type: ignore[attr-defined]
        request.user = token.person
        if speaks_json and request.META.get("HTTP_ACCEPT", "*/*") not in _USUAL and not request.accepts(JSON):
            raise HttpError(406, f"This address answers with {JSON}.")
        declared.check(request)
        if request.method == "POST":
            return idempotency.once(request, token, lambda: run(request, **path))
        return run(request, **path)

    @wraps(run)
    def answer(request: HttpRequest, **path: Any) -> HttpResponse:
        with events.origin("api"):
            try:
                token = token_of(request)
                if token is None:
                    return run(request, **path)
                with speaking_to(token.person):
                    limited(request, token)
                    response = within(request, token, **path)
            except Exception as refusal:
                response = operation.api.on_exception(request, refusal)
            return tell_limit(request, response)

    return answer
