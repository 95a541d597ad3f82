"""How signing in behaves here: nobody signs up, tries are limited, mail leaves through the office's outgoing rows."""

from typing import Any
from uuid import uuid4

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.internal.ratelimit import get_ip
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from organization import known_browsers, second_step
from organization.look import office_name
from records import limits
from records.outgoing import queue_mail

UNKNOWN_PERSON = "account/email/unknown_account"


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """People are added by an admin."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Take a try from the buckets of this browser and address, then of where it comes from; else refuse.

        Instead of allauth's own count of wrong passwords: that one can be used to lock somebody out.
        """
        for name, who in self._tries(request, credentials):
            taken = limits.spend(name, who)
            if taken and not taken.allowed:
                raise self.validation_error("too_many_login_attempts")

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        """As allauth's; a right password is no try."""
        user = super().authenticate(request, **credentials)
        if user:
            for name, who in self._tries(request, credentials):
                limits.give_back(name, who)
        return user

    def _tries(self, request: HttpRequest, credentials: dict[str, Any]) -> list[tuple[str, str]]:
        email = credentials.get("email", credentials.get("username", ""))
        return [("sign_in", known_browsers.counted_as(request, email)), ("sign_in_from", get_ip(request))]

    def _delete_login_attempts_cached_email(self, request: HttpRequest, **credentials: Any) -> None:
        """A new password by mail forgives the wrong ones."""
        limits.forgive("sign_in", known_browsers.counted_as(request, credentials["email"]))

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        """Remember the browser: from now on it has tries of its own."""
        response = super().post_login(request, user, **kwargs)
        known_browsers.remember(request, response, user.email)
        return response

    def logout(self, request: HttpRequest) -> None:
        """Sign out; the answer has the browser forget what it holds of us (backoffice.headers)."""
        super().logout(request)
        request.signed_out = True  # type: ignore[attr-defined]

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Put the mail to the outgoing rows, so that a silent mail server never slows signing in.

        Whoever asks for a new password for somebody unknown waits as long as for somebody known, but no stranger gets
        mail from us: it is written and taken back. Nobody's mailbox is filled by others: see RATE_MAIL.
        """
        taken = limits.spend("mail", limits.hashed(email))
        if taken and not taken.allowed:
            return  # the page says what it always says
        message = self.render_mail(template_prefix, email, context)
        with transaction.atomic():
            # Each is a message of its own: the second notice of a changed password says the same as the first.
            queue_mail(key=f"account:{uuid4()}", to=email, subject=str(message.subject), text=str(message.body))
            if template_prefix == UNKNOWN_PERSON:
                transaction.set_rollback(True)

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """There are no user names."""


class MfaAdapter(second_step.Adapter):
    def get_totp_issuer(self) -> str:
        """What the app that shows the codes calls us."""
        return office_name()
