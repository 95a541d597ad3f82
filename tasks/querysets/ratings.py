"""Selections of ratings."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet


class RatingQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any) -> RatingQuerySet:
        """One's own, and for managers those of their departments; of confidential work an admin sees none."""
        if not user.is_authenticated:
            return self.none()
        managed = Q(department__in=user.standing.managed)
        if user.is_admin:
            return self.filter(Q(person=user) | managed | Q(task__confidential=False))
        return self.filter(Q(person=user) | managed)
