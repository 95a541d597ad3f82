"""The two questions of every request: can you reach it (else 404), may you do it (else 403)."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404

M = TypeVar("M", bound=Model)
Rule = Callable[..., bool]


def require(rule: Rule, user: Any, *objects: Any) -> None:
    """Raise PermissionDenied (403) unless `rule(user, *objects)` holds."""
    if not rule(user, *objects):
        raise PermissionDenied(rule.__name__)


def reach(visible: QuerySet[M], **lookup: Any) -> M:
    """The one object of `visible` (already narrowed by `visible_to`) or Http404.

    What cannot be a key (text where a number is wanted) is not found rather than an error.
    """
    try:
        return visible.get(**lookup)
    except (ObjectDoesNotExist, ValueError, TypeError, OverflowError) as missing:
        raise Http404 from missing
