"""Behind a proxy: callers are told apart by the address it forwards, and its connections to us are kept."""

from __future__ import annotations

import http.client
import os
import runpy
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from backoffice import environment
from tasks.tests.web import web_server

PROXY_CLOSES = 60  # seconds: nginx's keepalive_timeout of an upstream


@pytest.mark.parametrize(("told", "trusted"), [("on", "1"), ("off", "0")])
def test_who_is_behind_a_proxy_trusts_one(told: str, trusted: str) -> None:
    said = "from allauth.app_settings import TRUSTED_PROXY_COUNT as n; print(n)"
    start = "import django; django.setup(); "
    environ = os.environ | {"BEHIND_PROXY": told, "DJANGO_SETTINGS_MODULE": "backoffice.settings"}
    done = subprocess.run([sys.executable, "-c", start + said], env=environ, cwd=environment.BASE, capture_output=True)
    assert done.stdout.decode().strip() == trusted, done.stderr.decode()


def turned_away(forwarded: str, number: int) -> bool:
    """One wrong password, each for another person, said to come from an address."""
    form = {"login": f"person{number}@office.example", "password": "wrong"}
    answer = Client().post("/accounts/login/", form, headers={"X-Forwarded-For": forwarded})
    return "Too many failed" in answer.content.decode()


@pytest.mark.django_db
def test_limits_count_what_the_proxy_forwards(cast: SimpleNamespace, settings: Any) -> None:
    settings.RATES = settings.RATES | {"sign_in_from": [(3, 300.0)]}
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert [turned_away("203.0.113.7", number) for number in range(4)] == [False, False, False, True]
    assert turned_away("198.51.100.1, 203.0.113.7", 5), "what a caller says of itself does not help"
    assert not turned_away("203.0.113.8", 6), "another caller shares the limit"


@pytest.mark.django_db
def test_without_a_proxy_nobody_says_where_they_come_from(cast: SimpleNamespace, settings: Any) -> None:
    settings.RATES = settings.RATES | {"sign_in_from": [(3, 300.0)]}
    assert [turned_away(f"203.0.113.{number}", number) for number in range(4)] == [False, False, False, True]


def test_the_proxy_closes_first() -> None:
    ours = runpy.run_path(str(environment.BASE / "gunicorn.conf.py"))
    assert ours["keepalive"] > PROXY_CLOSES


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_an_idle_connection_is_kept(tmp_path: Path) -> None:
    """Well over gunicorn's own two seconds."""
    with web_server(tmp_path / "log", workers=1, threads=2) as port:
        link = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        for _turn in range(2):
            link.request("GET", "/health/")
            answer = link.getresponse()
            assert "checks" in answer.read().decode() and answer.status in {200, 503}
            kept = link.sock
            time.sleep(4)
        assert link.sock is kept is not None
        link.close()
