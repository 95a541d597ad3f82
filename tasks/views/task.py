"""One task: as a page of its own, as the right pane of the queue, and its files."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from core.access import reach
from records import files
from tasks import filters, forms, rules
from tasks.models import Task, Watch
from tasks.models.tasks import reference_id
from tasks.names import Names
from tasks.parts import with_parts
from tasks.sheet import Sheet, visible_files
from tasks.undo import undoable
from tasks.views.acts import toolbar
from tasks.views.place import Place


def reached(request: HttpRequest, reference: str) -> Task:
    """The task of a reference if this person reaches it, else 404."""
    pk = reference_id(reference)
    if pk is None:
        raise Http404(reference)
    watched = Exists(Watch.objects.filter(task=OuterRef("pk"), person=request.user.pk))
    seen = Task.objects.visible_to(request.user).opened_to(request.user)
    return reach(with_parts(seen.for_detail()).annotate(is_watched=watched), pk=pk)


@login_required
@require_safe
def show(request: HttpRequest, reference: str) -> HttpResponse:
    """The page of a task; the pane alone for htmx."""
    if request.headers.get("HX-Target") == "task":
        return pane(request, reference)
    return page(request, reached(request, reference))


def page(request: HttpRequest, task: Task, *, status: int = 200, **extra: Any) -> HttpResponse:
    """The task as a page of its own."""
    return render(request, "tasks/task.html", context_of(request, task, alone=True, **extra), status=status)


def pane(request: HttpRequest, reference: str) -> HttpResponse:
    """The task as the right pane."""
    around = Place(request).around() if request.path != reverse("tasks:queue") else {}
    context = context_of(request, reached(request, reference), **around)
    return render(request, "tasks/_pane_part.html", context | {"say": f"{reference} {context['sheet'].title}"})


def context_of(
    request: HttpRequest,
    task: Task,
    *,
    names: Names | None = None,
    alone: bool = False,
    fault: tuple[str, str, str] | None = None,
    **extra: Any,
) -> dict[str, Any]:
    """What the pane of a task needs. `names` are those of the whole page, `fault` is a step's key, what was typed and
    why not; `extra` goes to the template: a verb's form, a refusal, where forms without script go back to."""
    user: Any = request.user
    sheet = Sheet(task, user, names=names, everything="all" in request.GET)
    if fault:
        sheet.refuse(*fault)
    bar, menu = toolbar(sheet)
    in_list = request.path == reverse("tasks:queue")
    return {
        "sheet": sheet,
        "task": task,
        "alone": alone,
        "sect": "h2" if alone else "h3",
        "bar": bar,
        "menu": menu,
        "here": reverse("tasks:task", args=[task.reference]),
        "back": request.get_full_path() if in_list else "",
        "list_url": reverse("tasks:queue") + (filters.read(request.GET).query() if in_list else ""),
        "comment": forms.CommentForm(task=task, actor=user) if rules.may(user, "comment", task) else None,
        "shares": forms.shares(task, user),
        # Who has it or asked for it is told anyway.
        "may_watch": rules.can_watch(user, task) and user.pk not in {task.assignee_id, task.requester_id},
        "undoable": "did" in request.GET and undoable(task, user) is not None,
        **extra,
    }


@login_required
@require_safe
def file(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """A file of a task, for those who may see it."""
    return files.serve(reach(visible_files(reached(request, reference), request.user), pk=pk))  # type: ignore[return-value]
