"""The front door: everybody goes to their queue."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from tasks.saved_views import last_list


@login_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Send a signed-in person to their work: the list they were last in."""
    user: Any = request.user
    return redirect(reverse("tasks:queue") + last_list(request.session, user))
