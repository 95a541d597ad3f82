"""Who is answered what by the set-up: admins alone, and they cannot delete anything."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse

from backoffice.tests.walk.cases import Case, Office
from tasks.models import Task

NOT = "cahmvsr"
ONE, MOVED, NONE = f"200 d, 403 {NOT}", f"302 d, 403 {NOT}", f"403 {NOT}d"
UP = "/set-up/more/login/"  # leads to our sign-in
READ_ONLY = {"run", "runreject", "outgoing", "event", "alias"}


def at(path: str, get: str = "", post: str = "", **more: Any) -> Case:
    return Case(lambda office: f"/set-up/more/{path}", get, post, **{"nobody_leads": UP} | more)


def a_task(office: Office) -> str:
    kind = ContentType.objects.get_for_model(Task).pk
    return reverse("admin:view_on_site", args=[kind, office.here["free"].pk])


FIXED = {
    "set-up/more/": [at("", ONE, ONE)],
    "set-up/more/login/": [at("login/", MOVED, MOVED, leads="/set-up/more/", nobody_leads="/accounts/login/")],
    "set-up/more/logout/": [at("logout/", ONE, MOVED, nobody_leads="/set-up/more/")],
    "set-up/more/password_change/": [at("password_change/", MOVED, MOVED, leads="/accounts/password/change/")],
    "set-up/more/password_change/done/": [at("password_change/done/", ONE, f"405 d, 403 {NOT}")],
    "set-up/more/autocomplete/": [
        at("autocomplete/", NONE, f"405 d, 403 {NOT}"),
    ],
    "set-up/more/jsi18n/": [at("jsi18n/", ONE, f"405 d, 403 {NOT}")],
    "set-up/more/r/<path:content_type_id>/<path:object_id>/": [
        Case(a_task, MOVED, MOVED, leads="http://testserver/tasks/T-", nobody_leads=UP)
    ],
    "set-up/more/^(?P<app_label>records|organization)/$": [at("records/", ONE, ONE)],
    "set-up/more/(?P<url>.*)$": [at("nowhere/", f"404 d, 403 {NOT}", f"404 d, 403 {NOT}")],
}


def of_row(model: Any, end: str) -> Callable[[Office], str]:
    """The address of a page about the first row of a model."""
    base = f"/set-up/more/{model._meta.app_label}/{model._meta.model_name}/"
    return lambda office: f"{base}{model.objects.order_by('pk').first().pk}/{end}"


def rows_of(model: Any) -> dict[str, list[Case]]:
    """The six pages of a model."""
    name = model._meta.model_name
    base = f"{model._meta.app_label}/{name}/"
    looks_only = name in READ_ONLY
    adds = NONE if looks_only or name == "procedureversion" else ONE
    saves = NONE if looks_only or name == "procedureversion" else ONE  # the first version is published
    row = f"set-up/more/{base}<path:object_id>/"
    return {
        f"set-up/more/{base}": [at(base, ONE, ONE)],
        f"set-up/more/{base}add/": [at(f"{base}add/", adds, adds)],
        f"{row}history/": [Case(of_row(model, "history/"), ONE, ONE, nobody_leads=UP)],
        f"{row}delete/": [Case(of_row(model, "delete/"), NONE, NONE, nobody_leads=UP)],
        f"{row}change/": [Case(of_row(model, "change/"), ONE, saves, nobody_leads=UP)],
        row: [Case(of_row(model, ""), MOVED, MOVED, leads=f"/set-up/more/{base}", nobody_leads=UP)],
    }


ROWS = {route: cases for model in admin.site._registry for route, cases in rows_of(model).items()} | FIXED
# Patterns Django brings that are closed to everybody: nothing is chosen, added or deleted there.
CLOSED = {
    route
    for route, cases in ROWS.items()
    if all("200" not in case.get + case.post and "302" not in case.get for case in cases)
}
