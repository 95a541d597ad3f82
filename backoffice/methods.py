"""Pages are read and posted to, nothing else: what libraries bring (forms that take PUT) goes by the same rule."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

PAGES = ("GET", "HEAD", "POST")


class PageMethodsMiddleware:
    """Answer 405 to other methods everywhere but below the API, which says itself what it knows."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """After the check of the CSRF token, before the view."""
        if request.method in PAGES or request.path.startswith("/api/"):
            return None
        return HttpResponseNotAllowed(PAGES)
