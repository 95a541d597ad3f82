"""The department's board: load of its people, its backlog, and changes of many tasks at once."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.access import reach, require
from core.htmx import trigger, wants_part
from core.refusals import Refused
from organization.models import Absence, Department
from organization.standing import manages
from tasks import bulk, moving, remembered
from tasks.board import Board, strip
from tasks.board_needs import SHOWN, needs_of
from tasks.board_work import work_of
from tasks.forms_bulk import BulkForm, CancelForm, MoveForm, ReleaseForm
from tasks.moving import Choice
from tasks.remembered import UNDO_SECONDS, Done
from tasks.trend import trend_of

NEAR = 12  # departments the switcher names; beyond that they are searched
FORMS: dict[str, type[BulkForm]] = {"move": MoveForm, "release": ReleaseForm, "cancel": CancelForm}


@login_required
@require_safe
def show(request: HttpRequest, code: str = "") -> HttpResponse:
    """The board of a department, of one's first without a code. `person` lists what somebody holds, `place` pages."""
    department, near = chosen(request.user, code)
    board = Board(request.user, department)
    done = remembered.recalled(request.session, request.GET.get("done", ""))
    context = context_of(request, board, where_of(request.GET), done=done) | {"near": near}
    return render(request, "tasks/department.html", context)


@login_required
@require_safe
def choose(request: HttpRequest) -> HttpResponse:
    """The departments whose boards one sees, searched by name."""
    wanted = request.GET.get("name", "").replace("\x00", "")[:100].strip()
    seen = Department.objects.worked_by(request.user).active()
    found = list(seen.named(wanted).order_by("folded_name", "id")[: 4 * NEAR])
    context = {"departments": found, "name": wanted, "most": 4 * NEAR}
    return render(request, "tasks/departments.html", context)


@login_required
@require_POST
def preview(request: HttpRequest, code: str) -> HttpResponse:
    """The part that says what moving the chosen tasks would do; nothing is changed."""
    board = managed(request, code)
    form = MoveForm(request.POST, people=[line.person for line in board.receivers])
    form.is_valid()
    choice = choice_of(form)
    choice.problems = []
    ghost = request.POST.get("ghost", "")
    seen = moving.preview(board, choice, int(ghost) if ghost.isdecimal() and len(ghost) < 19 else None)
    return render(request, "tasks/_board_seen.html", {"board": board, "preview": seen, "choice": choice})


@login_required
@require_POST
def change(request: HttpRequest, code: str, verb: str) -> HttpResponse:
    """Move, release or cancel the chosen tasks; without script after a page that asks once more."""
    if verb not in FORMS:
        raise Http404
    board = managed(request, code)
    people = {"people": [line.person for line in board.receivers]} if verb == "move" else {}
    form = FORMS[verb](request.POST, **people)
    if not form.is_valid():
        return redrawn(request, board, choice_of(form))
    if not wants_part(request) and "sure" not in request.POST:
        return asked_again(request, board, verb, choice_of(form))
    data = form.cleaned_data
    if verb == "move":
        outcome = bulk.assign_all(data["task"], actor=board.user, to=data["to"], override=data["override"])
    elif verb == "release":
        outcome = bulk.release_all(data["task"], actor=board.user, reason=data["reason"])
    else:
        outcome = bulk.cancel_all(data["task"], actor=board.user, reason=data["reason"])
    person = data["to"].name if verb == "move" else ""
    return answer(request, board, verb, outcome, where_of(request.POST), person)


@login_required
@require_POST
def substitute(request: HttpRequest, code: str, absence: int) -> HttpResponse:
    """Move the work of somebody absent to their substitute."""
    board = managed(request, code)
    present = Absence.objects.filter(pk__in=[member.away.pk for member in board.members if member.away])
    away = reach(present.select_related("person", "substitute"), pk=absence)
    outcome = bulk.move_to_substitute(away, actor=board.user, department=board.department)
    return answer(request, board, "move", outcome, where_of(request.POST), away.substitute.name)


@login_required
@require_POST
def undo(request: HttpRequest, code: str, token: str) -> HttpResponse:
    """Undo a change of several tasks, each where nothing happened since."""
    board = managed(request, code)
    known = remembered.to_undo(request.session, token)
    if known is None:
        raise Refused(_("There is nothing of yours to undo here."), code="no_undo")
    return answer(request, board, "undo", bulk.undo_all(known.ids, actor=board.user), known.where)


def chosen(user: Any, code: str) -> tuple[Department, list[Department]]:
    """The department of a code, or the person's first, and those to switch to. Unreachable is 404."""
    seen = Department.objects.worked_by(user).select_related("site", "calendar")
    near = list(seen.active().order_by("folded_name", "id")[: NEAR + 1])
    if code:
        known = [one for one in near if one.code == code]
        return (known[0] if known else reach(seen, code=code)), near
    # Their own department first: what lies below it comes by its name in between.
    headed = [pk for pk, post in user.standing.posts.items() if post.role == "manager"]
    wanted = headed or list(user.standing.posts)
    own = [one for one in near if one.pk in wanted]
    if wanted and not own:
        return reach(seen, pk=wanted[0]), near
    first = next(iter(own or near), None)
    if first is None:
        raise Http404
    return first, near


def managed(request: HttpRequest, code: str) -> Board:
    """The board of a department the person manages: 404 out of reach, 403 for its assistants."""
    seen = Department.objects.worked_by(request.user).select_related("site", "calendar")
    department = reach(seen, code=code)
    require(manages, request.user, department.pk)
    return Board(request.user, department)


def where_of(data: Any) -> dict[str, str]:
    """The place on a board: whose work (`person`) and from where (`place`)."""
    person, place = data.get("person", ""), data.get("place", "")[:300]
    return {"person": person} | {"place": place} if person.isdecimal() and len(person) < 19 else {"place": place}


def query(where: dict[str, str], **more: str) -> str:
    pairs = {name: value for name, value in (where | more).items() if value}
    return "?" + urlencode(pairs) if pairs else ""


def context_of(
    request: HttpRequest,
    board: Board,
    where: dict[str, str],
    *,
    choice: Choice | None = None,
    done: Done | None = None,
) -> dict[str, Any]:
    """What the templates of the board need."""
    choice = choice or Choice()
    person = board.line_of(int(where["person"])) if board.manages and where.get("person") else None
    work = work_of(board, person.person if person else None, where.get("place", ""), set(choice.tasks))
    here = {"person": str(person.person.pk)} if person else {}
    needs = needs_of(board) if board.manages else []
    return {
        "board": board,
        "figures": strip(board),
        "needs": needs[:SHOWN],
        "needs_more": max(0, len(needs) - SHOWN),
        "trend": trend_of(board.department, board.now),
        "person": person,
        "work": work,
        "choice": choice,
        "done": done,
        "undo_at": undo_address(board, done),
        "here": query(here),
        "place": where.get("place", ""),
        "next": query(here, place=work.next or ""),
        "previous": query(here, place=work.previous or ""),
        "earlier": bool(work.previous),
        "later": bool(work.next),
    }


def choice_of(form: BulkForm) -> Choice:
    """What was sent, kept as far as it can be kept: nothing typed is lost."""
    data: Any = form.data
    to = form.cleaned_data.get("to")
    texts = [text for text in data.getlist("task") if text.isascii() and text.isdigit() and len(text) < 19]
    return Choice(
        tasks=list(dict.fromkeys(int(text) for text in texts))[: bulk.MOST],
        to=to.pk if to else None,
        override=data.get("override", "").replace("\x00", "")[:2000],
        reason=data.get("reason", "").replace("\x00", "")[:2000],
        problems=[str(problem) for problems in form.errors.values() for problem in problems],
        at=next(iter(form.errors), ""),
    )


def redrawn(request: HttpRequest, board: Board, choice: Choice) -> HttpResponse:
    """The board with what was chosen and typed, and what is wrong with it."""
    context = context_of(request, board, where_of(request.POST), choice=choice)
    if wants_part(request):
        return render(request, "tasks/_board.html", context, status=422)
    _department, near = chosen(request.user, board.department.code)
    return render(request, "tasks/department.html", context | {"near": near}, status=422)


def asked_again(request: HttpRequest, board: Board, verb: str, choice: Choice) -> HttpResponse:
    """The page without script that shows what would happen before it does."""
    seen = moving.preview(board, choice)
    where = where_of(request.POST)
    context = {"board": board, "verb": verb, "choice": choice, "preview": seen, "where": where, "here": query(where)}
    return render(request, "tasks/department_sure.html", context)


def answer(
    request: HttpRequest, board: Board, verb: str, outcome: bulk.Outcome, where: dict[str, str], person: str = ""
) -> HttpResponse:
    """What was done, skipped and why: the board anew with a toast for htmx, the page of the board for others."""
    done = remembered.remember(request.session, verb, outcome, where, person)
    if not wants_part(request):
        return HttpResponseRedirect(f"{board.address}{query(where, done=done.token)}#work")
    fresh = Board(board.user, board.department)
    context = context_of(request, fresh, where, done=done) | {"part": True}
    response = render(request, "tasks/_board.html", context)
    toast: dict[str, Any] = {"text": done.words}
    if done.undoable:
        toast |= {"undo": undo_address(board, done), "target": "#board", "seconds": UNDO_SECONDS}
    return trigger(response, toast=toast, picked={"left": []})


def undo_address(board: Board, done: Done | None) -> str:
    """Where a change is undone, empty without one."""
    return reverse("tasks:department_undo", args=[board.department.code, done.token]) if done else ""
