"""Small parts of the look that templates need often: icons, form controls, words for errors."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Any, NamedTuple

from django import forms, template
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.core.signals import setting_changed
from django.dispatch import receiver
from django.forms.boundfield import BoundField, BoundWidget
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

register = template.Library()

CHOICES = (forms.RadioSelect, forms.CheckboxSelectMultiple)


# A page names two dozen static files, each looked up in the manifest; they do not change while a process lives.
@register.simple_tag
@cache
def asset(name: str) -> str:
    """The address of a static file, as `{% static %}` gives it."""
    return static(name)


@receiver(setting_changed)
def _forget_assets(setting: str, **kwargs: Any) -> None:
    if setting in {"STORAGES", "STATIC_URL"}:
        asset.cache_clear()


# A list draws hundreds of icons and there are few of them.
@lru_cache(maxsize=512)
def _drawn(sprite: str, name: str, classes: str) -> SafeString:
    css = f"i {classes}" if classes else "i"
    return format_html('<svg class="{}" aria-hidden="true"><use href="{}#i-{}"/></svg>', css, sprite, name)


@register.simple_tag
def icon(name: str, classes: str = "") -> SafeString:
    """An icon of `static/icons.svg`, hidden from screen readers: its word stands beside it.

    `{% icon "queue" %}`, `{% icon kind.icon "over" %}`.
    """
    return _drawn(asset("icons.svg"), name, classes)


@register.simple_tag
def control(field: BoundField, classes: str = "", **attrs: Any) -> SafeString:
    """The input of a form field with the classes of the look; further attributes as keywords (`_` stands for `-`).

    Django adds `aria-describedby` (help, error), `aria-invalid` and `required`.
    """
    widget = field.field.widget
    if isinstance(widget, (forms.CheckboxInput, *CHOICES)):
        base = "check"
    elif isinstance(widget, forms.Select):
        base = "form-select"
    else:
        base = "form-control"
    css = " ".join(filter(None, (base, widget.attrs.get("class", ""), classes)))
    return field.as_widget(attrs={"class": css} | {name.replace("_", "-"): value for name, value in attrs.items()})


@register.simple_tag
def choice_box(choice: BoundWidget) -> SafeString:
    """The box or radio of one choice of a field, without its label."""
    choice.data["attrs"]["class"] = "check"
    return choice.tag()


@register.filter
def is_choices(field: BoundField) -> bool:
    """Several boxes or radios, which need a fieldset."""
    return isinstance(field.field.widget, CHOICES)


@register.filter
def is_box(field: BoundField) -> bool:
    """One box, whose label stands behind it."""
    return isinstance(field.field.widget, forms.CheckboxInput)


def _sentence(field: BoundField, error: ValidationError, text: str) -> str:
    """Words that name the field and the fix, the same in the summary and at the field."""
    label = str(field.label)
    if error.code == "required" and text == str(forms.Field.default_error_messages["required"]):
        if isinstance(field.field, forms.ChoiceField):
            return _("%(label)s: choose one.") % {"label": label}
        return _("%(label)s is empty. Fill it in.") % {"label": label}
    if label.casefold() in text.casefold():
        return text
    return _("%(label)s: %(problem)s") % {"label": label, "problem": text}


@register.filter
def problems(field: BoundField) -> list[str]:
    """The sentences for the errors of one field."""
    return [
        _sentence(field, error, text)
        for error in field.errors.as_data()
        for text in (str(message) for message in error.messages)
    ]


BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Version", "Safari"))
SYSTEMS = ("Windows", "Android", "iPhone", "iPad", "Mac OS X", "CrOS", "Linux")


@register.filter
def device(agent: str) -> str:
    """A User-Agent header (RFC 9110, 10.1.5) in words: "Firefox 140, Windows"; as it is where it says neither."""
    browser = next(
        (f"{name} {found[1]}" for mark, name in BROWSERS if (found := re.search(rf"{mark}/(\d+)", agent))), ""
    )
    system = next((name for name in SYSTEMS if name in agent), "")
    return ", ".join(filter(None, (browser, system))) or agent


class Problem(NamedTuple):
    """A line of the error summary; `target` is the id of the control, empty where no single field is at fault."""

    text: str
    target: str


def _target(field: BoundField) -> str:
    if is_choices(field):
        first = next(iter(field.subwidgets), None)
        return first.id_for_label if first else ""
    return field.id_for_label or field.auto_id


@register.filter
def summary(form: forms.BaseForm) -> list[Problem]:
    """All that keeps the form from being saved, in the order of its fields; what is about the whole comes first."""
    lines = [Problem(str(text), "") for text in form.errors.get(NON_FIELD_ERRORS, ())]
    for field in form:
        target = "" if field.is_hidden else _target(field)
        lines.extend(Problem(text, target) for text in problems(field))
    return lines
