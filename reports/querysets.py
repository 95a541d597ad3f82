"""Selections of kept reports and schedules."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet


def _within_reach(user: Any) -> Q:
    """Covers nothing but one's own work, or departments one manages today."""
    managed = Q(person__isnull=True, departments__contained_by=sorted(user.standing.managed))
    return Q(person=user) | managed


class KeptReportQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any) -> KeptReportQuerySet:
        """Reports in the person's list, while they may still see everything the report covers; an admin sees all."""
        if not user.is_authenticated:
            return self.none()
        if user.is_admin:
            return self.all()
        listed = self.model.readers.through.objects.filter(report=OuterRef("pk"), person=user)
        return self.filter(_within_reach(user), Exists(listed))

    def listed_for(self, user: Any) -> KeptReportQuerySet:
        """The person's own list, found by the index of readers."""
        reach = Q() if user.is_admin else _within_reach(user)
        mine = self.model.readers.through.objects.filter(person=user).values("report_id")
        return self.filter(reach, pk__in=mine)

    def for_list(self) -> KeptReportQuerySet:
        """What a list shows: without the numbers."""
        rows = self.select_related("run", "asked_by", "department", "person", "schedule")
        return rows.defer("table", "run__parameters")

    def for_detail(self) -> KeptReportQuerySet:
        return self.select_related("run", "asked_by", "department", "person", "schedule__owner")

    def out_of_date(self, now: dt.datetime) -> KeptReportQuerySet:
        """Reports whose time to be kept is over."""
        return self.filter(keep_until__lt=now)


class ScheduleQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any) -> ScheduleQuerySet:
        """One's own schedules and those that send to oneself; an admin sees all."""
        if not user.is_authenticated:
            return self.none()
        if user.is_admin:
            return self.all()
        sent = self.model.recipients.through.objects.filter(schedule=OuterRef("pk"), user=user)
        return self.filter(Q(owner=user) | Exists(sent))

    def due(self, now: dt.datetime) -> ScheduleQuerySet:
        """Schedules with an occurrence that has come."""
        return self.filter(ended="", next_at__lte=now)
