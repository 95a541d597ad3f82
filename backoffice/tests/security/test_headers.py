"""The headers of every kind of answer are graded: pages, parts, the API, files, static files, errors, the door."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from backoffice.environment import BASE
from backoffice.headers import HeadersMiddleware
from backoffice.tests.api_caller import Caller
from organization.models import User
from tasks import editing
from tasks.tests import factories as make

pytestmark = pytest.mark.django_db
YEAR = 365 * 24 * 3600


@pytest.fixture
def secure(settings: Any, tmp_path: Path) -> None:
    """As in production: TLS, and static files with the hash of their content in the name."""
    settings.SECURE_SSL_REDIRECT = settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    settings.SECURE_HSTS_SECONDS, settings.STATIC_ROOT = YEAR, tmp_path
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True
    (tmp_path / "page.0123456789ab.css").write_text("p { color: inherit }")


def policy_of(response: HttpResponse) -> dict[str, set[str]]:
    parts = [part.split() for part in response.headers.get("Content-Security-Policy", "").split(";") if part.strip()]
    return {name: set(values) for name, *values in parts}


def faults(response: HttpResponse, *, cached: bool = False) -> Iterator[str]:
    """What a grader of headers would complain of (OWASP ASVS 5.0, V3.4; MDN HTTP Observatory)."""
    policy, told = policy_of(response), response.headers
    if policy.get("frame-ancestors") != {"'none'"}:
        yield "it may be framed"
    if "sandbox" not in policy:
        closed = ("object-src", "base-uri")
        yield from (f"{name} is not closed" for name in closed if policy.get(name) != {"'none'"})
        if policy.get("form-action") != {"'self'"}:
            yield "forms may be sent elsewhere"
    if policy.get("default-src") != {"'none'"}:
        yield "default-src is not closed"
    loose = {"'unsafe-inline'", "'unsafe-eval'", "*", "http:", "https:", "data:"}
    yield from (f"{name} is loose" for name in ("script-src", "style-src") if policy.get(name, set()) & loose)
    transport = re.fullmatch(r"max-age=(\d+); includeSubDomains; preload", told.get("Strict-Transport-Security", ""))
    if not transport or int(transport[1]) < YEAR:
        yield "no lasting HSTS"
    wanted = {
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    yield from (f"{name} is {told.get(name)}" for name, value in wanted.items() if told.get(name) != value)
    if not {"camera=()", "geolocation=()", "microphone=()"} <= set(told.get("Permissions-Policy", "").split(", ")):
        yield "browsers may use devices"
    yield from (f"{name} is told" for name in told if name.lower().startswith("access-control-"))
    kept = told.get("Cache-Control", "")
    if "public" not in kept if cached else not {"no-store", "private"} <= set(kept.split(", ")):
        yield f"Cache-Control is {kept}"
    kind = told.get("Content-Type", "")
    unknown = "Content-Disposition" in told  # the bytes are somebody's: their encoding is not told
    if not kind or (kind.startswith("text/") and "charset=" not in kind and not unknown):
        yield f"Content-Type is {kind}"
    yield from (f"cookie {name} is open" for name, cookie in response.cookies.items() if not closed_cookie(cookie))


def closed_cookie(cookie: Any) -> bool:
    return bool(cookie["secure"] and cookie["httponly"] and cookie["samesite"] == "Lax" and cookie["path"] == "/")


def graded(response: HttpResponse, status: int, **how: Any) -> None:
    assert response.status_code == status, (response.status_code, response.headers)
    assert list(faults(response, **how)) == []


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_pages_and_parts(cast: SimpleNamespace, secure: None) -> None:
    client, task = signed_in(cast.ada), make.task(cast.permits, cast.permit)
    names = ["home", "tasks:queue", "search", "set_up:home", "reports:index", "audit:index", "profile"]
    for path in [*map(reverse, names), task.get_absolute_url(), reverse("tasks:live")]:
        graded(client.get(path, secure=True), 200)
        graded(client.get(path, secure=True, headers={"HX-Request": "true"}), 200)


def test_the_door(cast: SimpleNamespace, secure: None) -> None:
    cast.mira.set_password("a-long-word-of-hers")
    cast.mira.save()
    client = Client()
    for name in ("account_login", "account_reset_password", "account_signup"):
        graded(client.get(reverse(name), secure=True), 200)
    graded(client.get("/queue/", secure=True), 302)
    form = {"login": cast.mira.email, "password": "a-long-word-of-hers"}
    arrived = client.post("/accounts/login/", form, secure=True)
    graded(arrived, 302)
    assert {"sessionid", "known"} <= set(arrived.cookies)
    left = client.post("/accounts/logout/", secure=True)
    assert left.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert "Clear-Site-Data" not in arrived.headers


def test_the_api(cast: SimpleNamespace, secure: None) -> None:
    client, headers = Client(), {"Authorization": f"Bearer {Caller(cast.mira).text}"}
    for path, status in (("me", 200), ("tasks", 200), ("tasks/T-404404", 404), ("nowhere", 404), ("openapi.json", 200)):
        graded(client.get(f"/api/v1/{path}", secure=True, headers=headers), status)
    graded(client.get("/api/v1/me", secure=True), 401)
    graded(client.delete("/api/v1/me", secure=True, headers=headers), 405)


def test_the_api_is_not_led_to_tls_but_told_off(cast: SimpleNamespace, secure: None) -> None:
    """A program that was redirected would never notice that its token went out for everybody to read."""
    answer = Client().get("/api/v1/me", headers={"Authorization": f"Bearer {Caller(cast.mira).text}"})
    assert answer.status_code == 403 and answer.json()["code"] == "https_only"
    assert Client().get("/queue/").headers["Location"] == "https://testserver/queue/"


def test_files(cast: SimpleNamespace, secure: None) -> None:
    task = make.task(cast.permits, cast.permit)
    file = editing.attach_file(task, ContentFile(b"<script>alert(1)</script>", name="a.html"), actor=cast.mira)
    answer = signed_in(cast.mira).get(reverse("tasks:file", args=[task.reference, file.pk]), secure=True)
    graded(answer, 200)
    assert "sandbox" in policy_of(answer)


def test_static_files(cast: SimpleNamespace, secure: None) -> None:
    graded(Client().get("/static/page.0123456789ab.css", secure=True), 200, cached=True)
    graded(Client().get("/static/none.css", secure=True), 404)


@pytest.mark.urls("backoffice.tests.harness")
def test_errors(cast: SimpleNamespace, secure: None) -> None:
    client = Client(raise_request_exception=False)
    for path, status in (("/nowhere/", 404), ("/forbid/", 403), ("/refuse/", 409), ("/fail/", 500), ("/health/", 503)):
        graded(client.get(path, secure=True), status)
    graded(client.get("/", secure=True, headers={"Host": "evil.example"}), 400)
    graded(client.generic("TRACE", "/", secure=True), 405)
    strict = Client(enforce_csrf_checks=True)
    graded(strict.post("/undo/", secure=True), 403)


def test_over_tls_cookies_are_bound_to_this_host() -> None:
    """`__Host-`: only over TLS, for this host alone, so that no neighbour can set them."""
    names = ("SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "KNOWN_COOKIE_NAME", "MESSAGES_COOKIE_NAME")
    code = f"import json; from django.conf import settings as s; print(json.dumps([getattr(s, n) for n in {names}]))"
    environ = os.environ | {"SECURE_SSL": "on", "ALLOWED_HOSTS": "office.example", "DEBUG": "off", "DEMO": "off"}
    environ |= {"DJANGO_SETTINGS_MODULE": "backoffice.settings", "SECRET_KEY": "0123456789" + "abcdefghijklmnop" * 4}
    done = subprocess.run([sys.executable, "-c", code], env=environ, cwd=BASE, capture_output=True, text=True)
    assert json.loads(done.stdout) == ["__Host-session", "__Host-csrf", "__Host-known", "__Host-messages"], done.stderr


def test_nginx_says_the_same_where_it_speaks_itself(settings: Any) -> None:
    settings.SECURE_HSTS_SECONDS = YEAR
    middleware = HeadersMiddleware(lambda request: HttpResponse())
    text = (BASE / "deploy/nginx.conf").read_text(encoding="utf-8")
    own = dict(re.findall(r'map \$upstream_http_(\w+) \$own_\w+ {\s+default "";\s+"" "([^"]+)";', text))
    assert own.pop("strict_transport_security") == middleware.lasting
    assert own.pop("x_content_type_options") == middleware.always["X-Content-Type-Options"]
    assert own.pop("content_security_policy").startswith("default-src 'none'; frame-ancestors 'none'") and not own
    assert "server_tokens off" in text and "TLSv1.2 TLSv1.3" in text
