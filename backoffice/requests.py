"""The number of a request: on its answer, in its log lines, on error pages, and on what it leaves for a job."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from time import monotonic
from typing import Any

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template import loader
from django_structlog.middlewares import RequestMiddleware

from backoffice.logs import tell

HEADER = "X-Request-ID"
VALID = re.compile(r"[A-Za-z0-9_-]{8,64}")
# What may stand in a log of an address: numbers and references, never a key from a mail.
PLAIN = re.compile(r"\d{1,18}|T-\d{1,18}")
# Asked every few seconds by machines; told only when something is wrong.
QUIET = {"health", "metrics"}


class NumberMiddleware:
    """Give each request its number: the proxy's, where there is one that we trust and it is well-formed, else our own.

    Stands before everything else, so that redirects and refusals of the outer middleware have one too.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        told = request.META.get("HTTP_X_REQUEST_ID", "") if settings.BEHIND_PROXY else ""
        number = told if VALID.fullmatch(told) else str(uuid.uuid4())
        # django-structlog and the templates read it from there.
        request.META["HTTP_X_REQUEST_ID"] = request.request_id = number  # type: ignore[attr-defined]
        response = self.get_response(request)
        response.headers[HEADER] = number
        return response


class LogMiddleware(RequestMiddleware):  # type: ignore[misc]
    """One line for each request at its end: number, view, person's number, status, milliseconds."""

    def prepare(self, request: HttpRequest) -> None:
        """Bind the number for every line of this request."""
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request.request_id)  # type: ignore[attr-defined]
        request._begun = monotonic()  # type: ignore[attr-defined]

    def handle_response(self, request: HttpRequest, response: HttpResponse) -> None:
        """Write the line, unless the exception was written already or nobody needs it; then forget the number."""
        if hasattr(request, "_raised_exception") or response.streaming:
            super().handle_response(request, response)
        elif not (quiet(request) and response.status_code < 400):
            self._tell(request, response)
        structlog.contextvars.clear_contextvars()

    def _tell(self, request: HttpRequest, response: HttpResponse) -> None:
        # Who the request knows already: a log line is no reason to read a session.
        token, person = getattr(request, "api_token", None), getattr(request, "_cached_user", None)
        who = token.person_id if token else person.pk if person else None
        tell(
            __name__,
            "request_finished",
            self._log_level_for_status_code(response.status_code),
            code=response.status_code,
            request=self.format_request(request),
            milliseconds=round((monotonic() - request._begun) * 1000, 1),  # type: ignore[attr-defined]
            request_id=request.request_id,  # type: ignore[attr-defined]
            **({"user_id": who} if who else {}),
        )

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        """Return method, view and the plain parts of the address; never the address itself or its query."""
        match = request.resolver_match
        if match is None:
            return f"{request.method} ?"
        plain = [str(value) for value in match.kwargs.values() if PLAIN.fullmatch(str(value))]
        return " ".join([str(request.method), match.view_name or match.route, *plain])

    @staticmethod
    def bind_user_id(request: HttpRequest) -> None:
        """Bind the person's number if the request knows it already: a log line is no reason to read a session."""
        person = getattr(request, "_cached_user", None)
        if person is not None and person.pk:
            structlog.contextvars.bind_contextvars(user_id=person.pk)


def quiet(request: HttpRequest) -> bool:
    match = request.resolver_match
    return match is not None and match.url_name in QUIET


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 400 with the number to quote."""
    return _plainly("400.html", 400, request)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500 with the number to quote."""
    return _plainly("500.html", 500, request)


def _plainly(template: str, status: int, request: HttpRequest) -> HttpResponse:
    """A page that asks nothing of the request or the database: whatever failed may be what would be asked."""
    facts: dict[str, Any] = {"number": getattr(request, "request_id", "")}
    return HttpResponse(loader.get_template(template).render(facts), status=status)
