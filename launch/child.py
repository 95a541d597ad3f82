"""`python -m launch.child NAME`: become one program of the office, after clearing away its predecessor's remains."""

import os
import sys
from pathlib import Path

from launch import postgres, processes, programs
from launch.places import Office


def main(name: str) -> None:
    """Replace this process by the program `name` of the office in DATA."""
    office = Office(Path(os.environ["DATA"]))
    program = programs.BY_NAME[name]
    # A killed predecessor's own children may still hold its port, its shared memory or a job.
    processes.stop_leftovers(office.pid_file(name), seconds=2)
    processes.remember(office.pid_file(name))
    command = programs.command(name, office)
    if name == "database":
        postgres.clear_stale(office)
        postgres.become(office.account, office.cluster)()
    elif name == "broker":
        os.chdir(office.broker)
    processes.die_with_parent(program.stop)
    os.execv(command[0], command)


if __name__ == "__main__":
    main(sys.argv[1])
