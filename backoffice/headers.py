"""The headers every answer carries, whoever made it: a page, the API, a file, a static file, an error."""

from __future__ import annotations

from collections.abc import Callable

from csp.utils import build_policy
from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage
from django.http import HttpRequest, HttpResponse

PRIVATE = "private, no-store"
# What stays in the browser of somebody who signs out: nothing (W3C, Clear Site Data). Cookies end by themselves; the
# one that tells a known browser from a stranger's stays.
CLEARED = '"cache", "storage"'


class HeadersMiddleware:
    """Complete the headers of each answer; what a view has said itself stays.

    Stands before everything that may refuse a request, so that refusals carry them too. Whatever says nothing of
    caches is private: only static files, with a hash in their names, may be kept.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.always = {
            "Content-Security-Policy": build_policy(),  # once: nothing of it depends on a request
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": settings.X_FRAME_OPTIONS,
            "Referrer-Policy": settings.SECURE_REFERRER_POLICY,
            "Permissions-Policy": settings.PERMISSIONS_POLICY,
            "Cross-Origin-Opener-Policy": settings.SECURE_CROSS_ORIGIN_OPENER_POLICY,
            "Cross-Origin-Resource-Policy": "same-origin",
            "Cache-Control": PRIVATE,
        }
        self.lasting = f"max-age={settings.SECURE_HSTS_SECONDS}; includeSubDomains; preload"

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in self.always.items():
            response.headers.setdefault(name, value)
        if settings.SECURE_HSTS_SECONDS and request.is_secure():
            response.headers.setdefault("Strict-Transport-Security", self.lasting)
        if getattr(request, "signed_out", False):  # organization.accounts says so
            response.headers["Clear-Site-Data"] = CLEARED
        return response


class NamedCookieStorage(CookieStorage):
    """Django's, under the name of our settings."""

    cookie_name = settings.MESSAGES_COOKIE_NAME


class MessageStorage(FallbackStorage):
    """What is told once after a redirect travels in a signed cookie, what is too long in the session."""

    storage_classes = (NamedCookieStorage, SessionStorage)
