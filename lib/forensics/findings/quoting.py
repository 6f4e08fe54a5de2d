"""The evidence that claims cite, quoted: the exact bytes of each line, each element of a document, as far as they are short."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from forensics.errors import ForensicsError
from forensics.evidence import exact
from forensics.model import Json

MOST_BYTES = 4096
"""Of one line or element that are quoted; with offset and length one can go on."""


def quoted(claims: list[Json], folder: Path, hide: Callable[[str], str] = lambda text: text) -> list[Json]:
    """Return claims with what they cite: of a line its `offset`, `length` and first bytes as `text`, or as `base64` where they
    are no UTF-8; of an element of a document the element as JSON, as `element`, and where
    that is told, as `json_path`, its way in the document (evidence/json_paths.py).

    What `hide` changes is written as it gives it, with `withheld` true; so are answers. Evidence that is not there any more is
    not quoted.
    """
    wanted: dict[str, tuple[set[int], set[int]]] = {}
    for one in _cited(claims):
        lines, elements = wanted.setdefault(one["path"], (set(), set()))
        if "line" in one:
            lines.add(one["line"])
        elif "position" in one:
            elements.add(one["position"])
    places: dict[tuple[str, str, int], Json] = {}
    held = {path: numbers for path, numbers in wanted.items() if any(numbers)}
    for path, place in exact.all_unpacked(folder, held):
        try:
            lines, elements = held[path]
            for number, (offset, length, head) in exact.lines_at(place, lines, MOST_BYTES).items():
                places[path, "line", number] = _line(offset, length, head, hide)
            for number, (element, way) in exact.elements_at(place, elements).items():
                places[path, "position", number] = _element(element, hide) | ({"json_path": hide(way)} if way else {})
        except (ForensicsError, OSError):
            continue
    return [
        {**claim, "answer": _deep(claim["answer"], hide), "evidence": [_with(one, places) for one in claim["evidence"]]}
        for claim in claims
    ]


def _deep(value: Any, hide: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return hide(value)
    if isinstance(value, dict):
        return {name: _deep(one, hide) for name, one in value.items()}
    return [_deep(one, hide) for one in value] if isinstance(value, list) else value


def _cited(claims: Iterable[Json]) -> Iterable[Json]:
    return (one for claim in claims for one in claim["evidence"])


def _with(cited: Json, places: dict[tuple[str, str, int], Json]) -> Json:
    name = "line" if "line" in cited else "position"
    return cited | places.get((cited["path"], name, cited.get(name, 0)), {})


def _line(offset: int, length: int, head: bytes, hide: Callable[[str], str]) -> Json:
    told: Json = {"offset": offset, "length": length}
    try:
        text = _whole(head).decode("utf-8")
    except UnicodeDecodeError:
        return told | {"base64": base64.b64encode(head).decode("ascii")}
    shown = hide(text)
    return told | {"text": shown} | ({"withheld": True} if shown != text else {})


def _whole(head: bytes) -> bytes:
    """Leave out a letter that the bound has cut through."""
    if len(head) < MOST_BYTES:
        return head
    for short in range(4):
        end = len(head) - short
        try:
            head[:end].decode("utf-8")
        except UnicodeDecodeError:
            continue
        return head[:end]
    return head


def _element(text: str, hide: Callable[[str], str]) -> Json:
    cut = text[:MOST_BYTES]
    shown = hide(cut)
    return {"element": shown} | ({"withheld": True} if shown != cut else {})
