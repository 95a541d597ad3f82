"""Who works where today, for many people at once."""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterable

from core import clock
from organization.models import Membership
from organization.standing import Post


def posts_of(person_ids: Iterable[int]) -> dict[int, list[Post]]:
    """The memberships in force today of these people, each department's day being that of its zone. One statement."""
    now = clock.now()
    rows = (
        Membership.objects.around(now.date())
        .filter(person__in=list(person_ids), department__is_active=True)
        .select_related("department__site")
        .order_by("department__folded_name", "department_id")
    )
    posts: dict[int, list[Post]] = {}
    for row in rows:
        where = row.department
        today = now.astimezone(zoneinfo.ZoneInfo(where.site.time_zone)).date()
        if row.starts_on <= today and (row.ends_on is None or today <= row.ends_on):
            post = Post(where.pk, where.name, today, row.role, row.cap or where.cap, tuple(row.minutes))
            posts.setdefault(row.person_id, []).append(post)
    return posts
