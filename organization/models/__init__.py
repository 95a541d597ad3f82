"""People, places, departments, working time and who is away."""

from organization.models.absences import Absence
from organization.models.calendars import CalendarClosure, CalendarWindow, OfficeCalendar
from organization.models.departments import Department, Membership, Site
from organization.models.look import Look
from organization.models.notices import Notice, NoticeHours, NoticePreference
from organization.models.people import Alias, User
from organization.models.qualifications import Holding, Qualification
from organization.models.tokens import ApiToken, IdempotentAnswer

__all__ = [
    "Absence",
    "Alias",
    "ApiToken",
    "CalendarClosure",
    "CalendarWindow",
    "Department",
    "Holding",
    "IdempotentAnswer",
    "Look",
    "Membership",
    "Notice",
    "NoticeHours",
    "NoticePreference",
    "OfficeCalendar",
    "Qualification",
    "Site",
    "User",
]
