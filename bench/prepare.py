"""Steps that need Django, run in a process of their own against one database: fill, pile, clients."""

from __future__ import annotations

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backoffice.settings")
    import django

    django.setup()
    from bench import fill

    match sys.argv[1:]:
        case ["fill", size]:
            fill.fill(fill.Shape(int(size)))
        case ["pile", count]:
            fill.pile(int(count))
        case ["clients", role]:
            for client in fill.clients(role):
                print(client.person, client.department, client.code, client.token, client.session)


if __name__ == "__main__":
    main()
