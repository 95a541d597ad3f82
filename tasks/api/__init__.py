"""The API of the queue."""

from tasks.api import coming_in, procedures, reading, verbs  # noqa: F401 - they fill the router
from tasks.api.router import router

__all__ = ["router"]
