"""Any bytes of the evidence, had back exactly: from a file, from inside of a packed one, from a member of an archive; and
any element of a JSON document."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from forensics.errors import Unknown, UsageError
from forensics.evidence import archives, documents, intake, lines, packed
from forensics.evidence.content import Content


@contextmanager
def unpacked(folder: Path, path: str) -> Iterator[Path]:
    """Give the place where the bytes of this entry lie, unpacked again for as long as that is needed.

    `path` is written as the inventory writes it. Raises Unknown when the folder holds no such entry that can be read.
    """
    with tempfile.TemporaryDirectory(prefix="forensics-exact-") as private:
        work = Path(private)
        outer = [one for one in intake.find(folder) if path == one.path or path.startswith(one.path + archives.BETWEEN)]
        entries = {one.path: one for one in archives.opened(outer, work)}
        if path not in entries or entries[path].refused:
            readable = [entry.path for entry in entries.values() or intake.find(folder) if not entry.refused]
            raise Unknown("entry", path, readable, str(folder))
        yield packed.unfold(entries[path].place, work, "whole").place


def all_unpacked(folder: Path, paths: Collection[str]) -> Iterator[tuple[str, Path]]:
    """Give each of these entries, as far as it can be read, and the place where its bytes lie until the next one is wanted."""
    with tempfile.TemporaryDirectory(prefix="forensics-exact-") as private:
        work = Path(private)
        outer = [
            one
            for one in intake.listed(folder)
            if any(p == one.path or p.startswith(one.path + archives.BETWEEN) for p in paths)
        ]
        for entry in archives.opened(outer, work):
            if entry.path in paths and not entry.refused:
                try:
                    place = packed.unfold(entry.place, work, "whole").place
                except OSError:
                    continue
                yield entry.path, place
                if place != entry.place:
                    place.unlink(missing_ok=True)


def lines_at(place: Path, numbers: Collection[int], most: int) -> dict[int, tuple[int, int, bytes]]:
    """Return physical lines of a file by their numbers: offset, length without the line's end, and the first bytes."""
    wanted, found = sorted(numbers), {}
    if not wanted:
        return {}
    content = Content(place)
    try:
        for chunk in lines.chunks(content.view):
            last = chunk.first_line + len(chunk) - 1
            while wanted and wanted[0] <= last:
                number = wanted.pop(0)
                nth = number - chunk.first_line
                begin, length = int(chunk.offset[nth]), int(chunk.length[nth])
                found[number] = (begin, length, bytes(content.view[begin : begin + min(length, most)]))
            if not wanted:
                break
    finally:
        content.close()
    return found


def elements_at(place: Path, numbers: Collection[int]) -> dict[int, tuple[str, str]]:
    """Return elements of a JSON document by the numbers that records cite them by, as JSON in one line, each with its path in the
    document where that is told."""
    if not numbers:
        return {}
    content = Content(place)
    try:
        found = documents.elements(content.whole(), sorted(numbers))
    finally:
        content.close()
    return {
        number: (json.dumps(element, ensure_ascii=False, default=lambda one: one.tolist()), path)
        for number, (element, path) in sorted(found.items())
    }


def bytes_of(folder: Path, path: str, offset: int, length: int) -> bytes:
    """Return so many bytes of an entry from an offset on, both counted in its unpacked bytes.

    A text in UTF-16 or UTF-32 is counted, and given, in the UTF-8 that it is read as.
    """
    with unpacked(folder, path) as place, intake.open_readonly(place) as file:
        file.seek(offset)
        return file.read(length)


def line_of(folder: Path, path: str, number: int) -> bytes:
    """Return one physical line of an entry, counted from 1, without its end. Raises UsageError where it has fewer lines."""
    with unpacked(folder, path) as place:
        content = Content(place)
        try:
            count = 0
            for chunk in lines.chunks(content.view):
                count = chunk.first_line + len(chunk) - 1
                if number <= count:
                    nth = number - chunk.first_line
                    begin = int(chunk.offset[nth])
                    return bytes(content.view[begin : begin + int(chunk.length[nth])])
        finally:
            content.close()
    raise UsageError(f"{path} has {count:,} lines; there is no line {number:,}.")


def element_of(folder: Path, path: str, number: int) -> str:
    """Return the element of a JSON document that records cite by this number, as JSON; of a series, the one point with
    what it measures. Raises UsageError where no record has the number."""
    with unpacked(folder, path) as place:
        content = Content(place)
        try:
            found = documents.element(content.whole(), number)
        finally:
            content.close()
    if found is None:
        raise UsageError(f"{path} #{number:,}: no record of it has this number.")
    return json.dumps(found, indent=2, ensure_ascii=False, default=lambda numbers: numbers.tolist())
