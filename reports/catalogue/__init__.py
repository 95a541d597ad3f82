"""The reports there are, in the order they are offered. Each is a module of its own."""

from __future__ import annotations

from reports.catalogue import age, done, on_time, states, workload
from reports.catalogue.base import Report

REPORTS: dict[str, Report] = {
    report.name: report for report in (done.REPORT, age.REPORT, on_time.REPORT, workload.REPORT, states.REPORT)
}
