"""Structured logs on standard output, one JSON object a line, with the number of the request they belong to.

Nothing secret and nothing about people leaves by a log: requests are named by their view, not their address, and
whatever an exception or a library says of addresses, tokens, keys and values of rows is blotted out.
"""

import datetime as dt
import json
import logging
import re
from collections.abc import MutableMapping
from typing import Any

import structlog

HIDDEN = "[hidden]"
_SECRET_NAME = re.compile(r"password|passwd|secret|token|session|cookie|authorization|api_?key", re.IGNORECASE)
_BLOTS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"://[^/\s:@'\"]*:[^/\s@'\"]+@"), f"://{HIDDEN}@"),
    (re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+"), HIDDEN),
    (re.compile(r"\bbo_[\w-]{16,}"), HIDDEN),
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{8,}"), rf"\1 {HIDDEN}"),
    (
        re.compile(
            r"(?i)((?:sessionid|__host-\w+|csrf\w*|password\w*|secret\w*|token|otp)['\"]?\s*[=:]\s*)[^\s,;&)}]+"
        ),
        rf"\1{HIDDEN}",
    ),
    (re.compile(r"(/key/)[^/\s]+"), rf"\1{HIDDEN}"),
    # What PostgreSQL adds to an error are values of the row.
    (re.compile(r"^(DETAIL|CONTEXT|QUERY|LINE \d+):.*$", re.MULTILINE), rf"\1: {HIDDEN}"),
)


def blot(text: str) -> str:
    """Return `text` without addresses, credentials and values of rows."""
    for pattern, instead in _BLOTS:
        text = pattern.sub(instead, text)
    return text


def _clean(name: str, value: Any) -> Any:
    if _SECRET_NAME.search(name):
        return HIDDEN
    if isinstance(value, dict):
        return {key: _clean(str(key), inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_clean("", inner) for inner in value]
    return value if value is None or isinstance(value, bool | int | float) else blot(str(value))


def hide(logger: Any, method: str, event: MutableMapping[str, Any]) -> dict[str, Any]:
    """Blot every value of a log line (structlog processor)."""
    return {name: _clean(name, value) for name, value in event.items()}


class Rendered(str):
    """A line that is JSON already and holds nothing to blot."""


class LineFormatter(structlog.stdlib.ProcessorFormatter):
    """structlog's, which leaves alone what is rendered."""

    def format(self, record: logging.LogRecord) -> str:
        return record.msg if isinstance(record.msg, Rendered) else super().format(record)


def tell(name: str, event: str, level: int, **facts: Any) -> None:
    """Write a line of numbers and names of our own: for what happens at every request, a tenth of structlog's time."""
    log = logging.getLogger(name)
    if log.isEnabledFor(level):
        said = {"event": event, "logger": name, "level": logging.getLevelName(level).lower()}
        at = dt.datetime.now(dt.UTC).isoformat().replace("+00:00", "Z")
        log.log(level, Rendered(json.dumps(facts | said | {"timestamp": at})))


structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.filter_by_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.processors.format_exc_info,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)

OURS = ("core", "records", "organization", "tasks", "backoffice", "django_structlog")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": LineFormatter,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                hide,
                structlog.processors.JSONRenderer(),
            ],
            "foreign_pre_chain": [
                structlog.contextvars.merge_contextvars,
                structlog.stdlib.add_logger_name,
                structlog.stdlib.add_log_level,
                structlog.processors.TimeStamper(fmt="iso"),
                structlog.processors.format_exc_info,
            ],
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {name: {"level": "INFO"} for name in OURS}
    # Says what our own line of the request says, with the address in full.
    | {"django.request": {"level": "CRITICAL"}},
}
