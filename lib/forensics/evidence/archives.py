"""Archives: their safe members become entries of the folder, as private copies; every other one is refused by name.

No member is ever written at a place that its name chooses: copies are numbered, and names are only shown.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, Any

from forensics.evidence import packed, streams
from forensics.evidence.intake import Found, open_readonly, shown
from forensics.model import Problem

MOST_MEMBERS = 20_000
"""Of one file of the folder, those of archives inside of it included."""
DEEPEST = 3
"""How many archives may lie inside each other."""
TOTAL = 8 * 1024**3
"""Bytes that all archives of a folder together may unfold to."""
LARGEST_DIRECTORY = 64 * 1024**2
"""Bytes of a zip file's own list of members; that many would need more memory than evidence is worth."""
LARGEST_READ = 16 * 1024**2
"""Bytes that a tar file may ask for at once: a header that states more is made to exhaust memory."""
NAMED = 50
"""Refused members that are named one by one."""

BETWEEN = "!/"
ROOM = "members"
_FAULTS = (
    *streams.FAULTS,
    *(
        tarfile.TarError,
        zipfile.BadZipFile,
        NotImplementedError,
        RuntimeError,
        OverflowError,
        LookupError,
        struct.error,
    ),
)


def kind(head: bytes) -> str:
    """Return `zip` or `tar` for the first bytes of such an archive, else an empty text."""
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK00PK\x03\x04", b"PK\x07\x08PK\x03\x04")):
        return "zip"
    return "tar" if _is_tar(head) else ""


def _is_tar(head: bytes) -> bool:
    """Say whether a first header's own checksum is right, as in old tar files that have no other mark."""
    block = head[:512]
    stated = re.match(rb"[ \0]*([0-7]{1,7})[ \0]", block[148:156])
    if len(block) < 512 or not block[0] or not stated:
        return False
    return sum(block) - sum(block[148:156]) + 8 * 32 == int(stated[1], 8)


def clear(work: Path) -> None:
    """Remove the private copies."""
    shutil.rmtree(work / ROOM, ignore_errors=True)


def opened(found: list[Found], work: Path) -> list[Found]:
    """Return the entries, each archive followed by those of its members that are safe to read, copied into `work`."""
    room = work / ROOM
    room.mkdir(exist_ok=True)
    entries: list[Found] = []
    taken = {one.path for one in found}
    spent = 0
    for one in found:
        opening = _Opening(room, taken, packed.Allowance(one.size), TOTAL - spent, len(entries))
        entries += opening.entries(one)
        spent += opening.allowance.used
    return entries


@dataclass(frozen=True, slots=True)
class _Member:
    """One member as its archive lists it."""

    name: bytes
    refused: str
    """Why it is not even looked at."""
    blocks: Callable[[], Iterator[bytes]]
    checksum: int | None = None


@dataclass(slots=True)
class _Opening:
    """The opening of one file of the folder, with all archives inside of it."""

    room: Path
    taken: set[str]
    """Paths that stand for other entries."""
    allowance: packed.Allowance
    left: int
    """What the archives before it leave of TOTAL."""
    number: int
    """Keeps the private copies of different files apart."""
    count: int = 0
    refusals: list[Problem] = field(default_factory=list)
    """Of the archive that is open at the moment."""

    def entries(self, one: Found, depth: int = 0) -> list[Found]:
        """Return this entry, and, if it is an archive, its members."""
        if one.refused or not one.size:
            return [one]
        try:
            form, unfolded = self._archive(one)
        except OSError:
            return [one]  # it has vanished; whoever reads it will say so
        if not form:
            return [one]
        if depth == DEEPEST:
            message = f"an archive inside of {DEEPEST} others: not opened"
            return [replace(one, archive=form, problems=(Problem("archive", message, _UNPACK),))]
        outer, self.refusals = self.refusals, []
        members: list[Found] = []
        if unfolded.refused:
            self.refusals += unfolded.problems
        else:
            members = self._members(unfolded.place, form, one.path, depth)
            self.refusals += unfolded.problems
        if unfolded.place != one.place:
            unfolded.place.unlink(missing_ok=True)
        problems, self.refusals = _shortened(self.refusals), outer
        return [replace(one, archive=form, problems=(*one.problems, *problems)), *members]

    def _archive(self, one: Found) -> tuple[str, packed.Unfolded]:
        """Say which archive a file is, packed or not, and where it lies unpacked."""
        with open_readonly(one.place) as file:
            head = file.read(streams.HEAD)
        packed_as = streams.packing(head)
        form = kind(packed.beginning(one.place, packed_as) if packed_as else head)
        if form and packed_as:
            return f"{form}, {packed_as}", packed.unfold(one.place, self.room, self._fresh(), self.allowance)
        return form, packed.Unfolded(one.place)

    def _fresh(self) -> str:
        self.count += 1
        return f"{self.number}-{self.count}"

    def _members(self, place: Path, form: str, path: str, depth: int) -> list[Found]:
        entries: list[Found] = []
        seen: set[bytes] = set()
        try:
            with open_readonly(place) as file:
                for member in (_zip if form.startswith("zip") else _tar)(file, place.stat().st_size):
                    if self.count >= MOST_MEMBERS:
                        self._refuse(f"it has more than {MOST_MEMBERS:,} members: the rest is not read")
                        break
                    why = member.refused or _unsafe(member.name)
                    if member.name in seen and not why:
                        why = "another member before it has the same name"
                    seen.add(member.name)
                    if why:
                        self._refuse(f"member {shown(member.name)[0][:200]!r}: {why}: not read")
                        self.count += 1
                        continue
                    entries += self._member(member, path, depth)
        except packed.Refused as refusal:
            self.refusals.append(refusal.problem)
        except _FAULTS as error:
            message = (
                f"the {form} archive breaks after {len(entries):,} members ({_said(error)}); those before it are read"
            )
            self.refusals.append(Problem("packed-damaged", message, _REPAIR[form[:3]]))
        return entries

    def _refuse(self, message: str) -> None:
        self.refusals.append(Problem("member-refused", message, _UNPACK))

    def _member(self, member: _Member, path: str, depth: int) -> list[Found]:
        """Copy one member, unpack the copy, and open it if it is an archive itself."""
        name, encoded = shown(member.name)
        path = f"{path}{BETWEEN}{name}"
        if path in self.taken:
            self._refuse(f"member {name[:200]!r}: another entry is called {path[:300]!r}: not read")
            return []
        copy = self.room / self._fresh()
        problems: list[Problem] = []
        try:
            size, sha = self._copy(member, copy, problems)
        except packed.Refused:
            copy.unlink(missing_ok=True)
            raise
        self.taken.add(path)
        one = Found(path, copy, size, sha, 0, "", encoded, problems=tuple(problems), member=True)
        return self._unfolded(one, depth)

    def _unfolded(self, one: Found, depth: int) -> list[Found]:
        """Unpack a member now, so that everything in one archive draws on one allowance."""
        entries = self.entries(one, depth + 1)
        if entries[0].archive or not one.size:
            return entries
        found = packed.unfold(one.place, self.room, f"{one.place.name}-u", self.allowance)
        if not found.layers:
            return entries
        problems = (*one.problems, *found.problems)
        if found.refused:
            return [replace(one, refused=found.problems[-1].message, problems=problems)]
        one.place.unlink()
        return [replace(one, place=found.place, problems=problems)]

    def _copy(self, member: _Member, copy: Path, problems: list[Problem]) -> tuple[int, str]:
        """Copy a member as far as it can be read; return its size and SHA-256."""
        whole, size, check = hashlib.sha256(), 0, zlib.crc32(b"")
        with copy.open("wb") as out:
            try:
                for block in member.blocks():
                    self.allowance.used += len(block)
                    if not self.allowance.left or self.allowance.used > self.left:
                        raise packed.Refused(self._exceeded(member))
                    packed.put(out, block)
                    whole.update(block)
                    size += len(block)
                    check = zlib.crc32(block, check)
            except _FAULTS as error:
                problems.append(packed.broken("member's", size, error))
            else:
                if member.checksum not in (None, check):
                    problems.append(
                        Problem("packed-damaged", "its checksum is wrong: some bytes may be altered; they are used")
                    )
        return size, whole.hexdigest()

    def _exceeded(self, member: _Member) -> Problem:
        where = f"member {shown(member.name)[0][:200]!r} and all after it are not read"
        if not self.allowance.left:
            problem = self.allowance.exceeded()
            return replace(problem, message=f"{problem.message}: {where}")
        return Problem(
            "unpacks-too-large", f"the archives of this folder unfold to more than {TOTAL:,} bytes: {where}", _UNPACK
        )


_UNPACK = "unpack the archive elsewhere, and put what you trust of it into the incident folder"
_REPAIR = {
    "zip": "copy it again, or: zip -FF FILE --out repaired.zip",
    "tar": "copy it again and compare its SHA-256 with the origin's",
}


def _said(error: Exception) -> str:
    return str(error) or type(error).__name__


def _shortened(problems: list[Problem]) -> list[Problem]:
    """Name the first refusals one by one, and count the others."""
    kept = problems[:NAMED]
    if len(problems) > NAMED:
        more = len(problems) - NAMED
        kept.append(Problem("member-refused", f"and {more:,} more members that were refused", _UNPACK))
    return kept


def _unsafe(name: bytes) -> str:
    """Say why a member of this name is not read; an empty text where it is harmless."""
    steps = re.split(rb"[/\\]", name)
    if name.startswith((b"/", b"\\")) or re.match(rb"[A-Za-z]:", name):
        return "its name is a path from the root"
    if b".." in steps:
        return "its name leads out of the archive"
    if not name.strip(b"/\\. "):
        return "it has no name"
    return "its name holds a NUL" if b"\0" in name else ""


# ---- zip -------------------------------------------------------------------------------------------------------------


def _zip(file: IO[bytes], size: int) -> Iterator[_Member]:
    if _directory_size(file, size) > LARGEST_DIRECTORY:
        raise streams.Broken("its list of members is too long to be a person's")
    with zipfile.ZipFile(file) as archive:
        members = archive.infolist()
        if members and members[0].filename == "[Content_Types].xml":
            message = "an Office document: not read"
            raise packed.Refused(Problem("binary", message, "save it as CSV (tables) or as text (letters)"))
        for info in members:
            if not info.is_dir():
                yield _zip_member(archive, info)


def _zip_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> _Member:
    """Take the checksum away, which is ours to compare: zipfile would withhold the last bytes of a member over it."""
    name = info.orig_filename.encode("utf-8" if info.flag_bits & 0x800 else "cp437", "replace")
    refused = ""
    mode = info.external_attr >> 16
    if mode and stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        refused = "a symbolic link" if stat.S_ISLNK(mode) else "no regular file"
    elif info.flag_bits & 1:
        refused = "it is encrypted"
    checksum = info.CRC
    if not refused:
        del info.CRC
    return _Member(name, refused, lambda: _zip_blocks(archive, info), checksum)


def _zip_blocks(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    with archive.open(info) as stream:
        yield from iter(lambda: stream.read(streams.BLOCK), b"")


def _directory_size(file: IO[bytes], size: int) -> int:
    """Return how long a zip file says its list of members is; all-ones where it has room for billions."""
    file.seek(max(0, size - 66_000))
    tail = file.read()
    place = tail.rfind(b"PK\x05\x06")
    file.seek(0)
    return int.from_bytes(tail[place + 12 : place + 16], "little") if place >= 0 else 0


# ---- tar -------------------------------------------------------------------------------------------------------------


class _Sparing:
    """A file that refuses to be read in pieces larger than any honest header."""

    def __init__(self, file: IO[bytes]) -> None:
        self.tell, self.seek, self._file = file.tell, file.seek, file

    def read(self, size: int = -1) -> bytes:
        if not 0 <= size <= LARGEST_READ:
            raise streams.Broken(f"a header asks for {size:,} bytes at once")
        return self._file.read(size)


_TAR_REFUSED: dict[str, Callable[[tarfile.TarInfo], bool]] = {
    "a symbolic link": tarfile.TarInfo.issym,
    "a link to another member": tarfile.TarInfo.islnk,
    "a device": lambda info: info.ischr() or info.isblk(),
    "a named pipe": tarfile.TarInfo.isfifo,
    "a file with holes, of any size": tarfile.TarInfo.issparse,
}


def _tar(file: IO[bytes], size: int) -> Iterator[_Member]:
    sparing: Any = _Sparing(file)
    with tarfile.open(fileobj=sparing, mode="r:", encoding="utf-8", errors="surrogateescape") as archive:
        at = -1
        for number, info in enumerate(archive):
            if info.offset <= at or number > MOST_MEMBERS:
                raise streams.Broken("its headers lead back or do not end")
            at = info.offset
            if not info.isdir():
                yield _tar_member(file, info)
        _tar_end(file, archive.offset, size)


def _tar_end(file: IO[bytes], offset: int, size: int) -> None:
    """See that the archive ends in zeros, as it must; tarfile takes whatever is no header for the end."""
    file.seek(offset)
    if offset >= size:
        raise streams.Broken("it has no end mark: it was cut")
    if any(block.strip(b"\0") for block in iter(lambda: file.read(streams.BLOCK), b"")):
        raise streams.Broken(f"{size - offset:,} bytes after its last member are no member")


def _tar_member(file: IO[bytes], info: tarfile.TarInfo) -> _Member:
    refused = next((why for why, fits in _TAR_REFUSED.items() if fits(info)), "")
    if not refused and not info.isreg():
        refused = "no regular file"
    return _Member(info.name.encode("utf-8", "surrogateescape"), refused, lambda: _tar_blocks(file, info))


def _tar_blocks(file: IO[bytes], info: tarfile.TarInfo) -> Iterator[bytes]:
    """Read a member ourselves: tarfile withholds what is there of one that was cut."""
    at, end = info.offset_data, info.offset_data + info.size
    while at < end:
        file.seek(at)
        block = file.read(min(streams.BLOCK, end - at))
        if not block:
            raise streams.Broken("it was cut")
        at += len(block)
        yield block
