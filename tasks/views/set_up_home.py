"""The front page of the set-up."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from organization.views.frame import admins


@admins
def show(request: HttpRequest) -> HttpResponse:
    """What the office is made of, each with a sentence."""
    return render(request, "set_up/home.html")
