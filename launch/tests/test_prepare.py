"""Static files are collected anew exactly when one of them may have changed."""

import os
from pathlib import Path
from typing import Any

import pytest

from backoffice import static_files


@pytest.fixture
def collected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any) -> list[str]:
    """A checkout with one static file, and the commands that were called for it."""
    called: list[str] = []
    (tmp_path / "static").mkdir()
    (tmp_path / "static/app.css").write_text("a {}", encoding="utf-8")
    settings.STATIC_ROOT = tmp_path / "collected"
    settings.STATIC_ROOT.mkdir()
    monkeypatch.setattr(static_files, "BASE", tmp_path)
    for name in static_files.PINNED:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    monkeypatch.setattr(static_files, "call_command", lambda name, **options: called.append(name))
    static_files.collect()
    assert called == ["collectstatic"]
    return called


def test_nothing_changed(collected: list[str]) -> None:
    static_files.collect()
    assert len(collected) == 1


def test_a_file_of_the_same_length_changed(collected: list[str], tmp_path: Path) -> None:
    file = tmp_path / "static/app.css"
    file.write_text("b {}", encoding="utf-8")
    os.utime(file, ns=(1, 1))
    static_files.collect()
    assert len(collected) == 2


def test_a_file_came(collected: list[str], tmp_path: Path) -> None:
    (tmp_path / "static/new.css").touch()
    static_files.collect()
    assert len(collected) == 2


def test_another_package_is_pinned(collected: list[str], tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("another", encoding="utf-8")
    static_files.collect()
    assert len(collected) == 2
