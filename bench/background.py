"""What runs behind the pages: the sweep of reminders, and the making of reports.

`sweep` and `reports` run in a process of their own against one office (`bench.prepare`), `measure` asks for them.
"""

from __future__ import annotations

import json
import resource
import statistics
import time
from typing import Any

from bench.figures import Target
from launch.places import Office

AGAIN = 15
LIMITS = {"seconds": 60, "memory": 1.1, "reports": 1.2}
_OVERDUE = """UPDATE tasks_task SET due_at = now() - interval '1 hour', alarm_at = now() - interval '1 hour'
    WHERE id IN (SELECT id FROM tasks_task WHERE state = 'open' AND assignee_id IS NULL
        AND department_id = (SELECT min(id) FROM organization_department) LIMIT %s)"""


def peak_mb() -> float:
    """The most memory this process ever had resident, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def sweep(count: int) -> dict[str, float]:
    """Seconds until every one of `count` overdue tasks is said, and how memory grew after the first ten batches."""
    from django.db import connection

    from tasks import reminders
    from tasks.models import Reminder

    with connection.cursor() as cursor:
        cursor.execute(_OVERDUE, [count])
        cursor.execute("VACUUM ANALYZE tasks_task")
    begun, batches, settled = time.perf_counter(), 0, 0.0
    while reminders.remind():
        batches += 1
        settled = peak_mb() if batches == 10 else settled
    spent = time.perf_counter() - begun
    said = Reminder.objects.filter(kind="overdue").count()
    if said != count:
        raise RuntimeError(f"{said} reminders of {count}")
    return {"reminders": said, "seconds": round(spent, 1), "memory": round(peak_mb() / (settled or peak_mb()), 3)}


def reports(department: int) -> dict[str, float]:
    """Milliseconds (median) of each report about one department, over the last month where it has a period."""
    from core import clock
    from reports.catalogue import REPORTS
    from reports.catalogue.base import Question
    from reports.scope import Scope

    found: dict[str, float] = {}
    for name, report in REPORTS.items():
        parameters: dict[str, Any] = {"period": "last_month"} | {
            key: one.values[0] for key, one in report.choices.items()
        }
        if report.bys:
            parameters["by"] = report.bys[0]
        now = clock.now()
        question = Question(Scope((department,), root=department), report.days(parameters, now.date()), parameters, now)
        spent = []
        for _ in range(AGAIN):
            begun = time.perf_counter()
            report.make(question, lambda done, total: None)
            spent.append((time.perf_counter() - begun) * 1000)
        found[name] = round(statistics.median(spent), 1)
    return found


def measure(server: Office, few: Target, many: Target, piled: Target, pile: int) -> dict[str, Any]:
    """Reports in two offices with as much history in each department, one with more departments; then the sweep."""
    from bench.offices import prepare

    def asked(target: Target, *words: str) -> Any:
        return json.loads(prepare(server, target.database, *words)[-1])

    each = {target.name: asked(target, "reports", str(target.managers[0].department)) for target in (few, many)}
    ratios = {name: round(each[many.name][name] / spent, 3) for name, spent in each[few.name].items()}
    return {"reports": each, "ratios": ratios, "sweep": asked(piled, "sweep", str(pile))}


def show(results: dict[str, Any]) -> bool:
    """Print what `measure` found; whether all is within its limit."""
    found, sweep = results["background"], results["background"]["sweep"]
    print(f"\nReports of a month about one department, milliseconds (limit of the ratio {LIMITS['reports']})")
    for name, ratio in found["ratios"].items():
        each = "  ".join(f"{office} {spent[name]:.1f}" for office, spent in found["reports"].items())
        print(f"  {name:22} {each}  {ratio}")
    count, spent, memory = sweep["reminders"], sweep["seconds"], sweep["memory"]
    print(f"\n{count:,} reminders in {spent} s (limit {LIMITS['seconds']}), memory {memory} (limit {LIMITS['memory']})")
    fine = all(ratio <= LIMITS["reports"] for ratio in found["ratios"].values())
    return fine and sweep["seconds"] <= LIMITS["seconds"] and sweep["memory"] <= LIMITS["memory"]
