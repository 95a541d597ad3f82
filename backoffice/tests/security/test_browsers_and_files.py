"""Signing in and out, sessions, where `next` may lead, which hosts are ours, and how files leave."""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse

from backoffice import settings as ours
from backoffice.tests.api_caller import Caller
from backoffice.tests.security.signing_in import PASSWORD, SIGN_IN, is_in, sign_in
from organization import setup
from organization.models import User
from records.models import Outgoing
from tasks import editing, transitions
from tasks.tests import factories as make

pytestmark = pytest.mark.django_db


def test_signing_in_gives_another_session(office: SimpleNamespace) -> None:
    client = Client()
    session = client.session
    session["before"] = "kept by whoever fixed the key"
    session.save()
    fixed = session.session_key
    assert sign_in(client, office.mira.email).status_code == 302
    assert is_in(client) and client.session.session_key != fixed
    thief = Client()
    thief.cookies["sessionid"] = fixed
    assert not is_in(thief)


def test_signing_out_ends_the_session(office: SimpleNamespace) -> None:
    client, copy = Client(), Client()
    sign_in(client, office.mira.email)
    copy.cookies["sessionid"] = client.session.session_key
    assert is_in(copy)
    client.post("/accounts/logout/")
    assert not is_in(client) and not is_in(copy)


def test_a_new_password_ends_the_other_sessions(office: SimpleNamespace) -> None:
    here, elsewhere = Client(), Client()
    for client in (here, elsewhere):
        sign_in(client, office.mira.email)
    before = here.session.session_key
    new = {"oldpassword": PASSWORD, "password1": "quite-another-word", "password2": "quite-another-word"}
    assert here.post("/accounts/password/change/", new).status_code == 302
    assert is_in(here) and here.session.session_key != before
    assert not is_in(elsewhere)
    assert sign_in(Client(), office.mira.email).status_code == 200  # the old one is no good


def test_who_leaves_is_out_at_once(office: SimpleNamespace) -> None:
    client, program = Client(), Caller(office.mira)
    sign_in(client, office.mira.email)
    assert is_in(client) and program.get("/me").status_code == 200
    setup.deactivate(office.mira, actor=office.ada)
    assert not is_in(client)
    assert program.get("/me").status_code == 401
    sign_in(again := Client(), office.mira.email)
    assert not is_in(again)


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/",
        "//evil.example/",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "http:evil.example",
        "javascript:alert(1)",
        " //evil.example",
        "/\t/evil.example",
        "https://testserver@evil.example/",
    ],
)
def test_next_stays_on_this_host(office: SimpleNamespace, wanted: str) -> None:
    """What a browser would follow to another host is answered with a place of ours."""
    answer = sign_in(Client(), office.mira.email, next=wanted)
    assert answer.status_code == 302 and answer.headers["Location"] == "/"
    client = Client()
    client.force_login(office.mira)
    task = transitions.claim(make.task(office.permits, office.permit), actor=office.mira)
    own = {task.get_absolute_url(), reverse("tasks:queue")}
    for verb in ("start", "undo"):
        place = client.post(f"{task.get_absolute_url()}{verb}/", {"next": wanted}).headers["Location"]
        assert place.partition("?")[0] in own
    assert client.post("/accounts/logout/", {"next": wanted}).headers["Location"] == "/"


def test_next_leads_to_a_place_of_ours(office: SimpleNamespace) -> None:
    assert sign_in(Client(), office.mira.email, next="/queue/?scope=asked").headers["Location"] == "/queue/?scope=asked"


@pytest.mark.parametrize("path", ["/", SIGN_IN, "/queue/", "/api/v1/me", "/health/", "/set-up/"])
def test_other_hosts_are_not_ours(office: SimpleNamespace, path: str) -> None:
    client = Client(raise_request_exception=False)
    assert client.get(path, headers={"Host": "evil.example"}).status_code == 400
    forwarded = client.get(path, headers={"X-Forwarded-Host": "evil.example"})
    assert "evil.example" not in forwarded.headers.get("Location", "") + forwarded.content.decode()


def said(answer: Any) -> str:
    """The words of a page without what is typed into it and the token of its form."""
    return re.sub(r'value="[^"]*"', "", answer.content.decode())


def test_known_and_unknown_people_get_the_same_words(office: SimpleNamespace) -> None:
    known, unknown = (sign_in(Client(), email, "wrong-word") for email in (office.mira.email, "no@office.example"))
    assert known.status_code == unknown.status_code == 200
    assert said(known) == said(unknown)
    left = [
        Client().post("/accounts/password/reset/", {"email": email}) for email in (office.mira.email, "no@a.example")
    ]
    assert left[0].headers["Location"] == left[1].headers["Location"]
    assert said(Client().get(left[0].headers["Location"])) == said(Client().get(left[1].headers["Location"]))


def test_strangers_get_no_mail_from_us(office: SimpleNamespace) -> None:
    for email in ("no@a.example", office.mira.email):
        Client().post("/accounts/password/reset/", {"email": email})
    assert list(Outgoing.objects.values_list("to", flat=True)) == [office.mira.email]


def seconds(act: Callable[[], Any]) -> float:
    """The work of one try: the median of five."""
    times = []
    for _try in range(5):
        start = time.process_time()
        act()
        times.append(time.process_time() - start)
    return statistics.median(times)


def test_known_and_unknown_people_wait_as_long(office: SimpleNamespace, settings: Any) -> None:
    """The password is hashed for nobody too: medians differ by noise, while a sign-in without it takes a fraction."""
    settings.ACCOUNT_RATE_LIMITS = False
    settings.PASSWORD_HASHERS = ours.PASSWORD_HASHERS
    office.mira.set_password(PASSWORD)
    setup.save_person(office.mira, actor=None)
    spent = {
        name: seconds(lambda email=email: sign_in(Client(), email, "wrong-word"))
        for name, email in (
            ("known", office.mira.email),
            ("without a password", office.kofi.email),
            ("unknown", "no@office.example"),
        )
    }
    assert max(spent.values()) < 2 * min(spent.values()), spent


def test_a_forgotten_password_takes_as_long_for_both(office: SimpleNamespace, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = False
    spent = [
        seconds(lambda email=email: Client().post("/accounts/password/reset/", {"email": email}))
        for email in (office.mira.email, "no@office.example")
    ]
    assert max(spent) < 2 * min(spent), spent


@pytest.mark.parametrize("who", ["mira", "nobody"])
def test_trying_passwords_is_limited(office: SimpleNamespace, who: str) -> None:
    """After five wrong ones the right one is refused too, from the database's cache, known or not."""
    email = getattr(office, who).email if hasattr(office, who) else "no@office.example"
    words = [said(sign_in(Client(), email, "wrong-word")) for _try in range(7)]
    assert "Too many failed" not in words[4] and "Too many failed" in words[5]
    assert words[5] == words[6]
    client = Client()
    sign_in(client, email)
    assert not is_in(client)


def test_files_leave_as_downloads_that_do_nothing(office: SimpleNamespace) -> None:
    task = make.task(office.permits, office.permit)
    evil = ContentFile(b"<script>alert(1)</script>", name='a"\r\nX-Split: yes\r\n<b>.html')
    file = editing.attach_file(task, evil, actor=office.mira)
    client, program = Client(), Caller(office.mira)
    client.force_login(office.mira)
    page = client.get(reverse("tasks:file", args=[task.reference, file.pk]))
    for answer in (page, program.get(f"/tasks/{task.reference}/files/{file.pk}")):
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Content-Type"].startswith("text/plain")
        assert "X-Split" not in answer.headers and "no-store" in answer.headers["Cache-Control"]


def test_what_no_row_can_hold_is_no_server_error(office: SimpleNamespace) -> None:
    """NUL in every field of the form of a new task, its key included."""
    client = Client()
    client.force_login(office.mira)
    fields = {"procedure": office.permit.pk, "department": office.permits.pk, "title": "New", "text": "x", "key": "k"}
    for name in fields:
        for value in ("a\x00b", "\ud800".encode("utf-8", "replace").decode(), "x" * 5000):
            answer = client.post("/tasks/new/", fields | {name: value})
            assert answer.status_code in {200, 302, 422}, (name, answer.status_code)
    assert User.objects.filter(pk=office.mira.pk).exists()
