"""Who is answered what by search and by what stays with one person: saved views, drafts, presence."""

from __future__ import annotations

from django.urls import reverse

from backoffice.tests.walk.cases import ALL, Case
from backoffice.tests.walk.table_pages import of_task, plain

SEARCH = {
    "search/": [
        Case(plain("/search/"), f"200 {ALL}"),
        Case(plain("/search/?q=title"), f"200 {ALL}"),
    ],
    "search/palette/": [
        Case(plain("/search/palette/"), f"200 {ALL}"),
        Case(plain("/search/palette/?q=title"), f"200 {ALL}"),
    ],
}


def view(place: str) -> object:
    """The address of a view that is shared with a department of `here` or `there`."""
    return lambda office, verb: reverse("tasks:view_change", args=[office.views[place].pk, verb])


def changed(place: str, verb: str, told: str, name: str = "New") -> Case:
    at = view(place)
    return Case(lambda o: at(o, verb), post=told, data=lambda o: {"name": name}, leads="/queue/views/")


VIEWS = {
    "queue/views/": [
        Case(plain("/queue/views/"), f"200 {ALL}", f"302 {ALL}", data=lambda o: {"name": "Mine"}, leads="/queue/"),
        Case(plain("/queue/views/?title=x"), f"200 {ALL}", f"422 {ALL}"),
        Case(
            plain("/queue/views/"),
            f"200 {ALL}",
            "302 mvd, 404 cahsr",
            data=lambda o: {"name": "Ours", "department": o.permits.pk},
            leads="/queue/",
        ),
    ],
    "queue/views/side/": [Case(plain("/queue/views/side/"), f"200 {ALL}")],
    "queue/views/<int:pk>/<str:verb>/": [
        changed("here", "rename", "302 mv, 403 ah, 404 csrd"),
        changed("here", "rename", "422 mv, 403 ah, 404 csrd", name=" "),
        changed("here", "down", "302 mv, 403 ah, 404 csrd"),
        changed("there", "delete", "302 r, 403 s, 404 cahmvd"),
        changed("here", "dance", f"404 {ALL}"),
    ],
}

FIELDS = {"fields": '{"text": "begun"}'}
TYPING = {
    "drafts/<str:form>/": [
        Case(plain("/drafts/comment:1/"), f"204 {ALL}", f"204 {ALL}", data=lambda o: FIELDS),
        Case(plain("/drafts/comment:1/"), f"204 {ALL}", f"400 {ALL}"),
        Case(plain("/drafts/no%20name/"), f"404 {ALL}", f"404 {ALL}", data=lambda o: FIELDS),
    ],
    "queue/counts/": [Case(plain("/queue/counts/"), f"200 {ALL}")],
    "queue/live/": [
        Case(plain("/queue/live/"), f"200 {ALL}"),
        Case(plain("/queue/live/?scope=departments"), f"200 {ALL}"),
    ],
    "tasks/<str:reference>/mentions/": [
        Case(of_task("mentions", "here", "started"), "200 ahmvd, 404 csr"),
        Case(of_task("mentions", "here", "asked_started"), "200 cahmvd, 404 sr"),
        Case(of_task("mentions", "here", "secret_held"), "200 hmv, 403 d, 404 casr"),
        Case(of_task("mentions", "there", "started"), "200 srd, 404 cahmv"),
    ],
    "tasks/<str:reference>/presence/": [
        Case(of_task("presence", "here", "started"), post="200 ahmvd, 404 csr"),
        Case(of_task("presence", "here", "asked_started"), post="200 ahmvd, 204 c, 404 sr"),
        Case(of_task("presence", "here", "secret_held"), post="200 hmv, 204 d, 404 casr"),
        Case(of_task("presence", "there", "started"), post="200 srd, 404 cahmv"),
    ],
}

ROWS = SEARCH | VIEWS | TYPING
