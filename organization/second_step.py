"""The second step of signing in: its secrets are stored encrypted, and an office can ask it of its people."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable
from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.signals import authenticator_added, authenticator_removed
from allauth.mfa.utils import is_mfa_enabled
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.contrib import messages
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from organization.sessions import end_sessions

MARK = "f1:"
HAS = "second_step"  # in the session: no need to look again
NOBODY, ADMINS, EVERYBODY = "nobody", "admins", "everybody"


def _fernet() -> MultiFernet:
    """AES-128-CBC with HMAC-SHA-256, under keys derived from SECRET_KEY and its fallbacks (RFC 5869)."""
    keys = []
    for text in [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]:
        derived = HKDF(hashes.SHA256(), 32, salt=None, info=b"organization.second_step").derive(text.encode())
        keys.append(Fernet(base64.urlsafe_b64encode(derived)))
    return MultiFernet(keys)


class Adapter(DefaultMFAAdapter):
    """allauth's, which would store secrets as they are: whoever reads a backup could make everybody's codes."""

    def encrypt(self, text: str) -> str:
        return MARK + _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The secret; what an older version stored is returned as it is.

        Under another SECRET_KEY it is gone: then something nobody knows is returned, so that no code fits.
        """
        if not encrypted_text.startswith(MARK):
            return encrypted_text
        try:
            return _fernet().decrypt(encrypted_text.removeprefix(MARK).encode()).decode()
        except InvalidToken:
            return base64.b32encode(secrets.token_bytes(20)).decode()


@receiver([authenticator_added, authenticator_removed])
def end_other_sessions(sender: Any, request: HttpRequest | None, user: Any, **more: Any) -> None:
    """Whoever was signed in elsewhere when the second step changes must come in by the new way."""
    if request is not None:
        request.session.pop(HAS, None)
        end_sessions(user, but=request.session.session_key)


class SecondStepMiddleware:
    """Where the office asks for a second step (SECOND_STEP_FOR), lead those who have none to setting it up.

    Nothing else can be done until then but that, proving who one is, and signing out.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Before anything is done; one statement until the step is set up, then none."""
        person = getattr(request, "_cached_user", None)
        if person is None or not request.user.is_authenticated or not wanted_of(person) or request.session.get(HAS):
            return None
        if is_mfa_enabled(person):
            request.session[HAS] = True
            return None
        if request.resolver_match and (request.resolver_match.view_name or "").startswith(("mfa_", "account_")):
            return None
        messages.info(request, _("This office asks for a second step. Set it up first."))
        return HttpResponseRedirect(reverse("mfa_activate_totp"))


def wanted_of(person: Any) -> bool:
    """Whether the office asks somebody for a second step."""
    who = settings.SECOND_STEP_FOR
    return bool(who == EVERYBODY or (who == ADMINS and person.is_admin))
