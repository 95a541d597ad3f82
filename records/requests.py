"""Which request work comes from: the number people can quote, in its log lines and on the rows it leaves for later."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import structlog

LENGTH = 64


def current() -> str:
    """Number of the request (or of the request whose job) is at work here; empty outside of one."""
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))[:LENGTH]


@contextmanager
def of(request_id: str, **facts: int | str) -> Iterator[None]:
    """Log lines and rows written in the block belong to the request of this number; `facts` are logged beside it."""
    known = {"request_id": request_id} if request_id else {}
    with structlog.contextvars.bound_contextvars(**known, **facts):
        yield
