"""Django's admin site for what the office keeps and nobody changes by hand: looked at, and tried again by verbs.

Nothing is deleted here. Lists never count their table.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from core.refusals import Refused

COUNTED = 1000


class CappedPaginator(Paginator):
    """Pages over the first thousand rows; further ones are found by searching, so that no list counts a table."""

    @cached_property
    def count(self) -> int:
        """How many rows there are, a thousand at the most."""
        if isinstance(self.object_list, QuerySet):
            return int(self.object_list.order_by("pk")[:COUNTED].values("pk").count())
        return min(len(self.object_list), COUNTED)


class _Careful(admin.ModelAdmin):
    """What every page of the set-up keeps to."""

    show_full_result_count = False
    paginator = CappedPaginator
    list_per_page = 50
    list_max_show_all = 0
    show_facets = admin.ShowFacets.NEVER

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing is deleted: people leave, departments and procedures go out of use."""
        return False


class ReadOnlyAdmin(_Careful):
    """What is written by the office's work and only looked at here."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def each_by_verb(
    page: admin.ModelAdmin, request: HttpRequest, rows: QuerySet[Any], act: Callable[[Any], Any], done: Any
) -> None:
    """For an action of a list: call a verb on each row and say how many were `done`, and why others were not."""
    count = 0
    for row in rows[:COUNTED]:
        try:
            act(row)
            count += 1
        except Refused as refused:
            page.message_user(request, f"{row}: {refused.sentence}", messages.WARNING)
        except ValidationError as error:
            page.message_user(request, f"{row}: {' '.join(error.messages)}", messages.WARNING)
    if count:
        page.message_user(request, done % {"count": count}, messages.SUCCESS)
    else:
        page.message_user(request, _("Nothing was changed."), messages.WARNING)
