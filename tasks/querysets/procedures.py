"""Selections of procedures."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, Q, QuerySet


class ProcedureQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any) -> ProcedureQuerySet:
        """Admins see all; others those of their departments, those for all, and those open to requests."""
        if user.is_admin:
            return self.all()
        mine = self.model.objects.filter(departments__in=user.standing.departments).values("pk")
        return self.filter(Q(departments__isnull=True) | Q(pk__in=mine) | Q(open_to_requests=True)).distinct()

    def usable_in(self, department_id: int) -> ProcedureQuerySet:
        """Procedures in use that the department may use and that have a published version."""
        named = self.model.departments.through.objects.filter(procedure_id__isnull=False)
        return self.filter(
            Q(pk__in=named.filter(department_id=department_id).values("procedure_id"))
            | ~Q(pk__in=named.values("procedure_id")),
            is_active=True,
            versions__stage="published",
        )

    def for_detail(self) -> ProcedureQuerySet:
        """With departments, requirements and versions with their steps."""
        from tasks.models import ProcedureVersion

        versions = ProcedureVersion.objects.prefetch_related("steps")
        return self.prefetch_related(
            "departments", "requirements__qualification", Prefetch("versions", queryset=versions)
        )
