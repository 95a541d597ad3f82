"""A browser test is skipped with the line that helps, and in CI that is a failure."""

import pytest

pytest_plugins = ["pytester"]

TEST = """
import pytest
pytest_plugins = ["launch.pytest_browser"]

@pytest.mark.browser
def test_page():
    pass
"""


@pytest.fixture(autouse=True)
def without_chromium(monkeypatch: pytest.MonkeyPatch, pytester: pytest.Pytester) -> None:
    monkeypatch.setenv("PATH", str(pytester.path))
    monkeypatch.delenv("CI", raising=False)
    pytester.makeconftest('pytest_plugins = ["launch.pytest_browser"]')
    pytester.makepyfile(TEST)


def run(pytester: pytest.Pytester) -> pytest.RunResult:
    return pytester.runpytest("-p", "no:django", "-p", "no:xdist", "-W", "ignore")


def test_it_is_skipped_with_the_line_that_installs_the_browser(pytester: pytest.Pytester) -> None:
    result = run(pytester)
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["1 browser tests skipped. *apt-get install chromium"])


def test_in_ci_that_is_a_failure(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    run(pytester).assert_outcomes(errors=1)
