"""Shapes of people and departments, and of every list that goes by pages."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from django.http import Http404
from pydantic import BaseModel, Field

from core.pages import Cursor, Sort
from organization.shapes import Digits, SentFlag, SentId, Text

Limit = Annotated[int, Field(ge=1, le=200, description="Rows a page."), Digits]
Place = Annotated[str, Field(max_length=1000, description="`next` or `previous` of a page before.")]


class Page(BaseModel):
    """Where a list goes on."""

    place: Place = ""
    limit: Limit = 50


def check_place(place: str, sort: Sort) -> None:
    """Raise Http404 for a place that is none of this list: a walk must not start anew unnoticed."""
    if place and Cursor.decode(place, sort) is None:
        raise Http404("place")


class Neighbours(BaseModel):
    """Places of the neighbouring pages; null at an end. A page may end on a place with nothing behind it."""

    next: str | None
    previous: str | None


class PersonFilter(Page):
    name: Annotated[str, Text(100)] = ""
    department: SentId = None  # type: ignore[assignment] # left out, not null: an address knows no null
    active: SentFlag = True


class DepartmentFilter(Page):
    active: SentFlag = True


class Named(BaseModel):
    id: int
    name: str


class Membership(Named):
    role: Literal["assistant", "manager"]


class Person(Named):
    email: str | None = Field(description="null where it is not yours to see.")
    is_active: bool
    departments: list[Membership] = Field(description="Where they work today.")


class Token(BaseModel):
    name: str
    hint: str = Field(description="Its first characters.")
    expires_at: dt.datetime | None


class Me(Person):
    language: str
    time_zone: str
    is_admin: bool
    manages: list[int] = Field(description="Departments managed, directly or from above.")
    token: Token


class Site(Named):
    time_zone: str


class Department(Named):
    code: str
    parent: int | None
    site: Site
    cap: int | None = Field(description="Tasks held at once, per person.")
    members_may_take_over: bool
    reopen_days: int
    is_active: bool


class People(Neighbours):
    items: list[Person]


class DepartmentList(Neighbours):
    items: list[Department]
