"""`make check`: everything that can be known without running the tests."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

from backoffice.environment import BASE
from launch.bootstrap import end_on_signals

PYTHON = [sys.executable, "-m"]
MANAGE = [sys.executable, "manage.py"]
PRODUCTION = {
    "SECRET_KEY": "wSk3-only-to-check-settings-9vQz7XbT2mLpR8dJc4HyNfGa6EuK1o",
    "DEBUG": "off",
    "DEMO": "off",
    "SECURE_SSL": "on",
    "ALLOWED_HOSTS": "office.example",
    "CSRF_TRUSTED_ORIGINS": "https://office.example",
    "BASE_URL": "https://office.example",
    # Never reached: the checks look at settings and code alone.
    "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none",
    "REDIS_URL": "redis://127.0.0.1:1/0",
}
CHECKS = {
    "ruff": [*PYTHON, "ruff", "check", "."],
    "format": [*PYTHON, "ruff", "format", "--check", "."],
    "templates": [*PYTHON, "djlint", "templates", "--lint"],
    "languages": [*PYTHON, "launch.languages"],
    "types": [*PYTHON, "mypy"],
    "imports": [sys.executable, "-c", "from importlinter.cli import lint_imports_command as main; main()"],
    "migrations": [*MANAGE, "makemigrations", "--check", "--dry-run"],
    "deployment": [*MANAGE, "check", "--deploy", "--fail-level", "WARNING"],
}
AUTOMATIC = re.compile(r"_auto_\d|_initial\.py$")


def main() -> None:
    """Run every check, print what the failing ones say, and exit with status 1 if there is one."""
    end_on_signals()
    os.environ |= PRODUCTION
    failed = [name for name, command in CHECKS.items() if not passes(name, command)]
    if named := automatic_names():
        print("Migrations need names that say what they do:", *named, sep="\n  ")
        failed.append("migration names")
    if failed:
        sys.exit(f"Failed: {', '.join(failed)}")


def passes(name: str, command: list[str]) -> bool:
    """Run one check and return whether it found nothing; its output is shown only when it did."""
    start = time.monotonic()
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    print(f"{name:<16} {'ok' if done.returncode == 0 else 'FAILED'} {time.monotonic() - start:5.1f} s", flush=True)
    if done.returncode != 0:
        print(done.stdout)
    return done.returncode == 0


def automatic_names() -> list[Path]:
    """Return our migrations that still have the name Django gave them."""
    found = BASE.glob("*/migrations/*.py")
    return sorted(path.relative_to(BASE) for path in found if AUTOMATIC.search(path.name))


if __name__ == "__main__":
    main()
