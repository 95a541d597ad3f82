"""make bench: flatness over sizes, cost beside the floor, memory, and speed with a broker that is gone or silent.

Ratios of flatness are rate of the smallest size over rate of the size (median of interleaved repeats): 1.0 is flat.
Results go to bench/results.json with machine, versions and sizes. It is a benchmark, not a timed test.
"""

from __future__ import annotations

import argparse
import json
import statistics
from pathlib import Path
from typing import Any

from bench import background, floors, machine, offices, searching
from bench.figures import FIGURES, Target, next_and_complete
from bench.serve import database_server

RESULTS = Path(__file__).resolve().parent / "results.json"
SIZES = (1_000, 100_000, 1_000_000)
PILE = 100_000
LIMITS = {"flat": 1.2, "piled": 1.5}


def measure(targets: list[Target], names: list[str], repeats: int) -> dict[str, dict[str, list[float]]]:
    """Rates by figure and office, the offices taking turns in every repeat."""
    rates: dict[str, dict[str, list[float]]] = {}

    def note(figure: str, target: Target, rate: float) -> None:
        rates.setdefault(figure, {}).setdefault(target.name, []).append(round(rate, 1))
        print(f"  {figure:22} {target.name:>10} {rate:8.1f} a second", flush=True)

    for name in names:  # warm every worker before anything counts
        for target in targets:
            FIGURES[name](target)
    for _ in range(repeats):
        for name in names:
            for target in targets:
                note(name, target, FIGURES[name](target).rate)
        for target in targets:
            served, done = next_and_complete(target)
            note("next", target, served.rate)
            note("complete", target, done.rate)
    return rates


def ratios(rates: dict[str, dict[str, list[float]]], base: str) -> dict[str, dict[str, float]]:
    """Median rate of the base office over that of each other one."""
    return {
        figure: {
            name: round(statistics.median(by_office[base]) / statistics.median(values), 3)
            for name, values in by_office.items()
            if name != base
        }
        for figure, by_office in rates.items()
    }


def show(title: str, table: dict[str, dict[str, float]], limit: float) -> bool:
    print(f"\n{title} (limit {limit})")
    fine = True
    for figure, by_office in table.items():
        worst = max(by_office.values())
        fine &= worst <= limit
        marks = "  ".join(f"{name} {ratio:5.2f}" for name, ratio in by_office.items())
        print(f"  {figure:22} {marks}  {'' if worst <= limit else '<- over the limit'}")
    return fine


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("command", nargs="?", help=argparse.SUPPRESS)  # the word make came by
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)))
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args()
    sizes = [int(size) for size in options.sizes.split(",")]
    results: dict[str, Any] = {"machine": machine.facts(), "sizes": sizes, "repeats": options.repeats, "pile": PILE}
    with database_server() as server, offices.opened(server, sizes, PILE) as (targets, piled, base):
        results["rates"] = measure(targets, list(FIGURES), options.repeats)
        results["flat"] = ratios(results["rates"], targets[0].name)
        results["searches"] = searching.measure(targets)
        results["memory"] = {target.name: round(target.memory_mb(), 1) for target in targets}
        names = ["queue", "department page"]
        results["piled_rates"] = measure([base, piled], names, options.repeats)
        results["piled"] = ratios(results["piled_rates"], base.name)
        results["floors"] = floors.measure(server, base, base.database, options.repeats)
        results["background"] = background.measure(server, targets[min(1, len(targets) - 1)], targets[-1], piled, PILE)
        results["broker"] = floors.broker_trouble(server, base, base.database, options.repeats)
    fine = show("Flat: 1,000 tasks over more", results["flat"], LIMITS["flat"])
    fine &= show(f"{PILE:,} open tasks in one department", results["piled"], LIMITS["piled"])
    fine &= searching.show(results)
    fine &= floors.show(results)
    fine &= background.show(results)
    options.out.write_text(json.dumps(results, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    print(f"\n{'everything within its limit' if fine else 'something is over its limit'}; written to {options.out}")
    raise SystemExit(0 if fine else 1)


if __name__ == "__main__":
    main()
