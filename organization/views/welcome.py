"""Taking an invitation, by whoever has the link."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from core.refusals import Refused
from organization.forms_lives import WelcomeForm
from organization.invitations import accept, invited


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters("password")
def welcome(request: HttpRequest, uid: str, key: str) -> HttpResponse:
    """The page of an invitation in the language of its person; afterwards they sign in."""
    person = invited(uid, key)
    if person is None:
        return render(request, "organization/welcome.html", {"form": None}, status=410)
    with translation.override(person.language):
        form = WelcomeForm(request.POST if request.method == "POST" else None, person=person)
        if form.is_valid():
            try:
                accept(person, key, name=form.cleaned_data["name"], password=form.cleaned_data["password"])
            except Refused as refused:
                form.add_error(None, str(refused.sentence))
            else:
                messages.success(request, _("Your password is set. Sign in with it."))
                return HttpResponseRedirect(reverse("account_login"))
        status = 422 if form.errors else 200
        return render(request, "organization/welcome.html", {"form": form, "person": person}, status=status)
