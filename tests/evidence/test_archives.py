"""The safe members of an archive are entries; every other member is refused by name, and none chooses where it is put."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import lzma
import tarfile
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
import zstandard
from forensics.evidence import archives, exact, intake, packed
from forensics.evidence.intake import Found
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

Opened = Callable[[dict[str, bytes]], list[Found]]

TIDE, WIND = b"high water at noon\n" * 20, b"south-west, force 5\n" * 30


@pytest.fixture
def opened(tmp_path: Path) -> Opened:
    """Open the archives of a folder of these files."""
    folder, work = tmp_path / "incident", tmp_path / "work"
    folder.mkdir()
    work.mkdir()

    def opening(files: dict[str, bytes]) -> list[Found]:
        for name, content in files.items():
            (folder / name).write_bytes(content)
        return archives.opened(intake.find(folder), work)

    return opening


def zipped(members: Iterable[tuple[str | zipfile.ZipInfo, bytes]]) -> bytes:
    """Return a zip archive of these members."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return buffer.getvalue()


def tarred(members: Iterable[tuple[str | tarfile.TarInfo, bytes]], form: int = tarfile.PAX_FORMAT) -> bytes:
    """Return a tar archive of these members."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=form) as archive:
        for name, content in members:
            info = tarfile.TarInfo(name) if isinstance(name, str) else name
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


MAKERS = {"zip": zipped, "tar": tarred}
PACKINGS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress, "bzip2": bz2.compress, "xz": lzma.compress, "zstd": zstandard.compress
}  # fmt: skip


def contents(entries: list[Found]) -> dict[str, bytes]:
    """Return what each member holds, by its path."""
    return {one.path: one.place.read_bytes() for one in entries if one.member}


def told(entries: list[Found]) -> list[str]:
    """Return what is said about the members that were refused, without its last words."""
    return [problem.message.removesuffix(": not read") for one in entries for problem in one.problems]


@pytest.mark.parametrize("form", MAKERS)
def test_members_are_entries(opened: Opened, form: str) -> None:
    """Each member follows its archive, with its own path, size and SHA-256."""
    entries = opened({"saved": MAKERS[form]([("tide.log", TIDE), ("deck/wind.log", WIND)]), "z.log": TIDE})

    assert [(one.path, one.size, one.archive, one.member) for one in entries[1:]] == [
        ("saved!/tide.log", len(TIDE), "", True),
        ("saved!/deck/wind.log", len(WIND), "", True),
        ("z.log", len(TIDE), "", False),
    ]
    assert (entries[0].path, entries[0].archive, entries[0].problems) == ("saved", form, ())
    assert [one.sha256 for one in entries[1:3]] == [hashlib.sha256(content).hexdigest() for content in (TIDE, WIND)]
    assert list(contents(entries).values()) == [TIDE, WIND]


@pytest.mark.parametrize("packing", PACKINGS)
def test_a_packed_tar_is_opened(opened: Opened, packing: str) -> None:
    """A tar file may be packed in any way that a log may be."""
    entries = opened({"saved": PACKINGS[packing](tarred([("tide.log", TIDE)]))})

    assert entries[0].archive == f"tar, {packing}"
    assert contents(entries) == {"saved!/tide.log": TIDE}


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_long_names_are_whole(opened: Opened, form: int) -> None:
    """A name longer than the header has room for is read whole, in each form of tar."""
    name = "/".join(["harbour"] * 20) + "/tide.log"

    assert contents(opened({"saved": tarred([(name, TIDE)], form)})) == {f"saved!/{name}": TIDE}


def test_a_tar_without_a_mark_is_told_by_its_checksum(opened: Opened) -> None:
    """Old tar files have no magic number; the checksum of their first header tells them."""
    raw = bytearray(tarred([("tide.log", TIDE)], tarfile.USTAR_FORMAT))
    raw[257:265] = bytes(8)
    raw[148:156] = b" " * 8
    raw[148:156] = b"%06o\0 " % sum(raw[:512])

    assert contents(opened({"saved": bytes(raw)})) == {"saved!/tide.log": TIDE}


def test_archives_within_archives_are_opened(opened: Opened) -> None:
    """A zip within a tar within a zip is opened; packed members are unpacked."""
    inner = zipped([("tide.log", TIDE), ("wind.log.gz", gzip.compress(WIND))])
    entries = opened({"saved": zipped([("middle.tgz", gzip.compress(tarred([("inner.zip", inner)])))])})

    assert {path: content for path, content in contents(entries).items() if path.count("!/") == 3} == {
        "saved!/middle.tgz!/inner.zip!/tide.log": TIDE,
        "saved!/middle.tgz!/inner.zip!/wind.log.gz": WIND,
    }


def test_archives_lie_in_each_other_only_so_deep(opened: Opened) -> None:
    """An archive inside of three others is not opened, and said not to be."""
    raw = zipped([("tide.log", TIDE)])
    for level in range(4):
        raw = zipped([(f"{level}.zip", raw)])
    entries = opened({"saved": raw})

    assert entries[-1].path == "saved!/3.zip!/2.zip!/1.zip"
    assert told(entries) == ["an archive inside of 3 others: not opened"]


# ---- members that mean harm ------------------------------------------------------------------------------------------

ROOTED, LEADS_OUT = "its name is a path from the root", "its name leads out of the archive"
EVIL_NAMES = {
    "../evil.log": LEADS_OUT,
    "deck/../../evil.log": LEADS_OUT,
    "..\\evil.log": LEADS_OUT,
    "/deck/evil.log": ROOTED,
    "\\evil.log": ROOTED,
    "C:\\evil.log": ROOTED,
    "c:evil.log": ROOTED,
    "./": "it has no name",
}


@pytest.mark.parametrize("form", MAKERS)
@pytest.mark.parametrize("name", [name for name in EVIL_NAMES if name != "./"])
def test_a_name_that_leads_out_is_refused(opened: Opened, tmp_path: Path, form: str, name: str) -> None:
    """A member whose name leads out of the archive is refused by name; the others are read; nothing is put outside."""
    before = set(tmp_path.rglob("*"))
    entries = opened({"saved": MAKERS[form]([(name, b"evil\n"), ("tide.log", TIDE)])})

    shown = intake.shown(name.encode())[0]
    assert told(entries) == [f"member {shown!r}: {EVIL_NAMES[name]}"]
    assert contents(entries) == {"saved!/tide.log": TIDE}
    left = {path.relative_to(tmp_path).parts[0] for path in set(tmp_path.rglob("*")) - before}
    assert left == {"incident", "work"}
    assert not any("evil" in path.name for path in tmp_path.rglob("*"))


def special(name: str, kind: bytes, target: str = "") -> tuple[tarfile.TarInfo, bytes]:
    """Return a member of a tar file that is no regular file."""
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info, b""


def test_what_is_no_file_is_refused_in_a_tar(opened: Opened) -> None:
    """Links, devices and pipes in a tar file are refused by name; a folder is nothing."""
    entries = opened(
        {
            "saved": tarred(
                [
                    special("passwd.log", tarfile.SYMTYPE, "/etc/passwd"),
                    special("hard.log", tarfile.LNKTYPE, "../../etc/passwd"),
                    special("zero", tarfile.CHRTYPE),
                    special("disk", tarfile.BLKTYPE),
                    special("pipe.log", tarfile.FIFOTYPE),
                    special("deck", tarfile.DIRTYPE),
                    special("odd", b"Z"),
                    ("tide.log", TIDE),
                ]
            )
        }
    )

    assert told(entries) == [
        "member 'passwd.log': a symbolic link",
        "member 'hard.log': a link to another member",
        "member 'zero': a device",
        "member 'disk': a device",
        "member 'pipe.log': a named pipe",
        "member 'odd': no regular file",
    ]
    assert contents(entries) == {"saved!/tide.log": TIDE}


def test_what_is_no_file_is_refused_in_a_zip(opened: Opened) -> None:
    """Links and devices in a zip file are refused by name, and so is what is encrypted."""
    link, device = zipfile.ZipInfo("passwd.log"), zipfile.ZipInfo("zero")
    link.external_attr, device.external_attr = 0o120777 << 16, 0o020666 << 16
    raw = bytearray(zipped([(link, b"/etc/passwd"), (device, b""), ("closed.log", WIND), ("tide.log", TIDE)]))
    place = raw.index(b"PK\x01\x02", raw.index(b"PK\x01\x02", raw.index(b"PK\x01\x02") + 1) + 1)
    raw[place + 8] |= 1
    entries = opened({"saved": bytes(raw)})

    assert told(entries) == [
        "member 'passwd.log': a symbolic link",
        "member 'zero': no regular file",
        "member 'closed.log': it is encrypted",
    ]
    assert contents(entries) == {"saved!/tide.log": TIDE}


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("form", MAKERS)
def test_of_two_members_of_one_name_the_first_is_read(opened: Opened, form: str) -> None:
    """A second member of the same name is refused: which of them is meant, nobody can tell."""
    entries = opened({"saved": MAKERS[form]([("tide.log", TIDE), ("tide.log", b"evil\n")])})

    assert told(entries) == ["member 'tide.log': another member before it has the same name"]
    assert contents(entries) == {"saved!/tide.log": TIDE}


def test_no_two_entries_are_called_alike(opened: Opened, tmp_path: Path) -> None:
    """A file of the folder that is called as a member would be keeps its name; the member is refused."""
    (tmp_path / "incident" / "saved!").mkdir()
    entries = opened({"saved!/tide.log": WIND, "saved": zipped([("tide.log", TIDE)])})

    assert [one.path for one in entries] == ["saved", "saved!/tide.log"]
    assert told(entries) == ["member 'tide.log': another entry is called 'saved!/tide.log'"]


def test_there_is_a_most_of_members(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    """An archive of more members than the cap is read up to it, and said to have more."""
    monkeypatch.setattr(archives, "MOST_MEMBERS", 5)
    entries = opened({"saved": zipped((f"{number}.log", b"%d\n" % number) for number in range(9))})

    assert list(contents(entries).values()) == [b"0\n", b"1\n", b"2\n", b"3\n", b"4\n"]
    assert told(entries) == ["it has more than 5 members: the rest is not read"]


def test_many_refusals_are_counted(opened: Opened) -> None:
    """The first fifty members that are refused are named one by one, the others are counted."""
    entries = opened({"saved": tarred((f"../{number}.log", b"") for number in range(200))})

    assert (len(told(entries)), told(entries)[-1]) == (51, "and 150 more members that were refused")


# ---- bombs -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["zip", "tar, gzip", "nested zip", "a hundred packed members"])
def test_a_bomb_is_stopped_at_the_ratio(opened: Opened, form: str) -> None:
    """What unfolds to hundreds of times its size is given up there, however it is folded; members before it are kept."""
    zeros = bytes(30_000_000)
    raw = {
        "zip": lambda: zipped([("tide.log", TIDE), ("bomb.log", zeros)]),
        "tar, gzip": lambda: gzip.compress(tarred([("tide.log", TIDE), ("bomb.log", zeros)])),
        "nested zip": lambda: zipped([("tide.log", TIDE), ("inner.zip", zipped([("bomb.log", zeros)]))]),
        "a hundred packed members": lambda: zipped(
            [("tide.log", TIDE), *((f"{n}.gz", gzip.compress(bytes(400_000))) for n in range(100))]
        ),
    }[form]()
    entries = opened({"saved": raw})

    assert any("as bombs do and logs do not" in message for message in told(entries))
    assert "saved!/bomb.log" not in contents(entries)
    assert sum(len(content) for content in contents(entries).values()) <= packed.FREE
    if form != "tar, gzip":
        assert contents(entries)["saved!/tide.log"] == TIDE


def test_archives_share_a_cap(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    """All archives of a folder together unfold to no more than the cap; those that still fit are read."""
    monkeypatch.setattr(archives, "TOTAL", 1_000)
    one, two, three = bytes(range(256)) * 2, bytes(range(256)) * 3, bytes(range(100))
    entries = opened({"a": zipped([("1", one)]), "b": zipped([("2", two)]), "c": zipped([("3", three)])})

    assert contents(entries)["a!/1"] == one
    assert "b!/2" not in contents(entries)
    assert told(entries)[0].startswith("the archives of this folder unfold to more than 1,000 bytes: member '2'")


def test_a_header_that_asks_for_too_much_is_given_up(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tar header that would fill the memory ends the reading of its archive; members before it are kept."""
    monkeypatch.setattr(archives, "LARGEST_READ", 100_000)
    info = tarfile.TarInfo("x.log")
    info.pax_headers = {"comment": "x" * 200_000}
    entries = opened({"saved": tarred([("tide.log", TIDE), (info, WIND)])})

    assert contents(entries) == {"saved!/tide.log": TIDE}
    assert "a header asks for" in told(entries)[0]


# ---- damage ----------------------------------------------------------------------------------------------------------


def test_a_wrong_checksum_in_a_zip_is_used_and_flagged(opened: Opened) -> None:
    """A member whose checksum is wrong is whole as far as we can tell, and flagged."""
    raw = bytearray(zipped([("tide.log", TIDE)]))
    raw[raw.index(b"PK\x01\x02") + 16] ^= 1
    entries = opened({"saved": bytes(raw)})

    assert contents(entries) == {"saved!/tide.log": TIDE}
    assert told(entries) == ["its checksum is wrong: some bytes may be altered; they are used"]


def test_a_cut_tar_gives_what_came_before(opened: Opened) -> None:
    """A tar file that breaks off gives whole members, the beginning of the one that was cut, and says so."""
    entries = opened({"saved": tarred([("tide.log", TIDE), ("wind.log", WIND)])[: 512 * 3 + 100]})

    assert contents(entries) == {"saved!/tide.log": TIDE, "saved!/wind.log": WIND[:100]}
    assert len(told(entries)) == 2


@pytest.mark.parametrize("packing", PACKINGS)
def test_a_cut_packed_tar_gives_what_came_before(opened: Opened, packing: str) -> None:
    """A packed tar file that breaks off gives the members that are in it."""
    noise = hashlib.shake_128(b"spray").digest(400_000)
    raw = PACKINGS[packing](tarred([("tide.log", noise), ("wind.log", noise[::-1])]))
    found = contents(opened({"saved": raw[: len(raw) * 3 // 4]}))

    assert all(whole.startswith(got) for whole, got in zip((noise, noise[::-1]), found.values(), strict=False))
    assert packing == "bzip2" or found["saved!/tide.log"] == noise


def test_what_follows_a_tar_is_said(opened: Opened) -> None:
    """Bytes after the end of a tar file that are no member are named."""
    raw = tarred([("tide.log", TIDE)])
    entries = opened({"saved": raw + b"and more"})

    assert contents(entries) == {"saved!/tide.log": TIDE}
    assert any("are no member" in message for message in told(entries))


def test_an_office_document_is_no_archive(opened: Opened) -> None:
    """A spreadsheet is a zip file of XML that nobody wants to see; how to export it is said instead."""
    entries = opened({"figures": zipped([("[Content_Types].xml", b"<x/>"), ("xl/workbook.xml", b"<x/>")])})

    assert [one.path for one in entries] == ["figures"]
    assert [problem.remedy for problem in entries[0].problems] == ["save it as CSV (tables) or as text (letters)"]


WHOLE = [
    zipped([("tide.log", TIDE), ("deck/wind.log.gz", gzip.compress(WIND))]),
    tarred([("tide.log", TIDE), ("deck/wind.log", WIND)]),
    gzip.compress(tarred([("tide.log", TIDE), special("link", tarfile.SYMTYPE, "x")])),
    tarred([("/".join(["deck"] * 40), TIDE)], tarfile.GNU_FORMAT),
    *(pack(TIDE) + pack(WIND) for pack in PACKINGS.values()),
]


def mutated(raw: bytes, draws: list[tuple[str, float, bytes]]) -> bytes:
    """Change bytes at places that are given as shares of the whole."""
    for what, share, piece in draws:
        at = int(share * len(raw))
        raw = {
            "cut": raw[:at],
            "insert": raw[:at] + piece + raw[at:],
            "replace": raw[:at] + piece + raw[at + len(piece) :],
            "remove": raw[:at] + raw[at + len(piece) :],
            "repeat": raw[:at] + raw[max(0, at - 512) :],
        }[what]
    return raw


KINDS_OF_CHANGE = st.sampled_from(["cut", "insert", "replace", "replace", "replace", "remove", "repeat"])
CHANGES = st.lists(
    st.tuples(KINDS_OF_CHANGE, st.floats(0, 1), st.binary(min_size=1, max_size=12)), min_size=1, max_size=4
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=st.sampled_from(WHOLE), changes=CHANGES)
def test_no_damage_raises(tmp_path_factory: pytest.TempPathFactory, raw: bytes, changes: Any) -> None:
    """However an archive or a packed file is damaged, opening it raises nothing, and gives back no more than it may."""
    base = tmp_path_factory.mktemp("damage")
    (base / "incident").mkdir()
    (base / "incident" / "saved").write_bytes(mutated(raw, changes))
    entries = archives.opened(intake.find(base / "incident"), base)

    assert len({one.path for one in entries}) == len(entries)
    for one in entries:
        if not one.refused:
            found = packed.unfold(one.place, base, "u")
            assert found.place.stat().st_size <= packed.FREE
    assert {path.name for path in base.iterdir() if not path.name.startswith("u-")} == {"incident", "members"}


# ---- bytes, had back -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("tide.log", TIDE),
        ("wind.log.xz", lzma.compress(WIND)),
        ("wide.log", "søndag\n".encode("utf-16")),
        ("saved.zip!/deck/wind.log.gz", b""),
    ],
)
def test_any_bytes_can_be_had_back(opened: Opened, tmp_path: Path, path: str, content: bytes) -> None:
    """The bytes of any entry are had back by offset and length in what is unpacked, wherever it lies."""
    archive = zipped([("deck/wind.log.gz", gzip.compress(WIND)), ("tide.log", TIDE)])
    opened({"saved.zip": archive, **({path: content} if content else {})})

    whole = {"tide.log": TIDE, "wide.log": "søndag\n".encode()}.get(path, WIND)
    assert exact.bytes_of(tmp_path / "incident", path, 2, 9) == whole[2:11]
    assert exact.bytes_of(tmp_path / "incident", path, 0, len(whole) + 1) == whole
