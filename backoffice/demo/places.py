"""Where Brookmere Estates works: sites, hours, departments in a tree, and certificates. All names are invented."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

Hours = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class SitePlan:
    name: str
    zone: str
    country: str
    subdivision: str = ""


@dataclass(frozen=True)
class CalendarPlan:
    """Windows for Monday to Thursday and for Friday, as local times."""

    name: str
    week: Hours
    friday: Hours


@dataclass(frozen=True)
class DepartmentPlan:
    """`arrivals` is how many pieces of work come in on an ordinary day, `backlog` how many usually lie there."""

    code: str
    name: str
    site: str
    calendar: str
    parent: str = ""
    cap: int | None = None
    members_may_take_over: bool = False
    arrivals: float = 1.0
    backlog: int = 4


SITES = (
    SitePlan("Brookmere Hall", "Europe/Dublin", "IE"),
    SitePlan("Lindenhof", "Europe/Berlin", "DE", "HH"),
    SitePlan("Saltern Quay", "America/Halifax", "CA", "NS"),
)

CALENDARS = (
    CalendarPlan("Hall hours", (("08:30", "12:30"), ("13:15", "17:15")), (("08:30", "12:30"), ("13:15", "16:00"))),
    CalendarPlan("Lindenhof hours", (("08:00", "12:00"), ("12:45", "16:45")), (("08:00", "12:00"), ("12:45", "15:00"))),
    CalendarPlan("Quay hours", (("08:00", "12:00"), ("12:30", "16:30")), (("08:00", "12:00"), ("12:30", "15:30"))),
)

# Parents stand before what is below them.
DEPARTMENTS = (
    DepartmentPlan("HQ", "Head office", "Brookmere Hall", "Hall hours", arrivals=0.5, backlog=2),
    DepartmentPlan(
        "FRO",
        "Front office",
        "Brookmere Hall",
        "Hall hours",
        "HQ",
        cap=12,
        members_may_take_over=True,
        arrivals=3.2,
        backlog=6,
    ),
    DepartmentPlan("PER", "Permits", "Brookmere Hall", "Hall hours", "HQ", cap=14, arrivals=7.6, backlog=12),
    DepartmentPlan("APP", "Appeals", "Brookmere Hall", "Hall hours", "PER", arrivals=0.6, backlog=3),
    DepartmentPlan("PEO", "People", "Brookmere Hall", "Hall hours", "HQ", arrivals=0.6, backlog=2),
    DepartmentPlan("LET", "Lettings", "Lindenhof", "Lindenhof hours", "HQ", cap=10, arrivals=1.7, backlog=5),
    DepartmentPlan("ACC", "Rent accounts", "Lindenhof", "Lindenhof hours", "LET", arrivals=1.6, backlog=3),
    DepartmentPlan(
        "FAC",
        "Facilities",
        "Saltern Quay",
        "Quay hours",
        "HQ",
        members_may_take_over=True,
        arrivals=1.8,
        backlog=3,
    ),
)

QUALIFICATIONS = {
    "Planning checks": "Reads drawings, plot numbers and the shopfront code; level 2 signs decisions, level 3 trains.",
    "Fire safety": "May release hoardings and scaffolds; refreshed every two years.",
    "Appeals procedure": "Knows the time limits and the hearing rules of an appeal.",
    "Lettings law": "Tenancy changes and notices under the law of the site.",
    "Bookkeeping": "Level 1 checks invoices, level 2 pays money out.",
    "Personnel files": "Sworn to secrecy about personnel files.",
    "First aid": "First aid at work, refreshed every two years.",
}


def weekdays(plan: CalendarPlan) -> list[tuple[int, dt.time, dt.time]]:
    """The windows of a plan as (weekday, start, end)."""
    days = [(day, plan.week) for day in range(4)] + [(4, plan.friday)]
    return [
        (day, dt.time.fromisoformat(start), dt.time.fromisoformat(end)) for day, hours in days for start, end in hours
    ]
