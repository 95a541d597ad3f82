"""Names are searched and sorted folded."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.folding import fold


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("Müller", "muller"),
        ("MULLER", "muller"),
        ("  Ann\u00a0 Lee\t", "ann lee"),
        ("Straße", "strasse"),
        ("STRAẞE", "strasse"),
        ("Ærø Łódź", "aero lodz"),
        ("Þór Đukić", "thor dukic"),
        ("İstanbul Irmak ılık", "istanbul irmak ilik"),
        ("FIona №5", "fiona no5"),
        ("ℌans", "hans"),
        ("Nguyễn Thị Ánh", "nguyen thi anh"),
        ("Ωmega", "ωmega"),
        ("", ""),
    ],
)
def test_folding(name: str, folded: str) -> None:
    assert fold(name) == folded


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    once = fold(text)
    assert fold(once) == once
    assert "  " not in once and once == once.strip()


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=20))
def test_capitals_and_composition_do_not_matter(text: str) -> None:
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))
    assert fold(text.casefold()) == fold(text)
