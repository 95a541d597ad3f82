"""Bare Django views that run the statements of the product's hot paths and nothing else.

`rows` is a plain signed-in template with fifty tasks; `next` and `create` run the same statements as the verbs, written
out, in one transaction, and commit what they commit.
"""

from __future__ import annotations

import json

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from bench.statements import run_create, run_next


@login_required
def rows(request: HttpRequest) -> HttpResponse:
    """Fifty tasks of a department in a plain template."""
    from tasks.models import Task

    tasks = Task.objects.filter(
        department=request.GET["department"], state__in=["planned", "open", "in_progress", "waiting", "in_review"]
    )
    found = tasks.select_related("procedure", "assignee").order_by("urgent_at", "id")[:50]
    return render(request, "bench/rows.html", {"rows": found})


@csrf_exempt
def take_next(request: HttpRequest) -> HttpResponse:
    """The statements of next for the person of the token."""
    body = json.loads(request.body)
    task = run_next(request.headers["Authorization"].removeprefix("Bearer "), body["departments"])
    return JsonResponse({"task": task}) if task else HttpResponse(status=204)


@csrf_exempt
def create(request: HttpRequest) -> HttpResponse:
    """The rows that opening a task inserts."""
    body = json.loads(request.body)
    return JsonResponse({"task": run_create(**body)}, status=201)


urlpatterns = [path("rows/", rows), path("next/", take_next), path("create/", create)]
