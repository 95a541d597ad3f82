"""The root of the API: one NinjaAPI at /api/v1/, each app's router in its place."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, re_path
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI

from backoffice import api_errors
from backoffice.api_document import described
from core.problems import problem
from organization.api import router as organization
from organization.api_frame import PersonalToken, framed
from organization.api_notices import router as notices
from reports.api import router as reports
from tasks.api import router as tasks


class OfficeAPI(NinjaAPI):
    """NinjaAPI whose OpenAPI document tells of problem details and idempotency keys."""

    @cached_property
    def document(self) -> dict[str, Any]:
        return described(super().get_openapi_schema())

    def get_openapi_schema(self, **kwargs: Any) -> Any:
        return self.document


api = OfficeAPI(
    title="Backoffice",
    version="1",
    description="The work of the office, by the same verbs and rights as its pages.",
    docs_url=None,
    auth=PersonalToken(),
    parser=api_errors.StrictParser(),
    urls_namespace="api",
)
api_errors.install(api)
api.add_decorator(framed, mode="view")
api.add_router("", organization)
api.add_router("", notices)
api.add_router("", tasks)
api.add_router("", reports)


def unknown(request: HttpRequest) -> HttpResponse:
    """An address below the API that names nothing."""
    return api_errors.missing(request, Http404())


def in_problems(view: Callable[..., Any]) -> Callable[..., HttpResponse]:
    """What ninja leaves to Django or says in plain text, a missing root and a wrong method, as problems too."""

    @csrf_exempt
    @wraps(view)
    def answer(request: HttpRequest, **path: Any) -> HttpResponse:
        if settings.SECURE_SSL_REDIRECT and not request.is_secure():
            detail = _("Use https. What was just sent could be read on its way: make a new token.")
            return problem(request, 403, "https_only", detail)
        try:
            response: HttpResponse = view(request, **path)
        except Http404 as missing:
            return api_errors.missing(request, missing)
        if response.status_code != 405:
            return response
        told = problem(request, 405, "method", _("This address does not know the method."))
        told.headers["Allow"] = response.headers["Allow"]
        return told

    return answer


def _paths() -> list[URLPattern]:
    patterns, _app, _namespace = api.urls
    known = [
        URLPattern(one.pattern, in_problems(one.callback), one.default_args, one.name)
        for one in patterns
        if isinstance(one, URLPattern)
    ]
    return [*known, re_path(r"", csrf_exempt(unknown), name="unknown")]


urls = (_paths(), "ninja", api.urls_namespace)
