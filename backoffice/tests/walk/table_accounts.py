"""Who is answered what by the pages about signing in, and by the look at the office's health.

mira has a password and a second factor; nobody else has either. Everybody signed in a moment ago.
"""

from __future__ import annotations

from typing import Any

from backoffice.tests.walk.cases import ALL, Case, Office
from backoffice.tests.walk.office import PASSWORD

OTHERS = "camvsrd"
HOME = f"302 {ALL}"


def at(path: str, get: str = "", post: str = "", **more: Any) -> Case:
    return Case(lambda office: f"/accounts/{path}", get, post, **more)


def open_to_all(path: str, post: str = "", **more: Any) -> list[Case]:
    """Pages for whoever comes."""
    return [at(path, f"200 {ALL}", post, nobody=200 if post else 0, **more)]


def signs_in(office: Office) -> tuple[str, dict[str, str]]:
    return "/accounts/login/", {"login": office.mira.email, "password": PASSWORD}


def new_password(office: Office) -> dict[str, str]:
    return {"oldpassword": PASSWORD, "password1": "a-new-one-of-hers", "password2": "a-new-one-of-hers"}


DOORS = {
    # A token of the operator opens it, no person; test_metrics.py shows that.
    "metrics": [Case(lambda office: "/metrics", f"404 {ALL}", nobody=0)],
    "accounts/login/": [at("login/", HOME, HOME, nobody=200)],
    "accounts/logout/": [at("logout/", f"200 {ALL}", HOME, nobody_leads="/")],
    "accounts/signup/": [at("signup/", HOME, HOME, nobody=200)],
    "accounts/inactive/": open_to_all("inactive/"),
    "accounts/email/": [at("email/", HOME, nobody_leads="/", nobody=0)],
    "accounts/confirm-email/": open_to_all("confirm-email/"),
    "accounts/^confirm-email/(?P<key>[-:\\w]+)/$": [at("confirm-email/x:y/", f"200 {ALL}", f"404 {ALL}", nobody=0)],
    "accounts/login/code/confirm/": [at("login/code/confirm/", HOME, HOME)],
}
PASSWORDS = {
    "accounts/password/change/": [
        at("password/change/", f"200 h, 302 {OTHERS}", f"302 {ALL}", data=new_password, leads="/accounts/password/")
    ],
    "accounts/password/set/": [
        at("password/set/", f"302 h, 200 {OTHERS}", f"302 h, 200 {OTHERS}", leads="/accounts/password/change/")
    ],
    "accounts/password/reset/": open_to_all("password/reset/", f"200 {ALL}"),
    "accounts/password/reset/done/": open_to_all("password/reset/done/"),
    "accounts/password/reset/key/done/": open_to_all("password/reset/key/done/"),
    "accounts/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": open_to_all(
        "password/reset/key/1-x-y/", f"200 {ALL}"
    ),
    "accounts/reauthenticate/": [at("reauthenticate/", f"200 h, 403 {OTHERS}", f"200 h, 403 {OTHERS}")],
}
SECOND_STEP = {
    "accounts/2fa/": [at("2fa/", f"200 {ALL}")],
    "accounts/2fa/authenticate/": [
        at("2fa/authenticate/", HOME, HOME),
        at("2fa/authenticate/", HOME, HOME, nobody=200, first=signs_in),
    ],
    "accounts/2fa/reauthenticate/": [at("2fa/reauthenticate/", f"200 h, 403 {OTHERS}", f"200 h, 403 {OTHERS}")],
    "accounts/2fa/totp/activate/": [at("2fa/totp/activate/", f"302 h, 200 {OTHERS}", f"302 h, 200 {OTHERS}")],
    "accounts/2fa/totp/deactivate/": [at("2fa/totp/deactivate/", f"200 h, 404 {OTHERS}", f"302 h, 404 {OTHERS}")],
    "accounts/2fa/recovery-codes/": [at("2fa/recovery-codes/", f"200 h, 404 {OTHERS}")],
    "accounts/2fa/recovery-codes/generate/": [
        at("2fa/recovery-codes/generate/", f"200 {ALL}", f"302 h, 200 {OTHERS}"),
    ],
    "accounts/2fa/recovery-codes/download/": [
        at("2fa/recovery-codes/download/", f"200 h, 404 {OTHERS}", f"405 h, 404 {OTHERS}")
    ],
    "accounts/sessions/": [at("sessions/", f"200 {ALL}", HOME, leads="/accounts/sessions/")],
}
HEALTH = {"health/": [Case(lambda office: "/health/", f"200 {ALL}", nobody=0)]}
ROWS = HEALTH | DOORS | PASSWORDS | SECOND_STEP
