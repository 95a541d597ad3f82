"""Who is answered what by the pages for managers: shared views, and who is away among their own people."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from backoffice.tests.walk.cases import Case, Office
from backoffice.tests.walk.table_office import DAYS, always

LEADS, NOT = "mvrd", "cahs"
ONE = f"200 {LEADS}, 403 {NOT}"
HERE, THERE = "mvd", "rd"  # who leads Permits, who the Archive
TO_VIEWS, TO_AWAY = {"leads": "/set-up/views/"}, {"leads": "/absences/"}


def told(status: int, who: str) -> str:
    """A status for these, 404 for the others who lead, 403 for the rest."""
    others = "".join(letter for letter in LEADS if letter not in who)
    return f"{status} {who}, 404 {others}, 403 {NOT}"


def view(place: str, end: str = "") -> Callable[[Office], str]:
    return lambda office: f"/set-up/views/{office.views[place].pk}/{end}"


def away(place: str, end: str = "") -> Callable[[Office], str]:
    return lambda o: f"/absences/{o.absences[place].person_id}/{o.absences[place].pk}/{end}"


def plain(path: str) -> Callable[[Office], str]:
    return lambda office: path


def renamed(office: Office) -> dict[str, Any]:
    return {"name": "Late", "department": office.permits.pk}


ROWS = {
    "set-up/views/": [Case(plain("/set-up/views/"), ONE, ONE), Case(plain("/set-up/views/?q=x"), ONE, ONE)],
    "set-up/views/<int:pk>/": [
        Case(view("here"), told(200, HERE), told(422, HERE), data=renamed),  # without the stamp of the page
        Case(view("there"), told(200, THERE), told(422, THERE)),
    ],
    "set-up/views/<int:pk>/delete/": [
        Case(view(place, "delete/"), f"405 {LEADS}, 403 {NOT}", told(302, who), **TO_VIEWS)
        for place, who in (("here", HERE), ("there", THERE))
    ],
    "absences/": [Case(plain("/absences/"), ONE, ONE)],
    "absences/<int:pk>/new/": [
        Case(lambda o: f"/absences/{o.kofi.pk}/new/", told(200, HERE), told(302, HERE), data=always(DAYS), **TO_AWAY),
        Case(lambda o: f"/absences/{o.otto.pk}/new/", told(200, THERE), told(422, THERE)),
        Case(lambda o: f"/absences/{o.cleo.pk}/new/", told(200, "d"), told(422, "d")),
    ],
    "absences/<int:pk>/<int:absence>/": [
        Case(away("here"), told(200, HERE), told(422, HERE)),
        Case(away("there"), told(200, THERE), told(422, THERE)),
    ],
    **{
        f"absences/<int:pk>/<int:absence>/{end}/": [
            Case(away(place, f"{end}/"), f"405 {LEADS}, 403 {NOT}", told(302, who), **TO_AWAY)
            for place, who in (("here", HERE), ("there", THERE))
        ]
        for end in ("withdraw", "back")
    },
}
