"""Drafts: what somebody typed and has not sent, kept for them alone until they send it, or for thirty days."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from core import clock
from organization.models import User
from tasks.models import Draft

KEPT = dt.timedelta(days=30)
FIELDS, LARGEST = 60, 120_000  # characters of a draft in all
_FORM = re.compile(r"[a-z][a-z-]{0,30}(:[1-9]\d{0,17})?", re.ASCII)
_NEVER = re.compile(r"csrf|password|secret|token", re.IGNORECASE)


def is_form(name: str) -> bool:
    """Can this be the name of a form: "new-task", "comment:10234"?"""
    return _FORM.fullmatch(name) is not None


def keep(user: User, form: str, fields: dict[str, Any]) -> bool:
    """Keep what was typed, in the place of what was there; nothing typed is no draft. False where it cannot be kept."""
    texts = {
        name[:80]: value.replace("\x00", "").encode(errors="ignore").decode()
        for name, value in list(fields.items())[:FIELDS]
        if isinstance(value, str) and not _NEVER.search(name) and "\x00" not in name
    }
    if not is_form(form) or sum(map(len, texts.values())) > LARGEST:
        return False
    if not any(texts.values()):
        drop(user, form)
        return True
    Draft.objects.update_or_create(person=user, form=form, defaults={"fields": texts, "kept_at": clock.now()})
    return True


def draft_of(user: User, form: str) -> Draft | None:
    """The person's own draft for a form."""
    return Draft.objects.filter(person=user, form=form).first()


def drop(user: User, form: str) -> None:
    """It was sent, or is not wanted. One statement."""
    Draft.objects.filter(person=user, form=form).delete()


def erase_old() -> int:
    """Erase what nobody came back to for thirty days; how many that were. One statement."""
    return Draft.objects.filter(kept_at__lt=clock.now() - KEPT).delete()[0]
