"""The pages about oneself."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from core import clock
from core.access import reach
from organization.forms import ProfileForm, TokenForm
from organization.models import User
from organization.setup import save_person
from organization.tokens import create_token, revoke_token


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Name, zone, language and habits of the signed-in person, and their API tokens."""
    if request.method != "POST":
        return drawn(request)
    with transaction.atomic():
        person = own_locked(request)
        form = ProfileForm(request.POST, instance=person)
        if not form.is_valid():
            return drawn(request, form=form, status=422)
        save_person(person, actor=person)
    with translation.override(person.language):
        messages.success(request, _("Your profile is saved"))
    return HttpResponseRedirect(reverse("profile"))


@login_required
@require_POST
@never_cache
@sensitive_variables("text")
def add_token(request: HttpRequest) -> HttpResponse:
    """Make an API token; its text is in this answer and nowhere else."""
    person = own(request)
    form = TokenForm(request.POST, person=person)
    if not form.is_valid():
        return drawn(request, token_form=form, status=422)
    _token, text = create_token(person, actor=person, name=form.cleaned_data["name"], expires_at=form.expires_at)
    return drawn(request, told=text)


@login_required
@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of one's own tokens."""
    person = own(request)
    token = reach(person.api_tokens.all(), pk=pk)
    revoke_token(token, actor=person)
    messages.success(request, _("Revoked the token %(name)s") % {"name": token.name})
    return HttpResponseRedirect(reverse("profile") + "#tokens")


def own(request: HttpRequest) -> User:
    """The signed-in person as a plain instance."""
    person: User = User.objects.get(pk=request.user.pk)
    return person


def own_locked(request: HttpRequest) -> User:
    """The same, locked until the transaction ends: what an admin changes meanwhile is not written over."""
    person: User = User.objects.select_for_update(no_key=True).get(pk=request.user.pk)
    return person


def drawn(
    request: HttpRequest,
    *,
    form: ProfileForm | None = None,
    token_form: TokenForm | None = None,
    told: str = "",
    status: int = 200,
) -> HttpResponse:
    """The page; `told` is the text of a token just made."""
    person = own(request)
    context: dict[str, Any] = {
        "form": form or ProfileForm(instance=person),
        "token_form": token_form or TokenForm(person=person),
        "tokens": person.api_tokens.filter(revoked_at__isnull=True).order_by("-pk"),
        "told": told,
        "now": clock.now(),
    }
    return render(request, "organization/profile.html", context, status=status)
