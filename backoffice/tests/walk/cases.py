"""How the tables are written: a case is one address of a pattern with what each role is answered.

Answers are statuses with the letters of the roles (`people.ROLES`): "200 ahmvd, 404 csr". Who is not named is nobody,
who is led to sign in (302) on pages and gets 401 from the API.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from backoffice.tests.walk.people import ROLES

Office = SimpleNamespace
ALL = "cahmvsrd"
SIGN_IN = "/accounts/login/"
HTMX = {"HX_Request": "true", "HX_Current_URL": "http://testserver/queue/?scope=departments"}


def answers(told: str, nobody: int) -> dict[str, int]:
    """The status for each role."""
    found: dict[str, int] = {}
    for part in told.split(","):
        status, letters = part.split()
        found |= dict.fromkeys(letters, int(status))
    assert set(found) | {"n"} == set(ROLES), f"not everybody is told: {told}"
    return {"n": nobody} | found


@dataclass(frozen=True)
class Case:
    """`where` makes the address, `data` what a POST carries; an empty `get` or `post` means 405 for everybody.

    `leads` is where a redirect of a signed-in person goes (its beginning), `nobody_leads` where one of nobody goes.
    `nobody` is what nobody is answered, 0 for the same as everybody else. `part` sends the POST as htmx does; `first`
    is a form posted before, in the same breath.
    """

    where: Callable[[Office], str]
    get: str = ""
    post: str = ""
    data: Callable[[Office], Any] = field(default=lambda office: {})
    query: Callable[[Office], Any] | None = None
    leads: str = "/"
    nobody_leads: str = SIGN_IN
    part: bool = False
    nobody: int = 302
    first: Callable[[Office], tuple[str, Any]] | None = None
    name: str = ""

    def of(self, method: str) -> dict[str, int]:
        told = (self.get if method == "GET" else self.post) or f"405 {ALL}"
        return answers(told, self.nobody or int(told[:3]))
