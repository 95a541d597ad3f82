"""What holds for every request: whose it is, how it is read, and that every error is a problem."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from backoffice.tests.api_caller import Caller, refusal
from core import clock
from organization.models import Absence, ApiToken
from organization.tokens import create_token, revoke_token
from records.models import Event
from tasks.tests import factories as make


def test_nobody_without_a_token(cast):
    for headers in ({}, {"Authorization": "Bearer bo_nothing"}, {"Authorization": "Basic YTpi"}):
        problem = refusal(Client().get("/api/v1/me", headers=headers), 401, "no_token")
        assert problem["title"] == "Unauthorized"
    assert Client().get("/api/v1/me").headers["WWW-Authenticate"].startswith("Bearer")


def test_a_session_is_no_token(cast, client):
    client.force_login(cast.mira, backend="allauth.account.auth_backends.AuthenticationBackend")
    refusal(client.get("/api/v1/me"), 401)


def test_revoked_expired_and_left_are_nobody(cast):
    mira, kofi, otto = Caller(cast.mira), Caller(cast.kofi), Caller(cast.otto)
    assert all(one.get("/me").status_code == 200 for one in (mira, kofi, otto))
    revoke_token(mira.token, actor=cast.mira)
    ApiToken.objects.filter(pk=kofi.token.pk).update(expires_at=clock.now())
    cast.otto.is_active = False
    cast.otto.save()
    for one in (mira, kofi, otto):
        refusal(one.get("/me"), 401)


def test_use_is_noted_once_a_minute(cast):
    token, text = create_token(cast.mira, actor=None, name="x")
    headers = {"Authorization": f"Bearer {text}"}
    Client().get("/api/v1/me", headers=headers)
    first = ApiToken.objects.get(pk=token.pk).last_used_at
    Client().get("/api/v1/me", headers=headers)
    assert first and ApiToken.objects.get(pk=token.pk).last_used_at == first


def test_unknown_addresses_and_methods(cast):
    mira = Caller(cast.mira)
    for path in ("/", "/nothing", "/tasks/", "/tasks/T-1/dance", "/tasks/T-1/claim/"):
        refusal(mira.get(path), 404, "not_found")
    for method, path, allow in (
        ("put", "/me", "GET"),
        ("get", "/tasks/T-1/claim", "POST"),
        ("delete", "/tasks", "POST"),
    ):
        response = getattr(mira.client, method)(f"/api/v1{path}", headers=mira._headers({}))
        refusal(response, 405, "method")
        assert allow in response.headers["Allow"]


def test_only_json_is_answered_and_read(cast):
    mira = Caller(cast.mira)
    task = make.task(cast.permits)
    refusal(mira.get("/me", Accept="text/html"), 406)
    assert mira.get("/me", Accept="application/*;q=0.5, text/html").status_code == 200
    url = f"/api/v1/tasks/{task.reference}/claim"
    for media_type in ("text/plain", "application/xml", "multipart/form-data; boundary=x"):
        refusal(mira.client.post(url, data="{}", content_type=media_type, headers=mira._headers({})), 415)
    attach = f"/api/v1/tasks/{task.reference}/attach"
    sent = mira.client.post(attach, data="{}", content_type="application/json", headers=mira._headers({}))
    refusal(sent, 415)


@pytest.mark.parametrize(
    "body", [b"{", b"[1,", b'{"revision": NaN}', b'{"revision": Infinity}', b"\xff", b"[" * 100_000, b"9" * 5000]
)
def test_what_is_no_json_cannot_be_read(cast, body):
    mira = Caller(cast.mira)
    task = make.task(cast.permits)
    url = f"/api/v1/tasks/{task.reference}/claim"
    response = mira.client.post(url, data=body, content_type="application/json", headers=mira._headers({}))
    refusal(response, 400, "malformed")


def test_too_much_is_too_large(cast, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    mira = Caller(cast.mira)
    task = make.task(cast.permits)
    refusal(mira.verb(task, "comment", {"text": "x" * 2000}), 413, "too_large")
    refusal(mira.verb(task, "comment", {"text": "x" * 2000}, Idempotency_Key="k"), 413)


def test_undeclared_names_are_refused(cast):
    mira = Caller(cast.mira)
    task = make.task(cast.permits)
    problem = refusal(mira.get("/tasks", {"colour": "red"}), 422, "invalid")
    assert problem["errors"] == [
        {"where": "query", "field": "colour", "code": "extra_forbidden", "detail": "There is no such field."}
    ]
    problem = refusal(mira.verb(task, "claim", {"force": True}), 422)
    assert (problem["errors"][0]["where"], problem["errors"][0]["field"]) == ("body", "force")
    refusal(mira.post(f"/tasks/{task.reference}/claim?force=1", {}), 422)
    task.refresh_from_db()
    assert task.assignee_id is None


@pytest.mark.parametrize("broken_part", ["organization.api.people_drawn", "organization.api_frame.person_of"])
def test_our_own_faults_are_problems_too(cast, monkeypatch, broken_part):
    def broken(*args, **kwargs):
        raise RuntimeError("a secret in the message")

    monkeypatch.setattr(broken_part, broken)
    mira = Caller(cast.mira)
    mira.client.raise_request_exception = False
    problem = refusal(mira.get("/me"), 500, "internal")
    assert "secret" not in str(problem)


def test_events_say_they_came_by_the_api(cast):
    task = make.task(cast.permits)
    assert Caller(cast.mira).verb(task, "claim").status_code == 200
    event = Event.objects.filter(task_id=task.pk).latest("id")
    assert (event.verb, event.origin, event.actor_id) == ("claim", "api", cast.mira.pk)


def test_sentences_in_the_persons_language_and_zone(cast):
    until = dt.datetime.combine(clock.now().date() + dt.timedelta(days=3), dt.time(23, 30), dt.UTC)
    Absence.objects.create(person=cast.mira, starts_at=clock.now() - dt.timedelta(days=1), ends_at=until)
    cast.mira.time_zone = "Asia/Tokyo"
    cast.mira.language = "de"
    cast.mira.save()
    task = make.task(cast.permits)
    problem = refusal(Caller(cast.mira).verb(task, "claim"), 409, "not_eligible_absence")
    there = until.astimezone(dt.timezone(dt.timedelta(hours=9)))
    assert f" {there.day}. " in problem["detail"] and f" {there:%Y %H:%M}." in problem["detail"]


def test_a_token_costs_one_statement(cast):
    mira = Caller(cast.mira)
    with CaptureQueriesContext(connection) as seen:
        assert mira.get("/departments").status_code == 200
    # The token with its person and where they stand, its rate, what was asked for.
    assert [one["sql"].split()[0] for one in seen.captured_queries] == ["EXECUTE", "INSERT", "SELECT"]


def test_create_token_prints_the_token_alone(cast, capsys):
    call_command("create_token", cast.mira.email.upper(), "--name", "robot", "--days", "10")
    text = capsys.readouterr().out
    assert text == text.strip() + "\n" and " " not in text.strip()
    answer = Client().get("/api/v1/me", headers={"Authorization": f"Bearer {text.strip()}"})
    assert answer.json()["token"]["name"] == "robot"
    left = dt.datetime.fromisoformat(answer.json()["token"]["expires_at"]) - clock.now()
    assert dt.timedelta(days=9, hours=23) < left <= dt.timedelta(days=10)
    for wrong in (["nobody@office.example"], [cast.mira.email, "--days", "-1"]):
        with pytest.raises(CommandError):
            call_command("create_token", *wrong)
