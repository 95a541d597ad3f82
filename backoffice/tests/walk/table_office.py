"""Who is answered what by the pages of the set-up: admins alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from backoffice.tests.walk.cases import Case, Office
from organization.models import Qualification

NOT = "cahmvsr"
ONE, MOVED = f"200 d, 403 {NOT}", f"302 d, 403 {NOT}"
WRONG = f"422 d, 403 {NOT}"
ABSENT = f"404 d, 403 {NOT}"

SITE = {"name": "Quay", "time_zone": "Europe/Dublin", "country": "IE"}


def at(path: str, get: str = ONE, post: str = WRONG, **more: Any) -> Case:
    return Case(lambda office: f"/set-up/{path}", get, post, **more)


def about(path: str, pk: Callable[[Office], int], get: str = ONE, post: str = WRONG, **more: Any) -> Case:
    """An address with the number of a row; `{}` is its place."""
    return Case(lambda office: "/set-up/" + path.format(pk(office)), get, post, **more)


def skill(office: Office) -> int:
    return int(Qualification.objects.order_by("pk").values_list("pk", flat=True)[0])


def always(values: dict[str, Any]) -> Callable[[Office], dict[str, Any]]:
    return lambda office: dict(values)


def a_department(office: Office) -> dict[str, Any]:
    return {
        "name": "Quay",
        "code": "QUAY",
        "site": office.permits.site_id,
        "calendar": office.permits.calendar_id,
        "reopen_days": "14",
    }


PLACES = {
    "set-up/": [at("", ONE, ONE)],
    "set-up/sites/": [at("sites/", ONE, ONE)],
    "set-up/sites/new/": [at("sites/new/", ONE, MOVED, data=always(SITE), leads="/set-up/sites/"), at("sites/new/")],
    "set-up/sites/<int:pk>/": [about("sites/{}/", lambda o: o.permits.site_id), at("sites/0/", ABSENT, ABSENT)],
    "set-up/departments/": [at("departments/", ONE, ONE)],
    "set-up/departments/new/": [
        at("departments/new/", ONE, MOVED, data=a_department, leads="/set-up/departments/"),
        at("departments/new/"),
    ],
    "set-up/departments/<int:pk>/": [
        about("departments/{}/", lambda o: o.permits.pk),
        at("departments/0/", ABSENT, ABSENT),
    ],
    "set-up/qualifications/": [at("qualifications/", ONE, ONE)],
    "set-up/qualifications/new/": [
        at("qualifications/new/", ONE, MOVED, data=always({"name": "Diving"}), leads="/set-up/qualifications/"),
        at("qualifications/new/"),
    ],
    "set-up/qualifications/<int:pk>/": [
        about("qualifications/{}/", skill),
        at("qualifications/0/", ABSENT, ABSENT),
    ],
}
ROWS = PLACES
