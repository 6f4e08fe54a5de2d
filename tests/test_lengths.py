"""Texts are cut so that what is left can still be understood, and recognised as what is to be hidden."""

from __future__ import annotations

import pytest
from forensics.lengths import cut


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param("the pool of the shop is full", "the pool of…", id="no word is cut in two"),
        pytest.param("asked by nora.quist@example.com twice", "asked by…", id="no address is cut in two"),
        pytest.param("nora.quist@example.com", "nora.quist@exa…", id="one long word is cut where it must be"),
        pytest.param("the pool is it", "the pool is it", id="what fits stays whole"),
    ],
)
def test_a_text_is_cut_between_words(text: str, told: str) -> None:
    """Half of an address is not hidden, for it is none any more."""
    assert cut(text, 15) == told
