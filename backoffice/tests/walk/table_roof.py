"""Who is answered what by the pages of the roof: the audit."""

from __future__ import annotations

from backoffice.tests.walk.cases import Case

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
ROWS = AUDIT
