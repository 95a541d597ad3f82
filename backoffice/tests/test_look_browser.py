"""The look of the office set by keyboard; with a colour that cannot be read on its own, axe still finds nothing."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import expect

from tasks.tests.browser.conftest import flaws, visit  # noqa: F401 - fixtures

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_bright_colour_a_wide_logo_and_a_name(cast: Any, visit: Any, flaws: Any) -> None:  # noqa: F811
    out = io.BytesIO()
    Image.new("RGB", (1200, 300), "#c03").save(out, "PNG")
    page = visit(cast.ada, "/set-up/look/")
    page.focus("#id_name")
    page.keyboard.type("Quay and Sons")
    page.locator("#id_logo_file").set_input_files({"name": "l.png", "mimeType": "image/png", "buffer": out.getvalue()})
    page.focus("#id_accent")
    page.keyboard.type("#ffe600")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".office")).to_have_text("Quay and Sons")
    expect(page.locator(".look-told")).to_contain_text("In light, buttons are")
    for scheme, width in (("light", 1280), ("dark", 1280), ("light", 320)):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 800})
        assert flaws(page) == [], (scheme, width)
    assert page.evaluate("document.querySelector('.logo').naturalWidth") == 512
    page.context.clear_cookies()
    page.goto("/accounts/login/")
    expect(page.locator("footer")).to_have_text("Quay and Sons")
    assert page.evaluate("document.querySelector('.brand .logo').naturalWidth") == 512
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert flaws(page) == [], scheme
