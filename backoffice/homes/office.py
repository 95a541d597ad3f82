"""What an admin should know: whether the office is at work, and what its set-up still lacks."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, Value
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.health import check_all
from organization.models import Department, Membership, Site, User
from records.models import Run
from tasks.models import ProcedureVersion, Task

_PARTS = {
    "database": gettext_lazy("the database"),
    "broker": gettext_lazy("the broker"),
    "worker": gettext_lazy("the worker of quick jobs"),
    "long": gettext_lazy("the worker of long runs"),
    "schedule": gettext_lazy("the schedule"),
}


def steps_left() -> list[tuple[str, str]]:
    """What is not set up yet, in its order: words and the way there. One statement."""
    published = ProcedureVersion.objects.filter(stage=ProcedureVersion.Stage.PUBLISHED)
    steps = [
        ("site", Site.objects.all(), _("Add a site: where people work, in which time zone"), "set_up:sites"),
        ("department", Department.objects.all(), _("Add a department"), "set_up:departments"),
        ("person", User.objects.filter(is_admin=False), _("Add people"), "set_up:people"),
        ("membership", Membership.objects.all(), _("Say who works in which department"), "set_up:people"),
        ("procedure", published, _("Publish a procedure: what kind of work is done"), "set_up:procedures"),
        ("task", Task.objects.all(), _("Create the first task"), "tasks:new"),
    ]
    there: Any = User.objects.annotate(one=Value(1)).values("one")
    found = there.annotate(**{name: Exists(rows) for name, rows, _words, _view in steps})[:1].get()
    return [(words, _way(view)) for name, _rows, words, view in steps if not found[name]]


def _way(view: str) -> str:
    try:
        return reverse(view)
    except NoReverseMatch:
        return reverse("set_up:home")


def failing() -> list[str]:
    """The parts of the office that do not answer or have been silent; within half a second."""
    names = {name: str(words) for name, words in _PARTS.items()}
    return [names.get(name, name) for name, check in check_all().items() if not check["ok"]]


def parked() -> int:
    """Runs that were given up after five tries, counted up to a hundred."""
    return len(Run.objects.filter(state=Run.State.PARKED).values_list("pk")[:100])
