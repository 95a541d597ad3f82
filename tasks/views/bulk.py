"""Changes of many tasks at once from a list: the bar below it, the form a change needs, what came of it, and undo."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.access import require
from core.htmx import go, trigger, wants_part
from core.refusals import Refused
from organization.models import User
from organization.standing import forget
from tasks import bulk, remembered
from tasks.forms_bulk import BulkForm, GiveForm
from tasks.models import Task
from tasks.models.tasks import reference_id
from tasks.names import Names
from tasks.views import queue
from tasks.views import task as task_page
from tasks.views.answers import back_to
from tasks.views.bulk_acts import ACTS, Act
from tasks.views.place import Place


@login_required
@require_POST
def change(request: HttpRequest, name: str) -> HttpResponse:
    """Change the chosen tasks, or (`ask`) show the form the change needs. Reach and right are asked for each."""
    act = ACTS.get(name)
    if act is None:
        raise Http404(name)
    user: Any = request.user
    require(act.may, user)
    places = _places(act, user, request.POST)
    if act.asks and "ask" in request.POST:
        return _form(request, act, act.form(**places))
    form = act.form(request.POST, **places)
    if not form.is_valid():
        return _form(request, act, form, status=422)
    try:
        outcome = act.run(form.cleaned_data["task"], user, form.cleaned_data)
    except Refused as refused:  # what is wrong with all of them
        form.add_error(refused.field if refused.field in form.fields else None, str(refused.sentence))
        return _form(request, act, form, status=422)
    forget(user)
    where = {"next": _came_from(request)}
    done = remembered.remember(
        request.session, act.verb(form.cleaned_data), outcome, where, act.what(form.cleaned_data)
    )
    return answer(request, done, outcome, where["next"])


@login_required
@require_POST
def undo(request: HttpRequest, token: str) -> HttpResponse:
    """Undo a change of several tasks, each where nothing happened since."""
    user: Any = request.user
    known = remembered.to_undo(request.session, token)
    if known is None:
        raise Refused(_("There is nothing of yours to undo here."), code="no_undo")
    outcome = bulk.undo_all(known.ids, actor=user, before=known.before)
    forget(user)
    done = remembered.remember(request.session, "undo", outcome, known.where)
    return answer(request, done, outcome, known.where.get("next", reverse("tasks:queue")))


def answer(request: HttpRequest, done: remembered.Done, outcome: bulk.Outcome, back: str) -> HttpResponse:
    """What was done, skipped and why: the list and the task beside it anew for htmx in a list, else its page."""
    place = Place(request)
    if not (wants_part(request) and place.in_list):
        return go(request, with_done(back, done.token))
    user: Any = request.user
    shown = place.shown if Task.objects.visible_to(user).filter(pk=reference_id(place.shown)).exists() else ""
    names, context = Names(), {"list_oob": True, "done": done, "undo_at": undo_at(done), "part": True}
    if shown:
        task = task_page.reached(request, shown)
        context |= task_page.context_of(request, task, names=names, **place.around())
    context |= queue.list_context(request, place.address, names=names, chosen=reference_id(shown))
    response = render(request, "tasks/_undone.html", context)
    if not shown:
        response["HX-Reswap"] = "none"
    toast: dict[str, Any] = {"text": done.words}
    if done.undoable:
        toast |= {"undo": undo_at(done), "target": "#task", "seconds": remembered.UNDO_SECONDS}
    left = [reference.removeprefix("T-") for reference, _why in outcome.skipped]
    return trigger(response, toast=toast, picked={"left": left})


def undo_at(done: remembered.Done | None) -> str:
    """Where a change is undone, empty without one."""
    return reverse("tasks:bulk_undo", args=[done.token]) if done else ""


def with_done(path: str, token: str) -> str:
    """The address of a page that shows what a change did."""
    parts = urlsplit(path)
    pairs = [(name, value) for name, value in parse_qsl(parts.query) if name != "done"]
    return urlunsplit(("", "", parts.path, urlencode([*pairs, ("done", token)]), ""))


def _came_from(request: HttpRequest) -> str:
    """The page the change was made at, on this host: as htmx says it, since a list may have moved on since drawn."""
    at = urlsplit(request.headers.get("HX-Current-URL", ""))
    told = urlunsplit(("", "", at.path, at.query, ""))
    safe = told.startswith("/") and url_has_allowed_host_and_scheme(told, None)
    return told if safe else back_to(request, reverse("tasks:queue"))


def _numbers(data: QueryDict) -> list[int]:
    """The chosen tasks as far as they can be read."""
    texts = data.getlist("task")[: bulk.MOST]
    return [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 19]


def _places(act: Act, user: User, data: QueryDict) -> dict[str, Any]:
    """Whose people may be given the chosen work: the departments it is in, as far as the person manages them."""
    if act.form is not GiveForm:
        return {}
    places = (
        Task.objects.visible_to(user).filter(pk__in=_numbers(data)).order_by().values_list("department_id", flat=True)
    )
    return {"places": [pk for pk in set(places) if user.is_admin or pk in user.standing.managed]}


def _form(request: HttpRequest, act: Act, form: BulkForm, *, status: int = 200) -> HttpResponse:
    """The form of a change: in the bar for htmx, else a page of its own that carries the chosen tasks along."""
    back = back_to(request, reverse("tasks:queue"))
    context = {"form": form, "act": act, "chosen": _numbers(request.POST), "next": back}
    if not wants_part(request):
        return render(request, "tasks/bulk.html", context, status=status)
    response = render(request, "tasks/_bulk_form.html", context, status=status)
    response["HX-Retarget"], response["HX-Reswap"] = "#bulk-form", "innerHTML"
    return response
