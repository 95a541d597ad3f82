"""Selections of people, departments and what belongs to them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet

from core import clock
from core.folding import fold


class NamedQuerySet(QuerySet[Any]):
    """Rows with a `folded_name`."""

    def named(self, text: str) -> NamedQuerySet:
        """Rows whose folded name begins with the folded text, or has a word that does; all without a text."""
        folded = fold(text)
        return self.filter(Q(folded_name__startswith=folded) | Q(folded_name__contains=f" {folded}"))


class UserQuerySet(QuerySet[Any]):
    def active(self) -> UserQuerySet:
        """People who have not left."""
        return self.filter(is_active=True)

    def visible_to(self, user: Any) -> UserQuerySet:
        """Names of people are seen by everyone signed in."""
        return self.all() if user.is_authenticated else self.none()

    def named(self, text: str) -> UserQuerySet:
        """People whose folded name begins with the folded text, or has a word that does."""
        folded = fold(text)
        return self.filter(Q(folded_name__startswith=folded) | Q(folded_name__contains=f" {folded}"))

    def members_of(self, department_ids: Iterable[int], day: dt.date | None = None) -> UserQuerySet:
        """Active people with a membership in one of the departments on `day` (default: today, UTC)."""
        on = day or clock.now().date()
        return self.active().filter(
            Q(memberships__ends_on__isnull=True) | Q(memberships__ends_on__gte=on),
            memberships__department__in=department_ids,
            memberships__starts_on__lte=on,
        )

    def led_by(self, user: Any) -> UserQuerySet:
        """Active people who work today in a department `user` manages; everybody active for an admin."""
        if user.is_admin:
            return self.active()
        return self.active().filter(pk__in=self.members_of(user.standing.managed).values("pk"))


class DepartmentQuerySet(QuerySet[Any]):
    def active(self) -> DepartmentQuerySet:
        return self.filter(is_active=True)

    def visible_to(self, user: Any) -> DepartmentQuerySet:
        """Names of departments are seen by everyone signed in: one asks them for things and hands work to them."""
        return self.all() if user.is_authenticated else self.none()

    def below(self, ids: Iterable[int]) -> DepartmentQuerySet:
        """These departments and all below them."""
        return self.filter(lineage__overlap=list(ids))

    def named(self, text: str) -> DepartmentQuerySet:
        """Departments whose folded name begins with the folded text, or has a word that does, or whose code is it."""
        folded = fold(text)
        name = Q(folded_name__startswith=folded) | Q(folded_name__contains=f" {folded}")
        return self.filter(name | Q(code__istartswith=text)) if folded else self.all()

    def worked_by(self, user: Any) -> DepartmentQuerySet:
        """Departments whose work the person sees: where they are a member or a manager today; all for an admin."""
        return self.all() if user.is_admin else self.filter(pk__in=user.standing.departments)

    def managed_by(self, user: Any) -> DepartmentQuerySet:
        """Departments whose manager `user` is, directly or from above; all for an admin."""
        return self.all() if user.is_admin else self.filter(pk__in=user.standing.managed)


class MembershipQuerySet(QuerySet[Any]):
    def around(self, day: dt.date) -> MembershipQuerySet:
        """Memberships in force somewhere on earth on this UTC day; ask each department's zone for the last word."""
        one = dt.timedelta(days=1)
        return self.between(day - one, day + one)

    def between(self, first: dt.date, last: dt.date) -> MembershipQuerySet:
        """Memberships in force on any of the days."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=first), starts_on__lte=last)

    def on(self, day: dt.date) -> MembershipQuerySet:
        """Memberships in force on a local day of their department."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day), starts_on__lte=day)


class HoldingQuerySet(QuerySet[Any]):
    def on(self, day: dt.date) -> HoldingQuerySet:
        """Holdings valid on a day."""
        return self.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=day), valid_from__lte=day)


class AbsenceQuerySet(QuerySet[Any]):
    def at(self, instant: dt.datetime) -> AbsenceQuerySet:
        """Absences in force at an instant."""
        return self.filter(starts_at__lte=instant, ends_at__gt=instant)

    def overlapping(self, start: dt.datetime, end: dt.datetime) -> AbsenceQuerySet:
        """Absences that touch [start, end)."""
        return self.filter(starts_at__lt=end, ends_at__gt=start)


class NoticeQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any) -> NoticeQuerySet:
        """What somebody was told is theirs alone."""
        return self.filter(person=user.pk, in_app=True) if user.is_authenticated else self.none()

    def unread(self) -> NoticeQuerySet:
        return self.filter(read_at__isnull=True)
