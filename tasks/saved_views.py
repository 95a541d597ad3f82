"""Saved views: named lists of the queue, one's own or shared with a department by its manager.

What a department shares is part of its set-up, on which others depend: each verb writes an event about it. One's own
views are a habit of one person and change nothing for anybody, so they write none, like drafts and the last list.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.http import QueryDict
from django.utils.translation import gettext as _

from core.folding import fold
from core.refusals import Refused
from organization.models import Department, User
from organization.standing import manages
from records import events
from tasks import filters, lists
from tasks.changes import storable
from tasks.models import LastList, SavedView

MOST = 20  # of one's own, and of one department
SHOWN = 30


def can_change_view(user: Any, view: SavedView) -> bool:
    """One's own, and what a department one manages shares."""
    return view.owner_id == user.pk if view.department_id is None else manages(user, view.department_id)


def normal(query: str) -> str:
    """The address of a list as it is kept: known parts only, without the place in it."""
    return filters.read(QueryDict(query.removeprefix("?"))).query(place="")


def save_view(name: str, query: str, *, actor: User, department: Department | None = None) -> SavedView:
    """Keep a list under a name, at the end. Raises PermissionDenied for a department the actor does not manage, Refused
    for an empty or known name, and when there are enough."""
    if department is not None and not manages(actor, department.pk):
        raise PermissionDenied("share_view")
    whose: dict[str, Any] = {"department": department} if department else {"owner": actor}
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=actor.pk)
        beside = SavedView.objects.filter(**whose)
        if beside.count() >= MOST:
            raise Refused(_("There are %(most)s views. Delete one first.") % {"most": MOST}, code="enough_views")
        last = beside.aggregate(last=Max("position"))["last"] or 0
        view = _named(SavedView(query=normal(query)[:1000], position=last + 1, **whose), name)
        if department is not None:
            facts = {"name": view.name, "query": view.query, "department_id": department.pk}
            changes = {key: [None, value] for key, value in facts.items()}
            events.write("add", actor=actor, **_about(view, changes, department.pk))
    return view


def _named(view: SavedView, name: str) -> SavedView:
    name = storable(" ".join(name.split()), "name")[:60]
    if not fold(name):
        raise Refused(_("Give it a name."), code="name_missing", field="name")
    view.name = name
    try:
        with transaction.atomic():
            view.save()
    except IntegrityError as known:
        raise Refused(_("There is a view of that name already."), code="name_taken", field="name") from known
    return view


def rename_view(view: SavedView, name: str, *, actor: User) -> SavedView:
    """Give a view another name. Raises PermissionDenied and Refused as `save_view`. Returns it as stored."""
    with transaction.atomic():
        row = _locked(view, actor)
        before = row.name
        _named(row, name)
        if row.department_id and row.name != before:
            changes = {"name": [before, row.name]}
            events.write("change", actor=actor, **_about(row, changes, row.department_id))
    return row


def share_view(view: SavedView, department: Department, *, actor: User) -> SavedView:
    """Share a view with another department, behind those it has. Returns it as stored; the event is that of the
    department that had it. Raises PermissionDenied unless the actor manages both, Refused where that department has
    enough or one of the name."""
    with transaction.atomic():
        Department.objects.select_for_update(no_key=True).get(pk=department.pk)
        row = _locked(view, actor)
        if not manages(actor, department.pk):
            raise PermissionDenied("share_view")
        before = row.department_id
        if before == department.pk:
            return row
        beside = SavedView.objects.filter(department=department)
        if beside.count() >= MOST:
            words = _("There are %(most)s views. Delete one first.") % {"most": MOST}
            raise Refused(words, code="enough_views", field="department")
        row.position = (beside.aggregate(last=Max("position"))["last"] or 0) + 1
        row.department, row.owner = department, None
        _named(row, row.name)
        changes = {"department_id": [before, department.pk]}
        events.write("change", actor=actor, **_about(row, changes, before or department.pk))
    return row


def move_view(view: SavedView, step: int, *, actor: User) -> None:
    """Put a view one place up (-1) or down (1) among those of its kind; at an end nothing happens."""
    _require(actor, view)
    with transaction.atomic():
        beside = SavedView.objects.filter(owner=view.owner_id, department=view.department_id)
        rows = list(beside.order_by("position", "id").select_for_update())
        at = next((number for number, row in enumerate(rows) if row.pk == view.pk), None)
        if at is None or not 0 <= at + step < len(rows):
            return
        rows.insert(at + step, rows.pop(at))
        for number, row in enumerate(rows, 1):
            row.position = number
        SavedView.objects.bulk_update(rows, ["position"])
        if view.department_id:
            changes = {"position": [at + 1, at + 1 + step]}
            events.write("change", actor=actor, **_about(view, changes, view.department_id))


def delete_view(view: SavedView, *, actor: User) -> None:
    """Forget a view. Raises PermissionDenied, and Refused when it is gone already."""
    with transaction.atomic():
        row = _locked(view, actor)
        if row.department_id:
            facts = {"name": row.name, "query": row.query, "department_id": row.department_id}
            changes = {key: [value, None] for key, value in facts.items()}
            events.write("withdraw", actor=actor, **_about(row, changes, row.department_id))
        row.delete()


def _about(view: SavedView, changes: dict[str, list[Any]], department_id: int) -> dict[str, Any]:
    """What an event about a shared view says; its name, also where that did not change."""
    said = {} if "name" in changes else {"name": view.name}
    payload = said | {"changes": changes}
    return {"subject_kind": "view", "subject_id": view.pk, "department_id": department_id, "payload": payload}


def _locked(view: SavedView, actor: User) -> SavedView:
    """The view as it is stored, kept from others' hands. Raises PermissionDenied, and Refused when it is gone."""
    row = SavedView.objects.select_for_update().filter(pk=view.pk).first()
    if row is None:
        raise Refused(_("Somebody deleted this view meanwhile."), code="gone")
    _require(actor, row)
    return row


def _require(actor: User, view: SavedView) -> None:
    if not can_change_view(actor, view):
        raise PermissionDenied("change_view")


def views_of(user: User) -> list[SavedView]:
    """The views a person has, in order. One statement."""
    return list(SavedView.objects.visible_to(user).in_order().select_related("department")[:SHOWN])


def counts_of(user: User, views: list[SavedView]) -> list[str]:
    """How much is in each view for this person, at most 99+. One statement for all."""
    listings = [filters.read(QueryDict(view.query.removeprefix("?"))).listing(user) for view in views]
    return [lists.capped(number) for number in lists.capped_counts(user, listings)]


def remember(session: Any, user: User, query: str) -> None:
    """Keep the list a person is in for the next time they come. A statement only where it is another than before."""
    if session.get("list") == query:
        return
    session["list"] = query
    LastList.objects.update_or_create(person=user, defaults={"query": query[:1000]})


def last_list(session: Any, user: User) -> str:
    """The query of the list a person was last in, also after signing in anew."""
    if "list" not in session:
        row = LastList.objects.filter(person=user).first()
        session["list"] = row.query if row else ""
    return str(session["list"])
