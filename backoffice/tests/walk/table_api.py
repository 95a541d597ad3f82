"""Who is answered what by the API, operation by operation, with tokens of the same people; nobody gets 401."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from backoffice.tests.walk.acts import ACTS, ASKED, SECRET, Act
from backoffice.tests.walk.cases import ALL, Office, answers
from backoffice.tests.walk.table_notices import notice_of

Path = Callable[[Office], str]


@dataclass(frozen=True)
class Call:
    """One use of an operation: its address, who is answered what, and the query or body sent."""

    where: Path
    says: str
    sent: Callable[[Office], Any] = field(default=lambda office: {})
    nobody: int = 401

    def told(self) -> dict[str, int]:
        return answers(self.says, self.nobody)


def plain(path: str) -> Path:
    return lambda office: path


def of_task(place: str, state: str, end: str = "") -> Path:
    return lambda office: f"/tasks/{getattr(office, place)[state].reference}{end}"


def file(place: str, state: str, kind: str) -> Path:
    def path(office: Office) -> str:
        task = getattr(office, place)[state]
        return f"/tasks/{task.reference}/files/{getattr(task, kind).pk}"

    return path


def listed(**query: Any) -> Call:
    return Call(plain("/tasks"), f"200 {ALL}", lambda office: query)


def new(procedure: str, department: str, **more: Any) -> Callable[[Office], Any]:
    """The body of a new task."""

    def body(office: Office) -> dict[str, Any]:
        ids = {"procedure": getattr(office, procedure).pk, "department": getattr(office, department).pk}
        return ids | {"title": "New"} | more

    return body


DIRECTORY = {
    "GET /me": [Call(plain("/me"), f"200 {ALL}")],
    "GET /people": [
        Call(plain("/people"), f"200 {ALL}"),
        Call(plain("/people"), f"200 {ALL}", lambda o: {"department": o.archive.pk}),
    ],
    "GET /people/{person}": [
        Call(lambda o: f"/people/{o.otto.pk}", f"200 {ALL}"),
        Call(lambda o: f"/people/{o.kofi.pk}", f"200 {ALL}"),
        Call(plain("/people/999999999"), f"404 {ALL}"),
    ],
    "GET /departments": [Call(plain("/departments"), f"200 {ALL}")],
    "GET /departments/{department}": [Call(lambda o: f"/departments/{o.archive.pk}", f"200 {ALL}")],
    "GET /procedures": [
        Call(plain("/procedures"), f"200 {ALL}"),
        Call(plain("/procedures"), f"200 {ALL}", lambda o: {"department": o.archive.pk}),
    ],
    "GET /procedures/{procedure}": [
        Call(lambda o: f"/procedures/{o.here_plain.pk}", "200 ahmvd, 404 csr"),
        Call(lambda o: f"/procedures/{o.there_plain.pk}", "200 srd, 404 cahmv"),
        Call(lambda o: f"/procedures/{o.request.pk}", f"200 {ALL}"),
    ],
}
READING = {
    "GET /tasks": [listed(scope="mine"), listed(scope="departments"), listed(scope="asked")],
    "GET /tasks/{reference}": [
        Call(of_task("here", "started"), "200 ahmvd, 404 csr"),
        Call(of_task("here", "asked_waiting"), "200 cahmvd, 404 sr"),
        Call(of_task("here", "secret"), "200 mvd, 404 cahsr"),
        Call(of_task("here", "secret_held"), "200 hmvd, 404 casr"),
        Call(of_task("there", "started"), "200 srd, 404 cahmv"),
        Call(plain("/tasks/T-999999999"), f"404 {ALL}"),
        Call(plain("/tasks/nonsense"), f"404 {ALL}"),
    ],
    "GET /tasks/{reference}/comments": [
        Call(of_task("here", "started", "/comments"), "200 ahmvd, 404 csr"),
        Call(of_task("here", "asked_started", "/comments"), "200 cahmvd, 404 sr"),
        Call(of_task("here", "secret_held", "/comments"), "200 hmv, 403 d, 404 casr"),
        Call(of_task("there", "started", "/comments"), "200 srd, 404 cahmv"),
    ],
    "GET /tasks/{reference}/files/{file}": [
        Call(file("here", "started", "internal"), "200 ahmvd, 404 csr"),
        Call(file("here", "asked_started", "internal"), "200 ahmvd, 404 csr"),
        Call(file("here", "asked_started", "shared"), "200 cahmvd, 404 sr"),
        Call(file("here", "secret_held", "internal"), "200 hmv, 404 casrd"),
        Call(file("there", "started", "internal"), "200 srd, 404 cahmv"),
    ],
    "GET /tasks/{reference}/why-not-me": [
        Call(of_task("here", "free", "/why-not-me"), "200 ahmvd, 404 csr"),
        Call(of_task("here", "asked_free", "/why-not-me"), "200 ahmvd, 403 c, 404 sr"),
        Call(of_task("here", "secret", "/why-not-me"), "200 mv, 403 d, 404 cahsr"),
        Call(of_task("there", "free", "/why-not-me"), "200 srd, 404 cahmv"),
    ],
}
COMING_IN = {
    "POST /tasks": [
        Call(plain("/tasks"), "201 ahmvd, 409 csr", new("here_plain", "permits")),
        Call(plain("/tasks"), f"201 {ALL}", new("request", "archive")),
        Call(plain("/tasks"), "201 srd, 403 cahmv", new("request", "archive", priority=1)),
        Call(plain("/tasks"), "201 srd, 409 cahmv", new("there_plain", "archive")),
    ],
    # Nothing waits for the colleague, nor for who works in no department with free work.
    "POST /tasks/next": [Call(plain("/tasks/next"), "200 ahmsr, 204 cvd")],
}


def verb(act: Act) -> list[Call]:
    """The calls of an act on work here and there."""
    made = {"attach": 201}.get(act.name, 200)
    return [
        Call(of_task(place, act.state, f"/{act.name}"), told.replace("200", str(made)).replace("204", "200"), act.body)
        for place, told in (("here", act.may), ("there", act.there))
        if told
    ]


VERBS: dict[str, list[Call]] = {}
for one in [*ACTS, *ASKED, *SECRET]:
    VERBS.setdefault(f"POST /tasks/{{reference}}/{one.name}", []).extend(verb(one))


def said(office: Office) -> dict[str, str]:
    return {"text": "Seen"}


def rated(office: Office) -> dict[str, Any]:
    return {"stars": 4, "word": "quick"}


def step(office: Office) -> dict[str, str]:
    return {"step": "text", "value": "seen"}


VERBS |= {
    "POST /tasks/{reference}/mark-step": [
        Call(of_task("here", "started", "/mark-step"), "200 h, 403 amvd, 404 csr", step),
        Call(of_task("there", "started", "/mark-step"), "200 s, 403 rd, 404 cahmv", step),
    ],
    "POST /tasks/{reference}/comment": [
        Call(of_task("here", "started", "/comment"), "201 ahmvd, 404 csr", said),
        Call(of_task("here", "asked_started", "/comment"), "201 cahmvd, 404 sr", said),
        Call(of_task("here", "secret_held", "/comment"), "201 hmv, 403 d, 404 casr", said),
        Call(of_task("there", "started", "/comment"), "201 srd, 404 cahmv", said),
    ],
    "POST /tasks/{reference}/rate": [
        Call(of_task("here", "asked_done", "/rate"), "200 c, 403 ahmvd, 404 sr", rated),
        Call(of_task("here", "asked_started", "/rate"), "409 c, 403 ahmvd, 404 sr", rated),
        Call(of_task("here", "secret_held", "/rate"), "403 hmvd, 404 casr", rated),
        Call(of_task("there", "done", "/rate"), "403 srd, 404 cahmv", rated),
    ],
    "POST /tasks/{reference}/undo": [
        Call(of_task("here", "claimed", "/undo"), "200 m, 409 ahvd, 404 csr"),
        Call(of_task("here", "asked_done", "/undo"), "200 h, 409 camvd, 404 sr"),
        Call(of_task("there", "claimed", "/undo"), "200 r, 409 sd, 404 cahmv"),
    ],
}
VERBS |= {
    f"POST /tasks/{{reference}}/{name}": [
        Call(of_task("here", "started", f"/{name}"), "200 ahmvd, 404 csr"),
        Call(of_task("here", "asked_started", f"/{name}"), "200 cahmvd, 404 sr"),
        Call(of_task("here", "secret", f"/{name}"), "200 mv, 403 d, 404 cahsr"),
        Call(of_task("there", "started", f"/{name}"), "200 srd, 404 cahmv"),
    ]
    for name in ("watch", "stop-watching")
}
NOTICES = {
    "GET /notices": [
        Call(plain("/notices"), f"200 {ALL}"),
        Call(plain("/notices"), f"200 {ALL}", lambda o: {"unread": "true"}),
    ],
    "POST /notices/read": [Call(plain("/notices/read"), f"200 {ALL}")],
    "POST /notices/{notice}/read": [
        Call(lambda o: f"/notices/{notice_of(o, 'mira')}/read", "200 h, 404 camvsrd"),
        Call(plain("/notices/999999999/read"), f"404 {ALL}"),
    ],
}
REPORTS = {
    "GET /reports": [Call(plain("/reports"), f"200 {ALL}"), Call(plain("/reports?limit=1"), f"200 {ALL}")],
    "GET /reports/{report}": [
        Call(lambda o: f"/reports/{o.reports['here'].pk}", "200 mvd, 404 cahsr"),
        Call(lambda o: f"/reports/{o.reports['there'].pk}", "200 rd, 404 cahmvs"),
        Call(lambda o: f"/reports/{o.reports['own'].pk}", "200 ad, 404 chmvsr"),
        Call(lambda o: f"/reports/{o.reports['begun'].pk}", "200 md, 404 cahvsr"),
    ],
}
OPERATIONS = DIRECTORY | READING | COMING_IN | VERBS | REPORTS | NOTICES
# What is no operation: the document itself, and everything that names nothing.
OTHER = {
    "/openapi.json": Call(plain("/openapi.json"), f"200 {ALL}", nobody=200),
    "/": Call(plain("/"), f"404 {ALL}", nobody=404),
}
NOWHERE = [plain("/nothing"), plain("/tasks/T-1/dance"), plain("/tasks/T-1/files")]
