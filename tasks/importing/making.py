"""Making what a file names and the office does not have yet: sites, departments, people, memberships, procedures."""

from __future__ import annotations

import datetime as dt
import re
import zoneinfo

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.text import slugify

from core.folding import fold
from organization.models import Alias, CalendarWindow, Department, Membership, OfficeCalendar, Site, User
from organization.setup import (
    save_calendar,
    save_department,
    save_membership,
    save_person,
    save_site,
)
from organization.storing import store
from tasks.models import Procedure
from tasks.procedures import draft_of, publish, save_procedure

CALENDAR = "Monday to Friday"
NOBODYS_DOMAIN = "import.invalid"  # RFC 2606: never anybody's
WEEK = [480, 480, 480, 480, 480, 0, 0]
ONE_DAY = dt.timedelta(days=1)


def code_for(name: str, taken: set[str]) -> str:
    """A department's code from its name: 2 to 8 capital letters and figures, one that is not taken yet."""
    letters = re.sub(r"[^A-Z0-9]", "", fold(name).upper())
    stem = letters if letters[:1].isalpha() else f"D{letters}"
    stem = stem[:8] if len(stem) > 1 else "DEPT"
    code, number = stem, 2
    while code in taken:
        code, number = f"{stem[: 8 - len(str(number))]}{number}", number + 1
    return code


def address_for(name: str) -> str:
    """The person's own address when the name is one, else a free one under `import.invalid`."""
    try:
        validate_email(name)
        return name.lower()
    except ValidationError:
        stem = slugify(fold(name))[:50].strip("-_") or "person"
    address, number = f"{stem}@{NOBODYS_DOMAIN}", 2
    while User.objects.filter(email=address).exists():
        address, number = f"{stem}-{number}@{NOBODYS_DOMAIN}", number + 1
    return address


def site_named(name: str, *, zone: str, actor: User | None) -> Site:
    """The site of that (folded) name, made with `zone` when there is none."""
    for site in Site.objects.all():
        if fold(site.name) == fold(name):
            return site
    return save_site(Site(name=name, time_zone=zone), actor=actor)


def weekly_calendar(*, actor: User | None) -> OfficeCalendar:
    """The plain calendar of imported departments: Monday to Friday, nine to five."""
    known = OfficeCalendar.objects.filter(name=CALENDAR).first()
    if known:
        return known
    windows = [CalendarWindow(weekday=day, start=dt.time(9), end=dt.time(17)) for day in range(5)]
    return save_calendar(OfficeCalendar(name=CALENDAR), actor=actor, windows=windows, closures=[])


def make_department(name: str, *, site: Site, actor: User | None) -> Department:
    """A department at the site, with a code of its own. Raises ValidationError."""
    taken = set(Department.objects.values_list("code", flat=True))
    row = Department(name=name, code=code_for(name, taken), site=site, calendar=weekly_calendar(actor=actor))
    return save_department(row, actor=actor)


def make_person(name: str, *, zone: str, actor: User | None) -> User:
    """A person who cannot sign in until somebody gives them an address. Raises ValidationError."""
    address = address_for(name)
    called = name.split("@")[0] if address == name.lower() else name
    return save_person(User(name=called, email=address, time_zone=zone), actor=actor)


def is_nobodys(person: User) -> bool:
    """Is the person known from imports only?"""
    return person.email.endswith(f"@{NOBODYS_DOMAIN}")


def make_procedure(name: str, *, actor: User | None) -> Procedure:
    """A procedure for all departments with a published version without steps. Raises ValidationError."""
    row = save_procedure(Procedure(name=name), actor=actor)
    publish(draft_of(row, actor=actor), actor=actor)
    return row


def make_alias(source: str, name: str, *, actor: User | None, **meaning: User | Department) -> None:
    """Remember what the source calls a person or a department."""
    (kind,) = meaning
    store(Alias(source=source, kind=kind, name=name, **meaning), actor=actor, kind="alias")


def ensure_member(
    person: User, department: Department, first: dt.datetime, last: dt.datetime, *, goes_on: bool, actor: User | None
) -> bool:
    """Have the person a member of the department from before `first` (aware); True when a membership was added.

    One they have stays as it is; what lies before it is added. `goes_on` leaves the end open, else it ends with
    the day of `last`.
    """
    zone = zoneinfo.ZoneInfo(department.site.time_zone)
    begins, ends = (instant.astimezone(zone).date() for instant in (first, last))
    known = Membership.objects.filter(person=person, department=department)
    earliest = min(known.values_list("starts_on", flat=True), default=None)
    if earliest is not None and begins >= earliest:
        return False
    until = earliest - ONE_DAY if earliest else None if goes_on else ends
    row = Membership(person=person, department=department, minutes=WEEK, starts_on=begins - ONE_DAY, ends_on=until)
    save_membership(row, actor=actor)
    return True
