"""Who is answered what by the pages of work: queue, departments, tasks, people, one's profile."""

from __future__ import annotations

from django.urls import reverse

from backoffice.tests.walk import table_notices
from backoffice.tests.walk.cases import ALL, Case, Office


def board(name: str, place: str, *more: object) -> object:
    """The address of a board of `here` (Permits) or `there` (the Archive)."""
    code = {"here": "PER", "there": "ARC"}[place]
    return lambda office: reverse(f"tasks:{name}", args=[code, *more])


def of_task(name: str, place: str, state: str, *more: object) -> object:
    """The address of something of a task."""

    def address(office: Office) -> str:
        extra = [one(office) if callable(one) else one for one in more]
        return reverse(f"tasks:{name}", args=[getattr(office, place)[state].reference, *extra])

    return address


def plain(path: str) -> object:
    return lambda office: path


def move(place: str) -> object:
    """Free work of a place, to its holder."""
    who = {"here": "mira", "there": "otto"}[place]
    return lambda office: {"task": [getattr(office, place)["free"].pk], "to": getattr(office, who).pk}


def new_task(office: Office) -> dict[str, object]:
    return {"procedure": office.here_plain.pk, "department": office.permits.pk, "title": "New", "key": "walk"}


def request(office: Office) -> dict[str, object]:
    return {"procedure": office.request.pk, "department": office.archive.pk, "title": "Badge", "key": "walk"}


def started(office: Office) -> dict[str, object]:
    """Work of both places."""
    return {"task": [office.here["started"].pk, office.there["started"].pk], "next": "/queue/"}


COMMENT = {"text": "Seen"}
STEP = {"step": "text", "value": "seen"}

QUEUE = {
    "": [Case(plain("/"), f"200 {ALL}")],
    "queue/": [
        Case(plain("/queue/"), f"200 {ALL}"),
        Case(plain("/queue/?scope=departments"), f"200 {ALL}"),
        Case(plain("/queue/?scope=asked"), f"200 {ALL}"),
        Case(lambda o: f"/queue/?task={o.here['started'].reference}", "200 ahmvd, 404 csr"),
        Case(lambda o: f"/queue/?task={o.there['started'].reference}", "200 srd, 404 cahmv"),
        Case(plain("/queue/?scope=departments&filters=1&owner=nobody"), f"200 {ALL}"),
    ],
    "queue/filters/": [Case(plain("/queue/filters/"), f"200 {ALL}")],
    "queue/next/": [Case(plain("/queue/next/"), post=f"200 {ALL}", part=True)],
    "queue/bulk/<str:name>/": [
        Case(plain(f"/queue/bulk/{name}/"), post=told, data=lambda o, more=more: started(o) | more, part=part)
        for name, told, more in (
            ("claim", "200 ahmvsr, 403 cd", {}),
            ("release", "200 ahmvsrd, 403 c", {}),
            ("assign", "200 mvrd, 403 cahs", {"ask": "1"}),
            ("assign", "200 mvrd, 403 cahs", {"to": "nobody"}),
            ("wait", "200 ahmvsrd, 403 c", {"kind": "outside", "reason": "because"}),
            ("hand-off", "422 ahmvsrd, 403 c", {}),
            ("priority", "200 mvrd, 403 cahs", {"priority": "1"}),
            ("label", "200 mvrd, 403 cahs", {"label": "walked"}),
            ("cancel", "200 mvrd, 403 cahs", {"reason": "twice"}),
            ("dance", f"404 {ALL}", {}),
        )
        for part in (True, False)
        if part or told.startswith("4") or "ask" in more
    ],
    "queue/bulk/undo/<str:token>/": [
        Case(plain("/queue/bulk/undo/walk/"), post=f"200 {ALL}", part=True),
        Case(plain("/queue/bulk/undo/other/"), post=f"409 {ALL}", part=True),
    ],
}

DEPARTMENT = {
    "departments/": [Case(plain("/departments/"), f"200 {ALL}")],
    "department/": [Case(plain("/department/"), "200 ahmvsrd, 404 c")],
    "department/<str:code>/": [
        Case(board("department", "here"), "200 ahmvd, 404 csr"),
        Case(board("department", "there"), "200 srd, 404 cahmv"),
        Case(lambda o: f"/department/PER/?person={o.mira.pk}", "200 ahmvd, 404 csr"),
    ],
    "department/<str:code>/live/": [
        Case(board("department_live", "here"), "200 ahmvd, 404 csr"),
        Case(board("department_live", "there"), "200 srd, 404 cahmv"),
    ],
    "department/<str:code>/preview/": [
        Case(board("department_preview", "here"), post="200 mvd, 403 ah, 404 csr", data=move("here"), part=True),
        Case(board("department_preview", "there"), post="200 rd, 403 s, 404 cahmv", data=move("there"), part=True),
    ],
    "department/<str:code>/undo/<str:token>/": [
        Case(board("department_undo", "here", "walk"), post="200 mvd, 403 ah, 404 csr", part=True),
        Case(board("department_undo", "there", "walk"), post="200 rd, 403 s, 404 cahmv", part=True),
        Case(board("department_undo", "here", "other"), post="409 mvd, 403 ah, 404 csr", part=True),
    ],
    "department/<str:code>/absences/<int:absence>/": [
        Case(
            lambda o: reverse("tasks:department_substitute", args=["PER", o.absences["here"].pk]),
            post="200 mvd, 403 ah, 404 csr",
            part=True,
        ),
        Case(
            lambda o: reverse("tasks:department_substitute", args=["PER", o.absences["there"].pk]),
            post="404 mvdcsr, 403 ah",
            part=True,
        ),
    ],
    "department/<str:code>/<str:verb>/": [
        Case(
            board("department_change", place, verb),
            post=told,
            data=lambda o, place=place, more=more: move(place)(o) | more,
            part=part,
        )
        for place, told in (("here", "200 mvd, 403 ah, 404 csr"), ("there", "200 rd, 403 s, 404 cahmv"))
        for verb, more in (("move", {}), ("release", {}), ("cancel", {"reason": "twice"}))
        for part in (True, False)
    ]
    + [Case(board("department_change", "here", "dance"), post=f"404 {ALL}")],
}

NEW = {
    "tasks/new/": [
        Case(plain("/tasks/new/"), f"200 {ALL}", f"302 {ALL}", data=request),
        Case(plain("/tasks/new/"), f"200 {ALL}", "302 ahmvd, 422 csr", data=new_task),
    ],
    "tasks/new/requesters/": [Case(plain("/tasks/new/requesters/?requester=mira"), f"200 {ALL}")],
    "people/search/": [Case(plain("/people/search/?q=mi"), f"200 {ALL}")],
}

TASK = {
    "tasks/<str:reference>/": [
        Case(of_task("task", "here", "started"), "200 ahmvd, 404 csr"),
        Case(of_task("task", "here", "asked_started"), "200 cahmvd, 404 sr"),
        Case(of_task("task", "here", "asked_waiting"), "200 cahmvd, 404 sr"),
        Case(of_task("task", "here", "secret"), "200 mvd, 404 cahsr"),
        Case(of_task("task", "here", "secret_held"), "200 hmvd, 404 casr"),
        Case(of_task("task", "there", "started"), "200 srd, 404 cahmv"),
        Case(of_task("task", "there", "secret"), "200 rd, 404 cahmvs"),
        Case(plain("/tasks/T-999999999/"), f"404 {ALL}"),
        Case(plain("/tasks/nonsense/"), f"404 {ALL}"),
    ],
    "tasks/<str:reference>/files/<int:pk>/": [
        Case(of_task("file", "here", "started", lambda o: o.here["started"].internal.pk), "200 ahmvd, 404 csr"),
        Case(
            of_task("file", "here", "asked_started", lambda o: o.here["asked_started"].internal.pk),
            "200 ahmvd, 404 csr",
        ),
        Case(
            of_task("file", "here", "asked_started", lambda o: o.here["asked_started"].shared.pk), "200 cahmvd, 404 sr"
        ),
        Case(of_task("file", "here", "secret_held", lambda o: o.here["secret_held"].shared.pk), "200 hmv, 404 casrd"),
        Case(of_task("file", "there", "started", lambda o: o.there["started"].shared.pk), "200 srd, 404 cahmv"),
        Case(of_task("file", "here", "started", lambda o: o.there["started"].shared.pk), f"404 {ALL}"),
    ],
    "tasks/<str:reference>/comment/": [
        Case(of_task("comment", place, state), post=told, data=lambda o: COMMENT, part=True)
        for place, state, told in (
            ("here", "started", "200 ahmvd, 404 csr"),
            ("here", "asked_started", "200 cahmvd, 404 sr"),
            ("here", "secret_held", "200 hmv, 403 d, 404 casr"),
            ("there", "started", "200 srd, 404 cahmv"),
        )
    ],
    "tasks/<str:reference>/mark-step/": [
        Case(of_task("step", place, state), post=told, data=lambda o: STEP, part=True)
        for place, state, told in (
            ("here", "started", "200 h, 403 amvd, 404 csr"),
            ("there", "started", "200 s, 403 rd, 404 cahmv"),
        )
    ]
    + [
        Case(
            of_task("step", "here", "asked_started"),
            post="200 h, 403 camvd, 404 sr",
            data=lambda o: {"step": "step-1", "value": "x"},
            part=True,
        )
    ],
    "tasks/<str:reference>/watch/": [
        Case(of_task("watch", place, state), post=told, part=True)
        for place, state, told in (
            ("here", "started", "200 ahmvd, 404 csr"),
            ("here", "asked_started", "200 cahmvd, 404 sr"),
            ("here", "secret", "200 mv, 403 d, 404 cahsr"),
            ("there", "started", "200 srd, 404 cahmv"),
        )
    ],
    "tasks/<str:reference>/undo/": [
        Case(of_task("undo", "here", "claimed"), post="200 m, 409 ahvd, 404 csr", part=True),
        Case(of_task("undo", "here", "asked_done"), post="200 h, 409 camvd, 404 sr", part=True),
        Case(of_task("undo", "there", "claimed"), post="200 r, 409 sd, 404 cahmv", part=True),
    ],
}


def own_profile(office: Office) -> dict[str, str]:
    return {"name": "New Name", "time_zone": "UTC", "language": "en"}


PROFILE = {
    "profile/": [Case(plain("/profile/"), f"200 {ALL}", f"302 {ALL}", data=own_profile)],
    "profile/tokens/": [
        Case(plain("/profile/tokens/"), post=f"200 {ALL}", data=lambda o: {"name": "CI", "lasts": "30"}),
    ],
    "profile/tokens/<int:pk>/revoke/": [
        Case(
            lambda o: reverse("profile_revoke", args=[o.visitors["h"].token_id]),
            post="302 h, 404 camvsrd",
        )
    ],
}

ROWS = QUEUE | DEPARTMENT | NEW | TASK | PROFILE | table_notices.ROWS
