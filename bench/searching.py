"""How long one person waits for an answer of the search: the whole page over HTTP, nobody else asking."""

from __future__ import annotations

import statistics
import time
from typing import Any

from bench.client import Connection, get
from bench.figures import Target
from bench.fill import RARE

MOST_MS = 40.0
TIMES = 40
ASKED = {
    "a rare word": f"{RARE}7",
    "a word of every task": "papers",
    "two words of every task": "check+papers",
    "the begin of a word": "regis",
    "the begin of a reference": "T-12",
    "a reference": "T-500",
    "nothing": "neverwritten",
}


def measure(targets: list[Target]) -> dict[str, dict[str, float]]:
    """Milliseconds (median) for each kind of question and office: a member of two departments, and a manager."""
    found: dict[str, dict[str, float]] = {}
    for kind, words in ASKED.items():
        for target in targets:
            times: list[float] = []
            link = Connection(target.port)
            for client in (target.assistants[0], target.managers[0]):
                request = get(f"/search/?q={words}", client.session)
                times += [_timed(link, request) for _ in range(TIMES)]
            link.close()
            found.setdefault(kind, {})[target.name] = round(statistics.median(times), 1)
    return found


def _timed(link: Connection, request: bytes) -> float:
    begun = time.perf_counter()
    if link.call(request).status != 200:
        raise RuntimeError("the search answers no page")
    return (time.perf_counter() - begun) * 1000


def show(results: dict[str, Any]) -> bool:
    """Print them; was each under the limit?"""
    print(f"\nMilliseconds of a search, median (limit {MOST_MS:.0f})")
    fine = True
    for kind, by_office in results["searches"].items():
        late = max(by_office.values()) > MOST_MS
        fine &= not late
        marks = "  ".join(f"{name} {spent:6.1f}" for name, spent in by_office.items())
        print(f"  {kind:26} {marks}  {'<- over the limit' if late else ''}")
    return fine
