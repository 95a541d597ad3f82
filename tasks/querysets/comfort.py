"""Selections of saved views."""

from __future__ import annotations

from typing import Any

from django.db.models import F, Q, QuerySet


class SavedViewQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any) -> SavedViewQuerySet:
        """One's own, and those shared with the departments one works in or manages."""
        return self.filter(Q(owner=user) | Q(department__in=user.standing.departments))

    def shared_by(self, user: Any) -> SavedViewQuerySet:
        """Those shared with a department the person manages; with any, for an admin."""
        shared = self.filter(department__isnull=False)
        return shared if user.is_admin else shared.filter(department__in=user.standing.managed)

    def in_order(self) -> SavedViewQuerySet:
        """One's own first, then department by department, each in the order people gave them."""
        return self.order_by(F("department__folded_name").asc(nulls_first=True), "position", "id")
