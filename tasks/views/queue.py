"""The queue: a list at the left, the chosen task at the right, all of it in the address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from core.htmx import wants_part
from core.pages import Page
from organization.models import User
from organization.standing import forget
from tasks import counts, filters, lists, remembered, saved_views
from tasks import next as taking
from tasks.filter_form import FilterForm
from tasks.filters import NOBODY, Address
from tasks.models import Task
from tasks.models.tasks import reference_id
from tasks.names import Names
from tasks.presenting import Group, Presenter
from tasks.rows import Row
from tasks.states import FINISHED, UNFINISHED, State
from tasks.views import task as task_page
from tasks.views.bulk_acts import bar_of
from tasks.views.place import Place

GROUPED = frozenset({"urgent", "due"})


@login_required
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """The page of a list, with the task of `?task=` beside it; that pane alone for htmx."""
    user: Any = request.user
    address = address_of(request.GET, user)
    if "" in request.GET.values():  # from a form with empty fields: what is kept and sent around is the short address
        return redirect(reverse("tasks:queue") + address.query())
    chosen = request.GET.get("task", "")
    saved_views.remember(request.session, user, address.query(place=""))
    if chosen and request.headers.get("HX-Target") == "task":
        return task_page.pane(request, chosen)
    names, beside = Names(), {}
    if chosen:  # before the list: what its history speaks of is named in the list's own statement
        beside = task_page.context_of(request, task_page.reached(request, chosen), names=names)
    context = list_context(request, address, names=names, chosen=reference_id(chosen))
    if "done" in request.GET:
        done = remembered.recalled(request.session, request.GET["done"])
        context |= {"done": done, "undo_at": reverse("tasks:bulk_undo", args=[done.token]) if done else ""}
    if "filters" in request.GET:
        context["filter_form"] = FilterForm(address, user)
    return render(request, "tasks/queue.html", context | beside)


def address_of(data: QueryDict, user: User) -> Address:
    """The address asked for, within the lists this person has."""
    address = filters.read(data)
    scopes = lists.scopes_of(user)
    return address if address.scope in scopes else replace(address, scope=next(iter(scopes)))


@login_required
@require_safe
def filter_panel(request: HttpRequest) -> HttpResponse:
    """The form of filters, a part; for a browser without script it stands in the page (`?filters=1`)."""
    user: Any = request.user
    address = address_of(request.GET, user)
    context = {"address": address, "filter_form": FilterForm(address, user), "query": address.query()}
    return render(request, "tasks/_filters.html", context)


@login_required
@require_POST
def take_next(request: HttpRequest) -> HttpResponse:
    """Give the person their next task and show it in the list they look at; what keeps them from it is a refusal."""
    user: Any = request.user
    address = filters.read(QueryDict(request.POST.get("list", "").removeprefix("?")))
    served = taking.take_next(actor=user)
    forget(user)
    query = address.query()
    if served is None:
        return _nothing_left(request, address)
    place = f"{query}&" if query else "?"
    url = f"{reverse('tasks:queue')}{place}task={served.task.reference}"
    if not wants_part(request):
        messages.success(request, _served_words(served.task, served.was_own))
        return redirect(url)
    task = task_page.reached(request, served.task.reference)
    names = Names()
    beside = task_page.context_of(request, task, names=names)
    beside["say"] = f"{_served_words(task, served.was_own)}. {beside['sheet'].why}"
    context = list_context(request, address, names=names, chosen=task.pk) | beside
    return _redrawn(request, context, url)


def _redrawn(request: HttpRequest, context: dict[str, Any], url: str) -> HttpResponse:
    """What stands in the main part of a queue page, or from another page (home) the main part itself."""
    whole = not Place(request).in_list
    template = "tasks/_main_part.html" if whole else "tasks/_panes_part.html"
    response = render(request, template, context | {"attend": whole})
    response["HX-Push-Url"] = url
    return response


def _served_words(task: Task, was_own: bool) -> str:
    if was_own:
        return _("%(task)s, which you have begun, comes first") % {"task": task.reference}
    return _("%(task)s is yours now") % {"task": task.reference}


def _nothing_left(request: HttpRequest, address: Address) -> HttpResponse:
    """Say so, and what to do instead."""
    context = list_context(request, address) | {"nothing_left": True}
    if not wants_part(request):
        return render(request, "tasks/queue.html", context)
    return _redrawn(request, context, reverse("tasks:queue") + context["query"])


def list_context(
    request: HttpRequest, address: Address, *, names: Names | None = None, chosen: int | None = None
) -> dict[str, Any]:
    """What the list needs: rows, groups, counts, the ways to other lists. Three statements, two for an empty list.

    `names` are those of the whole page.
    """
    user: Any = request.user
    listing = address.listing(user)
    page = lists.page_of_rows(user, listing)
    names = names or Names()
    names.want(filters.sought_of(address, user), **filters.spoken_of(address))
    query = address.query()
    join = f"{query}&" if query else "?"
    sizes = counts.tab_counts(user)
    shows_free = address.scope == "mine" and not address.narrowed and sizes["free"] != "0"
    return {
        "address": address,
        "groups": _groups(user, address, page, names, join=join, chosen=chosen),
        "tabs": _tabs(address, sizes, user),
        "asks_only": "mine" not in lists.scopes_of(user),
        "sizes": sizes,
        "sorts": _sorts(address),
        "sorted_by": lists.sort_of(listing).label,
        "chips": filters.chips(address, names),
        "next": address.query(place=page.next) if page.next else "",
        "previous": address.query(place=page.previous) if page.previous else "",
        "first": address.query(place="") or "?",
        "filters_href": f"{join}filters=1",
        "end_words": _end_words(address, page.rows, sizes["free"]),
        "waiting": Address(scope="departments", states=(State.OPEN,), owner=NOBODY).query() if shows_free else "",
        "halves": _halves(address) if listing.filters.mixed and address.scope != "asked" else (),
        "query": query,
        "acts": bar_of(user) if page.rows and address.scope != "asked" and not listing.filters.finished else None,
        "list_path": reverse("tasks:queue") + query,
    }


def _groups(user: User, address: Address, page: Page, names: Names, *, join: str, chosen: int | None) -> list[Group]:
    """The rows as they are drawn, under headings where the order has some. `join` begins each row's address."""
    names.want(
        procedure={row.procedure_id for row in page.rows},
        department={row.department_id for row in page.rows},
        person={row.assignee_id for row in page.rows} - {user.pk},
    )
    presenter = Presenter(user, names, picks=address.scope != "asked")
    wide = address.scope != "mine" and len({row.department_id for row in page.rows}) > 1
    pairs = [
        (row, presenter.row(row, href=f"{join}task=T-{row.pk}", chosen=row.pk == chosen, with_department=wide))
        for row in page.rows
    ]
    if address.scope == "mine" and address.order in GROUPED and not address.listing(user).filters.finished:
        return presenter.groups(pairs, whole=not page.next and not page.previous)
    return [Group("", [html for _row, html in pairs])]


def _halves(address: Address) -> list[tuple[str, Any]]:
    """The two lists behind a filter for finished and unfinished work together: the way there and its words."""
    groups = ((UNFINISHED, _("Show the unfinished")), (FINISHED, _("Show the finished")))
    return [
        (address.query(states=tuple(one for one in address.states if one in group), place=""), words)
        for group, words in groups
    ]


def _end_words(address: Address, rows: Sequence[Row], free: str) -> str:
    """What stands below the last row: that it is all, and what waits elsewhere; or why there is no row at all."""
    if address.narrowed:
        return "" if rows else _("Nothing passes these filters. Drop one of them.")
    if address.scope == "departments":
        return "" if rows else _("Nothing is to do in your departments.")
    if address.scope == "asked":
        return "" if rows else _("You have asked for nothing yet. A new task is made with the button at the top.")
    if free == "0":
        return _("That is all you hold.") if rows else _("You hold nothing, and nothing waits for an owner.")
    number = 1 if free == "1" else 2
    waiting = ngettext("%(free)s task waits for an owner.", "%(free)s tasks wait for an owner.", number)
    held = _("That is all you hold.") if rows else _("You hold nothing.")
    return f"{held} {waiting % {'free': free}}"


def _tabs(address: Address, sizes: dict[str, str], user: User) -> list[dict[str, Any]]:
    """The lists one can look at, each with its capped size; filters go along, the place does not."""
    return [
        {
            "name": scope,
            "label": label,
            "href": address.query(scope=scope, place="") or "?",
            "count": sizes[scope],
            "current": scope == address.scope,
        }
        for scope, label in lists.scopes_of(user).items()
    ]


def _sorts(address: Address) -> list[dict[str, Any]]:
    return [
        {
            "label": sort.label,
            "href": address.query(sort=name, place="") or "?",
            "current": name == address.order,
        }
        for name, sort in lists.SORTS.items()
    ]
