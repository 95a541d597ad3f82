"""`python3 -m launch COMMAND ...`: what the Makefile calls. This file must parse on any Python 3."""

import os
import shutil
import sys

NEWEST_FIRST = ["python3." + str(minor) for minor in range(19, 10, -1)]


def main() -> None:
    """Go on with Python 3.11 or newer, or say in one line that there is none."""
    if sys.version_info < (3, 11):  # noqa: UP036
        found = [path for path in map(shutil.which, NEWEST_FIRST) if path]
        if not found:
            sys.exit("Backoffice needs Python 3.11 or newer; this is " + sys.version.split()[0])
        os.execv(found[0], [found[0], "-m", "launch", *sys.argv[1:]])
    from launch import bootstrap

    bootstrap.main(sys.argv[1:])


if __name__ == "__main__":
    main()
