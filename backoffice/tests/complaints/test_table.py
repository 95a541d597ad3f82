"""The table of complaints is whole and names only tests there are."""

from __future__ import annotations

import re
from pathlib import Path

from backoffice.environment import BASE

ROWS = re.findall(r"^\| (\d+) \| (.+) \| (.+) \|$", (Path(__file__).parent / "README.md").read_text(), re.MULTILINE)


def test_each_complaint_has_a_row() -> None:
    assert [int(number) for number, _words, _tests in ROWS] == list(range(1, 26))


def test_each_test_named_exists() -> None:
    for number, _words, tests in ROWS:
        named = re.findall(r"`([\w/.]+)::(test_\w+)`", tests)
        assert named, number
        for path, test in named:
            source = (BASE / path).read_text(encoding="utf-8")
            assert re.search(rf"^\s*def {test}\(", source, re.MULTILINE), (number, path, test)


def test_each_test_here_is_named() -> None:
    told = "".join(tests for _number, _words, tests in ROWS)
    for path in Path(__file__).parent.glob("test_*.py"):
        for test in re.findall(r"^def (test_\d\d_\w+)\(", path.read_text(encoding="utf-8"), re.MULTILINE):
            assert f"{path.name}::{test}`" in told, test
