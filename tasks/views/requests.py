"""The pages of who asks for something: what I asked for, asking, one request."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core.access import reach, require
from core.refusals import Refused
from tasks import rules
from tasks.editing import attach_file
from tasks.forms_new import procedures_for
from tasks.models import Procedure, Task
from tasks.opening import open_task
from tasks.requests import lists
from tasks.requests.forms import AskForm
from tasks.views.new import HOUR, known_key, new_key

MOST = 60
FIELDS = {"due_at": "wanted_on", "due_on": "wanted_on"}


@login_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """What I asked for: unfinished, or with `show=finished` what is done."""
    user: Any = request.user
    done = request.GET.get("show") == "finished"
    found = (lists.finished if done else lists.unfinished)(user, request.GET.get("place", ""))
    base = "?show=finished&" if done else "?"
    context = {
        "rows": [(task, lists.standing(task)) for task in found.rows],
        "done": done,
        "next": f"{base}place={found.next}" if found.next else "",
        "previous": f"{base}place={found.previous}" if found.previous else "",
        "first": base.rstrip("?&") or reverse("requests:index"),
    }
    return render(request, "requests/index.html", context)


def offered(user: Any) -> Any:
    """Procedures everybody may ask for."""
    return procedures_for(user).filter(open_to_requests=True)


@login_required
@require_safe
def choose(request: HttpRequest) -> HttpResponse:
    """Everything one can ask for, narrowed by the words of its name."""
    text = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    rows = offered(request.user).named(text) if text else offered(request.user)
    found = list(rows[: MOST + 1])
    context = {"procedures": found[:MOST], "more": len(found) > MOST, "most": MOST, "text": text}
    return render(request, "requests/choose.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for something of one procedure."""
    user: Any = request.user
    procedure: Procedure = reach(offered(user), pk=pk)
    if request.method != "POST":
        return _drawn(request, AskForm(user=user, procedure=procedure), procedure, new_key())
    form = AskForm(request.POST, request.FILES, user=user, procedure=procedure)
    key = known_key(request.POST.get("key", ""))
    if not form.is_valid():
        return _drawn(request, form, procedure, key, status=422)
    name = f"request:{user.pk}:{key}"
    if key and not cache.add(name, 0, HOUR):
        return _gone_to(cache.get(name) or 0)
    try:
        task = _opened(form, procedure, user)
    except Refused as refused:
        cache.delete(name)
        field = FIELDS.get(refused.field or "", refused.field)
        form.add_error(field if field in form.fields else None, str(refused.sentence))
        return _drawn(request, form, procedure, key, status=422)
    except Exception:
        cache.delete(name)
        raise
    cache.set(name, task.pk, HOUR)
    messages.success(request, _("You asked for it: %(task)s") % {"task": task.reference})
    return _gone_to(task.pk)


def _opened(form: AskForm, procedure: Procedure, user: Any) -> Task:
    """The task with its file, both or neither."""
    require(rules.can_open_in, user, form.place.pk, procedure)
    with transaction.atomic():
        task = open_task(form.request(), procedure=procedure, department=form.place, actor=user)
        if form.cleaned_data["file"]:
            attach_file(task, form.cleaned_data["file"], actor=user, for_requester=True)
    return task


def _gone_to(pk: int) -> HttpResponse:
    return HttpResponseRedirect(reverse("requests:request", args=[f"T-{pk}"]) if pk else reverse("requests:index"))


def _drawn(request: HttpRequest, form: AskForm, procedure: Procedure, key: str, *, status: int = 200) -> HttpResponse:
    if not form.only and not form.fields["department"].queryset.exists():  # type: ignore[attr-defined]
        raise Http404("no department does it")
    context = {"form": form, "procedure": procedure, "key": key}
    return render(request, "requests/ask.html", context, status=status)
