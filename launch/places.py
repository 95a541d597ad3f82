"""Where an office keeps things: its data directory, and a short one for sockets."""

import hashlib
import os
import pwd
import stat
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from launch.step_down import database_account


@dataclass(frozen=True)
class Office:
    """The places of one office. `data` is absolute; everything in it is private to its owner."""

    data: Path

    @property
    def log(self) -> Path:
        """Directory of the log files."""
        return self.data / "log"

    @property
    def run(self) -> Path:
        """Directory of what only matters while the office runs: pid files and the lock."""
        return self.data / "run"

    @property
    def env(self) -> Path:
        """File of settings that lets every command with the same DATA reach the office."""
        return self.data / "env"

    @property
    def cluster(self) -> Path:
        """Directory of the embedded PostgreSQL."""
        return self.data / "postgres"

    @property
    def broker(self) -> Path:
        """Directory of the embedded Valkey."""
        return self.data / "valkey"

    def pid_file(self, program: str) -> Path:
        """File that names the running process of `program`."""
        return self.run / f"{program}.pid"

    @cached_property
    def account(self) -> pwd.struct_passwd | None:
        """Whom PostgreSQL runs as; None for ourselves."""
        return database_account(self.cluster)

    @cached_property
    def sockets(self) -> Path:
        """A directory of mode 0700 for sockets; short, because a socket's path ends after 107 bytes."""
        mark = hashlib.sha256(f"{self.data}\0{os.geteuid()}".encode()).hexdigest()[:10]
        for number in range(100):
            place = Path(f"/tmp/backoffice-{mark}{number or ''}")
            if _is_ours(place, self.account):
                return place
        raise SystemExit("/tmp holds a hundred foreign directories with the names of our sockets.")

    @property
    def database_url(self) -> str:
        """URL of the embedded PostgreSQL, as libpq and django-environ both read it."""
        return f"postgres://backoffice@/backoffice?host={self.sockets}"

    @property
    def broker_url(self) -> str:
        """URL of the embedded Valkey, as redis-py reads it."""
        return f"unix://{self.sockets}/valkey.sock"

    def create(self) -> None:
        """Make the directories that are missing. Exits with a sentence where DATA cannot be written."""
        try:
            self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
            for place in (self.log, self.run, self.broker):
                place.mkdir(mode=0o700, exist_ok=True)
            self.env.touch(mode=0o600)
        except OSError as error:
            raise SystemExit(f"DATA cannot be used: {error.strerror} ({error.filename}).") from error


def _is_ours(place: Path, account: pwd.struct_passwd | None) -> bool:
    """Make `place` ours with mode 0700 (the account's, where PostgreSQL has one); False if it is another's."""
    ours = {os.geteuid()} | ({account.pw_uid} if account else set())
    try:
        place.mkdir(mode=0o700)
    except FileExistsError:
        found = place.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in ours:
            return False
    place.chmod(0o700)
    if account:
        os.chown(place, account.pw_uid, account.pw_gid)
    return True
