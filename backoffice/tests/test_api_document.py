"""The OpenAPI document, and that each operation gives the refusals it documents for every request."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from backoffice.api import api
from backoffice.tests.api_caller import Caller, refusal
from organization.api_frame import framed

OPERATIONS = [
    pytest.param(method, path, operation, id=operation["operationId"])
    for path, methods in api.document["paths"].items()
    for method, operation in methods.items()
]
VERBS = {
    "claim", "start", "release", "assign", "take-over", "wait", "resume", "mark-step", "submit", "approve", "send-back",
    "complete", "cancel", "reopen", "undo", "hand-off", "edit", "comment", "attach", "rate",
}  # fmt: skip


def test_the_document_is_public_and_whole(client):
    response = client.get("/api/v1/openapi.json")
    document = json.loads(response.content)
    assert document["openapi"].startswith("3.1")
    text = response.content.decode()
    references = {part.split('"')[0] for part in text.split('"#/components/schemas/')[1:]}
    assert references <= document["components"]["schemas"].keys()
    assert document["components"]["securitySchemes"] == {"PersonalToken": {"type": "http", "scheme": "bearer"}}


def test_every_verb_has_its_address():
    start = "/api/v1/tasks/{reference}/"
    found = {path.removeprefix(start) for path, methods in api.document["paths"].items() if "post" in methods}
    assert found >= VERBS
    ids = [operation["operationId"] for methods in api.document["paths"].values() for operation in methods.values()]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS)
def test_common_refusals(cast, settings, method, path, operation):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    mira = Caller(cast.mira)
    url = path
    for name in ("reference", "person", "department", "procedure", "file"):
        url = url.replace("{" + name + "}", "1")
    answers = operation["responses"]
    assert operation["security"] == [{"PersonalToken": []}]
    send = getattr(mira.client, method)
    own = mira._headers({})
    tried = {
        401: refusal(getattr(Client(), method)(url), 401),
        422: refusal(send(url + "?nonsense=1", headers=own), 422)
        if method == "get"
        else refusal(send(url, headers=own | {"Idempotency-Key": ""}, content_type=_type(operation)), 422),
    }
    if "*/*" not in answers.get("200", {}).get("content", ()):
        tried[406] = refusal(send(url, headers=own | {"Accept": "image/png"}), 406)
    if "requestBody" in operation:
        tried[415] = refusal(send(url, b"x", content_type="text/plain", headers=own), 415)
        tried[400] = refusal(send(url, b"{", content_type=_type(operation, broken=True), headers=own), 400)
        tried[413] = refusal(_large(mira, url, operation), 413)
    for status in tried:
        schema = answers[str(status)]["content"]["application/problem+json"]["schema"]
        assert schema == {"$ref": "#/components/schemas/Problem"}
    assert set(answers) - {str(status) for status in tried} <= {"200", "201", "204", "403", "404", "409", "429"}
    assert str(refusal(mira.client.delete(url, headers=own), 405)["status"]) not in answers


def _type(operation, broken=False):
    if "multipart/form-data" in operation["requestBody"]["content"]:
        return "multipart/form-data" if broken else "multipart/form-data; boundary=x"
    return "application/json"


def _large(caller, url, operation):
    if "multipart/form-data" in operation["requestBody"]["content"]:
        return caller.form(url.removeprefix("/api/v1"), {"for_requester": "x" * 200})
    return caller.post(url.removeprefix("/api/v1"), {"text": "x" * 200})


def test_every_operation_is_framed():
    for bound in api._get_bound_routers():
        for view in bound.path_operations.values():
            for operation in view.operations:
                assert operation.run.__wrapped__.__self__ is operation
                assert operation.run.__qualname__ != framed.__qualname__ and operation.auth_callbacks
