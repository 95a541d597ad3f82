"""What the pages of the set-up have in common: who gets in, lists by key with a search, forms that save by a verb."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from core import pages
from core.access import require
from core.refusals import Refused
from organization.rules import can_lead, can_set_up
from organization.storing import alone as alone

BY_NAME = pages.Sort("name", gettext_lazy("Name"), "folded_name", kind=str)
PAGE = 50


View = Callable[..., HttpResponse]


def admins(view: View) -> View:
    """For admins alone: nobody is led to sign in, everybody else gets 403."""
    return _guarded(view, can_set_up)


def leaders(view: View) -> View:
    """For managers and admins; the view narrows what is found to the departments they manage."""
    return _guarded(view, can_lead)


def _guarded(view: View, rule: Callable[[Any], bool]) -> View:
    @login_required
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        require(rule, request.user)
        return view(request, *args, **kwargs)

    return guarded


def typed(request: HttpRequest, name: str = "q") -> str:
    """A word of the address, as far as the database can hold it."""
    text = request.GET.get(name, "").replace("\x00", "")
    return text.encode("utf-8", "ignore").decode()[:100].strip()


def listed(request: HttpRequest, rows: QuerySet[Any], sort: pages.Sort = BY_NAME, **kept: str) -> dict[str, Any]:
    """One page of `rows` for `set_up/list.html`; `kept` are words of the address that its links carry on."""
    page = pages.page(rows, sort, request.GET.get("place", ""), PAGE)
    words = {name: value for name, value in kept.items() if value}

    def at(place: str | None) -> str | None:
        return "?" + urlencode(words | {"place": place}) if place else None

    return {
        "rows": page.rows,
        "next": at(page.next),
        "previous": at(page.previous),
        "first": "?" + urlencode(words),
        "q": kept.get("q", ""),
        "searched": bool(words),
    }


def done_by(form: Any, verb: Callable[[], Any]) -> bool:
    """Let the verb store what the form says, in a transaction of its own; what it refuses stands in the form then."""
    try:
        with transaction.atomic():
            verb()
    except (Refused, ValidationError) as error:
        form.said_no(error)
        return False
    except IntegrityError:
        form.add_error(None, _("Somebody saved the same a moment ago. Look whether it is there already."))
        return False
    return True


def saved(request: HttpRequest, words: str, where: str) -> HttpResponse:
    """What was done, said on the page one goes on with."""
    messages.success(request, words)
    return HttpResponseRedirect(where)


def form_page(request: HttpRequest, form: Any, **context: Any) -> HttpResponse:
    """The page of a form: `title`, `back` (address and words), `save` for its button; 422 when something is wrong."""
    template = context.pop("template", "set_up/form.html")
    status = 422 if form.is_bound and form.errors else 200
    return render(request, template, {"form": form, "save": _("Save")} | context, status=status)
