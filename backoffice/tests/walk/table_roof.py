"""Who is answered what by the audit, and by the pages of who asks for something."""

from __future__ import annotations

from backoffice.tests.walk.cases import ALL, Case, Office

SEES, NOT = "mvrd", "cahs"


def plain(path: str) -> object:
    return lambda office: path


AUDIT = {
    "audit/": [
        Case(plain("/audit/"), f"200 {SEES}, 403 {NOT}"),
        Case(plain("/audit/?by=mira&verb=claim&from=2020-01-01"), f"200 {SEES}, 403 {NOT}"),
        Case(lambda o: f"/audit/?task={o.here['secret_held'].reference}", f"200 {SEES}, 403 {NOT}"),
        Case(lambda o: f"/audit/?department={o.permits.pk}", f"200 {SEES}, 403 {NOT}"),
    ],
    "audit/chain/": [Case(plain("/audit/chain/"), f"200 {SEES}, 403 {NOT}")],
    "audit/verify/": [Case(plain("/audit/verify/"), post=f"204 d, 403 {NOT}mvr", part=True)],
    "audit/export/": [
        Case(plain("/audit/export/"), post=f"204 {SEES}, 403 {NOT}", data=lambda o: {"verb": "open"}, part=True)
    ],
    "audit/exports/<int:pk>/": [
        Case(lambda o: f"/audit/exports/{o.export.pk}/", f"200 r, 404 mvd, 403 {NOT}"),
    ],
    "audit/exports/<int:pk>/file/": [
        Case(lambda o: f"/audit/exports/{o.export.pk}/file/", f"200 r, 404 mvd, 403 {NOT}"),
    ],
}


def badge(office: Office) -> dict[str, object]:
    return {"title": "Badge", "department": office.archive.pk, "key": "walk-2"}


def of_request(state: str, end: str = "") -> object:
    return lambda office: f"/requests/{office.here[state].reference}/{end}"


ONE, NOT_ONES = "c", "ahmvsrd"
REQUESTS = {
    "requests/": [Case(plain("/requests/"), f"200 {ALL}"), Case(plain("/requests/?show=finished"), f"200 {ALL}")],
    "requests/new/": [Case(plain("/requests/new/"), f"200 {ALL}"), Case(plain("/requests/new/?q=ba"), f"200 {ALL}")],
    "requests/new/<int:pk>/": [
        Case(lambda o: f"/requests/new/{o.request.pk}/", f"200 {ALL}", f"302 {ALL}", data=badge, leads="/requests/T-"),
        Case(lambda o: f"/requests/new/{o.here_plain.pk}/", f"404 {ALL}", f"404 {ALL}", data=badge),
    ],
    "requests/ratings/<str:code>/": [
        Case(plain("/requests/ratings/PER/"), "200 mvd, 404 cahsr"),
        Case(plain("/requests/ratings/ARC/"), "200 rd, 404 cahmvs"),
    ],
    "requests/<str:reference>/": [
        *(
            Case(of_request(state), f"200 {ONE}, 404 {NOT_ONES}")
            for state in ("asked_free", "asked_started", "asked_waiting", "asked_done")
        ),
        Case(of_request("started"), f"404 {ALL}"),
        Case(plain("/requests/nonsense/"), f"404 {ALL}"),
    ],
    **{
        f"requests/<str:reference>/{end}/": [
            Case(of_request(state, f"{end}/"), post=told, data=lambda o, sent=sent: dict(sent), part=True)
            for state, told in ((asked, f"204 {ONE}, 404 {NOT_ONES}"), ("started", f"404 {ALL}"))
        ]
        for end, asked, sent in (
            ("answer", "asked_waiting", {"text": "Thursday"}),
            ("withdraw", "asked_free", {"reason": "not needed"}),
            ("reopen", "asked_done", {"reason": "wrong name"}),
            ("rate", "asked_done", {"stars": "4", "word": "quick"}),
        )
    },
}
ROWS = AUDIT | REQUESTS
