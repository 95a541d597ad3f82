"""Set-up of places, people, certificates, hours and absences, by admins. Every save is a verb of `setup`."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from organization import setup
from organization.models import (
    Absence,
    Alias,
    CalendarClosure,
    CalendarWindow,
    Department,
    Holding,
    Membership,
    OfficeCalendar,
    Qualification,
    Site,
    User,
)
from records.set_up import ReadOnlyAdmin, VerbAdmin, VerbForm, each_by_verb


@admin.register(Site)
class SiteAdmin(VerbAdmin):
    list_display = ("name", "time_zone", "country", "subdivision")
    search_fields = ("name",)

    def by_verb(self, request: HttpRequest, row: Site, form: Any, inlines: dict[Any, list[Any]]) -> None:
        setup.save_site(row, actor=request.user)


@admin.register(Department)
class DepartmentAdmin(VerbAdmin):
    list_display = ("name", "code", "site", "parent", "calendar", "is_active")
    list_select_related = ("site", "parent", "calendar")
    list_filter = ("is_active",)
    search_fields = ("folded_name", "code")
    autocomplete_fields = ("site", "parent", "calendar")

    def by_verb(self, request: HttpRequest, row: Department, form: Any, inlines: dict[Any, list[Any]]) -> None:
        setup.save_department(row, actor=request.user)


class PersonForm(VerbForm):
    class Meta:
        model = User
        fields = ("name", "email", "time_zone", "language", "is_admin", "is_active")


@admin.register(User)
class PersonAdmin(VerbAdmin):
    """Passwords are neither shown nor set here: people set their own, by the link of "Forgotten?"."""

    form = PersonForm
    list_display = ("name", "email", "is_admin", "is_active", "time_zone")
    list_filter = ("is_active", "is_admin")
    search_fields = ("folded_name", "email")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Names as people type them (folded, by the beginning of a word), addresses by their beginning."""
        term = search_term.strip()
        if not term:
            return queryset, False
        found = queryset.named(term) | queryset.filter(email__startswith=term.lower())
        return found, False

    def by_verb(self, request: HttpRequest, row: User, form: Any, inlines: dict[Any, list[Any]]) -> None:
        leaves = "is_active" in form.changed_data and row.pk and not row.is_active
        if leaves:
            setup.deactivate(row, actor=request.user)
        else:
            setup.save_person(row, actor=request.user)


@admin.register(Membership)
class MembershipAdmin(VerbAdmin):
    list_display = ("person", "department", "role", "starts_on", "ends_on", "cap")
    list_select_related = ("person", "department")
    list_filter = ("role",)
    search_fields = ("person__folded_name", "department__folded_name")
    autocomplete_fields = ("person", "department")
    ordering = ("department__folded_name", "person__folded_name", "pk")

    def by_verb(self, request: HttpRequest, row: Membership, form: Any, inlines: dict[Any, list[Any]]) -> None:
        setup.save_membership(row, actor=request.user)


@admin.register(Qualification)
class QualificationAdmin(VerbAdmin):
    list_display = ("name", "description")
    search_fields = ("name",)

    def by_verb(self, request: HttpRequest, row: Qualification, form: Any, inlines: dict[Any, list[Any]]) -> None:
        setup.save_qualification(row, actor=request.user)


@admin.register(Holding)
class HoldingAdmin(VerbAdmin):
    list_display = ("person", "qualification", "level", "valid_from", "valid_until", "evidence")
    list_select_related = ("person", "qualification")
    search_fields = ("person__folded_name", "qualification__name")
    autocomplete_fields = ("person", "qualification")
    ordering = ("person__folded_name", "qualification__name", "pk")

    def by_verb(self, request: HttpRequest, row: Holding, form: Any, inlines: dict[Any, list[Any]]) -> None:
        setup.save_holding(row, actor=request.user)


class HoursInline(admin.TabularInline):
    """Rows of a calendar are replaced as a whole by the verb, so they may be taken away here."""

    extra = 0
    show_change_link = False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(self.has_change_permission(request, obj))


class WindowInline(HoursInline):
    model = CalendarWindow


class ClosureInline(HoursInline):
    model = CalendarClosure


@admin.register(OfficeCalendar)
class OfficeCalendarAdmin(VerbAdmin):
    list_display = ("name", "observes_holidays", "revision")
    search_fields = ("name",)
    inlines = (WindowInline, ClosureInline)

    def by_verb(self, request: HttpRequest, row: OfficeCalendar, form: Any, inlines: dict[Any, list[Any]]) -> None:
        setup.save_calendar(row, actor=request.user, windows=inlines[CalendarWindow], closures=inlines[CalendarClosure])


@admin.register(Absence)
class AbsenceAdmin(VerbAdmin):
    list_display = ("person", "kind", "starts_at", "ends_at", "substitute")
    list_select_related = ("person", "substitute")
    list_filter = ("kind",)
    search_fields = ("person__folded_name",)
    autocomplete_fields = ("person", "substitute")
    ordering = ("-starts_at", "-pk")
    actions = ("withdraw",)

    def by_verb(self, request: HttpRequest, row: Absence, form: Any, inlines: dict[Any, list[Any]]) -> None:
        setup.save_absence(row, actor=request.user)

    @admin.action(description=_("Withdraw"))
    def withdraw(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Take back the chosen absences, and what their substitutes had for them."""
        done = ngettext_lazy("%(count)d absence was withdrawn.", "%(count)d absences were withdrawn.", "count")
        each_by_verb(self, request, queryset, lambda row: setup.withdraw_absence(row, actor=request.user), done)


@admin.register(Alias)
class AliasAdmin(ReadOnlyAdmin):
    """What imports call people and departments; imports write them."""

    list_display = ("source", "kind", "name", "person", "department")
    list_select_related = ("person", "department")
    search_fields = ("name", "source")
    list_filter = ("kind",)
    ordering = ("source", "kind", "name", "pk")
