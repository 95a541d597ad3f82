"""What the forms of verbs need in their templates."""

from django import template
from django.forms.boundfield import BoundField
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def initial(field: BoundField) -> SafeString:
    """The hidden input with what the field showed when it was read; empty for fields that do not remember it."""
    return field.as_hidden(only_initial=True) if field.field.show_hidden_initial else SafeString("")
