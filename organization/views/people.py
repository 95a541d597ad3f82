"""Pages of people: the list, one person with everything about them, and the forms of each."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from core import clock
from core.access import reach
from core.folding import fold
from organization import setup
from organization.directory import posts_of
from organization.fields import FEW, label_of
from organization.forms_people import HoldingForm, MembershipForm, PersonForm
from organization.models import Holding, Membership, User
from organization.views.frame import admins, alone, done_by, form_page, leaders, listed, saved, typed

STATES = {"": {"is_active": True}, "left": {"is_active": False}, "admins": {"is_active": True, "is_admin": True}}
SHOWN = 100  # rows of one kind on the page of a person, the newest


@admins
def show(request: HttpRequest) -> HttpResponse:
    """People by name, found by a word of it or the beginning of their address."""
    q, state = typed(request), typed(request, "state")
    state = state if state in STATES else ""
    rows = User.objects.filter(**STATES[state])
    if q:
        rows = rows.filter(pk__in=(rows.named(q) | rows.filter(email__startswith=q.lower())).values("pk"))
    context = listed(request, rows, q=q, state=state)
    posts = posts_of([row.pk for row in context["rows"]])
    for row in context["rows"]:
        row.posts = posts.get(row.pk, [])
    add = {"href": reverse("set_up:person_new"), "words": _("Add a person")}
    context |= {"add": add, "find": _("Name or address"), "state": state}
    return render(request, "organization/person_list.html", context)


@leaders
def names(request: HttpRequest) -> HttpResponse:
    """Names to choose a person from, while one types in whichever field; a part for htmx."""
    text = next((typed(request, name) for name in ("substitute", "owner", "person", "to") if name in request.GET), "")
    found = list(User.objects.active().named(text).order_by("folded_name", "pk")[:FEW]) if len(fold(text)) > 1 else []
    posts = posts_of([person.pk for person in found]) if found else {}
    options = [(label_of(one), ", ".join(post.department for post in posts.get(one.pk, []))) for one in found]
    return render(request, "set_up/_names.html", {"options": options})


@admins
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """One person: facts, where they work, what they hold, when they are away."""
    row = reach(User.objects.all(), pk=pk)
    today = clock.now().date()
    posts = row.memberships.select_related("department", "stands_in_for__person").order_by("-starts_on", "-pk")
    held = row.holdings.select_related("qualification").order_by("qualification__folded_name", "-valid_from", "-pk")
    away = row.absences.select_related("substitute").order_by("-starts_at", "-pk")
    context = {
        "person": row,
        "has_password": row.has_usable_password(),
        "posts": [(one, _span(one.starts_on, one.ends_on, today)) for one in posts[:SHOWN]],
        "holdings": [(one, _span(one.valid_from, one.valid_until, today)) for one in held[:SHOWN]],
        "absences": away[:SHOWN],
        "aliases": row.aliases.order_by("source", "name")[:SHOWN],
        "now": clock.now(),
        "back": {"href": reverse("set_up:people"), "words": _("People")},
    }
    return render(request, "organization/person_detail.html", context)


def _span(first: Any, last: Any, today: Any) -> str:
    """Where a span of days lies: now, ahead or past. The day is UTC's."""
    if last and last < today:
        return "past"
    return "ahead" if first > today else "now"


def _page_of(row: User) -> dict[str, Any]:
    return {"href": reverse("set_up:person", args=[row.pk]), "words": row.name}


@admins
def edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Add a person, or change who they are."""
    actor: Any = request.user
    with alone():
        row = reach(User.objects.all(), pk=pk) if pk is not None else User(time_zone=actor.time_zone)
        title = row.name or _("New person")
        back = _page_of(row) if row.pk else {"href": reverse("set_up:people"), "words": _("People")}
        form = PersonForm(request.POST if request.method == "POST" else None, instance=row)
        if form.is_valid() and done_by(form, lambda: setup.save_person(form.instance, actor=actor)):
            where = reverse("set_up:person", args=[form.instance.pk])
            return saved(request, _("Saved %(name)s") % {"name": form.instance.name}, where)
    return form_page(request, form, title=title, back=back, save=_("Save the person"))


@admins
def membership(request: HttpRequest, pk: int, post: int | None = None) -> HttpResponse:
    """Add where a person works, or change it; a substitute's follows its absence and is not found here."""
    actor: Any = request.user
    with alone():
        who = reach(User.objects.all(), pk=pk)
        own = Membership.objects.filter(person=who, stands_in_for__isnull=True)
        row = reach(own, pk=post) if post is not None else Membership(person=who, starts_on=clock.now().date())
        form = MembershipForm(request.POST if request.method == "POST" else None, instance=row)
        if form.is_valid() and done_by(form, lambda: setup.save_membership(form.instance, actor=actor)):
            return saved(request, _("Saved where %(name)s works") % {"name": who.name}, _page_of(who)["href"])
    title = _("Where %(name)s works") % {"name": who.name}
    return form_page(request, form, title=title, back=_page_of(who), save=_("Save the membership"))


@admins
def holding(request: HttpRequest, pk: int, held: int | None = None) -> HttpResponse:
    """Grant a qualification, or change level and validity of a held one."""
    actor: Any = request.user
    with alone():
        who = reach(User.objects.all(), pk=pk)
        row = reach(who.holdings.all(), pk=held) if held is not None else Holding(person=who)
        form = HoldingForm(request.POST if request.method == "POST" else None, instance=row)
        if form.is_valid() and done_by(form, lambda: setup.save_holding(form.instance, actor=actor)):
            return saved(request, _("Saved what %(name)s holds") % {"name": who.name}, _page_of(who)["href"])
    title = _("What %(name)s holds") % {"name": who.name}
    return form_page(request, form, title=title, back=_page_of(who), save=_("Save the qualification"))
