"""The person's own language and time zone for every page they see."""

import zoneinfo
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.translation.trans_real import get_supported_language_variant


class PersonLocaleMiddleware:
    """Activate the signed-in person's zone and language, else the browser's language and the office's zone.

    Reading them needs the person, so it happens for pages only; the API's tokens carry their own.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(("/api/", "/health/", "/static/", "/look/")):
            return self.get_response(request)
        user = request.user
        if user.is_authenticated:
            try:
                language = get_supported_language_variant(user.language)
            except LookupError:
                language = translation.get_language_from_request(request)
            with timezone.override(zoneinfo.ZoneInfo(user.time_zone)), translation.override(language):
                return self._answer(request, language)
        language = translation.get_language_from_request(request)
        with translation.override(language):
            return self._answer(request, language)

    def _answer(self, request: HttpRequest, language: str) -> HttpResponse:
        request.LANGUAGE_CODE = language  # type: ignore[attr-defined]
        response = self.get_response(request)
        # Template responses are rendered inside the override, streaming ones carry no text of ours.
        if hasattr(response, "render") and callable(response.render) and not getattr(response, "is_rendered", True):
            response = response.render()
        response.headers.setdefault("Content-Language", language)
        return response
