"""pytest plugin: pages in the system's Chromium. Without Chromium a browser test is skipped, in CI it fails.

Mark such tests `browser`. `launch.pytest_pages` opens the pages of the office in it.
"""

import os
import shutil
from collections.abc import Generator, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = [
    "--no-sandbox",
    "--headless",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
MISSING = "Chromium is missing, on Debian and Ubuntu: apt-get install chromium"
PATIENCE_MS = 30_000


def chromium() -> str | None:
    """Return the path of the system's Chromium, if there is one."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def in_ci() -> bool:
    """Tell whether this is CI, where nothing may be skipped."""
    return os.environ.get("CI", "").lower() in {"1", "true", "yes"}


def pytest_configure(config: pytest.Config) -> None:
    """Playwright's own loop runs in the thread of the tests, which Django takes for asynchronous code."""
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip browser tests without Chromium."""
    if item.get_closest_marker("browser") and chromium() is None:
        pytest.skip(MISSING)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI a browser test that was skipped, for whatever reason, has failed."""
    report = yield
    if report.skipped and item.get_closest_marker("browser") and in_ci():
        report.outcome = "failed"
        report.longrepr = f"A browser test may not be skipped in CI: {report.longrepr}"
    return report


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say how many browser tests were skipped, and what installs the browser."""
    skipped = [report for report in terminalreporter.stats.get("skipped", []) if MISSING in str(report.longrepr)]
    if skipped:
        terminalreporter.write_line(f"{len(skipped)} browser tests skipped. {MISSING}", yellow=True)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests of this process, with a new user data directory."""
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        yield launched
        launched.close()
