"""How signing in behaves here: nobody signs up, mail leaves through the office's outgoing rows."""

from typing import Any
from uuid import uuid4

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.db import transaction
from django.http import HttpRequest

from organization.look import office_name
from records.outgoing import queue_mail

UNKNOWN_PERSON = "account/email/unknown_account"


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """People are added by an admin."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Put the mail to the outgoing rows, so that a silent mail server never slows signing in.

        Whoever asks for a new password for somebody unknown waits as long as for somebody known, but no stranger gets
        mail from us: it is written and taken back.
        """
        message = self.render_mail(template_prefix, email, context)
        with transaction.atomic():
            # Each is a message of its own: the second notice of a changed password says the same as the first.
            queue_mail(key=f"account:{uuid4()}", to=email, subject=str(message.subject), text=str(message.body))
            if template_prefix == UNKNOWN_PERSON:
                transaction.set_rollback(True)

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """There are no user names."""


class MfaAdapter(DefaultMFAAdapter):
    def get_totp_issuer(self) -> str:
        """What the app that shows the codes calls us."""
        return office_name()
