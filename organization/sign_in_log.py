"""What happens at the door, in the log: who came in and how, who did not, what was changed about coming in.

Without names, addresses or codes: a person is a number, a failed try none at all; the number of the request leads to
the address in the proxy's log.
"""

from __future__ import annotations

from typing import Any

import structlog
from allauth.account import signals as account
from allauth.mfa import signals as mfa
from django.contrib.auth.signals import user_logged_out, user_login_failed
from django.dispatch import receiver

log = structlog.get_logger(__name__)


@receiver(account.user_logged_in)
def signed_in(sender: Any, user: Any, **more: Any) -> None:
    log.info("signed_in", user_id=user.pk)


@receiver(account.authentication_step_completed)
def proved(sender: Any, user: Any, method: str, **more: Any) -> None:
    """Each step by itself: a password, then a code; `again` is the proof asked for before something sensitive."""
    log.info("proved", user_id=user.pk, method=method, kind=more.get("type"), again=bool(more.get("reauthenticated")))


@receiver(user_login_failed)
def not_signed_in(sender: Any, **more: Any) -> None:
    log.warning("sign_in_failed")


@receiver(user_logged_out)
def signed_out(sender: Any, user: Any, **more: Any) -> None:
    if user is not None:
        log.info("signed_out", user_id=user.pk)


def _tell(signal: Any, what: str) -> None:
    def told(sender: Any, user: Any, **more: Any) -> None:
        log.info(what, user_id=user.pk)

    signal.connect(told, weak=False, dispatch_uid=f"{__name__}.{what}")


for signal, what in (
    (account.password_set, "password_set"),
    (account.password_changed, "password_changed"),
    (account.password_reset, "password_reset"),
    (mfa.authentication_failed, "second_step_failed"),
    (mfa.authenticator_added, "second_step_added"),
    (mfa.authenticator_removed, "second_step_removed"),
    (mfa.authenticator_reset, "recovery_codes_renewed"),
):
    _tell(signal, what)
