"""Selections of what the office keeps."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q, QuerySet


class EventQuerySet(QuerySet[Any]):
    def of_task(self, task_id: int) -> EventQuerySet:
        """Events of one task with actor and payload, newest first."""
        return self.filter(task_id=task_id).select_related("actor", "on_behalf_of", "payload").order_by("-id")


class AttachmentQuerySet(QuerySet[Any]):
    def of(self, kind: str, pk: int) -> AttachmentQuerySet:
        """Attachments of one owner with their bytes' facts, oldest first."""
        return self.filter(owner_kind=kind, owner_id=pk).select_related("blob", "added_by").order_by("id")


class OutgoingQuerySet(QuerySet[Any]):
    def due(self, now: dt.datetime) -> OutgoingQuerySet:
        """Messages to be handed to the mail queue: their time has come and nobody is sending them."""
        return self.free(now).filter(due_at__lte=now)

    def free(self, now: dt.datetime) -> OutgoingQuerySet:
        """Messages not sent yet that nobody is sending."""
        return self.filter(Q(lease_until__isnull=True) | Q(lease_until__lt=now), state="due")


class RunQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any) -> RunQuerySet:
        """Runs the person asked for; an admin sees all."""
        return self.all() if user.is_admin else self.filter(asked_by=user)

    def due(self, now: dt.datetime) -> RunQuerySet:
        """Runs to be handed over: queued and not handed lately, or running with a lease that ran out."""
        return self.filter(Q(lease_until__isnull=True) | Q(lease_until__lt=now), state__in=["queued", "running"])
