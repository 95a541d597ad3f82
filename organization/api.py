"""The API of the organization: me, people, departments."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from core.access import reach
from core.pages import Sort, page
from core.problems import answers, reply
from organization.api_frame import asker
from organization.api_shapes import (
    Department,
    DepartmentFilter,
    DepartmentList,
    Me,
    Page,
    People,
    Person,
    PersonFilter,
    check_place,
)
from organization.directory import posts_of
from organization.models import ApiToken, User
from organization.models import Department as Place
from organization.rules import sees_address
from organization.shapes import SentId
from organization.standing import Post

router = Router()
BY_NAME = Sort("name", "", "folded_name", kind=str)


def listed(rows: QuerySet[Any], query: Page, draw: Any) -> HttpResponse:
    """One page of rows by folded name, each drawn by `draw(rows)`."""
    check_place(query.place, BY_NAME)
    shown = page(rows, BY_NAME, query.place, query.limit)
    return reply({"items": draw(list(shown.rows)), "next": shown.next, "previous": shown.previous})


@router.get("/me", response=answers(Me), tags=["people"], operation_id="me", summary="Who I am")
def me(request: HttpRequest) -> HttpResponse:
    """The person the token acts as, and the departments they work in or manage today."""
    user = asker(request)
    token: ApiToken = request.api_token  # type: ignore[attr-defined]
    return reply(
        people_drawn(user, [user])[0]
        | {
            "language": user.language,
            "time_zone": user.time_zone,
            "is_admin": user.is_admin,
            "manages": sorted(user.standing.managed),
            "token": {"name": token.name, "hint": token.hint, "expires_at": token.expires_at},
        }
    )


@router.get(
    "/people", response=answers(People, 404), tags=["people"], operation_id="list_people", summary="List people"
)
def list_people(request: HttpRequest, query: Query[PersonFilter]) -> HttpResponse:
    """Everybody in the office by name. Addresses are shown to managers, admins and one's own department."""
    people = User.objects.visible_to(request.user).filter(is_active=query.active)
    if query.name:
        people = people.named(query.name)
    if query.department:
        people = people.members_of([query.department]).distinct()
    return listed(people, query, lambda rows: people_drawn(asker(request), rows))


@router.get(
    "/people/{person}",
    response=answers(Person, 404),
    tags=["people"],
    operation_id="get_person",
    summary="One person",
)
def get_person(request: HttpRequest, person: SentId) -> HttpResponse:
    """One person by number."""
    found = reach(User.objects.visible_to(request.user), pk=person)
    return reply(people_drawn(asker(request), [found])[0])


@router.get(
    "/departments",
    response=answers(DepartmentList, 404),
    tags=["departments"],
    operation_id="list_departments",
    summary="List departments",
)
def list_departments(request: HttpRequest, query: Query[DepartmentFilter]) -> HttpResponse:
    """The departments by name."""
    rows = Place.objects.visible_to(request.user).filter(is_active=query.active).select_related("site")
    return listed(rows, query, lambda places: [place_drawn(place) for place in places])


@router.get(
    "/departments/{department}",
    response=answers(Department, 404),
    tags=["departments"],
    operation_id="get_department",
    summary="One department",
)
def get_department(request: HttpRequest, department: SentId) -> HttpResponse:
    """One department by number."""
    rows = Place.objects.visible_to(request.user).select_related("site")
    return reply(place_drawn(reach(rows, pk=department)))


def people_drawn(user: User, people: list[User]) -> list[dict[str, Any]]:
    """People as `user` sees them. One statement for all of them."""
    posts = posts_of([person.pk for person in people])
    return [_person_drawn(user, person, posts.get(person.pk, [])) for person in people]


def _person_drawn(user: User, person: User, posts: list[Post]) -> dict[str, Any]:
    seen = sees_address(user, person.pk, [post.department_id for post in posts])
    return {
        "id": person.pk,
        "name": person.name,
        "email": person.email if seen else None,
        "is_active": person.is_active,
        "departments": [{"id": post.department_id, "name": post.department, "role": post.role} for post in posts],
    }


def place_drawn(place: Place) -> dict[str, Any]:
    """A department; its site is selected."""
    return {
        "id": place.pk,
        "code": place.code,
        "name": place.name,
        "parent": place.parent_id,
        "site": {"id": place.site_id, "name": place.site.name, "time_zone": place.site.time_zone},
        "cap": place.cap,
        "members_may_take_over": place.members_may_take_over,
        "reopen_days": place.reopen_days,
        "is_active": place.is_active,
    }
