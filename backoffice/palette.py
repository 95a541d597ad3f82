"""The command palette (Ctrl+K): where one can go and what one can begin. What can be done with the work on the page
the page itself knows: `static/js/palette.js` reads its buttons."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from backoffice import shell
from backoffice.search import LONGEST, found
from backoffice.shell_set_up import GROUPS
from core.folding import fold
from organization.models import Department
from records.finding import Found
from tasks.models import Procedure

SHOWN = 6


@dataclass
class Group:
    """Options under one heading."""

    name: str
    label: str
    rows: list[Found] = field(default_factory=list)


@login_required
@require_safe
def palette(request: HttpRequest) -> HttpResponse:
    """The options for `?q=`, a part: pages, departments, what the finders find, and tasks to begin."""
    user: Any = request.user
    text = request.GET.get("q", "").replace("\x00", "")[:LONGEST]
    groups = [Group("go", _("Go to"), [*pages(user, text), *departments(user, text)])]
    if text.strip():
        for finder, finds in found(user, text, SHOWN):
            groups.append(Group(finder.kind, str(finder.label), list(finds.rows)))
        more = Found(_("Search everything for “%(words)s”") % {"words": text.strip()}, _search(text), icon="search")
        groups.append(Group("search", _("Search"), [more]))
    groups.append(Group("new", _("Create"), new_tasks(user, text)))
    return render(request, "search/_palette.html", {"groups": [group for group in groups if group.rows]})


def _search(text: str) -> str:
    return f"{reverse('search')}?{urlencode({'q': text.strip()})}"


def matches(text: str, words: str) -> bool:
    """Does each word of `text` begin a word of `words`?"""
    parts = fold(words).split()
    return all(any(part.startswith(word) for part in parts) for word in fold(text).split())


def pages(user: Any, text: str) -> Iterator[Found]:
    """The pages of the navigation, of one's account, and of the set-up for those who may."""
    known = [(one.view, str(one.label), one.icon) for one in shell.ENTRIES if one.shown(user)]
    known += [(view, str(label), "person") for view, label in shell.ACCOUNT_PAGES]
    if shell.sets_up(user):
        known += [(one.view, str(one.label), "setup") for _title, entries in GROUPS for one in entries]
    for view, label, icon in known:
        href = shell.address(view)
        # With nothing typed the way around is short; the pages of the account come by name.
        if href and (
            matches(text, label) if text.strip() else icon not in {"person", "setup"} or view == "set_up:home"
        ):
            yield Found(label, href, icon=icon)


def departments(user: Any, text: str) -> list[Found]:
    """Departments whose work one sees, by name or code."""
    if not text.strip():
        return []
    rows = Department.objects.worked_by(user).active().order_by("folded_name", "id")
    rows = rows.filter(folded_name__contains=fold(text)) | rows.filter(code__iexact=text.strip())
    return [
        Found(row.name, reverse("tasks:department", args=[row.code]), words=row.code, icon="people")
        for row in rows[:SHOWN]
    ]


def new_tasks(user: Any, text: str) -> list[Found]:
    """A new task, and one by each procedure whose name is typed."""
    at = reverse("tasks:new")
    found = [Found(_("New task"), at, icon="plus")] if matches(text, _("New task")) else []
    if not text.strip():
        return found
    rows = Procedure.objects.visible_to(user).filter(is_active=True, versions__stage="published")
    names = rows.order_by("folded_name", "id").filter(folded_name__contains=fold(text)).values_list("pk", "name")
    return found + [
        Found(_("New task: %(procedure)s") % {"procedure": name}, f"{at}?{urlencode({'procedure': pk})}", icon="plus")
        for pk, name in names[:SHOWN]
    ]
