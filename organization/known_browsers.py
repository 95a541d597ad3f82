"""Who tries passwords: browsers somebody has signed in with are told apart from strangers.

A stranger who tries passwords for an address uses up the tries of strangers only, so nobody is locked out of the
browser they work with ("Device Cookies", OWASP, Slow Down Online Guessing Attacks). The cookie opens nothing: it only
says under which name tries are counted.
"""

from __future__ import annotations

import datetime as dt
import secrets

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from records.limits import hashed

KEPT = dt.timedelta(days=180)
_SIGNER = "organization.known_browsers"


def counted_as(request: HttpRequest, email: str) -> str:
    """The name under which tries for `email` from this browser are counted."""
    try:
        known = signing.loads(request.COOKIES.get(settings.KNOWN_COOKIE_NAME, ""), salt=_SIGNER, max_age=KEPT)
    except signing.BadSignature:
        known = []
    whose, number = known if isinstance(known, list) and len(known) == 2 else ("", "")
    return f"{hashed(email)}:{number}" if whose == hashed(email) else hashed(email)


def remember(request: HttpRequest, response: HttpResponse, email: str) -> None:
    """Have the browser carry the cookie, unless it does already."""
    if counted_as(request, email) == hashed(email):
        response.set_cookie(
            settings.KNOWN_COOKIE_NAME,
            signing.dumps([hashed(email), secrets.token_hex(8)], salt=_SIGNER),
            max_age=KEPT,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
