"""Where settings come from, and which are refused."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from backoffice import environment

GOOD_KEY = "q7Wm2ZtR-kX9vBn4Ls8Yd1Hc6Gf3Jp0AuEoIiKxTzQwSrDyVbNhMgC5"


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    # load() writes to the environment; patching a copy of it undoes that whatever it wrote.
    monkeypatch.setattr(os, "environ", {"DATA": str(tmp_path), "HOME": str(tmp_path)})


def test_a_good_key_is_taken() -> None:
    assert environment.secret_key(GOOD_KEY, debug=False) == GOOD_KEY


@pytest.mark.parametrize(
    "weak",
    ["", GOOD_KEY[:49], "abcdefghi" * 8, f"changeme-{GOOD_KEY}", f"django-insecure-{GOOD_KEY}"],
    ids=["missing", "short", "nine characters", "an example", "Django's"],
)
def test_a_weak_key_is_refused_with_the_way_to_make_one(weak: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"secrets\.token_urlsafe"):
        environment.secret_key(weak, debug=False)


def test_debug_needs_no_key_and_keeps_one() -> None:
    assert environment.secret_key("", debug=True)
    assert environment.secret_key("mine", debug=True) == "mine"


def test_the_file_of_the_office_completes_what_is_set(tmp_path: Path) -> None:
    (tmp_path / "env").write_text("# a comment\nOFFICE_NAME=From = file\nPORT=9\n", encoding="utf-8")
    os.environ["PORT"] = "8001"
    environment.load()
    assert os.environ["OFFICE_NAME"] == "From = file"
    assert os.environ["PORT"] == "8001"


def test_the_file_is_not_for_another_database(tmp_path: Path) -> None:
    (tmp_path / "env").write_text("DATABASE_URL=postgres:///demo\nDEMO=on\n", encoding="utf-8")
    os.environ["DATABASE_URL"] = "postgres:///production"
    environment.load()
    assert "DEMO" not in os.environ


def test_a_secret_comes_from_its_file_without_the_end_of_line(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(f"{GOOD_KEY}\n", encoding="utf-8")
    os.environ["SECRET_KEY_FILE"] = str(tmp_path / "key")
    environment.load()
    assert os.environ["SECRET_KEY"] == GOOD_KEY
    assert "SECRET_KEY_FILE" not in os.environ


def test_a_missing_secret_file_ends_with_a_sentence() -> None:
    os.environ["EMAIL_URL_FILE"] = "/nowhere/at/all"
    with pytest.raises(SystemExit, match="EMAIL_URL_FILE cannot be read"):
        environment.load()


def test_relative_data_counts_from_the_current_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    os.environ["DATA"] = "some where"
    assert environment.data_directory() == tmp_path / "some where"


def test_anothers_directory_gives_way_to_one_of_our_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "BASE", tmp_path / "checkout")
    (tmp_path / "checkout").mkdir()
    del os.environ["DATA"]
    beside, named, at_home = environment.places(".data")
    assert environment.data_directory() == beside
    writable = {named, at_home}
    monkeypatch.setattr(environment, "may_write", lambda place: place in writable)
    assert environment.data_directory() == named
    writable.remove(named)
    assert environment.data_directory() == at_home
    writable.clear()
    with pytest.raises(SystemExit, match=r"Nowhere to keep \.data"):
        environment.data_directory()


@pytest.mark.parametrize("module", ["backoffice.environment", "launch.bootstrap", "launch.installed"])
def test_the_first_stage_needs_nothing_installed(module: str) -> None:
    """-S leaves site-packages out, as on a machine where nothing was installed yet."""
    command = [sys.executable, "-S", "-c", f"import {module}"]
    subprocess.run(command, cwd=environment.BASE, check=True, env={"PATH": os.defpath})


def test_every_variable_is_explained() -> None:
    """A setting nobody can find in .env.example is a setting nobody can use."""
    read = {
        "backoffice/settings.py": r'env\.\w+\(\s*"([A-Z_]+)"',
        "gunicorn.conf.py": r'environ\.get\("([A-Z_]+)"',
    }
    for file, pattern in read.items():
        used = set(re.findall(pattern, (environment.BASE / file).read_text(encoding="utf-8")))
        assert used
        example = (environment.BASE / ".env.example").read_text(encoding="utf-8")
        assert used - set(re.findall(r"^#?([A-Z_]+)=", example, re.MULTILINE)) == set(), file
