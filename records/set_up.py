"""Django's admin site as the set-up of the office: it draws forms and lists, the verbs change things.

Nothing is deleted here. What a verb refuses appears at the field it names. Lists never count their table.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.core.paginator import Paginator
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
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


class VerbForm(forms.ModelForm):
    """A form that shows what the verb said no to in the try before (`said_no`)."""

    said_no: Refused | ValidationError | None = None

    def _post_clean(self) -> None:
        super()._post_clean()
        for name, sentences in _by_field(self.said_no).items():
            self.add_error(name if name in self.fields else None, sentences)


def _by_field(error: Refused | ValidationError | None) -> dict[str, Any]:
    if error is None:
        return {}
    if isinstance(error, Refused):
        return {error.field or NON_FIELD_ERRORS: [error.sentence]}
    return error.message_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.messages}


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


class VerbAdmin(_Careful):
    """Saves through `by_verb`, with all inline rows at once. A refusal is drawn at its field, nothing is kept."""

    form = VerbForm

    def by_verb(self, request: HttpRequest, row: Any, form: Any, inlines: dict[type[models.Model], list[Any]]) -> None:
        """Call the verb that stores `row`; `inlines` holds all inline rows that are to be, by model."""
        raise NotImplementedError

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        return type(form.__name__, (form,), {"said_no": getattr(request, "said_no", None)})

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except (Refused, ValidationError) as said_no:
            # The transaction is gone; drawn again, the form shows why.
            request.said_no = said_no  # type: ignore[attr-defined]
            return super().changeform_view(request, object_id, form_url, extra_context)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Everything is stored at once in `save_related`, where the inline rows are known."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        inlines = {formset.model: wanted_rows(formset) for formset in formsets}
        self.by_verb(request, form.instance, form, inlines)


def wanted_rows(formset: Any) -> list[Any]:
    """The rows an inline formset leaves: those kept or added, in order, without those marked for removal."""
    formset.save(commit=False)  # sorts out what is new, changed and removed, for the log
    return [
        form.instance
        for form in formset.forms
        if form not in formset.deleted_forms and (form.instance.pk or form.has_changed())
    ]


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
