"""What pages name is collected, and of packages nothing else."""

from __future__ import annotations

import posixpath
import re

from django.contrib.staticfiles.finders import get_finders

from backoffice.environment import BASE
from backoffice.static_files import USED

NAMED = re.compile(r"""\{% (?:asset|static) ["']([^"']+)["']""")
LINKED = re.compile(r"""url\(["']?(?!data:|static:|#)([^"')]+)""")
IMPORTED = re.compile(r"""from\s+["']\./([\w.]+)["']""")


def collected() -> set[str]:
    found = (pair for finder in get_finders() for pair in finder.list(None))
    return {posixpath.join(getattr(storage, "prefix", "") or "", path) for path, storage in found}


def test_all_that_is_named_is_collected() -> None:
    texts = "".join(path.read_text(encoding="utf-8") for path in (BASE / "templates").rglob("*.html"))
    named = set(NAMED.findall(texts))
    for path in (BASE / "static").rglob("*.css"):
        folder = path.parent.relative_to(BASE / "static").as_posix()
        links = LINKED.findall(path.read_text(encoding="utf-8"))
        named |= {posixpath.normpath(posixpath.join(folder, link.partition("#")[0])) for link in links}
    for path in (BASE / "static/js").glob("*.js"):
        named |= {f"js/{name}" for name in IMPORTED.findall(path.read_text(encoding="utf-8"))}
    assert len(named) > 30
    assert named <= collected(), named - collected()


def test_nothing_else_of_packages_is() -> None:
    ours = {path.relative_to(BASE / "static").as_posix() for path in (BASE / "static").rglob("*") if path.is_file()}
    packages = {f"{place}/{name}" for place, names in USED.items() for name in names}
    assert collected() == ours | packages
