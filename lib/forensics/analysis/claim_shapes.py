"""The forms in which people state what evidence can be asked about, and what a sentence of such a form says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from forensics import declarations

_NUMBER = r"(?P<how>{how})?\**\s*(?<![\w.,:/-])(?P<number>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?|\b(?:{words})\b)(?P<plus>\+)?"
_LENGTH = r"<number>[ -]?(?P<unit>{units})(?![a-zA-Z])"
_AMOUNT = r"<number> ?(?P<unit>%|percent\b|(?:{bytes})\b|(?:{units})(?![a-zA-Z]))"
_MARKS = re.compile(r"\*\*|__|(?<!\w)[*_](?=\w)|(?<=\w)[*_](?!\w)")


@dataclass(frozen=True, slots=True)
class Shaped:
    """What a sentence states, as its shape tells it."""

    shape: str
    of: str
    """What is counted, timed or measured."""
    words: str
    """The words that state it."""
    number: float | None
    how: str
    """`about`, `least` or `most`; empty where the number stands for itself."""
    decimals: int
    """Of the number as it is written."""
    unit: str
    parts: Mapping[str, str]
    """What else the shape takes from the words."""

    @property
    def worth(self) -> float:
        """What one of its unit is, in seconds; 1 where it has no unit of time."""
        return float(declared()["time"].get(self.unit, declared()["time"].get(self.unit.lower(), 1)))

    @property
    def bounds(self) -> tuple[float, float]:
        """Within what the number lies that was meant, in seconds where it is a time: half of its last digit, or more where
        `about` was said. Open upwards or downwards where it is a least or a most."""
        number = self.number or 0.0
        loose = 0.5 * 10**-self.decimals if self.unit or self.decimals or self.shape == "share" else 0.0
        if self.how == "about":
            loose = max(loose, abs(number) * declared()["about"])
        low = float("-inf") if self.how == "most" else number - loose
        high = float("inf") if self.how == "least" else number + loose
        return low * self.worth, high * self.worth


def declared() -> dict[str, Any]:
    """Return claim_shapes.toml."""
    return declarations.declared("analysis/claim_shapes.toml")


def stated(sentence: str) -> list[Shaped]:
    """Return everything checkable that a sentence states, each once, in the order in which its shapes are declared."""
    plain = _MARKS.sub("", sentence)
    if re.search(declared()["unless"], plain):
        return []
    found: list[Shaped] = []
    taken: set[tuple[str, str]] = set()
    small = plain.lower()
    for shape, patterns in _patterns():
        if (shape["name"], shape["of"]) in taken or not may_hold(shape, small):
            continue
        match = next(filter(None, (pattern.search(plain) for pattern in patterns)), None)
        if match:
            taken.add((shape["name"], shape["of"]))
            found.append(_shaped(shape, match))
    return found


def may_hold(shape: Mapping[str, Any], small: str) -> bool:
    """Return whether a sentence in small letters holds what every sentence of a shape holds."""
    return "holds" not in shape or any(word in small for word in shape["holds"])


def _shaped(shape: Mapping[str, Any], match: re.Match[str]) -> Shaped:
    parts = {name: value for name, value in match.groupdict().items() if value is not None}
    written = parts.pop("number", "")
    how = _how(parts.pop("how", ""))
    if parts.pop("plus", ""):
        how = "least"
    number = declared()["numbers"].get(written.lower()) if written else None
    if written and number is None:
        number = float(written.replace(",", ""))
    decimals = len(written.partition(".")[2]) if written[:1].isdigit() else 0
    unit = parts.pop("unit", "")
    words = match[0].strip(" ,;:(")
    return Shaped(
        shape["name"], shape["of"], words, None if number is None else float(number), how, decimals, unit, parts
    )


def _how(written: str) -> str:
    if not written:
        return ""
    return next(
        str(name) for name, pattern in declared()["how"].items() if re.fullmatch(f"(?i:{pattern})", written.strip())
    )


@cache
def _patterns() -> tuple[tuple[dict[str, Any], tuple[re.Pattern[str], ...]], ...]:
    return tuple((shape, tuple(map(compiled, shape["patterns"]))) for shape in declared()["shape"])


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """Return a declared pattern with what its placeholders stand for."""
    rules = declared()
    number = _NUMBER.format(
        how=rf"(?:{'|'.join(rules['how'].values())})(?![a-z])\s*",
        words="|".join(sorted(rules["numbers"], key=len, reverse=True)),
    )
    units = "|".join(sorted(map(re.escape, rules["time"]), key=len, reverse=True))
    amount = _AMOUNT.format(units=units, bytes="|".join(rules["bytes"]))
    whole = pattern.replace("<amount>", amount).replace("<length>", _LENGTH.format(units=units))
    return re.compile(whole.replace("<number>", number))
