"""The number of a request: who gives it, where it is told, and that it reaches the job."""

from __future__ import annotations

import io
import json
import logging
import uuid
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
import structlog
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings as configured
from django.core import mail
from django.test import Client
from django.urls import reverse

from organization.tokens import create_token
from records import outgoing, requests, runs
from records.jobs import deliver_outgoing, perform_run
from records.models import Outgoing, Run
from tasks.tests import factories as make

pytestmark = pytest.mark.django_db
GIVEN = "proxy-4711-abcdef"
HARNESS = pytest.mark.urls("backoffice.tests.harness")


@pytest.fixture
def lines() -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """What is logged as it stands in the log: through the real formatter, parsed back."""
    kept = io.StringIO()
    handler = logging.StreamHandler(kept)
    formatter = configured.LOGGING["formatters"]["json"]
    options = {name: value for name, value in formatter.items() if name != "()"}
    handler.setFormatter(formatter["()"](**options))
    root = logging.getLogger()
    root.addHandler(handler)
    yield lambda: [json.loads(line) for line in kept.getvalue().splitlines()]
    root.removeHandler(handler)
    structlog.contextvars.clear_contextvars()


def test_every_answer_has_its_own_number(client: Client) -> None:
    numbers = [client.get(path).headers["X-Request-ID"] for path in ("/health/", "/accounts/login/", "/nowhere/", "/")]
    assert len({uuid.UUID(number) for number in numbers}) == 4


@pytest.mark.parametrize(
    ("behind", "told", "taken"),
    [
        (True, GIVEN, True),
        (False, GIVEN, False),
        (True, "short", False),
        (True, "x" * 65, False),
        (True, "with space and more", False),
        (True, 'a"},{"event":"forged', False),
    ],
)
def test_only_a_trusted_proxy_gives_it_and_only_a_sound_one(
    client: Client, settings: Any, behind: bool, told: str, taken: bool
) -> None:
    settings.BEHIND_PROXY = behind
    number = client.get("/accounts/login/", headers={"X-Request-ID": told}).headers["X-Request-ID"]
    assert (number == told) is taken


@HARNESS
@pytest.mark.parametrize("path", ["/nowhere/", "/forbid/", "/refuse/", "/fail/"])
def test_error_pages_say_it(client: Client, path: str) -> None:
    client.raise_request_exception = False
    page = client.get(path)
    assert f"<code>{page.headers['X-Request-ID']}</code>" in page.content.decode()


def test_a_wrong_host_and_a_missing_form_token_say_it(client: Client) -> None:
    page = client.get("/", headers={"Host": "elsewhere.example"})
    assert page.status_code == 400
    assert page.headers["X-Request-ID"] in page.content.decode()
    page = Client(enforce_csrf_checks=True).post("/accounts/login/")
    assert page.status_code == 403
    assert page.headers["X-Request-ID"] in page.content.decode()


def test_one_line_for_a_request_with_its_number(
    client: Client, cast: SimpleNamespace, lines: Callable[[], list[dict[str, Any]]]
) -> None:
    client.force_login(cast.mira)
    task = make.task(cast.permits, cast.permit)
    number = client.get(f"/tasks/{task.reference}/?q=Schmidt").headers["X-Request-ID"]
    (line,) = lines()
    assert (line["request_id"], line["code"], line["user_id"]) == (number, 200, cast.mira.pk)
    assert line["request"] == f"GET tasks:task {task.reference}"
    assert line["milliseconds"] > 0
    assert not {"ip", "user_agent"} & line.keys()


def test_a_line_of_the_api_names_whose_token_it_was(
    client: Client, cast: SimpleNamespace, lines: Callable[[], list[dict[str, Any]]]
) -> None:
    _token, text = create_token(cast.mira, actor=cast.mira, name="test")
    client.get("/api/v1/departments", headers={"Authorization": f"Bearer {text}"})
    (line,) = lines()
    assert (line["user_id"], line["level"], line["logger"]) == (cast.mira.pk, "info", "backoffice.requests")
    assert text not in json.dumps(line)


def test_probes_leave_no_lines_while_all_is_well(client: Client, lines: Callable[[], list[dict[str, Any]]]) -> None:
    answer = client.get("/health/")  # no worker here: something is wrong, and that is written down
    assert (answer.status_code, len(lines())) == (503, 1)


@HARNESS
def test_a_failure_is_one_line_with_number_and_traceback(
    client: Client, lines: Callable[[], list[dict[str, Any]]]
) -> None:
    client.raise_request_exception = False
    number = client.get("/fail/").headers["X-Request-ID"]
    (line,) = lines()
    assert (line["event"], line["request_id"], line["level"]) == ("request_failed", number, "error")
    assert "RuntimeError: meant" in line["exception"]


@runs.kind("tests.say_so")
def say_so(run: Run) -> dict[str, Any]:
    structlog.get_logger("tasks.tests").info("said", number=run.pk)
    outgoing.queue_mail(key=f"run {run.pk}", to="cleo@office.example", subject="Done", text="By a run.")
    return {}


def test_it_reaches_the_run_and_the_mail_that_the_run_wrote(lines: Callable[[], list[dict[str, Any]]]) -> None:
    with requests.of(GIVEN):
        run = runs.ask("tests.say_so", actor=None, parameters={})
    assert requests.current() == ""
    assert Run.objects.get().request_id == GIVEN
    perform_run(run_id=run.pk)
    letter = Outgoing.objects.get()
    assert letter.request_id == GIVEN
    deliver_outgoing(message_id=letter.pk)
    told = {line["event"]: line for line in lines()}
    assert told.keys() == {"said", "run_done", "outgoing_sent"}
    assert {line["request_id"] for line in told.values()} == {GIVEN}
    assert (told["said"]["run"], told["outgoing_sent"]["outgoing"]) == (run.pk, letter.pk)
    assert requests.current() == ""


def test_the_job_that_mails_for_a_page_says_the_page_s_number(
    client: Client, cast: SimpleNamespace, lines: Callable[[], list[dict[str, Any]]]
) -> None:
    number = client.post(reverse("account_reset_password"), {"email": cast.mira.email}).headers["X-Request-ID"]
    letter = Outgoing.objects.get()
    assert letter.request_id == number
    deliver_outgoing(message_id=letter.pk)
    page, job = lines()
    assert (page["request"], page["request_id"]) == ("POST account_reset_password", number)
    assert (job["event"], job["request_id"]) == ("outgoing_sent", number)
    assert len(mail.outbox) == 1


def test_nothing_secret_and_nobody_is_in_the_log(
    client: Client, cast: SimpleNamespace, lines: Callable[[], list[dict[str, Any]]], settings: Any
) -> None:
    client.raise_request_exception = False
    cast.mira.set_password("a password of hers")
    cast.mira.save()
    _row, token = create_token(cast.mira, actor=None, name="log")
    key = default_token_generator.make_token(cast.mira)
    reset = reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(cast.mira), "key": key})
    client.get(f"{reset}?next=/nowhere/")
    client.get(f"{reset}nowhere/")
    client.post("/accounts/login/", {"login": cast.mira.email, "password": "wrong for her"})
    client.post("/accounts/login/", {"login": cast.mira.email, "password": "a password of hers"})
    client.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"})
    client.get("/api/v1/me", headers={"Authorization": f"Bearer {token}x"})
    client.get("/nowhere/?q=Mira+Schmidt&token=abcdefghij")
    session = client.cookies["sessionid"].value
    outgoing.queue_mail(key="letter", to="cleo@office.example", subject="About Cleo", text="Her salary is 4711.")
    deliver_outgoing(message_id=Outgoing.objects.get().pk)
    settings.EMAIL_BACKEND = "nowhere.at.all"
    outgoing.queue_mail(key="other letter", to="cleo@office.example", subject="About Cleo", text="Her salary is 4711.")
    deliver_outgoing(message_id=Outgoing.objects.get(key="other letter").pk)
    assert len(mail.outbox) == 1
    log = logging.getLogger("tasks.tests")
    for saying in (
        f"smtp://backoffice:letmein@mail.example refused {cast.mira.email}",
        f"Authorization: Bearer {token}",
        f"sessionid={session}; csrftoken=abcdefghij",
        f"duplicate key\nDETAIL:  Key (email)=({cast.mira.email}, Schmidt) already exists.",
    ):
        try:
            raise RuntimeError(saying)
        except RuntimeError:
            log.exception(saying)
    structlog.get_logger("tasks.tests").warning(
        "odd", password="letmein", to=[cast.mira.email], headers={"Cookie": session}
    )
    text = json.dumps(lines())
    assert text.count("RuntimeError") >= 4
    hidden = [
        "a password of hers",
        "wrong for her",
        token,
        token[:12],
        key,
        session,
        "letmein",
        "abcdefghij",
        "Schmidt",
    ]
    hidden += ["office.example", cast.mira.email, "cleo@", "4711", "About Cleo"]
    assert [secret for secret in hidden if secret in text] == []
