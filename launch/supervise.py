"""supervisord in the foreground: restarts what dies, stops in order, and is over in fifteen seconds."""

import os
import signal
from contextlib import suppress

from supervisor.medusa.asyncore_25 import ExitNow
from supervisor.options import ServerOptions
from supervisor.supervisord import Supervisor

from launch.places import Office
from launch.programs import Program

HEAD = """\
[supervisord]
nodaemon=true
silent=true
logfile=%(ENV_DATA)s/log/supervisor.log
logfile_maxbytes=1MB
logfile_backups=1
pidfile=%(ENV_DATA)s/run/supervisor.pid
childlogdir=%(ENV_DATA)s/log
minfds=256
minprocs=20
"""
# `python` is found on PATH and DATA in the environment, so no path is ever written into this file's syntax.
PROGRAM = """
[program:{name}]
command=python -m launch.child {name}
priority={priority}
autorestart=true
startsecs=1
startretries=1000000
stopsignal={stop}
stopwaitsecs={stop_seconds}
killasgroup=true
redirect_stderr=true
stdout_logfile=NONE
stdout_logfile_maxbytes=5MB
stdout_logfile_backups=1
"""
GROUP = """
[group:services]
priority=30
programs={names}
"""


class Options(ServerOptions):
    """supervisord's options; a closed terminal ends the office instead of reloading it."""

    def get_signal(self) -> int | None:
        """Return the next signal to be handled."""
        number: int | None = super().get_signal()
        return signal.SIGTERM if number == signal.SIGHUP else number


def configuration(programs: list[Program]) -> str:
    """Return supervisord's configuration for `programs`."""
    user = "user=root\n" if os.geteuid() == 0 else ""
    parts = [
        PROGRAM.format(
            name=program.name,
            priority=program.priority,
            stop=program.stop.name.removeprefix("SIG"),
            stop_seconds=program.stop_seconds,
        )
        for program in programs
    ]
    together = ",".join(program.name for program in programs if program.priority == 30)
    return HEAD + user + "".join(parts) + GROUP.format(names=together)


def supervise(office: Office, programs: list[Program]) -> None:
    """Run `programs` until SIGTERM, SIGINT or SIGHUP, then stop them in order. Takes over signal handling."""
    path = office.run / "supervisor.conf"
    path.write_text(configuration(programs), encoding="utf-8")
    options = Options()
    options.first = True
    options.test = False
    options.realize(["-n", "-c", str(path)])
    for program in [one for group in options.process_group_configs for one in group.process_configs]:
        # Not in the file: supervisord expands this one twice, so that no path with a percent sign gets through.
        program.stdout_logfile = str(office.log / f"{program.name}.log")
    with suppress(ExitNow):  # how supervisord says that everything has stopped
        Supervisor(options).main()
