"""`make demo-data`: live the demo office's year anew in a database of its own, and keep it as the file we ship."""

import sys

from launch import processes
from launch.bootstrap import end_on_signals
from launch.suite import throwaway


def main() -> None:
    """Write backoffice/demo/history.xz; some minutes of work."""
    end_on_signals()
    with throwaway():
        for command in (["migrate", "--verbosity", "0"], ["write_demo_data"]):
            processes.must([sys.executable, "manage.py", *command], f"{command[0]} failed; see above.")


if __name__ == "__main__":
    main()
