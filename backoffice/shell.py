"""The frame of every page: the way around, who is signed in, how much waits. Read on demand, once a page.

Parts drawn for htmx never ask for it, so it costs them nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, get_script_prefix, reverse
from django.utils.translation import gettext_lazy as _

from backoffice.audit.rules import can_audit
from backoffice.shell_set_up import GROUPS, SetUpPlace
from organization.look import Shown, look
from tasks.counts import nav_counts


def everyone(user: Any) -> bool:
    """Whoever is signed in."""
    return True


def sees_departments(user: Any) -> bool:
    """Members and managers of a department, and admins."""
    return bool(user.is_admin or user.standing.departments)


def asks_only(user: Any) -> bool:
    """Who works in no department has only what they asked for."""
    return not sees_departments(user)


def sets_up(user: Any) -> bool:
    """Admins set up the office."""
    return bool(user.is_admin)


@dataclass(frozen=True)
class Entry:
    """One place in the navigation; `short` is its name in the bar of a phone, `count` its key in the counts.

    It is the current place below its own address and below each of `covers`.
    """

    view: str
    label: Any
    icon: str
    short: Any = None
    count: str = ""
    covers: tuple[str, ...] = ()
    shown: Callable[[Any], bool] = everyone


ENTRIES = (
    Entry(
        "tasks:queue",
        _("My queue"),
        "queue",
        short=_("Queue"),
        count="mine",
        covers=("tasks/",),
        shown=sees_departments,
    ),
    Entry("requests:index", _("What I asked for"), "queue", short=_("Asked"), covers=("tasks/",), shown=asks_only),
    Entry(
        "tasks:department",
        _("Department"),
        "people",
        count="departments",
        covers=("departments/",),
        shown=sees_departments,
    ),
    Entry("reports:index", _("Reports"), "chart", shown=sees_departments),
    Entry("audit:index", _("Audit"), "shield", shown=can_audit),
    Entry("set_up:home", _("Set-up"), "setup", shown=sets_up),
)

ACCOUNT_PAGES = (
    ("profile", _("Profile")),
    ("notices_ways", _("Notices")),
    ("account_change_password", _("Password")),
    ("mfa_index", _("Two-step sign-in")),
    ("usersessions_list", _("Where I am signed in")),
)

DEMO_SIGN_INS = (
    (_("Assistant"), "assistant@demo.example"),
    (_("Manager"), "manager@demo.example"),
    (_("Admin"), "admin@demo.example"),
    (_("Colleague"), "colleague@demo.example"),
)


@dataclass(frozen=True)
class Place:
    """An entry as this person sees it on this page. `count` is a text such as "9" or "99+", or empty; `key` is its name
    among the counts."""

    href: str
    label: Any
    short: Any
    icon: str
    count: str
    current: str
    key: str = ""


@cache
def _address(view: str, prefix: str) -> str | None:
    try:
        return reverse(view)
    except NoReverseMatch:
        return None


def address(view: str) -> str | None:
    """The address of a named page, None where this office has no such page."""
    return _address(view, get_script_prefix())


class Shell:
    """What `templates/base.html` and `templates/door.html` ask for, each answer computed at most once."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @property
    def look(self) -> Shown:
        """Name, logo and colour of the office; kept by the process, so it costs a page nothing."""
        return look()

    @property
    def office(self) -> str:
        """What the office is called."""
        return self.look.name

    @cached_property
    def counts(self) -> dict[str, str]:
        """The numbers of the frame, in one statement."""
        return nav_counts(self.request.user)

    @property
    def unread(self) -> str:
        """How much the person was told and has not read: "9", "99+", or empty."""
        count = self.counts.get("notices", "0")
        return "" if count == "0" else count

    @cached_property
    def places(self) -> list[Place]:
        """The navigation of the signed-in person; one call for the counts."""
        user = self.request.user
        entries = [(entry, href) for entry in ENTRIES if (href := address(entry.view)) and entry.shown(user)]
        counts = self.counts if entries else {}
        return [
            Place(
                self._kept(href),
                entry.label,
                entry.short,
                entry.icon,
                counts.get(entry.count, "") if entry.count else "",
                self._current(href, entry.covers),
                entry.count,
            )
            for entry, href in entries
        ]

    def _kept(self, href: str) -> str:
        """An address with what was chosen there last: from elsewhere the queue is the list one was in.

        In the queue itself the entry leads to the whole of it. What was chosen stands in the session already.
        """
        session = getattr(self.request, "session", None)
        if session is None or href != address("tasks:queue") or self.request.path == href:
            return href
        return href + str(session.get("list", ""))

    @cached_property
    def account_places(self) -> list[Place]:
        """The pages about one's own account."""
        known = [(href, label) for view, label in ACCOUNT_PAGES if (href := address(view))]
        return [Place(href, label, None, "", "", self._current(href)) for href, label in known]

    @cached_property
    def set_up_groups(self) -> list[tuple[Any, list[SetUpPlace]]]:
        """The pages of the set-up by group, on its pages and for those who may; empty elsewhere."""
        start = address("set_up:home")
        if not (start and self.request.path.startswith(start) and sets_up(self.request.user)):
            return []
        return [
            (
                title,
                [
                    SetUpPlace(href, entry.label, entry.words, self._current(href))
                    for entry in entries
                    if (href := address(entry.view))
                ],
            )
            for title, entries in GROUPS
        ]

    @cached_property
    def new_task(self) -> str | None:
        """Where a task is made; who works in no department asks for something."""
        return address("requests:choose" if self.only_asks else "tasks:new")

    @cached_property
    def only_asks(self) -> bool:
        """Has the signed-in person nothing but what they asked for?"""
        return asks_only(self.request.user)

    @cached_property
    def demo_sign_ins(self) -> tuple[tuple[Any, str], ...]:
        """Names and addresses of the demo people; empty in an office with real work."""
        return DEMO_SIGN_INS if settings.DEMO else ()

    def _current(self, href: str, covers: tuple[str, ...] = ()) -> str:
        path = self.request.path
        if path == href:
            return "page"
        below = (href, *(get_script_prefix() + cover for cover in covers))
        return "true" if path.startswith(below) else ""


def shell(request: HttpRequest) -> dict[str, Shell]:
    """Context processor: `shell` in every page template."""
    return {"shell": Shell(request)}
