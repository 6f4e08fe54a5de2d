"""Logs that were rotated: several files that are one source, proposed by their names and confirmed by their content.

Nothing here reads a file.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from forensics.model import Problem

SLACK = timedelta(seconds=2)
"""By so much a piece may begin before the one before it ends: writers flush late when a log is rotated."""

_PACKED = re.compile(r"\.(gz|bz2|xz|zst|lz4|Z)$")
_DAY = re.compile(
    r"(?:^|[._-]+)(?:"
    r"\d{4}-?\d\d-?\d\d(?:[T._-]*\d\d(?:[:.-]?\d\d(?:[:.-]?\d\d)?)?Z?)?"  # perhaps with an hour or a time
    r"|\d\d-\d\d-\d{4}"
    r"|\d{10}"  # seconds since 1970
    r")(?=[._-]|$)"
)
_NUMBER = re.compile(r"(?:^|[._-]+)(\d{1,5})(?=[._-]|$)")
_WORD = re.compile(r"[._-]+(?:old|prev|previous|current)(?=[._-]|$)")


@dataclass(frozen=True, slots=True)
class Piece:
    """One log of the folder, as far as rotation asks."""

    path: str
    format: str
    first: datetime | None
    """Its earliest time; a piece without times belongs to no set."""
    last: datetime | None


def stem(path: str) -> str:
    """Return what is left of a path without the marks of rotation: `app.log.2.gz` and `app-20310402.log` are `app.log`."""
    folder, _, name = path.rpartition("/")
    bare = _PACKED.sub("", name)
    for mark in (_DAY, _NUMBER, _WORD):
        bare = mark.sub("", bare)
    return f"{folder}/{bare or name}" if folder else bare or name


def sets(pieces: Iterable[Piece]) -> list[tuple[str, ...]]:
    """Return the paths of each rotated log, oldest piece first.

    The names alone prove nothing: the pieces are of one format, and the times of each follow on those before it. Where
    they do not (two servers that write `app-1.log` and `app-2.log` at once), there is no set.
    """
    alike: dict[tuple[str, str], list[Piece]] = defaultdict(list)
    unpacked = {(_PACKED.sub("", piece.path), piece.first, piece.last): piece for piece in reversed(list(pieces))}
    for piece in reversed(unpacked.values()):  # of one that is there packed as well, only one
        alike[stem(piece.path), piece.format].append(piece)
    found = [_in_order(together) for together in alike.values() if len(together) > 1]
    return sorted(tuple(piece.path for piece in one) for one in found if one)


def missing(paths: Sequence[str]) -> list[tuple[str, str, list[int]]]:
    """Return where numbers are left out between two neighbours of a rotated log, in the order of their times.

    A name without a number is the newest piece where numbers fall with time, as `logrotate` counts; elsewhere it says
    nothing, and neither do numbers beside days.
    """
    names = [_PACKED.sub("", path.rpartition("/")[2]) for path in paths]
    if any(_DAY.search(name) for name in names):
        return []
    numbers = [int(found[-1]) if (found := _NUMBER.findall(name)) else None for name in names]
    known = [number for number in numbers if number is not None]
    if numbers[-1] is None and known == sorted(known, reverse=True):
        numbers[-1] = 0
    found = []
    for before, after, one, other in zip(paths, paths[1:], numbers, numbers[1:], strict=False):
        if one is not None and other is not None and abs(one - other) > 1:
            found.append((before, after, list(range(min(one, other) + 1, max(one, other)))))
    return found


def left_out(log: str, before: str, numbers: Sequence[int]) -> Problem:
    """Say which pieces of a rotated log are not here, after the piece `before`."""
    which = ", ".join(map(str, numbers[:10])) + (", …" if len(numbers) > 10 else "")
    one = len(numbers) == 1
    return Problem(
        "rotated-piece-missing",
        f"of the rotated log {log}, {'number' if one else 'numbers'} {which} {'is' if one else 'are'} not here: what was "
        f"written after {before} and before this piece is missing",
        f"collect {'it' if one else 'them'} from where the others lie, packed or not: ls -l --time-style=full-iso {log}*",
        leaves_open="What did the log tell between the two pieces?",
    )


def _in_order(pieces: Sequence[Piece]) -> list[Piece]:
    """Return the pieces in the order of their times, or none when they are not one log."""
    dated = sorted(
        ((piece.first, piece.last, piece) for piece in pieces if piece.first is not None and piece.last is not None),
        key=lambda one: (one[0], one[1], one[2].path),
    )
    if len(dated) < 2 or any(later[0] < earlier[1] - SLACK for earlier, later in pairwise(dated)):
        return []
    ordered = [piece for _, _, piece in dated]
    return ordered if _numbered_in_order(ordered) else []


def _numbered_in_order(pieces: Sequence[Piece]) -> bool:
    """Say whether numbers in the names rise or fall with time: either is a way to rotate, a muddle is none.

    Numbers beside a day begin anew with each day, and say nothing across days.
    """
    names = [_PACKED.sub("", piece.path.rpartition("/")[2]) for piece in pieces]
    if any(_DAY.search(name) for name in names):
        return True
    numbers = [int(found[-1]) for name in names if (found := _NUMBER.findall(name))]
    return numbers in (sorted(numbers), sorted(numbers, reverse=True))
