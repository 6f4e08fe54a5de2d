"""What lies in an incident folder: each file found once, hashed, refused or opened for reading, never for writing."""

from __future__ import annotations

import base64
import hashlib
import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from forensics.model import Problem

Custody = Mapping[str, list[str | int]]
"""What must stay as it is, by path: content, size and time of last change."""


@dataclass(frozen=True, slots=True)
class Found:
    """One entry of the folder, or a member of an archive in it."""

    path: str
    """Relative, with bytes that are not UTF-8 written as \\xNN; a member's is `archive.zip!/member`."""
    place: Path
    size: int = 0
    sha256: str = ""
    modified_ns: int = 0
    refused: str = ""
    """Why it was not opened: a link, a pipe, a device, no permission."""
    path_base64: str | None = None
    archive: str = ""
    """The format of an archive that was opened; its members follow it."""
    problems: tuple[Problem, ...] = ()
    """What was wrong on the way here: members that were refused, a packed stream that broke off."""
    member: bool = False
    """It came out of an archive; `place` is a private copy, already unpacked."""


def shown(name: bytes) -> tuple[str, str | None]:
    """Write a file name for people, and its base64 where that loses something."""
    try:
        text = name.decode("utf-8")
    except UnicodeDecodeError:
        text = name.decode("utf-8", "backslashreplace")
    else:
        if text.isprintable():
            return text, None
        text = text.encode("unicode_escape").decode("ascii")
    written = "".join(letter if letter.isprintable() else f"\\x{ord(letter):02x}" for letter in text)
    return written, base64.b64encode(name).decode("ascii")


def open_readonly(place: Path) -> IO[bytes]:
    """Open a regular file for reading without following a link or waiting for a pipe. Raises OSError."""
    descriptor = os.open(place, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError("not a regular file")
    return os.fdopen(descriptor, "rb")


def head(place: Path, size: int = 4096) -> list[str]:
    """Return the first whole lines of a file, as far as it can be opened: packed ones give no sense, and do no harm."""
    try:
        with open_readonly(place) as file:
            return file.read(size).decode("utf-8", "replace").splitlines()
    except OSError:
        return []


def digest(place: Path) -> str:
    """Return the SHA-256 of a file. Raises OSError."""
    with open_readonly(place) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]


def _walk(folder: Path) -> Iterator[tuple[Path, str]]:
    """Yield everything that is no folder, and each folder that cannot be opened with the reason."""
    waiting = [folder]
    while waiting:
        place = waiting.pop()
        try:
            is_folder = stat.S_ISDIR(os.lstat(place).st_mode)
            inside = [Path(os.fsdecode(name)) for name in sorted(os.listdir(os.fsencode(place)))] if is_folder else []
        except OSError as error:
            yield place, _why(error)
            continue
        if is_folder:
            waiting += (place / name for name in reversed(inside))
        else:
            yield place, ""


def _why(error: OSError) -> str:
    return f"could not be opened: {error.strerror or error}"


def _refusal(mode: int, place: Path) -> str:
    if stat.S_ISLNK(mode):
        return f"a symbolic link (to {shown(os.fsencode(os.readlink(place)))[0]}): not followed"
    if stat.S_ISFIFO(mode):
        return "a named pipe: not opened"
    return "" if stat.S_ISREG(mode) else "not a regular file: not opened"


def _entry(place: Path, path: str, encoded: str | None) -> Found:
    try:
        status = os.lstat(place)
        refused = _refusal(status.st_mode, place)
        if refused:
            return Found(path, place, 0, "", status.st_mtime_ns, refused, encoded)
        return Found(path, place, status.st_size, "", status.st_mtime_ns, "", encoded)
    except OSError as error:
        return Found(path, place, refused=_why(error), path_base64=encoded)


def find(folder: Path, known: Custody | None = None) -> list[Found]:
    """Return every entry of the folder, hashed, in the order of its name's bytes; nothing is skipped.

    What was `known` before still holds of a file whose size and time of last change are the same.
    """
    return [_hashed(one, (known or {}).get(one.path, [""])) for one in listed(folder)]


def _hashed(one: Found, known: list[str | int]) -> Found:
    if one.refused:
        return one
    sha256, *state = known
    try:
        return replace(one, sha256=str(sha256) if state == [one.size, one.modified_ns] else digest(one.place))
    except OSError as error:
        return Found(one.path, one.place, refused=_why(error), path_base64=one.path_base64)


def listed(folder: Path) -> list[Found]:
    """Return every entry of the folder in the order of its name's bytes, not hashed."""
    entries: list[Found] = []
    taken: set[str] = set()
    for place, why in _walk(folder):
        path, encoded = shown(os.fsencode(place.relative_to(folder)))
        while path in taken:  # one name holds a byte, another the four letters that it is written with
            path = path.replace("\\", "\\\\")
        taken.add(path)
        entries.append(Found(path, place, refused=why, path_base64=encoded) if why else _entry(place, path, encoded))
    return entries


def altered(one: Found) -> Problem | None:
    """Say whether a file is no longer what was hashed: it was cut, written on, replaced or removed meanwhile."""
    try:
        now = os.lstat(one.place)
    except OSError as error:
        return Problem("changed-during-run", f"it could be found but no longer be read ({error.strerror})", _STILL)
    if one.member or (now.st_size, now.st_mtime_ns) == (one.size, one.modified_ns):
        return None
    return Problem(
        "changed-during-run",
        f"it had {one.size:,} bytes when it was found, and {now.st_size:,} when it was read",
        _STILL,
    )


_STILL = "copy the evidence to a place where nothing writes, and read it there"


def custody(found: list[Found]) -> Custody:
    """Return what must stay as it is of these entries."""
    return {entry.path: [entry.sha256, entry.size, entry.modified_ns] for entry in found}


def changed(before: Custody, folder: Path) -> list[str]:
    """Return the paths that were altered, added or removed since `before` was taken."""
    now = custody(find(folder))
    return sorted(path for path in before.keys() | now.keys() if before.get(path) != now.get(path))


def evidence_digest(entries: list[Found]) -> str:
    """Return one SHA-256 over names and contents: the evidence this report was made from."""
    whole = hashlib.sha256()
    for entry in entries:
        whole.update(f"{entry.path}\0{entry.sha256 or entry.refused}\n".encode())
    return whole.hexdigest()
