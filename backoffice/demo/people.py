"""The forty people of the demo office. Names and addresses are invented."""

from __future__ import annotations

from dataclasses import dataclass, replace

FULL = (480, 480, 480, 480, 405, 0, 0)
MORNINGS = (240, 240, 240, 240, 240, 0, 0)
FOUR_DAYS = (480, 480, 480, 480, 0, 0, 0)
THURSDAYS = (0, 0, 0, 180, 0, 0, 0)


@dataclass(frozen=True)
class Post:
    department: str
    role: str = "assistant"
    minutes: tuple[int, ...] = FULL
    cap: int | None = None


@dataclass(frozen=True)
class Held:
    """A qualification; `until` counts days from the end of the made history, negative before it."""

    qualification: str
    level: int = 1
    until: int | None = None


@dataclass(frozen=True)
class PersonPlan:
    """`pace` is the share of a department's work the person takes; `zone` and `language` are those of their site."""

    name: str
    posts: tuple[Post, ...] = ()
    holds: tuple[Held, ...] = ()
    pace: float = 1.0
    zone: str = "Europe/Dublin"
    language: str = "en"
    address: str = ""
    is_admin: bool = False
    own_first: bool = True

    @property
    def email(self) -> str:
        plain = self.name.removeprefix("Dr ").lower().replace("á", "a").replace("é", "e").replace("ü", "ue")
        return self.address or ".".join(plain.split()) + "@brookmere.example"


def _boss(code: str) -> Post:
    return Post(code, "manager")


PLANNING, FIRE, APPEALS = "Planning checks", "Fire safety", "Appeals procedure"
LETTINGS, BOOKS, FILES = "Lettings law", "Bookkeeping", "Personnel files"

HALL = (
    PersonPlan("Nora Brandt", (Post("HQ", minutes=MORNINGS),), is_admin=True, address="admin@demo.example", pace=0.3),
    PersonPlan("Aileen Farrow", (_boss("HQ"),), pace=0.3),
    PersonPlan("Jonas Petrie", (Post("HQ"),), (Held("First aid", 1, 200),)),
    PersonPlan("Bridget Maher", (_boss("FRO"),), pace=0.3),
    PersonPlan("Declan Roe", (Post("FRO"),), (Held("First aid", 1, 22),), 1.2, own_first=False),
    PersonPlan("Yusuf Demir", (Post("FRO"),), (Held(PLANNING, 1, 410),)),
    PersonPlan("Eithne Walsh", (Post("FRO", minutes=FOUR_DAYS),), pace=0.8),
    PersonPlan("Marek Zelenka", (Post("FRO"),)),
    PersonPlan("Oona Fitch", (Post("FRO", cap=3),), pace=0.6),
    PersonPlan("Leo Barrand", (Post("FRO"),), pace=0.7),
    PersonPlan("Miriam Castell", (_boss("PEO"),), (Held(FILES),), 0.6),
    PersonPlan("Paul Ivers", (Post("PEO"),), (Held(FILES),)),
    PersonPlan("Shauna Keane", (Post("PEO", minutes=MORNINGS),), (Held(FILES, 1, 33),), 0.6),
    PersonPlan("Hugh Tanner", (Post("APP"),), (Held(APPEALS), Held(PLANNING, 2, 300))),
    PersonPlan("Sorcha Dunne", (Post("APP", minutes=FOUR_DAYS),), (Held(APPEALS, 1, 90), Held(PLANNING, 2)), 0.9),
    PersonPlan("Cleo Marsh", address="colleague@demo.example"),
)
PERMITS = (
    PersonPlan(
        "Ruth Calder",
        (_boss("PER"),),
        (Held(PLANNING, 3), Held(FIRE, 2, 260)),
        0.3,
        address="manager@demo.example",
    ),
    PersonPlan(
        "Dr Anneke Vos",
        (_boss("PER"), _boss("APP")),
        (Held(PLANNING, 3), Held(APPEALS, 2)),
        0.3,
    ),
    PersonPlan(
        "Mira Holt",
        (Post("PER"), Post("FRO", minutes=THURSDAYS)),
        (Held(PLANNING, 2, 510), Held(FIRE, 1, 75), Held("First aid", 1, -40)),
        address="assistant@demo.example",
    ),
    PersonPlan("Kofi Adjei", (Post("PER"),), (Held(PLANNING, 2, 340),), 1.1),
    PersonPlan(
        "Tomás Riel",
        (Post("PER"), Post("APP", minutes=MORNINGS)),
        (Held(PLANNING, 2), Held(APPEALS)),
        1.3,
        own_first=False,
    ),
    PersonPlan("Priya Nair", (Post("PER"),), (Held(PLANNING, 1, 150), Held(FIRE, 2, 365)), 1.1),
    PersonPlan("Samir Haddad", (Post("PER"),), (Held(PLANNING, 1, 600), Held(FIRE, 1, 19)), 0.9),
    PersonPlan("Ines Duarte", (Post("PER"),), (Held(PLANNING, 1, 280),), 0.9),
    PersonPlan("Greta Lindqvist", (Post("PER", minutes=FOUR_DAYS),), (Held(PLANNING, 2), Held(FIRE, 1, -25))),
)


def _abroad(zone: str, language: str, *people: PersonPlan) -> tuple[PersonPlan, ...]:
    return tuple(replace(person, zone=zone, language=language) for person in people)


LINDENHOF = _abroad(
    "Europe/Berlin",
    "de",
    PersonPlan("Katrin Voss", (_boss("LET"),), (Held(LETTINGS),), 0.4),
    PersonPlan("Malte Brandes", (Post("LET"),), (Held(LETTINGS, 1, 220),)),
    PersonPlan("Selin Aydin", (Post("LET"),), (Held(LETTINGS),), 1.1, own_first=False),
    PersonPlan("Jule Harms", (Post("LET", minutes=MORNINGS),), pace=0.6),
    PersonPlan("Piotr Nowicki", (Post("LET"),), (Held(LETTINGS, 1, 26),)),
    PersonPlan("Emil Sander", (Post("LET", cap=3),), pace=0.5),
    PersonPlan("Henrike Thoms", (_boss("ACC"),), (Held(BOOKS, 2),), 0.4),
    PersonPlan("Bastian Krol", (Post("ACC"),), (Held(BOOKS, 2, 400),)),
    PersonPlan("Farah Lindgren", (Post("ACC"), Post("LET", minutes=MORNINGS)), (Held(BOOKS, 2),)),
    PersonPlan("Wim de Groot", (Post("ACC"),), (Held(BOOKS, 1, 130),), 0.9),
)
QUAY = _abroad(
    "America/Halifax",
    "en",
    PersonPlan("Gordon MacAskill", (_boss("FAC"),), (Held(BOOKS, 1),), 0.4),
    PersonPlan("Rhona Tibbet", (Post("FAC"),), (Held(BOOKS, 1, 180), Held("First aid", 1, 300))),
    PersonPlan("Dale Comeau", (Post("FAC"),), (Held(FIRE, 1, 100),), 1.1),
    PersonPlan("Noor Siddiqui", (Post("FAC"),), (Held(BOOKS, 1),)),
    PersonPlan("Theo Boudreau", (Post("FAC", minutes=FOUR_DAYS),), (Held(BOOKS, 1, 240),), 0.8),
)
PEOPLE = HALL + PERMITS + LINDENHOF + QUAY

# The four who can sign in.
SIGN_INS = ("admin@demo.example", "manager@demo.example", "assistant@demo.example", "colleague@demo.example")
# Somebody who has left, and how many days before the end of the made history.
LEFT = ("leo.barrand@brookmere.example", -120)
# Who stands in for whom while they are away.
SUBSTITUTES = {
    "Greta Lindqvist": "Ines Duarte",
    "Ines Duarte": "Greta Lindqvist",
    "Kofi Adjei": "Priya Nair",
    "Priya Nair": "Kofi Adjei",
    "Tomás Riel": "Kofi Adjei",
    "Declan Roe": "Marek Zelenka",
    "Marek Zelenka": "Declan Roe",
    "Selin Aydin": "Malte Brandes",
    "Malte Brandes": "Selin Aydin",
    "Bastian Krol": "Farah Lindgren",
    "Dale Comeau": "Rhona Tibbet",
    "Rhona Tibbet": "Dale Comeau",
    "Bridget Maher": "Jonas Petrie",
}
