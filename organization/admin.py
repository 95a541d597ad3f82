"""What imports call people and departments, to be looked at by admins; imports write it."""

from __future__ import annotations

from django.contrib import admin

from organization.models import Alias
from records.set_up import ReadOnlyAdmin


@admin.register(Alias)
class AliasAdmin(ReadOnlyAdmin):
    list_display = ("source", "kind", "name", "person", "department")
    list_select_related = ("person", "department")
    search_fields = ("name", "source")
    list_filter = ("kind",)
    ordering = ("source", "kind", "name", "pk")
