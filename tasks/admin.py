"""Set-up of procedures, their versions, and labels, by admins. Every save is a verb of `procedures`."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from records.set_up import VerbAdmin, VerbForm, each_by_verb
from tasks import procedures
from tasks.models import Label, Procedure, ProcedureVersion, Requirement, Step


class ReplacedInline(admin.TabularInline):
    """Rows that the verb replaces as a whole, so they may be taken away here."""

    extra = 0
    show_change_link = False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(self.has_change_permission(request, obj))


class RequirementInline(ReplacedInline):
    model = Requirement
    autocomplete_fields = ("qualification",)


@admin.register(Procedure)
class ProcedureAdmin(VerbAdmin):
    list_display = ("name", "standard_minutes", "target_minutes", "default_priority", "open_to_requests", "is_active")
    list_filter = ("is_active", "open_to_requests")
    search_fields = ("folded_name",)
    autocomplete_fields = ("owner", "departments")
    inlines = (RequirementInline,)
    actions = ("begin_version",)

    def by_verb(self, request: HttpRequest, row: Procedure, form: Any, inlines: dict[Any, list[Any]]) -> None:
        procedures.save_procedure(
            row,
            actor=request.user,
            departments=list(form.cleaned_data["departments"]),
            requirements=inlines[Requirement],
        )

    @admin.action(description=_("Begin the next version"))
    def begin_version(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        """Make drafts (copies of the published steps) and go to the draft, or to the list of several."""
        drafts: list[ProcedureVersion] = []
        done = ngettext_lazy("%(count)d draft is ready.", "%(count)d drafts are ready.", "count")
        each_by_verb(
            self, request, queryset, lambda row: drafts.append(procedures.draft_of(row, actor=request.user)), done
        )
        if len(drafts) == 1:
            return redirect("admin:tasks_procedureversion_change", drafts[0].pk)
        return redirect("admin:tasks_procedureversion_changelist")


class StepForm(forms.ModelForm):
    class Meta:
        model = Step
        fields = ("position", "key", "instruction", "is_mandatory", "minutes", "value_kind", "choices")
        widgets = {
            "key": forms.TextInput(attrs={"size": 14}),
            "instruction": forms.TextInput(attrs={"size": 44}),
            "choices": forms.TextInput(attrs={"size": 24}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "position" in self.fields:
            self.fields["position"].required = False

    def clean_position(self) -> int:
        """Where it comes; last when nothing is said. The verb numbers them anew."""
        position = self.cleaned_data.get("position")
        return 32_000 if position is None else int(position)


class StepInline(ReplacedInline):
    model = Step
    form = StepForm


class VersionForm(VerbForm):
    publish_now = forms.BooleanField(
        label=_("Publish when saved"),
        required=False,
        help_text=_("A published version never changes; new tasks follow it from then on."),
    )

    class Meta:
        model = ProcedureVersion
        fields = ("wants_review",)


@admin.register(ProcedureVersion)
class ProcedureVersionAdmin(VerbAdmin):
    """Drafts are begun from their procedure, written here and published; what is published is only looked at."""

    form = VersionForm
    list_display = ("procedure", "number", "stage", "wants_review", "published_at", "published_by")
    list_select_related = ("procedure", "published_by")
    list_filter = ("stage",)
    search_fields = ("procedure__folded_name",)
    ordering = ("procedure__folded_name", "-number", "pk")
    inlines = (StepInline,)
    actions = ("publish",)
    readonly_fields = ("procedure", "number", "stage", "published_at", "published_by")

    def get_fields(self, request: HttpRequest, obj: ProcedureVersion | None = None) -> tuple[str, ...]:
        facts = ("procedure", "number", "stage", "wants_review")
        draft = obj is not None and obj.stage == ProcedureVersion.Stage.DRAFT
        return (*facts, "publish_now") if draft else (*facts, "published_at", "published_by")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: ProcedureVersion | None = None) -> bool:
        draft = obj is None or obj.stage == ProcedureVersion.Stage.DRAFT
        return draft and super().has_change_permission(request, obj)

    def by_verb(self, request: HttpRequest, row: ProcedureVersion, form: Any, inlines: dict[Any, list[Any]]) -> None:
        steps = sorted(inlines[Step], key=lambda step: step.position)
        draft = procedures.save_draft(row, steps, actor=request.user, wants_review=row.wants_review)
        if form.cleaned_data.get("publish_now"):
            procedures.publish(draft, actor=request.user)

    @admin.action(description=_("Publish"))
    def publish(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Publish the chosen drafts."""
        done = ngettext_lazy("%(count)d version was published.", "%(count)d versions were published.", "count")
        each_by_verb(self, request, queryset, lambda row: procedures.publish(row, actor=request.user), done)


@admin.register(Label)
class LabelAdmin(VerbAdmin):
    list_display = ("name",)
    search_fields = ("folded_name",)

    def by_verb(self, request: HttpRequest, row: Label, form: Any, inlines: dict[Any, list[Any]]) -> None:
        procedures.save_label(row, actor=request.user)
