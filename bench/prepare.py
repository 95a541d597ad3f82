"""Steps that need Django, run in a process of their own against one database: filling, clients, statements."""

from __future__ import annotations

import json
import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backoffice.settings")
    import django

    django.setup()
    from bench import background, fill

    match sys.argv[1:]:
        case ["fill", size]:
            fill.fill(fill.Shape(int(size)))
        case ["pile", count]:
            fill.pile(int(count))
        case ["clients", role]:
            for client in fill.clients(role):
                places = ",".join(map(str, client.departments))
                print(client.person, places, client.code, client.token, client.session)
        case ["reports" | "sweep" as what, number]:
            print(json.dumps(getattr(background, what)(int(number))))
        case ["next"]:
            from bench.statements import next_for_pgbench

            print(";\n".join(next_for_pgbench()))


if __name__ == "__main__":
    main()
