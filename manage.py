#!/usr/bin/env python
"""Entry point of every command; reaches the running office of the same DATA."""

import os
import sys


def main() -> None:
    """Run a management command with the environment of this office."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backoffice.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
