"""Pages for the tests of the frame: the smallest ones that show each behaviour, on the real templates and modules."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template import engines
from django.urls import include, path

from backoffice.urls import urlpatterns as office
from core.htmx import trigger
from core.refusals import Refused

LIST = """{% extends "base.html" %}{% load look %}
{% block title %}List{% endblock %}{% block main_class %}panes panes-queue{% endblock %}
{% block main_attrs %}data-view="list"{% endblock %}
{% block main %}
<section class="pane list" data-list data-keep-scroll="list"><h1>List</h1><ul>
{% for name in names %}<li class="row-t" data-row><input class="check" type="checkbox" aria-label="{{ name }}">
{% icon "s-open" %}<div class="clip"><a href="/part/?name={{ name }}" data-pane hx-get="/part/?name={{ name }}"
 hx-target="#work">{{ name }}</a></div><span class="clock"><b>1 h</b> left</span></li>{% endfor %}
</ul></section>
<article class="pane work" id="work"><h2 id="chosen">Nothing</h2>
<button type="button" class="btn" data-key="e" aria-disabled="true" aria-describedby="why">Complete</button>
<p id="why">Two steps are open</p>
<button type="button" class="btn" id="release" data-key="r" hx-post="/release/" hx-target="#chosen">Release</button>
<button type="button" class="btn" data-key="g" hx-post="/refuse/" hx-target="#chosen">Give</button>
<button type="button" class="btn" data-key="f" hx-post="/forbid/" hx-target="#chosen">Forbid</button>
<details class="menu" data-menu><summary class="btn" data-key=".">More</summary><div class="menu-sheet">
<ul class="menu-list"><li><button type="button" data-key="t" hx-get="/part/?name=taken" hx-target="#work">Take</button>
</li></ul></div></details>
<label>Comment <textarea data-key="m"></textarea></label></article>
{% endblock %}"""

FORM = """{% extends "base.html" %}{% block title %}Form{% endblock %}
{% block main %}<form class="doc" method="post" novalidate>{% csrf_token %}<h1>Form</h1>
{% include "parts/_form_fields.html" %}
<button type="submit" class="btn btn-primary">Save</button></form>{% endblock %}"""


class SampleForm(forms.Form):
    """One field of each kind."""

    title = forms.CharField(label="Title", help_text="Say what <b>has</b> to be done.")
    department = forms.ChoiceField(label="Department", choices=[("", "Choose one"), ("p", "Permits")])
    way = forms.ChoiceField(label="How it came", choices=[("a", "Post"), ("b", "Call")], widget=forms.RadioSelect)
    secret = forms.BooleanField(label="Confidential", required=False)
    reply = forms.EmailField(label="Reply address", required=False)


def _page(request: HttpRequest, source: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    return HttpResponse(engines["django"].from_string(source).render(context, request), status=status)


@login_required
def listing(request: HttpRequest) -> HttpResponse:
    return _page(request, LIST, {"names": [f"Row {number}" for number in range(1, 31)]})


@login_required
def form(request: HttpRequest) -> HttpResponse:
    sample = SampleForm(request.POST or None)
    return _page(request, FORM, {"form": sample}, 422 if request.method == "POST" and not sample.is_valid() else 200)


@login_required
def part(request: HttpRequest) -> HttpResponse:
    name = request.GET.get("name", "")
    return _page(request, '<h2 id="chosen" data-say="Opened {{ name }}">{{ name }}</h2>', {"name": name})


def release(request: HttpRequest) -> HttpResponse:
    detail = {"text": "Released T-7 to Permits", "ref": "T-7", "undo": "/undo/"}
    return trigger(HttpResponse("Released"), toast=detail)


def undo(request: HttpRequest) -> HttpResponse:
    messages.success(request, "T-7 is yours again.")
    return redirect(request.POST.get("next") or "/")


def refuse(request: HttpRequest) -> HttpResponse:
    raise Refused("Kofi Adjei took T-7 a moment ago.")


def forbid(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied


def fail(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("meant")


# Ours come first; the frame names the addresses of the whole office.
urlpatterns = [
    path("", listing, name="home"),
    path("form/", form),
    path("part/", part),
    path("release/", release),
    path("undo/", undo),
    path("refuse/", refuse),
    path("forbid/", forbid),
    path("fail/", fail),
    path("accounts/", include("allauth.urls")),
    *office,
]
handler400 = "backoffice.requests.bad_request"
handler500 = "backoffice.requests.server_error"
