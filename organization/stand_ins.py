"""A manager's substitute is a manager too, for the days of the absence (domain.md, "People").

They get a dated membership. On days on which they are an assistant there anyway, it is taken out of that membership
(same minutes, same cap), so that everybody has one membership of a department a day; when the absence changes or is
withdrawn, it grows together again. Whoever is a manager there already needs none. Only memberships of their own make
somebody a manager with a substitute: who stands in for a manager hands that to nobody.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from core import clock
from organization.models import Absence, Department, Membership, User
from organization.models.departments import Role
from organization.spans import Span, merge, without
from organization.storing import discard, store

NEVER = dt.date.max.toordinal()
NO_MINUTES = (0,) * 7


@dataclass(frozen=True)
class Piece:
    """A membership of one person in one department on days given as ordinals, end exclusive."""

    span: Span
    role: str
    minutes: tuple[int, ...]
    cap: int | None
    absence_id: int | None = None
    was_assistant: bool = False

    def touches(self, other: Piece) -> bool:
        return self.span[0] < other.span[1] and other.span[0] < self.span[1]


def _piece(row: Membership) -> Piece:
    span = row.starts_on.toordinal(), row.ends_on.toordinal() + 1 if row.ends_on else NEVER
    return Piece(span, row.role, tuple(row.minutes), row.cap, row.stands_in_for_id, row.was_assistant)


def _put(row: Membership, piece: Piece) -> Membership:
    row.starts_on, row.ends_on = _days(piece.span)
    row.role, row.minutes, row.cap = piece.role, list(piece.minutes), piece.cap
    row.stands_in_for_id, row.was_assistant = piece.absence_id, piece.was_assistant
    return row


def _days(span: Span) -> tuple[dt.date, dt.date | None]:
    return dt.date.fromordinal(span[0]), None if span[1] >= NEVER else dt.date.fromordinal(span[1] - 1)


def managed_beyond(person: User, user: User) -> list[str]:
    """Names of departments `person` manages by a membership of their own, today or later, and `user` does not.

    Who names a substitute makes them a manager there, so nobody does it for what they do not manage. One statement;
    none for an admin, who manages everything.
    """
    if user.is_admin:
        return []
    posts = _own_posts([person.pk]).between(clock.now().date(), dt.date.max)
    beyond = posts.exclude(department__in=user.standing.managed).order_by("department__folded_name", "pk")
    return list(dict.fromkeys(beyond.values_list("department__name", flat=True)))


@contextmanager
def following_absence(absence: Absence, *, actor: User | None, withdrawn: bool = False) -> Iterator[None]:
    """Around the change of an absence, in its transaction: afterwards its substitutes stand as it says."""
    stored = Absence.objects.select_for_update(no_key=True).filter(pk=absence.pk).first() if absence.pk else None
    both = [one for one in (stored, absence) if one]
    people = {one.person_id for one in both}
    substitutes = {one.substitute_id for one in both if one.substitute_id}
    _lock(people | substitutes)
    managed = _own_posts(people).values_list("department_id", flat=True)
    touched = set(managed) | set(
        Membership.objects.filter(stands_in_for=absence.pk).values_list("department", flat=True)
    )
    if withdrawn:  # a row that is referred to cannot go
        _settle_all(substitutes, touched, actor, ignored=absence.pk)
    yield
    if not withdrawn:
        _settle_all(substitutes, touched, actor)


@contextmanager
def following_post(post: Membership, *, actor: User | None) -> Iterator[None]:
    """Around the change of a membership, in its transaction: it goes before a substitute's, which then follows it.

    Raises ValidationError where the membership itself is a substitute's.
    """
    stored = Membership.objects.filter(pk=post.pk).first() if post.pk else None
    if stored and stored.stands_in_for_id:
        raise ValidationError(_("This membership is a substitute's. Change the absence it belongs to."))
    both = [one for one in (stored, post) if one]
    people = {one.person_id for one in both if one.person_id}
    absences = Absence.objects.filter(person__in=people, substitute__isnull=False)
    substitutes = set(absences.values_list("substitute", flat=True))
    _lock(people | substitutes)
    standing_in = Membership.objects.filter(
        person=post.person_id, department=post.department_id, stands_in_for__isnull=False, was_assistant=False
    )
    if post.starts_on:
        standing_in = standing_in.filter(ends_on__gte=post.starts_on)
    if post.ends_on:
        standing_in = standing_in.filter(starts_on__lte=post.ends_on)
    for row in standing_in:
        discard(row, actor=actor, kind="membership", department_id=row.department_id)
    yield
    if any(one.role == Role.MANAGER for one in both):
        people |= substitutes
    _settle_all(people, {one.department_id for one in both}, actor)


def _lock(people: Iterable[int]) -> None:
    """One after the other, so that two changes never wait for each other."""
    list(User.objects.filter(pk__in=people).order_by("pk").select_for_update(no_key=True).values_list("pk"))


def _own_posts(people: Iterable[int]) -> QuerySet[Membership]:
    return Membership.objects.filter(person__in=people, role=Role.MANAGER, stands_in_for__isnull=True)


def _settle_all(people: Iterable[int], departments: Iterable[int], actor: User | None, ignored: int = 0) -> None:
    for department in Department.objects.filter(pk__in=departments).select_related("site").order_by("pk"):
        for person_id in sorted(people):
            settle(person_id, department, actor=actor, ignored=ignored)


def settle(person_id: int, department: Department, *, actor: User | None, ignored: int = 0) -> None:
    """Make a person's memberships of a department say where they stand in. `ignored` is an absence that goes.

    One `add`, `change` or `withdraw` event a row, and nothing where all is as it should be already.
    `department` comes with its site. Runs in the caller's transaction, the person locked.
    """
    rows = list(Membership.objects.filter(person=person_id, department=department).order_by("starts_on"))
    wanted = _wanted(person_id, department, ignored)
    if wanted or any(row.stands_in_for_id for row in rows):
        _write(rows, planned(_own(rows), wanted), person_id, department.pk, actor)


def _wanted(person_id: int, department: Department, ignored: int) -> list[tuple[Span, int]]:
    """Days on which the person stands in for a manager of the department, each with the absence; every day once."""
    zone = department.site.zone
    found: list[tuple[Span, int]] = []
    taken: tuple[Span, ...] = ()
    rows = list(Absence.objects.filter(substitute=person_id).exclude(pk=ignored).order_by("starts_at", "pk"))
    posts = list(_own_posts({row.person_id for row in rows}).filter(department=department))
    for row in rows:
        first = row.starts_at.astimezone(zone).date().toordinal()
        last = (row.ends_at - dt.timedelta(microseconds=1)).astimezone(zone).date().toordinal()
        for post in posts:
            if post.person_id != row.person_id:
                continue
            spans: Sequence[Span] = _common((first, last + 1), _piece(post).span)
            for days in taken:
                spans = without(spans, days)
            found += [(span, row.pk) for span in spans]
            taken = merge([*taken, *spans])
    return found


def _own(rows: Iterable[Membership]) -> list[Piece]:
    """The memberships as they are without any absence: what was taken out of one is put back."""
    pieces: list[Piece] = []
    grown = False
    for row in rows:
        piece = _piece(row)
        if row.stands_in_for_id:
            if not row.was_assistant:
                continue
            piece = replace(piece, role=Role.ASSISTANT, absence_id=None, was_assistant=False)
        last = pieces[-1] if pieces else None
        if last and (grown or row.stands_in_for_id) and replace(last, span=(last.span[1], piece.span[1])) == piece:
            pieces[-1], grown = replace(last, span=(last.span[0], piece.span[1])), True
        else:
            pieces.append(piece)
            grown = bool(row.stands_in_for_id)
    return pieces


def planned(own: Iterable[Piece], wanted: Iterable[tuple[Span, int]]) -> list[Piece]:
    """The memberships that should be, in order of days: pure. `wanted` names days of standing in, and the absence."""
    pieces: list[Piece] = []
    free: list[tuple[Span, int]] = list(wanted)
    for piece in own:
        rest: tuple[Span, ...] = (piece.span,)
        for span, absence_id in wanted:
            if piece.role == Role.MANAGER:
                break
            for both in _common(span, piece.span):
                pieces.append(Piece(both, Role.MANAGER, piece.minutes, piece.cap, absence_id, was_assistant=True))
            rest = without(rest, span)
        pieces += [replace(piece, span=one) for one in rest]
        free = [(part, absence_id) for span, absence_id in free for part in without([span], piece.span)]
    pieces += [Piece(span, Role.MANAGER, NO_MINUTES, None, absence_id) for span, absence_id in free]
    return sorted(pieces, key=lambda piece: piece.span)


def _common(one: Span, other: Span) -> list[Span]:
    """The days of both."""
    low, high = max(one[0], other[0]), min(one[1], other[1])
    return [(low, high)] if low < high else []


def _write(rows: list[Membership], pieces: list[Piece], person_id: int, department_id: int, actor: User | None) -> None:
    """Turn the rows into the pieces. First everything shrinks, then it grows: no two of them ever share a day."""
    kept, new, gone = _pairs(rows, pieces)

    def keep(row: Membership) -> None:
        store(row, actor=actor, kind="membership", department_id=department_id)

    for row in gone:
        discard(row, actor=actor, kind="membership", department_id=department_id)
    for row, piece in kept:
        if [row_span := _piece(row).span] != _common(row_span, piece.span):
            row.starts_on, row.ends_on = _days(_common(row_span, piece.span)[0])
            keep(row)
    for row, piece in kept:
        if _piece(row) != piece:
            keep(_put(row, piece))
    for piece in new:
        keep(_put(Membership(person_id=person_id, department_id=department_id), piece))


def _pairs(
    rows: Iterable[Membership], pieces: Iterable[Piece]
) -> tuple[list[tuple[Membership, Piece]], list[Piece], list[Membership]]:
    """Which row becomes which piece, best the one it is already; then pieces and rows that have none."""
    left, todo = list(rows), list(pieces)
    kept: list[tuple[Membership, Piece]] = []
    likeness: tuple[Callable[[Piece, Piece], bool], ...] = (
        lambda old, new: old == new,
        lambda old, new: old.touches(new) and old.absence_id == new.absence_id,
        lambda old, new: old.touches(new),
    )
    for alike in likeness:
        for piece in list(todo):
            row = next((row for row in left if alike(_piece(row), piece)), None)
            if row:
                kept.append((row, piece))
                left.remove(row)
                todo.remove(piece)
    return kept, todo, left
