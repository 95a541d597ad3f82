"""The OpenAPI document as the API really answers: problem details, common refusals, the idempotency key."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from core.problems import PROBLEM, Problem
from organization.idempotency import HEADER, REPLAYED

REF = "#/components/schemas/{model}"
KEY = {
    "in": "header",
    "name": HEADER,
    "required": False,
    "description": "Any text of yours: the same request sent again with it is done once. Kept for 24 hours.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[\\x21-\\x7e]+$"},
}
REPLAY = {
    REPLAYED: {
        "description": "true when this is the answer kept for the key.",
        "schema": {"type": "string", "enum": ["true"]},
    }
}


def described(document: dict[str, Any]) -> dict[str, Any]:
    """Complete ninja's document in place and return it."""
    own = Problem.model_json_schema(ref_template=REF)
    document["components"]["schemas"] |= own.pop("$defs") | {"Problem": own}
    for path in document["paths"].values():
        for method, operation in path.items():
            _describe(method, operation)
    return document


def _describe(method: str, operation: dict[str, Any]) -> None:
    answers = operation["responses"]
    refusals = {status for status in answers if status >= 400} | {401, 422, 429}
    if "*/*" not in answers.get(200, {}).get("content", {}):
        refusals.add(406)
    if "requestBody" in operation:
        refusals |= {400, 413, 415}
        form = operation["requestBody"]["content"].get("multipart/form-data")
        if form:
            form["schema"]["additionalProperties"] = False
    if method == "post":
        refusals.add(409)
        operation["parameters"] = [*operation.get("parameters", []), KEY]
        for details in answers.values():
            details["headers"] = REPLAY
    for status in refusals:
        content = {PROBLEM: {"schema": {"$ref": REF.format(model="Problem")}}}
        answers[status] = answers.get(status, {}) | {"description": HTTPStatus(status).phrase, "content": content}
    # JSON knows only text as names; sorted, the document is the same at every start.
    operation["responses"] = {str(status): answers[status] for status in sorted(answers)}
