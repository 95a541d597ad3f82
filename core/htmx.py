"""Answers for both kinds of caller: a part for htmx, a redirect for everybody else."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect


def wants_part(request: HttpRequest) -> bool:
    """True for an htmx request that swaps a part (boosted navigation wants the whole page)."""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-Boosted") != "true"


def trigger(response: HttpResponse, **events: Any) -> HttpResponse:
    """Add browser events to the answer (HX-Trigger header, JSON, ASCII-escaped so headers cannot be split)."""
    known = json.loads(response.headers.get("HX-Trigger", "{}"))
    response.headers["HX-Trigger"] = json.dumps(known | events)
    return response


def go(request: HttpRequest, url: str) -> HttpResponse:
    """Send the browser to `url`: HX-Redirect for htmx, 302 otherwise."""
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)
