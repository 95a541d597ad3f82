"""Where an office keeps its settings. Standard library only: the launcher reads this before anything is installed.

A variable comes, first found, from the process environment, from the file a `<NAME>_FILE` variable points to, or
from `$DATA/env`, which `make run` writes so that every command with the same DATA reaches the running office.
"""

import hashlib
import os
import pwd
import re
from pathlib import Path

BASE = Path(__file__).resolve().parent.parent
# Only ours: SSL_CERT_FILE and its like belong to other programs and are paths, not secrets to be read in.
SECRETS = ("SECRET_KEY", "DATABASE_URL", "REDIS_URL", "EMAIL_URL", "METRICS_TOKEN")
SHORTEST_KEY = 50
SHORTEST_TOKEN = 20
FEWEST_CHARACTERS = 10
WEAK_PARTS = ("changeme", "change-me", "django-insecure", "secret-key", "password")
SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
DEVELOPMENT_KEY = "used while DEBUG is on and never else"


def user_name() -> str:
    """Return the name of the user this process runs as, or its number where the system knows no name."""
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return str(os.geteuid())


def own_place(name: str) -> Path:
    """Return where this user may keep `name` of this checkout, created or not.

    Beside manage.py where that is possible; with the user's name behind it where another user's lies there; in the
    user's home where the checkout is read-only. So several users can use one checkout, each with an office of
    their own. Raises SystemExit with a sentence where none of the three can be written.
    """
    for place in places(name):
        if may_write(place):
            return place
    raise SystemExit(f"Nowhere to keep {name}: neither {BASE} nor the home directory can be written.")


def places(name: str) -> list[Path]:
    """Return the places `own_place` looks at, the preferred one first."""
    checkout = hashlib.sha256(str(BASE).encode()).hexdigest()[:10]
    home = Path("~/.local/share/backoffice").expanduser()
    return [BASE / name, BASE / f"{name}-{user_name()}", home / checkout / name.lstrip(".")]


def may_write(place: Path) -> bool:
    """Tell whether this user can write in the directory `place`, or create it."""
    while not os.path.lexists(place) and place != place.parent:
        place = place.parent
    return place.is_dir() and os.access(place, os.R_OK | os.W_OK | os.X_OK)


def data_directory() -> Path:
    """Return the absolute directory of this office: DATA, relative to the current directory, or `.data`."""
    given = os.environ.get("DATA")
    return Path(given).expanduser().absolute() if given else own_place(".data")


def read_file(path: Path) -> dict[str, str]:
    """Return the KEY=VALUE lines of `path`; comments and empty lines are left out, a missing file is empty."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (FileNotFoundError, PermissionError, NotADirectoryError):
        return {}
    pairs = (line.split("=", 1) for line in lines if "=" in line and not line.lstrip().startswith("#"))
    return {key.strip(): value.strip() for key, value in pairs}


def load() -> None:
    """Complete `os.environ` from secret files and `$DATA/env`; what is set already stays. May be called twice."""
    read_secrets()
    data = data_directory()
    os.environ["DATA"] = str(data)
    kept = read_file(data / "env")
    # Whoever names another database speaks of another office: the demo's switches must not reach production.
    if os.environ.get("DATABASE_URL", kept.get("DATABASE_URL")) == kept.get("DATABASE_URL"):
        for key, value in kept.items():
            os.environ.setdefault(key, value)


def read_secrets() -> None:
    """Set each variable of SECRETS that is given as a `*_FILE` from that file, its white space at the ends cut off."""
    for name in SECRETS:
        path = os.environ.pop(f"{name}_FILE", None)
        if path and name not in os.environ:
            os.environ[name] = _read_secret(name, Path(path))


def _read_secret(name: str, path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SystemExit(f"{name}_FILE cannot be read: {error.strerror} ({path}).") from error


def secret_key(value: str, *, debug: bool) -> str:
    """Return `value` if it can sign sessions; with `debug` an empty one is replaced by a known one.

    Raises ImproperlyConfigured where DEBUG is off and the key is missing, short, monotonous or a known example.
    """
    from django.core.exceptions import ImproperlyConfigured

    if debug:
        return value or DEVELOPMENT_KEY
    if not value:
        raise ImproperlyConfigured(f"SECRET_KEY is not set. {HOW_TO_MAKE_A_KEY}")
    weak = len(value) < SHORTEST_KEY or len(set(value)) < FEWEST_CHARACTERS
    if weak or any(part in value.lower() for part in WEAK_PARTS):
        raise ImproperlyConfigured(f"SECRET_KEY is too weak. {HOW_TO_MAKE_A_KEY}")
    return value


def rates(text: str) -> list[tuple[int, float]]:
    """Return the rates in `text`: "5/5m, 50/12h" is [(5, 300), (50, 43200)], "off" is none.

    Units are s, m, h and d. Raises ImproperlyConfigured for anything else.
    """
    from django.core.exceptions import ImproperlyConfigured

    if text.strip().lower() == "off":
        return []
    found = [re.fullmatch(r"([1-9]\d{0,8})/((?:[1-9]\d{0,5})?)([smhd])", part.strip()) for part in text.split(",")]
    if not all(found):
        raise ImproperlyConfigured(f"{text!r} is no rate. Write how many in which time, as in 50/12h, or off.")
    return [(int(one[1]), int(one[2] or 1) * SECONDS[one[3]]) for one in found if one]


def one_of(name: str, value: str, known: str) -> str:
    """Return `value`; raises ImproperlyConfigured where it is none of the words of `known`."""
    from django.core.exceptions import ImproperlyConfigured

    if value not in known.split():
        raise ImproperlyConfigured(f"{name} is {value!r}. Choose one of: {known}.")
    return value


def metrics_token(value: str) -> str:
    """Return `value`; raises ImproperlyConfigured where it is there and short enough to be guessed."""
    from django.core.exceptions import ImproperlyConfigured

    if 0 < len(value) < SHORTEST_TOKEN:
        raise ImproperlyConfigured(f"METRICS_TOKEN is too short: {SHORTEST_TOKEN} characters at least, or none.")
    return value


HOW_TO_MAKE_A_KEY = (
    f"Set it (or SECRET_KEY_FILE) to at least {SHORTEST_KEY} random characters, for instance the output of: "
    'python3 -c "import secrets; print(secrets.token_urlsafe(50))"'
)
