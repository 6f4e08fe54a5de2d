"""Names of people of the world for the trial: written down by themselves, without a look at the library's lists, some of them in none."""

from __future__ import annotations

from pathlib import Path

_GIVEN, _FAMILY = Path(__file__).with_suffix(".txt").read_text(encoding="utf-8").split("\n\n")
GIVEN = tuple(_GIVEN.split())
FAMILY = tuple(_FAMILY.split())
