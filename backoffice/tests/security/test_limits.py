"""Who does something too often is told when to come again, and stands in nobody else's way."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings as set_up
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from backoffice import environment
from backoffice.tests.api_caller import Caller, refusal
from backoffice.tests.security.signing_in import PASSWORD
from organization import invitations
from organization.models import User
from records.auditing import asking
from records.models import Outgoing, Run
from tasks.models import Task
from tasks.tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def limit(settings: Any) -> Any:
    """limit("api", "3/m") sets the rate of something."""

    def chosen(name: str, text: str) -> None:
        settings.RATES = settings.RATES | {name: environment.rates(text)}

    return chosen


def test_a_token_has_its_rate(office: SimpleNamespace, limit: Any) -> None:
    limit("api", "3/m")
    mira, otto = Caller(office.mira), Caller(office.otto)
    first = mira.get("/me")
    assert first.headers["RateLimit-Policy"] == '"token";q=3;w=60'
    assert first.headers["RateLimit"] == '"token";r=2;t=20'
    assert mira.get("/tasks/T-1").headers["RateLimit"].startswith('"token";r=1;'), "refusals count"
    assert mira.get("/me").status_code == 200
    task = make.task(office.permits)
    answer = mira.verb(task, "claim")
    assert 5 <= refusal(answer, 429, "too_many")["retry_after"] <= 20
    assert 5 <= int(answer.headers["Retry-After"]) <= 20 and answer.headers["RateLimit"] == '"token";r=0;t=60'
    assert Task.objects.get(pk=task.pk).assignee_id is None, "nothing was done"
    assert otto.get("/me").status_code == 200, "another token has its own"
    assert Client().get("/api/v1/me").status_code == 401


def test_the_usual_rate_is_generous_and_costs_one_statement(office: SimpleNamespace) -> None:
    assert set_up.RATES["api"] == [(6000, 60.0)]
    mira = Caller(office.mira)
    with CaptureQueriesContext(connection) as seen:
        mira.get("/me")
    assert len([one for one in seen.captured_queries if "records_bucket" in one["sql"]]) == 1


def test_pages_of_the_queue_ask_no_bucket(office: SimpleNamespace, client: Client) -> None:
    task = make.task(office.permits)
    client.force_login(office.mira)
    with CaptureQueriesContext(connection) as seen:
        for path in ("/", "/queue/", task.get_absolute_url()):
            assert client.get(path).status_code == 200
    assert not [one for one in seen.captured_queries if "records_bucket" in one["sql"]]


def test_searching_has_its_rate(office: SimpleNamespace, client: Client, limit: Any) -> None:
    limit("search", "2/m")
    client.force_login(office.mira)
    palette = reverse("palette")
    assert client.get("/search/?q=permit").status_code == client.get(palette, {"q": "permit"}).status_code == 200
    answer = client.get("/search/?q=permit")
    assert answer.status_code == 429 and 10 <= int(answer.headers["Retry-After"]) <= 30
    assert "Wait a minute, then try again." in answer.content.decode()
    part = client.get(palette, {"q": "permit"}, headers={"HX-Request": "true"})
    assert part.status_code == 429 and "data-problem" in part.content.decode()
    assert client.get("/search/").status_code == 200, "an empty search asks nothing"


def test_exports_have_their_rate(office: SimpleNamespace, client: Client, limit: Any) -> None:
    limit("export", "1/h")
    asking.ask_verification(actor=office.ada)
    client.force_login(office.ada)
    page = client.post(reverse("audit:ask_export"), follow=True)
    assert "Try again in 60 minutes." in page.content.decode()
    assert Run.objects.filter(kind=asking.EXPORT).count() == 0


def test_nobody_fills_the_mailbox_of_another(office: SimpleNamespace, limit: Any) -> None:
    limit("mail", "2/h")
    answers = [Client().post("/accounts/password/reset/", {"email": office.mira.email}) for _try in range(4)]
    assert {answer.headers["Location"] for answer in answers} == {"/accounts/password/reset/done/"}, "same words"
    assert Outgoing.objects.filter(to=office.mira.email).count() == 2


def test_invitations_and_tests_of_mail_have_their_rate(office: SimpleNamespace, client: Client, limit: Any) -> None:
    limit("mail", "1/h")
    limit("test_mail", "1/h")
    client.force_login(office.ada)
    newcomer = User(name="New", folded_name="new", email="new@office.example")
    newcomer.set_unusable_password()
    newcomer.save()
    invitations.invite(newcomer, actor=office.ada)
    for path, done in ((reverse("set_up:invite", args=[newcomer.pk]), 429), (reverse("set_up:mail_test"), 302)):
        assert client.post(path).status_code == done
    assert client.post(reverse("set_up:mail_test")).status_code == 429
    assert Outgoing.objects.filter(to=newcomer.email).count() == 1


def sign_in(client: Client, email: str, password: str = "wrong-word") -> str:
    answer = client.post("/accounts/login/", {"login": email, "password": password})
    return "in" if answer.status_code == 302 else "limited" if "Too many failed" in answer.content.decode() else "no"


def test_a_stranger_locks_nobody_out_of_their_browser(office: SimpleNamespace) -> None:
    hers = Client()
    assert sign_in(hers, office.mira.email, PASSWORD) == "in"
    assert hers.cookies["known"]["httponly"] and hers.cookies["known"]["samesite"] == "Lax"
    hers.post("/accounts/logout/")
    stranger = Client()
    assert [sign_in(stranger, office.mira.email) for _try in range(7)] == ["no"] * 5 + ["limited"] * 2
    assert sign_in(Client(), office.mira.email, PASSWORD) == "limited", "other browsers have no more tries"
    assert sign_in(hers, office.mira.email, PASSWORD) == "in"
    hers.post("/accounts/logout/")
    assert [sign_in(hers, office.mira.email) for _try in range(6)] == ["no"] * 5 + ["limited"]
    assert sign_in(hers, office.otto.email) == "no", "the cookie is good for one address"


def test_right_passwords_are_no_tries(office: SimpleNamespace, limit: Any) -> None:
    limit("sign_in", "2/h")
    limit("sign_in_from", "3/h")
    for _try in range(5):
        assert sign_in(Client(), office.mira.email, PASSWORD) == "in"


def test_one_address_cannot_try_many_people(office: SimpleNamespace, limit: Any, settings: Any) -> None:
    limit("sign_in_from", "3/h")
    tries = [sign_in(Client(), f"somebody{number}@office.example") for number in range(4)]
    assert tries == ["no", "no", "no", "limited"]


def test_a_new_password_by_mail_forgives_the_wrong_ones(office: SimpleNamespace) -> None:
    for _try in range(6):
        sign_in(Client(), office.mira.email)
    client = Client()
    client.post("/accounts/password/reset/", {"email": office.mira.email})
    link = next(word for word in Outgoing.objects.get().text.split() if "/password/reset/key/" in word)
    form = client.get(link, follow=True).redirect_chain[-1][0]
    new = "quite-another-word"
    assert client.post(form, {"password1": new, "password2": new}).status_code == 302
    assert sign_in(Client(), office.mira.email, new) == "in"


def test_many_names_push_out_nobody_elses(office: SimpleNamespace) -> None:
    """What allauth counts lives in the cache, of which Django drops a third beyond 300 rows unless told otherwise."""
    cache.set("a", "kept", 3600)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO records_cache SELECT ':1:z' || n, 'gASIiS4=', now() + interval '1 hour'"
            " FROM generate_series(1, 1000) AS n"
        )
    cache.set("one-more", 1, 3600)
    assert cache.get("a") == "kept"


@pytest.mark.parametrize("text", ["", "5", "0/m", "5/0m", "5/x", "many/h", "5/m,", "-1/m"])
def test_what_is_no_rate_is_refused_at_the_start(text: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="is no rate"):
        environment.rates(text)


def test_rates_are_read_as_people_write_them() -> None:
    assert environment.rates("5/5m, 50/12h") == [(5, 300.0), (50, 43200.0)]
    assert environment.rates("off") == [] and environment.rates("100/s") == [(100, 1.0)]
