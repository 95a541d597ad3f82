"""Root starts the office as the owner of its files, so that the owner can start it afterwards too."""

import os
import pwd
import shutil
import subprocess
import sys
from pathlib import Path

from backoffice.environment import BASE, data_directory

FIT = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))"
# PostgreSQL refuses to be root; where everything else is root's it runs as one of these.
ACCOUNTS = ("postgres", "nobody")


def to_owner(arguments: list[str]) -> None:
    """As root, go on as the user who owns the data directory (or, before there is one, the checkout).

    Does nothing for other users, or when root is the owner. Where the owner cannot run Python or reach the
    checkout, root goes on itself, unless the data is already the owner's: then exits with a sentence.
    """
    if os.geteuid() != 0:
        return
    data = data_directory()
    place = data if data.exists() else BASE
    owner = place.stat().st_uid
    if owner == 0:
        return
    account = known(owner)
    python = python_for(account) if account else None
    if account is None or python is None:
        if place is data:
            sys.exit(f"{data} belongs to user {owner}, who cannot start the office. Give another DATA.")
        return
    print(f"The office runs as {account.pw_name}, who owns {place}.", flush=True)
    os.initgroups(account.pw_name, account.pw_gid)
    os.setgid(account.pw_gid)
    os.setuid(account.pw_uid)
    os.environ |= {"HOME": account.pw_dir, "USER": account.pw_name, "LOGNAME": account.pw_name}
    os.environ["DATA"] = str(data)
    os.execv(python, [python, "-m", "launch", *arguments])


def known(uid: int) -> pwd.struct_passwd | None:
    """Return the system's entry for a user's number, if there is one."""
    try:
        return pwd.getpwuid(uid)
    except KeyError:
        return None


def python_for(account: pwd.struct_passwd) -> str | None:
    """Return a Python 3.11+ with venv that `account` can run in the checkout, ours if possible."""
    names = ["python3", *(f"python3.{minor}" for minor in range(19, 10, -1))]
    found = [shutil.which(name, path=path) for path in (None, "/usr/local/bin:/usr/bin") for name in names]
    for python in dict.fromkeys([sys.executable, *filter(None, found)]):
        if runs_as(account, [python, "-c", FIT]):
            return python
    return None


def runs_as(account: pwd.struct_passwd, command: list[str]) -> bool:
    """Tell whether `command` succeeds when `account` runs it in the checkout."""
    try:
        done = subprocess.run(
            command,
            cwd=BASE,
            user=account.pw_uid,
            group=account.pw_gid,
            extra_groups=[],
            env={"PATH": os.defpath},
            capture_output=True,
        )
    except OSError:
        return False
    return done.returncode == 0


def database_account(cluster: Path) -> pwd.struct_passwd | None:
    """Return whom PostgreSQL must run as for the data in `cluster`; None for an ordinary user, who is it himself.

    Exits with a sentence where root finds no ordinary system user.
    """
    if os.geteuid() != 0:
        return None
    if cluster.exists() and (owner := cluster.stat().st_uid) and (account := known(owner)):
        return account
    for name in ACCOUNTS:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    sys.exit(f"PostgreSQL refuses to run as root, and this system has no user {' or '.join(ACCOUNTS)}.")
