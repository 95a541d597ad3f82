"""The server and browser of the queue's tests, for reports."""

from tasks.tests.browser.conftest import flaws, visit

__all__ = ["flaws", "visit"]
