"""Rules of the house that no linter knows."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
VERBS = [
    *(
        f"tasks/{name}.py"
        for name in [
            "transitions",
            "finishing",
            "next",
            "undo",
            "opening",
            "steps",
            "editing",
            "bulk",
            "eligibility",
            "rules",
            "changes",
            "clocks",
            "tallies",
            "procedures",
            "recompute",
            "reminders",
            "noticing",
            "watching",
        ]
    ),
    "reports/making.py",
    "reports/scheduling.py",
    "organization/setup.py",
    "organization/notices.py",
    "organization/preferences.py",
    "organization/mailing.py",
    "organization/tokens.py",
    "organization/standing.py",
    "records/events.py",
    "records/chain.py",
    "records/runs.py",
]
HTTP = {"django.http", "django.shortcuts", "django.views", "django.urls", "ninja"}


def imported(path: Path) -> set[str]:
    """Modules a file imports, anywhere in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def test_verbs_know_nothing_of_http() -> None:
    for name in VERBS:
        modules = imported(ROOT / name)
        known = {module for module in modules if any(module == http or module.startswith(f"{http}.") for http in HTTP)}
        assert not known, f"{name} imports {known}"


def test_the_kernel_stays_small_and_has_no_tables() -> None:
    files = list((ROOT / "core").glob("*.py"))
    assert sum(path.read_text().count("\n") for path in files) <= 600
    assert not (ROOT / "core" / "models.py").exists()


def test_nothing_names_a_background_job_a_task() -> None:
    for path in ROOT.glob("*/jobs.py"):
        names = [node.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)]
        assert not any(name.endswith("_task") for name in names), path


def test_only_jobs_publish() -> None:
    """A request never touches the broker: nothing but the jobs modules and Celery's own sends anything."""
    for app in ("core", "records", "organization", "tasks", "reports", "backoffice"):
        for path in (ROOT / app).rglob("*.py"):
            if path.name in {"jobs.py", "celery.py"} or "tests" in path.parts:
                continue
            text = path.read_text()
            assert ".apply_async(" not in text and ".delay(" not in text, path
