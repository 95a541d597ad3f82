"""The Content-Security-Policy header: django-csp's, but put together once, for nothing of ours depends on a request."""

from __future__ import annotations

from collections.abc import Callable

from csp.constants import HEADER
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase


class PolicyMiddleware:
    """Give every answer the policy of the settings, unless it has a stricter one of its own (files have).

    Django's own pages for developers need what the policy forbids; they exist only while DEBUG is on.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.policy = str(build_policy())

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if not (settings.DEBUG and response.status_code in {404, 500}):
            response.headers.setdefault(HEADER, self.policy)
        return response
