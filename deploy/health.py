"""Asks an office for its health: exit code 0 while all is well (or the named checks are). Standard library only.

python deploy/health.py [--at http://127.0.0.1:8000] [database broker worker long schedule]
"""

import argparse
import http.client
import json
import os
import sys
from urllib.parse import urlsplit

SECONDS = 5


def ask(at: str) -> dict[str, dict[str, object]]:
    """Return the checks of /health/ at this address; raises OSError or ValueError where there is no such answer."""
    place = urlsplit(at)
    # The office answers to its own names only, and to a proxy's word that the caller came by TLS.
    name = os.environ.get("ALLOWED_HOSTS", "").split(",")[0].strip().lstrip(".*") or place.netloc
    link = http.client.HTTPConnection(place.hostname or "127.0.0.1", place.port or 80, timeout=SECONDS)
    try:
        link.request("GET", "/health/", headers={"Host": name})
        checks: dict[str, dict[str, object]] = json.loads(link.getresponse().read())["checks"]
    finally:
        link.close()
    return checks


def main() -> None:
    parser = argparse.ArgumentParser(description="Ask an office for its health.")
    parser.add_argument("--at", default=f"http://127.0.0.1:{os.environ.get('PORT', '8000')}")
    parser.add_argument("checks", nargs="*", help="which must be well; all by default")
    chosen = parser.parse_args()
    try:
        found = ask(chosen.at)
    except (OSError, ValueError, KeyError, http.client.HTTPException) as error:
        sys.exit(f"no answer from {chosen.at}: {error}")
    failing = [name for name in chosen.checks or found if not found.get(name, {}).get("ok")]
    if failing:
        sys.exit(f"failing: {', '.join(failing)}")


if __name__ == "__main__":
    main()
