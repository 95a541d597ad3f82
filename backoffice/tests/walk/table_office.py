"""Who is answered what by the pages of the set-up: admins alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from backoffice.tests.walk.cases import Case, Office
from organization.invitations import path_of
from organization.models import Alias, Qualification
from records.models import Outgoing
from tasks.models import Label

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


def membership(office: Office) -> str:
    return f"/set-up/people/{office.kofi.pk}/memberships/{office.kofi.memberships.get().pk}/"


def holding(office: Office) -> str:
    return f"/set-up/people/{office.mira.pk}/holdings/{office.mira.holdings.order_by('pk')[0].pk}/"


def absence(end: str = "") -> Callable[[Office], str]:
    return lambda o: f"/set-up/people/{o.absences['here'].person_id}/absences/{o.absences['here'].pk}/{end}"


def kofi(office: Office) -> int:
    return int(office.kofi.pk)


PERSON = {"name": "Nia Bell", "email": "nia@hall.example", "time_zone": "Europe/Dublin", "language": "en"}
DAYS = {"first_day": "2030-01-07", "last_day": "2030-01-08", "kind": "leave"}
LEADS = {"leads": "/set-up/people/"}
PEOPLE = {
    "set-up/people/": [at("people/", ONE, ONE)],
    "set-up/people/new/": [at("people/new/", ONE, MOVED, data=always(PERSON), **LEADS), at("people/new/")],
    "set-up/people/names/": [at("people/names/", *["200 mvrd, 403 cahs"] * 2, query=always({"substitute": "mi"}))],
    "set-up/people/<int:pk>/": [about("people/{}/", kofi, ONE, ONE), at("people/0/", ABSENT, ABSENT)],
    "set-up/people/<int:pk>/edit/": [about("people/{}/edit/", kofi), at("people/0/edit/", ABSENT, ABSENT)],
    "set-up/people/<int:pk>/memberships/new/": [about("people/{}/memberships/new/", kofi)],
    "set-up/people/<int:pk>/memberships/<int:post>/": [
        Case(membership, ONE, WRONG),
        about("people/{}/memberships/0/", kofi, ABSENT, ABSENT),
    ],
    "set-up/people/<int:pk>/holdings/new/": [about("people/{}/holdings/new/", kofi)],
    "set-up/people/<int:pk>/holdings/<int:held>/": [
        Case(holding, ONE, WRONG),
        about("people/{}/holdings/0/", kofi, ABSENT, ABSENT),
    ],
    "set-up/people/<int:pk>/absences/new/": [
        about("people/{}/absences/new/", kofi, ONE, MOVED, data=always(DAYS), **LEADS),
        about("people/{}/absences/new/", kofi),
    ],
    "set-up/people/<int:pk>/absences/<int:absence>/": [Case(absence(), ONE, WRONG)],
    "set-up/people/<int:pk>/absences/<int:absence>/withdraw/": [
        Case(absence("withdraw/"), f"405 d, 403 {NOT}", MOVED, **LEADS)
    ],
    "set-up/people/<int:pk>/absences/<int:absence>/back/": [
        Case(absence("back/"), f"405 d, 403 {NOT}", MOVED, **LEADS)
    ],
}
CALENDAR = {"name": "Nights", "windows_0": "22:00-24:00"}
CALENDARS = {
    "set-up/calendars/": [at("calendars/", ONE, ONE)],
    "set-up/calendars/new/": [
        at("calendars/new/", ONE, MOVED, data=always(CALENDAR), leads="/set-up/calendars/"),
        at("calendars/new/", ONE, ONE, data=always({"more": "1"})),
        at("calendars/new/"),
    ],
    "set-up/calendars/<int:pk>/": [about("calendars/{}/", lambda o: o.permits.calendar_id)],
}


def of_draft(end: str) -> Callable[[Office], str]:
    return lambda office: f"/set-up/procedures/{office.anything.pk}/{end}"


def procedure(office: Office) -> dict[str, Any]:
    minutes = dict.fromkeys(("standard_minutes", "target_minutes", "remind_minutes", "escalate_minutes"), "60")
    return minutes | {"name": "Moving house", "default_priority": "3"}


ACT = f"405 d, 403 {NOT}"
WORK = {
    "set-up/procedures/": [at("procedures/", ONE, ONE)],
    "set-up/procedures/new/": [
        at("procedures/new/", ONE, MOVED, data=procedure, leads="/set-up/procedures/"),
        at("procedures/new/"),
    ],
    "set-up/procedures/<int:pk>/": [
        about("procedures/{}/", lambda o: o.here_plain.pk),
        about("procedures/{}/", lambda o: o.there_plain.pk),
    ],
    "set-up/procedures/<int:pk>/begin/": [Case(of_draft("begin/"), ACT, MOVED, leads="/set-up/procedures/")],
    "set-up/procedures/<int:pk>/draft/": [
        Case(of_draft("draft/"), ONE, WRONG),
        about("procedures/{}/draft/", lambda o: o.here_plain.pk, ABSENT, ABSENT),
    ],
    "set-up/procedures/<int:pk>/publish/": [Case(of_draft("publish/"), ONE, MOVED, leads="/set-up/procedures/")],
    "set-up/procedures/<int:pk>/versions/<int:number>/": [
        Case(of_draft("versions/1/"), ONE, ONE),
        Case(of_draft("versions/9/"), ABSENT, ABSENT),
    ],
    "set-up/labels/": [at("labels/", ONE, ONE)],
    "set-up/labels/new/": [
        at("labels/new/", ONE, MOVED, data=always({"name": "Roof"}), leads="/set-up/labels/"),
        at("labels/new/"),
    ],
    "set-up/labels/<int:pk>/": [about("labels/{}/", lambda o: Label.objects.order_by("pk")[0].pk)],
}
LIVES = {
    "set-up/people/<int:pk>/invite/": [about("people/{}/invite/", kofi, ACT, MOVED, **LEADS)],
    "set-up/people/<int:pk>/move/": [about("people/{}/move/", kofi, ONE, WRONG), at("people/0/move/", ABSENT, ABSENT)],
    "set-up/people/<int:pk>/leave/": [
        about("people/{}/leave/", kofi, ONE, ONE),
        about("people/{}/leave/", kofi, ONE, MOVED, data=always({"sure": "1"}), **LEADS),
    ],
    "set-up/people/<int:pk>/back/": [
        about("people/{}/back/", lambda o: o.gone.pk, ACT, MOVED, **LEADS),
        about("people/{}/back/", kofi, ACT, ABSENT),
    ],
    "welcome/<str:uid>/<str:key>/": [
        Case(lambda o: path_of(o.kofi), "200 cahmvsrd", "422 cahmvsrd", nobody=0),
        Case(lambda o: "/welcome/x/y-z/", "410 cahmvsrd", "410 cahmvsrd", nobody=0),
    ],
}
MAIL = {
    "set-up/mail/": [at("mail/", ONE, ONE)],
    "set-up/mail/test/": [at("mail/test/", ACT, MOVED, leads="/set-up/mail/")],
    "set-up/mail/<int:pk>/retry/": [
        about("mail/{}/retry/", lambda o: Outgoing.objects.get(key="walk").pk, ACT, f"409 d, 403 {NOT}"),
        at("mail/0/retry/", ACT, ABSENT),
    ],
    "set-up/mail/messages/": [at("mail/messages/?q=cleo@outside.example", ONE, f"405 d, 403 {NOT}")],
}


def an_alias(end: str, get: str, post: str, **more: Any) -> Case:
    return about("aliases/{}/" + end, lambda o: Alias.objects.get(person=o.mira).pk, get, post, **more)


KEPT = {
    "set-up/runs/": [at("runs/", ONE, f"405 d, 403 {NOT}"), at("runs/?state=failed", ONE, f"405 d, 403 {NOT}")],
    "set-up/runs/<int:pk>/retry/": [
        about("runs/{}/retry/", lambda o: o.run.pk, ACT, MOVED, leads="/set-up/runs/"),
        at("runs/0/retry/", ACT, ABSENT),
    ],
    "set-up/aliases/": [at("aliases/", ONE, f"405 d, 403 {NOT}")],
    "set-up/aliases/<int:pk>/": [an_alias("", ONE, WRONG), at("aliases/0/", ABSENT, ABSENT)],
    "set-up/aliases/<int:pk>/remove/": [an_alias("remove/", ACT, MOVED, leads="/set-up/aliases/")],
}
ROWS = PLACES | PEOPLE | CALENDARS | WORK | LIVES | MAIL | KEPT
