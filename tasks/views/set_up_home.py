"""The front page of the set-up."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from organization.views.frame import admins
from tasks.guide import first_steps


@admins
def show(request: HttpRequest) -> HttpResponse:
    """The first steps of a new office, and what it is made of, each with a sentence."""
    return render(request, "set_up/home.html", {"steps": first_steps()})
