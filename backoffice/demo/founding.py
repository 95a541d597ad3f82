"""Founding the demo office through the verbs of set-up: places, hours, people, certificates, procedures."""

from __future__ import annotations

import datetime as dt

from backoffice.demo.people import PEOPLE, PersonPlan
from backoffice.demo.places import CALENDARS, DEPARTMENTS, QUALIFICATIONS, SITES, weekdays
from backoffice.demo.procedures import PROCEDURES, ProcedurePlan, StepPlan
from core import clock
from organization import setup
from organization.models import (
    CalendarClosure,
    CalendarWindow,
    Department,
    Holding,
    Membership,
    OfficeCalendar,
    Qualification,
    Site,
    User,
)
from tasks.models import Procedure, Requirement, Step
from tasks.procedures import draft_of, publish, save_draft, save_procedure


def found(begin: dt.datetime, end: dt.datetime) -> None:
    """Set the office up as of `begin` (aware). Certificates are dated from `end`, the end of the made history."""
    with clock.at(begin):
        admin = _people(begin)
        _places(admin, end.date())
        _posts(admin, begin.date(), end.date())
        for plan in PROCEDURES:
            _procedure(plan, admin)


def _people(begin: dt.datetime) -> User:
    admin: User | None = None
    for plan in PEOPLE:
        row = User(
            name=plan.name,
            email=plan.email,
            time_zone=plan.zone,
            language=plan.language,
            is_admin=plan.is_admin,
            own_first=plan.own_first,
            joined_at=begin,
        )
        setup.save_person(row, actor=admin)
        admin = admin or row
    assert admin is not None
    return admin


def _places(admin: User, end: dt.date) -> None:
    sites: dict[str, Site] = {}
    calendars: dict[str, OfficeCalendar] = {}
    departments: dict[str, Department] = {}
    for site in SITES:
        row = Site(name=site.name, time_zone=site.zone, country=site.country, subdivision=site.subdivision)
        sites[site.name] = setup.save_site(row, actor=admin)
    for plan in CALENDARS:
        calendars[plan.name] = setup.save_calendar(
            OfficeCalendar(name=plan.name),
            actor=admin,
            windows=[CalendarWindow(weekday=day, start=start, end=end) for day, start, end in weekdays(plan)],
            closures=_closures(end),
        )
    for place in DEPARTMENTS:
        departments[place.code] = setup.save_department(
            Department(
                code=place.code,
                name=place.name,
                site=sites[place.site],
                parent=departments.get(place.parent),
                calendar=calendars[place.calendar],
                cap=place.cap,
                members_may_take_over=place.members_may_take_over,
            ),
            actor=admin,
        )


def _closures(end: dt.date) -> list[CalendarClosure]:
    """A whole day and two half days without work, on weekdays of the made year and the weeks after it."""
    monday = end - dt.timedelta(days=end.weekday())
    noon, evening = dt.time(12), dt.time(18)
    return [
        CalendarClosure(day=monday - dt.timedelta(weeks=14) + dt.timedelta(days=2), name="Summer outing"),
        CalendarClosure(day=monday - dt.timedelta(weeks=31), start=noon, end=evening, name="New telephones"),
        CalendarClosure(day=monday + dt.timedelta(weeks=6, days=3), start=noon, end=evening, name="Staff meeting"),
    ]


def _posts(admin: User, begin: dt.date, end: dt.date) -> None:
    people = {row.email: row for row in User.objects.all()}
    departments = {row.code: row for row in Department.objects.all()}
    qualifications = {
        name: setup.save_qualification(Qualification(name=name, description=text), actor=admin)
        for name, text in QUALIFICATIONS.items()
    }
    for number, plan in enumerate(PEOPLE):
        person = people[plan.email]
        for post in plan.posts:
            membership = Membership(
                person=person,
                department=departments[post.department],
                role=post.role,
                minutes=list(post.minutes),
                cap=post.cap,
                starts_on=begin - dt.timedelta(days=90 + 37 * number % 900),
            )
            setup.save_membership(membership, actor=admin)
        _certificates(plan, person, qualifications, admin, end)


def _certificates(
    plan: PersonPlan, person: User, qualifications: dict[str, Qualification], admin: User, end: dt.date
) -> None:
    for number, held in enumerate(plan.holds):
        until = None if held.until is None else end + dt.timedelta(days=held.until)
        since = (until or end) - dt.timedelta(days=731 if until else 400 + 50 * number)
        holding = Holding(
            person=person,
            qualification=qualifications[held.qualification],
            level=held.level,
            valid_from=min(since, end - dt.timedelta(days=380)),
            valid_until=until,
            evidence=f"Certificate {person.pk * 31 + number + 400}",
        )
        setup.save_holding(holding, actor=admin)


def _procedure(plan: ProcedurePlan, admin: User) -> Procedure:
    departments = [] if plan.for_all else list(Department.objects.filter(code__in=plan.mix))
    required = {row.name: row for row in Qualification.objects.all()}
    procedure = save_procedure(
        Procedure(
            name=plan.name,
            description=plan.description,
            owner=admin,
            standard_minutes=plan.standard,
            target_minutes=plan.target,
            default_priority=plan.priority,
            open_to_requests=plan.open_to_requests,
            closed_by_subject=plan.closed_by_subject,
        ),
        actor=admin,
        departments=departments,
        requirements=[Requirement(qualification=required[name], level=level) for name, level in plan.requires],
    )
    publish_steps(procedure, plan, plan.steps, admin)
    return procedure


def publish_steps(procedure: Procedure, plan: ProcedurePlan, steps: tuple[StepPlan, ...], admin: User) -> None:
    """Write the steps into the draft of a procedure and publish it."""
    draft = draft_of(procedure, actor=admin)
    save_draft(draft, [as_step(step) for step in steps], actor=admin, wants_review=plan.review)
    publish(draft, actor=admin)


def as_step(plan: StepPlan) -> Step:
    """A step as the plan wants it, unsaved."""
    return Step(
        key=plan.key,
        instruction=plan.instruction,
        value_kind=plan.kind,
        minutes=plan.minutes,
        is_mandatory=plan.mandatory,
        choices=list(dict.fromkeys(plan.answers)) if plan.kind == "choice" else [],
    )
