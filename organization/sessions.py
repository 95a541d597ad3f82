"""Sessions and rights: other rights, another session key; no rights, no session (OWASP ASVS 5.0, 7.2.4 and 7.4.2).

What somebody may do is asked anew at every request; this is about the key itself. A new password ends the other
sessions already, since their hash no longer fits.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse

from organization.models import User
from organization.standing import Standing

ADMIN, STANDING = "rights_admin", "rights_standing"


def stamp_of(standing: Standing) -> str:
    """A short text that differs where departments, roles or what is managed differ."""
    roles = sorted((post.department_id, str(post.role)) for post in standing.posts.values())
    return hashlib.sha256(repr((roles, sorted(standing.managed))).encode()).hexdigest()[:16]


@receiver(user_logged_in)
def note_rights(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """A session begins with the rights of its first moment."""
    request.session[ADMIN], request.session[STANDING] = user.is_admin, stamp_of(user.standing)


class RightsMiddleware:
    """Give the session another key when the person's rights are others than those it was given for.

    Compared is what the request has read anyway (the person, and where they stand today), so it costs no statement,
    and memberships that begin or end by their dates count too. A request that has read nothing changes nothing.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        person = getattr(request, "_cached_user", None)  # Django's: there once `request.user` was asked for
        if person is not None and person.is_authenticated and request.user.pk == person.pk:
            read = {ADMIN: person.is_admin}
            if "standing" in person.__dict__:
                read[STANDING] = stamp_of(person.standing)
            if any(request.session.get(name) != value for name, value in read.items()):
                renew(request, read)
        return response


def renew(request: HttpRequest, rights: dict[str, Any]) -> None:
    """Another key for the session, under which it stays in the list of sessions; the old key is good for nothing."""
    old = request.session.session_key
    request.session.cycle_key()
    request.session.update(rights)
    UserSession.objects.filter(session_key=old).update(session_key=request.session.session_key)


def end_sessions(person: User) -> int:
    """End all sessions of somebody, wherever they are signed in; returns how many there were."""
    sessions = list(UserSession.objects.filter(user=person))
    for session in sessions:
        session.end()
    return len(sessions)
