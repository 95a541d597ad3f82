"""Every verb on a task: the state it is tried in, who may, and what a form and a program send. Pages and API alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from django.urls import reverse

from backoffice.tests.walk.cases import Case, Office

Make = Callable[[Office], dict[str, Any]]
WHY = {"reason": "because"}


def upload(office: Office) -> dict[str, Any]:
    file = BytesIO(b"words")
    file.name = "plan.txt"
    return {"file": file}


@dataclass(frozen=True)
class Act:
    """`may` says who is answered what by POST on a task of `here`; there it is turned round by `there`.

    `form` is what the page sends and None where the act has no form; `body` what a program sends.
    """

    name: str
    state: str
    may: str
    there: str
    form: Make | None = None
    body: Make = field(default=lambda office: {})


def same(values: dict[str, Any]) -> Make:
    return lambda office: dict(values)


def edited(place: str) -> Make:
    def values(office: Office) -> dict[str, Any]:
        typed = {"title": "Other", "text": "words", "priority": "1", "labels": "a, b"}
        shown = {f"initial-{name}": "x" for name in ("title", "text", "labels")} | {"initial-priority": "3"}
        return {"revision": getattr(office, place)["started"].revision} | typed | shown

    return values


ACTS = [
    Act("claim", "free", "200 ahm, 403 vd, 404 csr", "200 sr, 403 d, 404 cahmv"),
    Act("start", "claimed", "200 h, 403 amvd, 404 csr", "200 s, 403 rd, 404 cahmv"),
    Act("release", "started", "200 hmvd, 403 a, 404 csr", "200 srd, 404 cahmv"),
    Act(
        "assign",
        "started",
        "200 mvd, 403 ah, 404 csr",
        "409 rd, 403 s, 404 cahmv",
        lambda o: {"to": o.kofi.pk},
        lambda o: {"to": o.kofi.pk},
    ),
    Act("take-over", "started", "200 m, 403 ahvd, 404 csr", "200 r, 403 sd, 404 cahmv", same(WHY), same(WHY)),
    Act(
        "wait",
        "started",
        "200 hmvd, 403 a, 404 csr",
        "200 srd, 404 cahmv",
        same(WHY | {"kind": "outside"}),
        same(WHY | {"kind": "outside"}),
    ),
    Act("resume", "waiting", "200 hmvd, 403 a, 404 csr", "200 srd, 404 cahmv"),
    Act("submit", "in_progress_reviewed", "200 h, 403 amvd, 404 csr", "200 s, 403 rd, 404 cahmv"),
    Act("approve", "in_review", "200 avd, 409 m, 403 h, 404 csr", "200 d, 409 r, 403 s, 404 cahmv"),
    Act(
        "send-back",
        "in_review",
        "200 avd, 409 m, 403 h, 404 csr",
        "200 d, 409 r, 403 s, 404 cahmv",
        same(WHY),
        same(WHY),
    ),
    Act("complete", "started", "200 hmvd, 403 a, 404 csr", "200 srd, 404 cahmv"),
    Act("cancel", "started", "200 mvd, 403 ah, 404 csr", "200 rd, 403 s, 404 cahmv", same(WHY), same(WHY)),
    Act("reopen", "done", "200 mvd, 403 ah, 404 csr", "200 rd, 403 s, 404 cahmv", same(WHY), same(WHY)),
    Act(
        "hand-off",
        "asked_started",
        "200 hmd, 204 v, 403 ca, 404 sr",  # who manages from above and had no hand in it sees it no longer
        "",
        lambda o: WHY | {"department": o.archive.pk},
        lambda o: WHY | {"department": o.archive.pk},
    ),
    Act(
        "edit",
        "started",
        "200 hmvd, 403 a, 404 csr",
        "200 srd, 404 cahmv",
        edited("here"),
        lambda o: {"revision": o.here["started"].revision, "title": "Other"},
    ),
    Act("attach", "started", "200 ahmvd, 404 csr", "200 srd, 404 cahmv", upload, upload),
]
# What the colleague may do with what they asked for.
ASKED = [
    Act("cancel", "asked_free", "200 cmvd, 403 ah, 404 sr", "", same(WHY), same(WHY)),
    Act("reopen", "asked_done", "200 cmvd, 403 ah, 404 sr", "", same(WHY), same(WHY)),
    Act("attach", "asked_started", "200 cahmvd, 404 sr", "", upload, upload),
    Act("claim", "asked_free", "200 ahm, 403 cvd, 404 sr", ""),
]
# An admin manages everything but confidential work.
SECRET = [
    Act("assign", "secret", "200 mv, 403 d, 404 cahsr", "", lambda o: {"to": o.kofi.pk}, lambda o: {"to": o.kofi.pk}),
    Act("claim", "secret", "403 mvd, 404 cahsr", ""),
    Act("cancel", "secret_held", "200 mv, 403 hd, 404 casr", "", same(WHY), same(WHY)),
    Act("attach", "secret_held", "200 hmv, 403 d, 404 casr", "", upload, upload),
    Act("break-glass", "secret", "200 d, 403 mv, 404 cahsr", "200 d, 403 r, 404 cahmvs", same(WHY), same(WHY)),
]


def address(place: str, act: Act) -> Callable[[Office], str]:
    return lambda office: reverse("tasks:verb", args=[getattr(office, place)[act.state].reference, act.name])


def asked_first(told: str) -> str:
    """What GET of a verb with a form answers: the form to who may, also to whom the verb says no afterwards."""
    return told.replace("409", "200").replace("204", "200")


def page_cases() -> list[Case]:
    """The cases of `tasks/<reference>/<verb>/`, as htmx sends them."""
    cases = []
    for act in [*ACTS, *ASKED, *SECRET]:
        for place, told in (("here", act.may), ("there", act.there)):
            if told:
                shown = asked_first(told) if act.form else asked_first(told).replace("200", "405")
                data = act.form or same({})
                cases.append(Case(address(place, act), shown, told, data, part=True, name=f"{act.name} {place}"))
    cases.append(Case(lambda o: reverse("tasks:verb", args=[o.here["free"].reference, "dance"]), *["404 cahmvsrd"] * 2))
    return cases
