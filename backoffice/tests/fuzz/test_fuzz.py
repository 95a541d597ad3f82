"""schemathesis against the API as each of four roles: no 5xx, no breach of the document, every answer reached.

Each generated case is sent by all roles, each time to the office as it was: the call is rolled back. 50 examples for
each role and operation, the same ones at every run; `make fuzz` tries 200 others each time.
"""

from __future__ import annotations

import json
import logging
import os
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from django.test import override_settings
from hypothesis import HealthCheck, Phase, assume, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import load_all_checks, not_a_server_error
from schemathesis.core.transport import Response
from schemathesis.specs.openapi import checks

from backoffice.api import api
from backoffice.tests.fuzz.feeding import Feeder, has_empty_file, lighter
from backoffice.tests.fuzz.office import ROLES, Office, office_of
from core import clock
from tasks.tests.cast import gather

pytestmark = pytest.mark.django_db
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "0"))
SETTINGS = settings(
    derandomize=not EXAMPLES,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate, Phase.shrink],
)
CONFIG = {"generation": {"with-security-parameters": False}}
load_all_checks()
SCHEMA = schemathesis.openapi.from_dict(
    lighter(json.loads(json.dumps(api.document))), config=schemathesis.Config.from_dict(CONFIG)
)
OPERATIONS = {found.ok().definition.raw["operationId"]: found.ok() for found in SCHEMA.get_all_operations()}
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.response_headers_conformance,
    checks.negative_data_rejection,
    checks.positive_data_acceptance,
]
EVERYBODY = set(ROLES)
OFFICE = EVERYBODY - {"colleague"}
# Who must get a success. Admins hold nothing themselves, colleagues ask.
SUCCEED = {
    "claim_task": {"manager", "assistant"},
    "start_task": {"manager", "assistant"},
    "release_task": OFFICE,
    "assign_task": {"admin", "manager"},
    "take_over_task": {"manager", "assistant"},
    "wait_task": OFFICE,
    "resume_task": OFFICE,
    "mark_step_task": {"manager", "assistant"},
    "submit_task": {"manager", "assistant"},
    "approve_task": OFFICE,
    "send_back_task": OFFICE,
    "complete_task": OFFICE,
    "cancel_task": EVERYBODY - {"assistant"},
    "reopen_task": EVERYBODY - {"assistant"},
    "hand_off_task": OFFICE,
    "edit_task": OFFICE,
    "why_not_me": OFFICE,
    "get_report": {"admin", "manager"},
    "break_glass_task": {"admin"},
    "rate_task": {"colleague"},
}
# Reached for every operation by test_api_document; a fuzz of shapes does not reach them for sure.
ELSEWHERE = {"400", "406", "413", "415", "429"}
# Nothing but a first request with the same key that is still at work: test_api_idempotency.
UNREFUSED = {"read_notices", "read_notice"}


@pytest.fixture(scope="module")
def office(django_db_setup: None, django_db_blocker: Any) -> Iterator[Office]:
    """The office in one transaction that is never committed, at one moment, answered by the real WSGI application."""
    with (
        django_db_blocker.unblock(),
        override_settings(ALLOWED_HOSTS=["localhost"], SECURE_SSL_REDIRECT=False),
        clock.at(clock.now()),
        transaction.atomic(),
    ):
        logging.disable(logging.WARNING)  # a line for every refusal
        # Django drops the connection between requests; here it holds the office.
        for signal in (request_started, request_finished):
            signal.disconnect(close_old_connections)
        yield office_of(gather())
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)
        logging.disable(logging.NOTSET)
        transaction.set_rollback(True)


@cache
def application() -> Any:
    """The WSGI application, made under the settings of the office."""
    return get_wsgi_application()


def sent(case: Case, headers: dict[str, str]) -> Response:
    """The answer to a case; what it changed is taken back."""
    with transaction.atomic():
        response = case.call(headers=headers, app=application())
        transaction.set_rollback(True)
    return response


class Run:
    """The cases of one operation: the number of the present one, and what each role was answered."""

    def __init__(self, operation: Any, office: Office) -> None:
        self.operation, self.office = operation, office
        self.number, self.failed = 0, False
        self.answers = {role: Counter[int]() for role in [*ROLES, "nobody", "absent"]}

    def kinds(self, examples: int) -> Iterator[tuple[GenerationMode, int]]:
        """As declared, and (where there is something to negate) for a third not so."""
        negated = examples // 3 if self.operation.query or self.operation.body else 0
        yield GenerationMode.POSITIVE, examples - negated
        if negated:
            yield GenerationMode.NEGATIVE, negated

    def try_out(self, kind: GenerationMode, examples: int) -> None:
        """Have schemathesis make so many cases; raises at the first that is answered wrongly, made small."""

        @settings(SETTINGS, max_examples=examples)
        @given(self.operation.as_strategy(generation_mode=kind))
        def run(case: Case) -> None:
            assume(not has_empty_file(case))
            # While a failure is made small, it is fed as it was.
            self.number += not self.failed
            Feeder(self.office, self.number).feed(case)
            self.judge(case)

        run()

    def judge(self, case: Case) -> None:
        """Send a case as each role and check what comes back."""
        try:
            for role in ROLES:
                response = sent(case, self.office.headers[role])
                self.answers[role][response.status_code] += 1
                case.validate_response(response, checks=CHECKS)
        except BaseException:
            self.failed = True
            raise


@pytest.mark.parametrize("name", OPERATIONS)
def test_operation(office: Office, name: str) -> None:
    operation = OPERATIONS[name]
    run = Run(operation, office)
    for kind, examples in run.kinds(EXAMPLES or 50):
        run.try_out(kind, examples)
    _try_what_no_role_does(operation, office, run.answers)
    _every_answer_was_reached(name, operation, run.answers)


def _try_what_no_role_does(operation: Any, office: Office, answers: dict[str, Counter[int]]) -> None:
    """Without a token; somebody who is away; a name nobody declared; a place of no list; a file that is too large."""
    values = {
        name: office.values.get(name, [1])[0]
        for name in ("person", "department", "procedure", "file", "notice", "report")
    }
    path = {name: value for name, value in values.items() if f"{{{name}}}" in operation.path}
    path["reference"] = office.every[0]
    plain = operation.Case(path_parameters=path)
    cases = [plain, operation.Case(path_parameters=path, query={"nonsense": "1"})]
    if any(parameter.name == "place" for parameter in operation.query):
        cases.append(operation.Case(path_parameters=path, query={"place": "nowhere"}))
    if "attach" in operation.path:
        body = {"file": b"words"}
        cases.append(operation.Case(path_parameters=path, body=body, media_type="multipart/form-data"))
    answers["nobody"][sent(plain, {}).status_code] += 1
    with override_settings(ATTACHMENT_MAX_BYTES=1):
        for case in cases:
            answers["absent"][sent(case, office.headers["absent"]).status_code] += 1


def _every_answer_was_reached(name: str, operation: Any, answers: dict[str, Counter[int]]) -> None:
    for role in SUCCEED.get(name, EVERYBODY):
        assert any(200 <= status < 300 for status in answers[role]), f"{role} never succeeded: {answers[role]}"
    reached = {str(status) for counted in answers.values() for status in counted}
    documented = set(operation.definition.raw["responses"])
    elsewhere = ELSEWHERE | {"409"} if name in UNREFUSED else ELSEWHERE
    assert documented - reached <= elsewhere, f"never answered {sorted(documented - reached)}: {answers}"
    assert answers["nobody"].keys() == {401}
