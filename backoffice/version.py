"""Which Backoffice this is."""

import tomllib

from backoffice.environment import BASE

VERSION: str = tomllib.loads((BASE / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
