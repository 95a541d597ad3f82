"""Sessions: how long they last; other rights, another session key; no rights, no session (OWASP ASVS 5.0, 7.2 to 7.4).

What somebody may do is asked anew at every request; this is about the key itself. A new password ends the other
sessions already, since their hash no longer fits.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from typing import Any

from allauth.account.signals import authentication_step_completed
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.models import Session
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from organization.models import User
from organization.standing import Standing

ADMIN, STANDING = "rights_admin", "rights_standing"
BEGAN, SEEN = "began", "seen"  # seconds since 1970: of signing in, and of the last thing done
NOTED = 300  # seconds: how exactly SEEN is kept, so that few requests write
# What pages ask by themselves every few seconds is no sign that anybody is there. A draft is one: somebody types.
POLLS = {"tasks:live", "tasks:presence", "reports:progress", "audit:chain"}


def stamp_of(standing: Standing) -> str:
    """A short text that differs where departments, roles or what is managed differ."""
    roles = sorted((post.department_id, str(post.role)) for post in standing.posts.values())
    return hashlib.sha256(repr((roles, sorted(standing.managed))).encode()).hexdigest()[:16]


@receiver(user_logged_in)
def note_rights(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """A session begins with the rights of its first moment."""
    request.session[ADMIN], request.session[STANDING] = user.is_admin, stamp_of(user.standing)
    request.session[BEGAN] = request.session[SEEN] = int(time.time())


class AgeMiddleware:
    """End a session nobody has used for SESSION_IDLE_AGE seconds, and each after SESSION_COOKIE_AGE.

    It slides with whatever a person does, typing included; an open page alone does not keep it. It reads what the
    request has read anyway and writes once in NOTED seconds. Then the page asks to sign in, and drafts are kept.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        """Once it is known what is asked for, before it is done."""
        person = getattr(request, "_cached_user", None)  # Django's: there once `request.user` was asked for
        if person is None or not person.is_authenticated:
            return
        session, now = request.session, int(time.time())
        began, seen = session.setdefault(BEGAN, now), session.setdefault(SEEN, now)
        if now - began >= settings.SESSION_COOKIE_AGE or now - seen >= settings.SESSION_IDLE_AGE:
            logout(request)
        elif now - seen >= NOTED and request.resolver_match and request.resolver_match.view_name not in POLLS:
            session[SEEN] = now


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


@receiver(authentication_step_completed)
def renew_on_proof(sender: Any, request: HttpRequest, **proof: Any) -> None:
    """Who proves once more that it is them goes on under another key."""
    if proof.get("reauthenticated") and request.session.session_key:
        renew(request, {})


def clear_expired() -> None:
    """Remove sessions that are over, and what lists them."""
    Session.objects.filter(expire_date__lt=timezone.now()).delete()
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()


def end_sessions(person: User, *, but: str | None = None) -> int:
    """End all sessions of somebody but the one of a key, wherever they are signed in; returns how many there were."""
    sessions = list(UserSession.objects.filter(user=person).exclude(session_key=but or ""))
    for session in sessions:
        session.end()
    return len(sessions)
