"""Selections of procedures."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from core.folding import fold


class ProcedureQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any) -> ProcedureQuerySet:
        """Admins see all; others those of their departments, those for all, and those open to requests."""
        return self.all() if user.is_admin else self.of_departments(user.standing.departments)

    def of_departments(self, departments: Iterable[int]) -> ProcedureQuerySet:
        """What people of the departments see: theirs, those for all, and those open to requests."""
        users = self.model.departments.through.objects.filter(procedure=OuterRef("pk"))
        theirs = Exists(users.filter(department__in=departments))
        return self.filter(Q(open_to_requests=True) | ~Exists(users) | theirs)

    def named(self, text: str) -> ProcedureQuerySet:
        """Procedures whose folded name begins with the folded text, or has a word that does."""
        folded = fold(text)
        return self.filter(Q(folded_name__startswith=folded) | Q(folded_name__contains=f" {folded}"))

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
