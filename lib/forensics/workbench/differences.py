"""What a report states against what is computed again: each difference named with its place, and both sides of it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from forensics.lengths import cut
from forensics.model import Json
from forensics.store.contents import Contents

LONGEST = 200
"""Letters of either side that are shown."""
AROUND = 30
"""Letters that are shown before the first that differs."""
NOTHING = "nothing"
NAMING = ("id", "rule", "path", "signal", "section")
"""What entries of a list are told apart by, where all of them have it and no two have the same."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that does not hold."""

    kind: str
    """evidence, input, claim, result, file, notebook, store or run."""
    where: str
    """A path, a claim's id, a key of the result, a line of a file."""
    what: str
    """A sentence's beginning: what is wrong there."""
    stated: str = NOTHING
    computed: str = NOTHING

    def json(self) -> Json:
        """Return it for programs."""
        return {
            "kind": self.kind,
            "where": self.where,
            "what": self.what,
            "stated": self.stated,
            "computed": self.computed,
        }


def evidence(stated: Mapping[str, str], held: Mapping[str, str], kind: str = "evidence") -> Iterator[Difference]:
    """Compare digests by path: files that were changed, that are missing, and that the report knows nothing of."""
    for path in sorted(stated.keys() | held.keys()):
        if path not in held:
            yield Difference(kind, path, "is missing", stated[path])
        elif path not in stated:
            yield Difference(kind, path, "is new: the report knows nothing of it", NOTHING, held[path])
        elif stated[path] != held[path]:
            yield Difference(kind, path, "was changed", stated[path], held[path])


def claims(stated: list[Any], computed: list[Json]) -> Iterator[Difference]:
    """Compare claims by their ids, each in all that it says; named with its sentence."""
    known = {claim["id"]: claim for claim in computed}
    told = [claim for claim in stated if isinstance(claim, dict) and "id" in claim]
    for _ in range(len(stated) - len(told)):
        yield Difference("claim", "claims.json", "holds something that is no claim")
    for name, count in Counter(str(claim["id"]) for claim in told).items():
        if count > 1:
            yield Difference("claim", name, "stands more than once", str(count), "1")
    found = {str(claim["id"]): claim for claim in told}
    for name, claim in known.items():
        said = f"“{cut(str(claim.get('statement')), LONGEST)}”"
        if name not in found:
            yield Difference("claim", name, "is missing", NOTHING, said)
            continue
        for one in values(found[name], claim, "claim", name):
            yield Difference("claim", one.where, f"{one.what}, in {said}", one.stated, one.computed)
    for name, claim in found.items():
        if name not in known:
            yield Difference("claim", name, "cannot be computed", f"“{cut(str(claim.get('statement')), LONGEST)}”")


def values(stated: Any, computed: Any, kind: str, where: str = "") -> Iterator[Difference]:
    """Compare two values of JSON key by key."""
    if isinstance(stated, dict) and isinstance(computed, dict):
        for key in dict.fromkeys([*computed, *stated]):
            place = f"{where}.{key}" if where else str(key)
            if key not in stated:
                yield Difference(kind, place, "is missing", NOTHING, said(computed[key]))
            elif key not in computed:
                yield Difference(kind, place, "cannot be computed", said(stated[key]))
            else:
                yield from values(stated[key], computed[key], kind, place)
    elif isinstance(stated, list) and isinstance(computed, list):
        yield from _lists(stated, computed, kind, where)
    elif stated != computed or type(stated) is not type(computed):
        yield Difference(kind, where, "differs", said(stated), said(computed))


def _lists(stated: list[Any], computed: list[Any], kind: str, where: str) -> Iterator[Difference]:
    for name in NAMING:
        one, other = _named(stated, name), _named(computed, name)
        if one is not None and other is not None:
            yield from values(one, other, kind, where)
            if list(one) != list(other) and one.keys() == other.keys():
                yield Difference(kind, where, "stands in another order", said(list(one)), said(list(other)))
            return
    if len(stated) != len(computed):
        yield Difference(kind, where, "has another length", f"{len(stated)} entries", f"{len(computed)} entries")
    for place, (one, other) in enumerate(zip(stated, computed, strict=False)):
        yield from values(one, other, kind, f"{where}[{place}]")


def _named(entries: list[Any], name: str) -> Json | None:
    """Return entries by what they are named, where each has a name of its own."""
    if not entries or not all(isinstance(one, dict) and isinstance(one.get(name), str) for one in entries):
        return None
    found = {one[name]: one for one in entries}
    return found if len(found) == len(entries) else None


def text(name: str, stated: bytes, computed: bytes, kind: str = "file") -> Difference | None:
    """Compare two files byte for byte; name the first line that differs, and how many do."""
    if stated == computed:
        return None
    one, other = _lines(stated), _lines(computed)
    shared = min(len(one), len(other))
    differing = [place for place in range(shared) if one[place] != other[place]]
    at = differing[0] if differing else shared
    more = len(differing) + abs(len(one) - len(other)) - 1
    left, right = (lines[at] if at < len(lines) else "" for lines in (one, other))
    start = max(0, next((n for n, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), 0) - AROUND)
    what = f"differs from what the evidence gives{f', as do {more:,} more lines' if more > 0 else ''}"
    return Difference(kind, f"{name}:{at + 1}", what, _shown(left[start:]), _shown(right[start:]))


def store(stated: Contents, computed: Contents) -> Iterator[Difference]:
    """Compare two stores: tables by the number of their rows and by what these hold, views by what they ask."""
    for name in sorted(stated.tables.keys() | computed.tables.keys()):
        one, other = stated.tables.get(name), computed.tables.get(name)
        if one is None or other is None:
            what = "is missing" if one is None else "is no table of a case"
            yield Difference("store", name, what, _rows(one), _rows(other))
        elif one[0] != other[0]:
            yield Difference("store", name, "has another number of rows", _rows(one), _rows(other))
        elif one != other:
            yield Difference("store", name, "holds other rows", f"{_rows(one)}, digest {one[1]}", f"digest {other[1]}")
    for name in sorted(stated.views.keys() | computed.views.keys()):
        if stated.views.get(name) != computed.views.get(name):
            view = [_shown(views.get(name) or "") or NOTHING for views in (stated.views, computed.views)]
            yield Difference("store", name, "is another view", *view)


def said(value: Any) -> str:
    """Write a value in one short line."""
    return cut(json.dumps(value, ensure_ascii=True), LONGEST)


def _rows(table: tuple[int, int] | None) -> str:
    return NOTHING if table is None else f"{table[0]:,} rows"


def _lines(raw: bytes) -> list[str]:
    return raw.decode("utf-8", "backslashreplace").split("\n")


def _shown(line: str) -> str:
    """Write a part of a line so that letters that look alike can be told apart."""
    shown = (c if c.isprintable() and (c.isascii() or not c.isdecimal()) else _named_letter(c) for c in line)
    return cut("".join(shown), LONGEST)


def _named_letter(letter: str) -> str:
    return f"\\u{{{ord(letter):x}}}"


def kinds(found: Iterable[Difference]) -> dict[str, list[Difference]]:
    """Return differences by their kind, in the order in which kinds come."""
    sorted_out: dict[str, list[Difference]] = {}
    for one in found:
        sorted_out.setdefault(one.kind, []).append(one)
    return sorted_out
