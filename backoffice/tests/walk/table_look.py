"""Who is answered what of the look of the office: admins change it, everybody sees it, also before signing in."""

from __future__ import annotations

import io
from types import SimpleNamespace

from django.core.files.base import ContentFile
from PIL import Image

from backoffice.tests.walk.answers import hostile
from backoffice.tests.walk.cases import ALL, Case
from backoffice.tests.walk.table_office import ONE, WRONG, always, at
from organization import look
from organization.models import Look


def add_look(office: SimpleNamespace) -> None:
    """A logo and a hostile name."""
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "PNG")
    logo = ContentFile(out.getvalue(), name="logo.png")
    office.look = look.save_look(Look(name=hostile("office")[:60], accent="#aa0044"), actor=None, logo=logo)
    look.forget()


STAMP = {"name": "Quay", "accent": "green"}
ROWS = {
    "set-up/look/": [at("look/", ONE, WRONG, data=always(STAMP)), at("look/", ONE, WRONG)],
    "look/<int:revision>.css": [Case(lambda o: "/look/1.css", f"200 {ALL}", nobody=0)],
    "look/logo/<int:number>/": [
        Case(lambda o: f"/look/logo/{o.look.logo_id}/", f"200 {ALL}", nobody=0),
        Case(lambda o: f"/look/logo/{o.here['started'].internal.pk}/", f"404 {ALL}", nobody=0),
    ],
}
