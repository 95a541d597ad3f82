"""The set-up's front door: for admins alone, who sign in and out on the office's own pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.account.decorators import secure_admin_login
from allauth.account.views import logout as account_logout
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.db.models.base import ModelBase
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _


class SetUpSite(AdminSite):
    """Django's admin site under our names. Who is signed in and no admin gets 403, nobody gets the sign-in page."""

    site_title = _("Set-up")
    site_header = _("Set-up")
    index_title = _("What the office is made of")
    enable_nav_sidebar = False

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Only what goes through our verbs: the pages that libraries bring (groups, authenticators) stay out."""
        models = [model_or_iterable] if isinstance(model_or_iterable, ModelBase) else list(model_or_iterable)
        ours = [model for model in models if model.__module__.split(".")[0] not in {"django", "allauth"}]
        super().register(ours, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_active and getattr(request.user, "is_admin", False))

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Callable[..., Any]:
        """The wrapped view; 403 at once for whoever is signed in and may not, instead of a walk through sign-in."""
        inner = super().admin_view(view, cacheable)

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if request.user.is_authenticated and not self.has_permission(request):
                raise PermissionDenied("set-up")
            return inner(request, *args, **kwargs)

        return guarded

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Our sign-in page, with its limits and second factor."""
        return secure_admin_login(lambda inner: redirect("admin:index"))(request)

    def logout(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Our sign-out."""
        return account_logout(request)

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Our page for it."""
        return redirect("account_change_password")
