"""Choosing whom a schedule sends its reports to: found by a beginning of their name, ticked, kept while the form is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.folding import fold
from core.refusals import Refused
from organization.directory import posts_of
from organization.models import User
from organization.querysets import UserQuerySet
from reports.scope import readers_of, scope_of

LEAST, MOST = 2, 20


class PeopleField(forms.Field):
    """People who are ticked, by number; gives the active ones."""

    widget = forms.CheckboxSelectMultiple

    def clean(self, value: Any) -> list[User]:
        """Raises ValidationError where somebody ticked has left."""
        wanted = numbers(value or [])
        found: list[User] = list(User.objects.active().filter(pk__in=wanted).order_by("folded_name", "pk"))
        if len(found) < len(wanted):
            raise forms.ValidationError(_("Somebody you ticked is not here any more. Look who is left and save again."))
        return found


class SentToForm(forms.Form):
    """`find` looks for people, `recipients` are those that are ticked."""

    find = forms.CharField(
        label=gettext_lazy("Find people to send it to"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("The beginning of a name. Found are those who may see what the report covers."),
    )
    recipients = PeopleField(label=gettext_lazy("Also send it to"), required=False)

    searched = more = False

    def clean_find(self) -> User | None:
        """Who is meant by what was typed and not chosen; raises ValidationError for nobody and for several."""
        text = self.cleaned_data["find"]
        if not text:
            return None
        people = User.objects.active()
        found = list(people.filter(Q(email=text.lower()) | Q(folded_name=fold(text))).order_by("pk")[:2])
        found = found or list(people.named(text).order_by("pk")[:2])
        if len(found) == 1:
            one: User = found[0]
            return one
        if not found:
            raise forms.ValidationError(
                _("Nobody is called %(name)s. Try the beginning of a name."), params={"name": text}
            )
        raise forms.ValidationError(_("Several people are called %(name)s. Tick who is meant."), params={"name": text})

    def chosen(self) -> list[User]:
        """Who is ticked, and who was typed last. For a valid form."""
        typed = self.cleaned_data["find"]
        return [*self.cleaned_data["recipients"], *([typed] if typed else [])]

    def offer(self, user: User, about: str) -> None:
        """Show who is ticked and who is found, each with where they work; to be called before the form is drawn.

        Found are people who may see a report of `user` about `about`.
        """
        text = str(self["find"].value() or "")
        picked = numbers(self["recipients"].value() or [])
        people = list(User.objects.active().filter(pk__in=picked).order_by("folded_name", "pk"))
        found = self._found(user, text, about, picked)
        self.more, found = len(found) > MOST, found[:MOST]
        posts = posts_of([one.pk for one in [*people, *found]])
        labels = [(str(one.pk), _label(one, posts.get(one.pk, []))) for one in [*people, *found]]
        self.fields["recipients"].widget.choices = labels  # type: ignore[attr-defined]
        self.found = len(found)

    def _found(self, user: User, text: str, about: str, picked: set[int]) -> list[User]:
        text = text.replace("\x00", "").strip()[:100]
        self.searched = len(fold(text)) >= LEAST
        if not self.searched:
            return []
        try:
            people: UserQuerySet = readers_of(scope_of(user, about))
        except Refused:
            return []
        people = people.exclude(pk__in=picked | {user.pk})
        rows = people.filter(email=text.lower()) if "@" in text else people.named(text)
        return list(rows.order_by("folded_name", "pk")[: MOST + 1])


def numbers(values: Iterable[Any]) -> set[int]:
    """The numbers among texts that came with a form."""
    texts = (str(value) for value in values)
    return {int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 19}


def _label(person: User, posts: Iterable[Any]) -> str:
    """A name with where its person works, which tells people of one name apart."""
    return ", ".join([person.name, *(post.department for post in posts)])
