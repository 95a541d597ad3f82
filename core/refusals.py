"""How a verb says no: one exception with a sentence for the person, one place that turns it into an answer."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


class Refused(Exception):
    """A verb cannot be done now. `sentence` is shown to the person; `code` is stable for programs.

    `field` names the input at fault where there is one; `detail` carries facts (JSON-able) for the answer.
    """

    status = 409

    def __init__(self, sentence: Any, *, code: str = "refused", field: str | None = None, **detail: Any) -> None:
        super().__init__(str(sentence))
        self.sentence = sentence
        self.code = code
        self.field = field
        self.detail = detail


class Stale(Refused):
    """The row moved on since the person read it. `theirs` is the stored version, `mine` what was typed."""

    def __init__(self, sentence: Any, *, theirs: dict[str, Any], mine: dict[str, Any]) -> None:
        super().__init__(sentence, code="stale", theirs=theirs, mine=mine)


class TooMany(Refused):
    """Somebody does something too often. `retry_after` is in how many seconds it can be done again (RFC 6585)."""

    status = 429

    def __init__(self, sentence: Any, *, retry_after: int) -> None:
        super().__init__(sentence, code="too_many", retry_after=retry_after)
        self.retry_after = retry_after


class RefusedMiddleware:
    """Turn a Refused that no view caught into a page of its status (409, 429), or a part for htmx."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Refused):
            return None
        template = "parts/_refused.html" if request.headers.get("HX-Request") else f"{exception.status}.html"
        response = render(request, template, {"refused": exception}, status=exception.status)
        if isinstance(exception, TooMany):
            response.headers["Retry-After"] = str(exception.retry_after)
        return response
