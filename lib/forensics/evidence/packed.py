"""Packed texts, and texts in other encodings: unfolded as far as they go, and never further than is allowed.

Everything that reads evidence counts bytes in what comes out of here.
"""

from __future__ import annotations

import errno
import shutil
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from forensics.evidence import streams
from forensics.evidence.content import SMALL
from forensics.evidence.intake import open_readonly
from forensics.model import Problem

MOST = 4 * 1024**3
"""Bytes that one file of the folder may unfold to, through all its layers and members."""
RATIO = 150
"""Unpacked bytes for each packed one: logs stay far below it (10 to 60), bombs far above (200 to 1,000,000)."""
FREE = 16 * 1024**2
"""Unpacked bytes that are no bomb, whatever the ratio."""
LAYERS = 4
"""How often a file may be packed over; each layer of a text that people packed has a reason, a fifth has none."""

RECENT = 600
"""Seconds since a file was last written to within which its writer may still be there."""


@dataclass(slots=True)
class Allowance:
    """How much one file of the folder may still unfold to."""

    packed: int
    """Its size as it lies there."""
    used: int = 0

    @property
    def most(self) -> int:
        """The whole of it."""
        return min(MOST, max(FREE, RATIO * self.packed))

    @property
    def left(self) -> int:
        """What is not used up yet."""
        return max(0, self.most - self.used)

    def exceeded(self) -> Problem:
        """Say which cap was reached, and how to go on if the file is to be trusted."""
        why = (
            f"more than {RATIO} times its {self.packed:,} bytes, as bombs do and logs do not"
            if self.most < MOST
            else f"more than the cap of {MOST:,} bytes"
        )
        return Problem("unpacks-too-large", f"unfolds to {why}", "unpack it elsewhere, and add what you trust")


class Refused(Exception):
    """What was being unfolded is given up; `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


# ---- unfolding -------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Unfolded:
    """What lay inside of a packed file."""

    place: Path
    """Where the innermost bytes are; the file itself where nothing was packed."""
    layers: list[str] = field(default_factory=list)
    """How it was packed, outermost first."""
    problems: list[Problem] = field(default_factory=list)
    refused: bool = False
    """It is not to be read; the last problem says why."""


def unfold(place: Path, work: Path, name: str, allowance: Allowance | None = None) -> Unfolded:
    """Unpack a file, layer by layer, into files of that name in `work`; the last one is the caller's to remove.

    Raises OSError when the file itself cannot be read.
    """
    found = Unfolded(place)
    allowance = allowance or Allowance(place.stat().st_size)
    while not found.refused and (packed_as := _packing_of(found.place)):
        if len(found.layers) == LAYERS:
            found.problems.append(Problem("unpacks-too-large", f"packed more than {LAYERS} times over: not read"))
            found.refused = True
            break
        inner = work / f"{name}-{len(found.layers)}"
        found.layers.append(packed_as)
        try:
            found.problems += unpack(found.place, packed_as, inner, allowance)
        except Refused as refusal:
            inner.unlink(missing_ok=True)
            found.problems.append(refusal.problem)
            found.refused = True
            break
        if found.place != place:
            found.place.unlink()
        found.place = inner
        found.refused = bool(found.problems) and inner.stat().st_size == 0
    if not found.layers and _lively(place):
        found.place = _copied(place, work / f"{name}-copy")
    if found.refused and found.place != place:
        found.place.unlink()
        found.place = place
    return found


def _packing_of(place: Path) -> str | None:
    with open_readonly(place) as file:
        return streams.packing(file.read(streams.HEAD))


def _lively(place: Path) -> bool:
    """Say whether a large file may still be written on, or be cut, while it is read; small ones are read at once."""
    status = place.stat()
    return status.st_size > SMALL and time.time() - status.st_mtime < RECENT


def _copied(place: Path, copy: Path) -> Path:
    """Return a private copy that nobody cuts under us; the file itself where there is no room for one."""
    try:
        shutil.copyfile(place, copy)
    except OSError:
        copy.unlink(missing_ok=True)
        return place
    return copy


def unpack(place: Path, packed_as: str, target: Path, allowance: Allowance) -> list[Problem]:
    """Write the unpacked bytes to `target`, as far as they go; return what was wrong with them.

    Raises Refused for bombs, and where there is no room; a file that is merely larger than the cap is cut there.
    """
    problems: list[Problem] = []
    written = 0
    with open_readonly(place) as raw, target.open("wb") as out:
        try:
            for block in streams.STREAMS[packed_as](raw, problems):
                kept = block[: allowance.left]
                allowance.used += len(kept)
                written += len(kept)
                put(out, kept)
                if len(kept) < len(block):
                    raise Refused(allowance.exceeded())
        except Refused as refusal:
            if refusal.problem.code != "unpacks-too-large" or allowance.most < MOST:
                raise
            problems.append(refusal.problem)
        except streams.FAULTS as error:
            problems.append(broken(packed_as, written, error))
    return problems


def broken(packed_as: str, written: int, error: Exception) -> Problem:
    """Name a stream that could not be followed to its end."""
    message = f"the {packed_as} stream breaks after {written:,} unpacked bytes ({error}); what came before is used"
    return Problem("packed-damaged", message, "copy the file again and compare its SHA-256 with the origin's")


def put(out: IO[bytes], block: bytes) -> None:
    """Write a block. Raises Refused when there is no room for it: that says nothing about the evidence."""
    try:
        out.write(block)
        out.flush()
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise
        message = f"there is no room to unpack it ({error.strerror})"
        raise Refused(Problem("no-room", message, "free some space for temporary files, and read again")) from error


def beginning(place: Path, packed_as: str, count: int = streams.HEAD) -> bytes:
    """Return the first bytes of what is packed in a file, as far as they can be had."""
    found = b""
    with open_readonly(place) as raw:
        try:
            for block in streams.STREAMS[packed_as](raw, []):
                found += block[:count]
                if len(found) >= count:
                    break
        except streams.FAULTS:
            pass
    return found[:count]
