"""Who is answered what by the pages of notices: everybody reads their own, and a letter's word is good for itself."""

from __future__ import annotations

from django.urls import reverse

from backoffice.tests.walk.cases import ALL, Case, Office
from organization.models import Notice
from organization.notice_kinds import kinds
from organization.stopping import word_for


def plain(path: str) -> object:
    return lambda office: path


def notice_of(office: Office, name: str) -> int:
    """One of somebody's notices: work was given to mira as the office was built."""
    row = Notice.objects.filter(person=getattr(office, name)).order_by("pk").first()
    assert row, f"{name} was told nothing"
    return int(row.pk)


def stopping(office: Office) -> str:
    return reverse("notices_stop", args=[word_for(office.mira, ["watched"])])


def ways(office: Office) -> dict[str, str]:
    chosen = {f"mail-{kind.name}": "never" for kind in kinds()}
    return chosen | {"morning": "08:00", "quiet_from": "20:00", "quiet_until": "07:00"}


ROWS = {
    "notices/ways/": [
        Case(plain("/notices/ways/"), f"200 {ALL}", f"302 {ALL}", data=ways),
        Case(plain("/notices/ways/"), f"200 {ALL}", f"422 {ALL}", data=lambda o: ways(o) | {"quiet_until": ""}),
    ],
    "notices/": [Case(plain("/notices/"), f"200 {ALL}"), Case(plain("/notices/?unread"), f"200 {ALL}")],
    "notices/read/": [Case(plain("/notices/read/"), post=f"302 {ALL}", leads="/notices/")],
    "notices/<int:pk>/open/": [
        Case(
            lambda o: reverse("notices_open", args=[notice_of(o, "mira")]),
            post="302 h, 404 camvsrd",
            leads="/tasks/T-",
        ),
        Case(plain("/notices/999999999/open/"), post=f"404 {ALL}"),
    ],
    # For whoever has the word, signed in or not: mail programs have no cookies.
    "notices/stop/<str:word>/": [
        Case(stopping, f"200 {ALL}", f"200 {ALL}", nobody=200),
        Case(plain("/notices/stop/nonsense/"), f"404 {ALL}", f"404 {ALL}", nobody=404),
    ],
}
