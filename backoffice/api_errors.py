"""Every refusal of the API as problem details: which exception becomes which status and code."""

from __future__ import annotations

import json
from typing import Any

from django.core.exceptions import (
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
    ValidationError,
)
from django.core.signals import got_request_exception
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja import errors as ninja
from ninja.parser import Parser

from core.problems import problem
from core.refusals import Refused, TooMany

CODES = {400: "malformed", 401: "no_token", 406: "not_acceptable", 413: "too_large", 415: "media_type"}


class StrictParser(Parser):
    """JSON as RFC 8259 has it: UTF-8, and neither NaN nor Infinity."""

    def parse_body(self, request: HttpRequest) -> Any:
        return json.loads(request.body.decode("utf-8"), parse_constant=_refuse_constant)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def install(api: NinjaAPI) -> None:
    """Have `api` answer every exception with problem details."""
    handlers: dict[type[Exception], Any] = {
        Exception: broken,
        Http404: missing,
        PermissionDenied: not_permitted,
        Refused: refused,
        ValidationError: invalid,
        SuspiciousOperation: malformed,
        MultiPartParserError: malformed,
        UnreadablePostError: malformed,
        RequestDataTooBig: too_large,
        ninja.ValidationError: misshapen,
        ninja.AuthenticationError: no_token,
        ninja.HttpError: http_error,
    }
    for exception, handler in handlers.items():
        api.add_exception_handler(exception, handler)


def broken(request: HttpRequest, error: Exception) -> HttpResponse:
    """Our own fault: logged with its traceback and told to Django's listeners, never shown."""
    got_request_exception.send(sender=NinjaAPI, request=request)
    return problem(request, 500, "internal", _("Something went wrong here. It has been written down."))


def missing(request: HttpRequest, error: Http404) -> HttpResponse:
    detail = _("There is nothing here, or nothing you can reach.")
    return problem(request, 404, "not_found", detail)


def not_permitted(request: HttpRequest, error: PermissionDenied) -> HttpResponse:
    return problem(request, 403, "not_permitted", _("You may not do this."))


def refused(request: HttpRequest, error: Refused) -> HttpResponse:
    """A verb's refusal: the sentence a person would see, with its facts beside it."""
    faults = []
    if error.field:
        fault = {"where": "body", "field": error.field, "code": error.code, "detail": str(error.sentence)}
        faults.append(fault)
    response = problem(request, error.status, error.code, error.sentence, errors=faults, **_facts(error.detail))
    if isinstance(error, TooMany):
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def _facts(detail: dict[str, Any]) -> dict[str, Any]:
    taken = {"type", "title", "status", "detail", "instance", "code", "errors"}
    return {name: value for name, value in detail.items() if name not in taken}


def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """What a model's own check says of a value."""
    by_field = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
    faults = [
        {"where": "body", "field": name.removeprefix("__all__"), "code": "invalid", "detail": message}
        for name, messages in by_field.items()
        for message in messages
    ]
    return _misshapen(request, faults)


def misshapen(request: HttpRequest, error: ninja.ValidationError) -> HttpResponse:
    return _misshapen(request, [_fault(found) for found in error.errors])


def _misshapen(request: HttpRequest, faults: list[dict[str, str]]) -> HttpResponse:
    return problem(request, 422, "invalid", _("Some fields are not as they should be."), errors=faults)


def _fault(found: dict[str, Any]) -> dict[str, str]:
    """One of pydantic's errors; the names a parameter has inside the program are left out."""
    where, *path = (str(part) for part in found["loc"])
    inner = path[1:] if where == "body" or (path[:1] == ["query"] and len(path) > 1) else path
    detail = found["msg"].removeprefix("Value error, ")
    return {"where": where, "field": ".".join(inner), "code": found["type"], "detail": detail}


def malformed(request: HttpRequest, error: Exception) -> HttpResponse:
    return problem(request, 400, "malformed", _("The request cannot be read."))


def too_large(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    return problem(request, 413, "too_large", _("The request is too large."))


def no_token(request: HttpRequest, error: ninja.AuthenticationError) -> HttpResponse:
    response = problem(request, 401, "no_token", _("Send a valid token: Authorization: Bearer."))
    response.headers["WWW-Authenticate"] = 'Bearer realm="api"'
    return response


def http_error(request: HttpRequest, error: ninja.HttpError) -> HttpResponse:
    code = CODES.get(error.status_code, "refused")
    return problem(request, error.status_code, code, error.message)
