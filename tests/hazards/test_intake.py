"""Whatever lies in a folder, and however it was packed: it is read once, or refused by name, and nothing else happens."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import os
import random
import socket
import sqlite3
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import zstandard
from conftest import analyse
from forensics.evidence import intake, reading
from forensics.store import Store
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from small_world import every, log, request, samples

from hazards.holding import PROJECT, SEED, TIMES, Held, Holder, inspect, unfolded, write

LINES = [request(number) for number in range(60)]
LOG = log(LINES)
DUMP = "PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\nCREATE TABLE tides(id INTEGER, at TEXT);\n{}COMMIT;\n".format(
    "".join(f"INSERT INTO tides VALUES({number},'2031-04-02T12:00:{number:02d}Z');\n" for number in range(20))
)
PACKINGS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress, "bzip2": bz2.compress, "xz": lzma.compress, "zstd": zstandard.compress
}  # fmt: skip


def requests(held: Held) -> int:
    """Return how many requests were understood."""
    return int(held.rows("select count(*) from requests")[0][0])


# ---- E00 to E02: what is there, and what is not ----------------------------------------------------------------------


def test_e00_a_clean_incident_is_read_whole(hold: Holder, tmp_path: Path) -> None:
    """Of a clean incident every line and record is accepted, none is quarantined, and the command ends with 0."""
    held = hold({"a.log": LOG, "m.json": samples("disk.usage", every(10, 1, 2, 3)), "d.sql": DUMP})

    assert {path: (one.kind, one.status, one.records) for path, one in held.entries.items()} == {
        "a.log": ("log", "ok", 60),
        "d.sql": ("sqlite-dump", "ok", 20),
        "m.json": ("metrics", "ok", 3),
    }
    assert held.entries["a.log"].lines.json() == {  # type: ignore[union-attr]
        "physical": 60, "accepted": 60, "continued": 0, "blank": 0, "separator": 0, "quarantined": 0
    }  # fmt: skip
    assert inspect(tmp_path / "incident").code == 0


def test_e01_three_empty_files_are_no_incident(hold: Holder, tmp_path: Path) -> None:
    """Empty exports are called empty, each of them, and no incident is claimed on them."""
    names = ("database-state.sql", "incident-logs.txt", "incident-metrics.json")
    held = hold(dict.fromkeys(names, ""))

    assert {path: one.status for path, one in held.entries.items()} == dict.fromkeys(names, "empty")
    assert all(held.said(name).startswith("empty (0 bytes)") for name in names)
    result = analyse(held.folder, tmp_path / "work").findings.json
    assert {verdict["verdict"] for verdict in result["verdicts"]} == {"not_assessable"}
    assert result["severity"]["level"] == "undetermined"
    assert inspect(held.folder).code == 3


def test_e02_an_empty_folder_names_what_is_absent(hold: Holder, tmp_path: Path) -> None:
    """Where nothing was saved, logs, metrics and the database are each named as what is missing."""
    held = hold({})

    result = analyse(held.folder, tmp_path / "work").findings.json
    wanted = " ".join(missing for verdict in result["verdicts"] for missing in verdict["missing"])
    wanted += " ".join(want for question in result["questions"] for want in question["collect_next"])
    assert [name for name in ("log", "metrics", "database") if name not in wanted] == []
    assert {verdict["verdict"] for verdict in result["verdicts"]} == {"not_assessable"}


# ---- E03 to E05: what is no file -------------------------------------------------------------------------------------


def test_e03_a_link_to_a_secret_is_listed_and_not_followed(hold: Holder, tmp_path: Path) -> None:
    """A symbolic link to a file outside is refused by name; what that file holds is nowhere in what was read."""
    secret = tmp_path / "work" / "secret"
    secret.parent.mkdir()
    secret.write_text("harbourmaster:x:0:0\n")
    (tmp_path / "incident").mkdir()
    (tmp_path / "incident" / "passwd.log").symlink_to(secret)
    held = hold({"a.log": LOG})

    assert held.entries["passwd.log"].status == "unreadable"
    assert "symbolic link" in held.said("passwd.log")
    tables = [name for (name,) in held.rows("select table_name from information_schema.tables")]
    assert not [name for name in tables if "harbourmaster" in str(held.rows(f'select * from "{name}"'))]
    assert "harbourmaster" not in inspect(held.folder).told


def test_e04_links_in_circles_end_nothing(hold: Holder, tmp_path: Path) -> None:
    """Links to themselves, to each other, upwards and to nowhere are refused one by one, at once."""
    folder = tmp_path / "incident"
    (folder / "deck").mkdir(parents=True)
    for name, target in {"loop": "loop", "a": "b", "b": "a", "deck/up": "..", "gone": "nowhere", "root": "/"}.items():
        (folder / name).symlink_to(target)
    begun = time.monotonic()
    held = hold({"a.log": LOG})

    assert time.monotonic() - begun < 10 * TIMES
    assert [path for path, one in held.entries.items() if one.status == "unreadable"] == [
        "a", "b", "deck/up", "gone", "loop", "root"
    ]  # fmt: skip
    assert requests(held) == 60


def test_e05_pipes_and_sockets_are_refused_at_once(hold: Holder, tmp_path: Path) -> None:
    """Whatever would wait for somebody to write into it is refused without being opened."""
    folder = tmp_path / "incident"
    folder.mkdir()
    os.mkfifo(folder / "application.log")
    listening = socket.socket(socket.AF_UNIX)
    here = Path.cwd()
    os.chdir(folder)  # the name of a socket must be short
    try:
        listening.bind("socket.log")
    finally:
        os.chdir(here)
    begun = time.monotonic()
    held = hold({"a.log": LOG})

    assert time.monotonic() - begun < 10
    listening.close()
    assert [held.entries[name].status for name in ("application.log", "socket.log")] == ["unreadable"] * 2
    assert requests(held) == 60


@pytest.mark.skipif(not hasattr(os, "mknod") or os.geteuid() != 0, reason="only root can make a device")
def test_e05_devices_are_refused(hold: Holder, tmp_path: Path) -> None:
    """A device that would give bytes without end is refused without being opened."""
    (tmp_path / "incident").mkdir()
    try:
        os.mknod(tmp_path / "incident" / "zero.log", 0o600 | 0o020000, os.makedev(1, 5))
    except OSError:
        pytest.skip("this machine lets nobody make a device")
    held = hold({})

    assert held.entries["zero.log"].status == "unreadable"


# ---- E06: names ------------------------------------------------------------------------------------------------------

NAMES = [
    *(b"*.log", b"[ab]?.log", b"a'; drop table log_events; --.log", b'a"b`$(date)`.log', b"two\nlines.log"),
    *(b"tab\there.log", b"caf\xe9.log", b"caf\\xe9.log", "caf\u00e9.log".encode(), b"<img src=x onerror=alert(1)>.log"),
    *("\u202egol.exe".encode(), "a\u200bb.log".encode(), b"-rf.log", b"..log", b"%s%n{x}.log", b"C:\\a.log", b"~"),
    *(b"\x1b[31mred.log", b"\xff\xfe", b"a!", b"x" * 250, b" ", b"\x7f.log", "\u0085.log".encode(), b"CON"),
]


def test_e06_a_name_means_nothing(hold: Holder) -> None:
    """Whatever files are called (patterns, quotes, SQL, line ends, bytes of no letter, markup), each is read once."""
    files = {name: log(request(100 * number + n) for n in range(30)) for number, name in enumerate(NAMES)}
    held = hold(files)

    assert len(held.entries) == len(NAMES)
    assert {one.status for one in held.entries.values()} == {"ok"}
    assert held.rows("select count(distinct path), count(*) from requests") == [(len(NAMES), 30 * len(NAMES))]
    inspected = inspect(held.folder)
    assert list(inspected.entries) == list(held.entries)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@seed(SEED)
@given(names=st.sets(st.binary(min_size=1, max_size=12).filter(lambda name: name not in (b".", b"..")), max_size=8))
def test_e06_no_two_files_are_called_alike(tmp_path_factory: pytest.TempPathFactory, names: set[bytes]) -> None:
    """Names of any bytes are written for people, each in its own way, and each file is found once."""
    names = {name.replace(b"/", b"_").replace(b"\0", b"_") for name in names} - {b".", b".."}
    found = intake.find(write(tmp_path_factory.mktemp("names") / "incident", dict.fromkeys(names, b"x")))

    assert len({one.path for one in found}) == len(found) == len(names)
    assert all(one.path.isprintable() for one in found)
    assert [os.fsencode(one.place.name) for one in found] == sorted(names)


# ---- E07 and E08: archives and bombs ---------------------------------------------------------------------------------


def evil_tar() -> bytes:
    """Return a tar file whose members mean harm, but for one."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, kind in [
            ("../evil.log", tarfile.REGTYPE),
            ("/tmp/evil.log", tarfile.REGTYPE),  # noqa: S108  a name in an archive
            ("evil-link.log", tarfile.SYMTYPE),
            ("evil-device.log", tarfile.CHRTYPE),
            ("a.log", tarfile.REGTYPE),
            ("a.log", tarfile.REGTYPE),
        ]:
            info = tarfile.TarInfo(name)
            info.type, info.linkname, info.size = kind, "../../../etc/passwd", len(LOG) * (kind == tarfile.REGTYPE)
            archive.addfile(info, io.BytesIO(LOG.encode()))
    return buffer.getvalue()


def evil_zip() -> bytes:
    """Return a zip file whose members mean harm, but for one."""
    buffer = io.BytesIO()
    link = zipfile.ZipInfo("evil-link.log")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("../evil.log", "/tmp/evil.log", "..\\evil.log", link, "a.log", "a.log"):  # noqa: S108
            archive.writestr(name, LOG)
    return buffer.getvalue()


ARCHIVES = {"zip": evil_zip, "tar": evil_tar, "tar.gz": lambda: gzip.compress(evil_tar())}


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("form", ARCHIVES)
def test_e07_only_safe_members_are_read(hold: Holder, tmp_path: Path, form: str) -> None:
    """Of an archive with hostile members the harmless one is read, the others are named, and nothing is put outside."""
    held = hold({"saved": ARCHIVES[form]()})

    assert list(held.entries) == ["saved", "saved!/a.log"]
    assert (held.entries["saved"].status, held.entries["saved!/a.log"].status) == ("partial", "ok")
    assert set(held.codes("saved")) == {"member-refused"}
    assert len(held.codes("saved")) == 5
    assert requests(held) == 60
    inspect(held.folder)
    assert list(tmp_path.rglob("*evil*")) == []
    assert not Path("/tmp/evil.log").exists()  # noqa: S108


@pytest.mark.parametrize(
    "magic", [b"7z\xbc\xaf\x27\x1c\0\4", b"Rar!\x1a\x07\1\0", b"\x1f\x9d\x90", b"\x04\x22\x4d\x18d@"]
)
def test_e07_what_we_cannot_open_is_named(hold: Holder, chance: random.Random, magic: bytes) -> None:
    """Archives and packings that we do not open are named, with the command that opens them."""
    held = hold({"saved.log": magic + chance.randbytes(3000)})

    assert (held.entries["saved.log"].status, held.codes("saved.log")) == ("unreadable", ["archive"])
    assert any(word in held.entries["saved.log"].problems[0].remedy for word in ("7z", "unrar", "uncompress", "lz4"))


BOMBS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": lambda raw: gzip.compress(raw, 1),
    "bzip2": lambda raw: bz2.compress(raw, 1),
    "xz": lambda raw: lzma.compress(raw, preset=0),
    "zstd": lambda raw: zstandard.compress(raw, 1),
}


@pytest.mark.parametrize("packing", BOMBS)
def test_e08_bombs_are_refused_within_their_memory(tmp_path: Path, packing: str) -> None:
    """Two files that unfold to 300 MB each are stopped at a stated cap, in less than a gigabyte; others are read."""
    bomb = BOMBS[packing](bytes(300_000_000))
    lines = BOMBS[packing](b"\n" * 300_000_000)
    folder = write(
        tmp_path / "incident",
        {"bomb": bomb, "lines": lines, "a.log": LOG, "b.log.gz": gzip.compress(LOG[:-90].encode())},
    )
    inspected = inspect(folder)

    assert inspected.rss < 1024**3
    assert inspected.entries["a.log"]["records"] == 60
    assert inspected.entries["b.log.gz"]["records"] == 59
    for name in ("bomb", "lines"):
        assert inspected.entries[name]["status"] == "unreadable"
        assert "150 times" in inspected.entries[name]["problems"][0]["message"]


# ---- E09 to E12: packed files that are damaged, and names that say something else ------------------------------------


@pytest.mark.parametrize("packing", PACKINGS)
def test_e09_whole_lines_before_a_cut_are_kept(hold: Holder, chance: random.Random, packing: str) -> None:
    """A packed log that breaks off gives the lines before the cut, as they were, and says that it broke off."""
    lines = [request(number, path=f"/api/{chance.randbytes(20).hex()}") for number in range(20_000)]
    raw = PACKINGS[packing](log(lines).encode())
    held = hold({"a.log.packed": raw[: int(len(raw) * chance.uniform(0.4, 0.9))]})

    assert (held.entries["a.log.packed"].status, held.codes("a.log.packed")[0]) == ("partial", "packed-damaged")
    kept = unfolded(held.folder, "a.log.packed")
    assert log(lines).encode().startswith(kept)
    assert requests(held) in (kept.count(b"\n"), kept.count(b"\n") + 1)
    assert kept.count(b"\n") > 4_000


def test_e10_a_wrong_checksum_is_used_and_flagged(hold: Holder) -> None:
    """A gzip file whose checksum is wrong is read whole, and flagged; so are the members after it."""
    raw = bytearray(gzip.compress(log(LINES[:30]).encode()))
    raw[-8] ^= 0xFF
    held = hold({"a.log.gz": bytes(raw) + gzip.compress(log(LINES[30:]).encode())})

    assert (held.entries["a.log.gz"].status, requests(held)) == ("partial", 60)
    assert "checksum" in held.said("a.log.gz")


def test_e11_members_are_joined_and_what_follows_is_reported(hold: Holder, chance: random.Random) -> None:
    """Both members of a packed file are one text; bytes after them that are none are counted."""
    half = [gzip.compress(log(part).encode()) for part in (LINES[:30], LINES[30:])]
    held = hold({"a.log.gz": b"".join(half) + b"\x01" + chance.randbytes(99), "b.log.gz": half[0] + bytes(512)})

    assert (held.entries["a.log.gz"].status, held.entries["a.log.gz"].records) == ("partial", 60)
    assert held.said("a.log.gz") == "100 bytes follow the end of what is packed; not read"
    assert held.codes("b.log.gz")[:1] != ["trailing-bytes"]


def test_e12_extensions_mean_nothing(hold: Holder) -> None:
    """Each file is what its bytes are, whatever its name promises."""
    held = hold(
        {
            "a.json": LOG,
            "b.sql": samples("disk.usage", every(10, 1, 2, 3)),
            "c.log": DUMP,
            "d.txt": gzip.compress(log(LINES[:50]).encode()),
            "e.gz": log(LINES[:40]),
            "f.zip": bz2.compress(log(LINES[:30]).encode()),
        }
    )

    assert {path: (one.kind, one.status) for path, one in held.entries.items()} == {
        "a.json": ("log", "ok"),
        "b.sql": ("metrics", "ok"),
        "c.log": ("sqlite-dump", "ok"),
        "d.txt": ("log", "ok"),
        "e.gz": ("log", "ok"),
        "f.zip": ("log", "ok"),
    }


# ---- E13: what may not be written, or not be read --------------------------------------------------------------------

AS_NOBODY = """
import json, os, sys
from pathlib import Path
from forensics.evidence import reading
from forensics.store import Store

before, folder, work = (Path(one) for one in sys.argv[1:])
reading.read(before, Store(), work)  # everything is loaded while we may still read it
if os.geteuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
assert os.geteuid() != 0
print(json.dumps([entry.json() for entry in reading.read(folder, Store(), work)]))
"""


@pytest.fixture
def open_to_all() -> Iterator[Path]:
    """A folder that users other than the one who runs the tests may enter."""
    with tempfile.TemporaryDirectory(prefix="forensics-hazard-") as place:
        Path(place).chmod(0o755)
        yield Path(place)
        for folder, _, _ in os.walk(place):
            Path(folder).chmod(0o755)


def as_nobody(base: Path) -> dict[str, dict[str, Any]]:
    """Read base/incident as a user who owns nothing in it."""
    world = {"a.log": LOG, "m.json": samples("disk.usage", every(10, 1, 2)), "d.sql": DUMP, "b.gz": gzip.compress(b"x")}
    write(base / "before", world)
    (base / "work").mkdir()
    (base / "work").chmod(0o777)
    done = subprocess.run(
        [sys.executable, "-c", AS_NOBODY, str(base / "before"), str(base / "incident"), str(base / "work")],
        cwd=PROJECT, capture_output=True, text=True, check=False, timeout=100,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return {entry["path"]: entry for entry in json.loads(done.stdout)}


def nobody_may_run_python() -> bool:
    """Say whether a user who owns nothing can start the interpreter: root's own lies in a closed folder."""
    place = Path(sys.executable).resolve()
    return os.geteuid() != 0 or all(folder.stat().st_mode & 0o001 for folder in (place, *place.parents))


def test_e13_a_read_only_folder_is_enough(open_to_all: Path) -> None:
    """Who may read a folder and write nothing in it reads all of it, databases and packed files included."""
    folder = write(
        open_to_all / "incident", {"deck/a.log": LOG, "d.sql": DUMP, "b.gz": gzip.compress(LOG[:-90].encode())}
    )
    with sqlite3.connect(folder / "tides.db") as database:
        database.execute("create table tides (at text)")
        database.execute("insert into tides values ('2031-04-02T12:00:00Z')")
    database.close()
    for place in (*folder.rglob("*"), folder):
        place.chmod(0o555 if place.is_dir() else 0o444)
    found = as_nobody(open_to_all)

    told = {path: (one["status"], one["records"]) for path, one in found.items()}
    if not nobody_may_run_python():
        del told["d.sql"], told["tides.db"]  # they are read by a child, which must be started
        assert told == {"b.gz": ("ok", 59), "deck/a.log": ("ok", 60)}
        return
    assert told == {"b.gz": ("ok", 59), "d.sql": ("ok", 20), "deck/a.log": ("ok", 60), "tides.db": ("ok", 1)}


def test_e13_what_may_not_be_read_is_listed(open_to_all: Path) -> None:
    """A file and a folder that we may not open are listed with the reason; what lies beside them is read."""
    folder = write(open_to_all / "incident", {"a.log": LOG, "closed.log": LOG + "x\n", "shut/b.log": LOG + "y\n"})
    (folder / "closed.log").chmod(0)
    (folder / "shut").chmod(0)
    found = as_nobody(open_to_all)

    assert {path: one["status"] for path, one in found.items()} == {
        "a.log": "ok", "closed.log": "unreadable", "shut": "unreadable"
    }  # fmt: skip
    assert "Permission denied" in found["closed.log"]["problems"][0]["message"]
    assert "Permission denied" in found["shut"]["problems"][0]["message"]


# ---- E14 to E16: noise, twins, rotation ------------------------------------------------------------------------------


def test_e14_random_bytes_are_no_log(hold: Holder, chance: random.Random) -> None:
    """Bytes without any order are refused as binary, whatever they are called and however many they are."""
    sizes = (300, 5_000, 100_000, 1_000_000)
    held = hold({f"application{size}.log": b"\x01\x02" + chance.randbytes(size) for size in sizes})

    assert {(one.status, one.records) for one in held.entries.values()} == {("unreadable", 0)}
    assert {code for path in held.entries for code in held.codes(path)} == {"binary"}


def test_e15_the_same_bytes_count_once(hold: Holder) -> None:
    """The same file twice, even within an archive, is read once; the other says whose duplicate it is."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("kept/a.log", LOG)
    held = hold({"a.log": LOG, "b/copy of a.log": LOG, "c.zip": buffer.getvalue()})

    assert {path: one.status for path, one in held.entries.items()} == {
        "a.log": "ok", "b/copy of a.log": "duplicate", "c.zip": "ok", "c.zip!/kept/a.log": "duplicate"
    }  # fmt: skip
    assert "a.log" in held.said("b/copy of a.log")
    assert (requests(held), held.code) == (60, 0)


ROTATIONS = {
    "numbers": ("app.log.2.gz", "app.log.1", "app.log"),
    "days": ("app.log-20310331.gz", "app.log-20310401", "app.log"),
    "hours": ("app.log.2031-04-02-10", "app.log.2031-04-02-11", "app.log.2031-04-02-12"),
}


@pytest.mark.parametrize("names", ROTATIONS.values(), ids=ROTATIONS)
def test_e16_a_rotated_log_is_one_story(hold: Holder, names: tuple[str, str, str]) -> None:
    """The pieces of a rotated log, packed or not, give each event once, in the order of their times."""
    texts = [log(LINES[:20]), log(LINES[20:40]), log(LINES[40:])]
    held = hold(
        {
            name: gzip.compress(text.encode()) if name.endswith(".gz") else text
            for name, text in zip(names, texts, strict=True)
        }
    )

    told = [message for (message,) in held.rows("select message from log_lines order by time, path, line")]
    assert len(told) == 60
    assert [line in whole for line, whole in zip(told, LINES, strict=True)] == [True] * 60
    assert [held.entries[name].piece for name in names] == [("app.log", number, 3) for number in (1, 2, 3)]
    assert [held.codes(name) for name in names] == [[], [], []]


# ---- beyond the table: encodings, change, depth, number --------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"])
def test_wide_encodings_are_read(hold: Holder, encoding: str) -> None:
    """Texts in UTF-16 and UTF-32 are read, with their mark and without; without it, how they were read is said."""
    held = hold({"a.log": LOG.encode(encoding)})

    assert (held.entries["a.log"].status, requests(held)) == ("ok", 60)
    assert ("encoding-inferred" in held.codes("a.log")) is (not encoding.endswith(("16", "32")))


def test_packings_lie_in_each_other(hold: Holder) -> None:
    """A text that was packed twice, or is in a wide encoding inside of its packing, is read; a fifth layer is not."""
    five = LOG.encode()
    for _ in range(5):
        five = gzip.compress(five + b"", mtime=0)
    held = hold(
        {
            "twice": gzip.compress(lzma.compress(LOG.encode())),
            "wide": gzip.compress(LOG[:-90].encode("utf-16")),
            "five": five,
        }
    )

    assert [(held.entries[name].status, held.entries[name].records) for name in ("twice", "wide", "five")] == [
        ("ok", 60), ("ok", 59), ("unreadable", 0)
    ]  # fmt: skip
    assert "4 times" in held.said("five")


CHANGES: dict[str, Callable[[Path], Any]] = {
    "vanishes": Path.unlink,
    "shrinks": lambda place: os.truncate(place, 3_000),
    "is emptied": lambda place: os.truncate(place, 0),
    "grows": lambda place: place.write_text(LOG + log(LINES[:5])),
    "becomes a folder": lambda place: (place.unlink(), place.mkdir()),
    "becomes a pipe": lambda place: (place.unlink(), os.mkfifo(place)),
    "becomes a link": lambda place: (place.unlink(), place.symlink_to("/etc/passwd")),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_file_may_change_before_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str) -> None:
    """A file that vanishes, shrinks, grows or turns into something else between being found and read is named."""
    folder = write(tmp_path / "incident", {"a.log": LOG, "b.log": log(LINES[:30])})
    (tmp_path / "work").mkdir()
    found = intake.find(folder)
    CHANGES[change](folder / "a.log")
    monkeypatch.setattr(intake, "find", lambda folder: found)
    with Store() as store:
        entries = {entry.path: entry for entry in reading.read(folder, store, tmp_path / "work")}

    assert entries["a.log"].status in ("partial", "unreadable", "empty")
    assert "changed-during-run" in [problem.code for problem in entries["a.log"].problems]
    assert (entries["b.log"].status, entries["b.log"].records) == ("ok", 30)


CUT = """
import json, os, sys
from pathlib import Path
from forensics.evidence import lines, reading
from forensics.store import Store

folder, work, chunks = Path(sys.argv[1]), Path(sys.argv[2]), lines.chunks

def cutting(*arguments, **named):
    for chunk in chunks(*arguments, **named):
        os.truncate(folder / "a.log", 5_000)
        yield chunk

lines.chunks = cutting
with Store() as store:
    print(json.dumps([entry.json() for entry in reading.read(folder, store, work)]))
"""


def test_a_file_may_be_cut_while_it_is_read(tmp_path: Path) -> None:
    """A log that its service truncates while we read it brings nobody down; that it changed is said."""
    folder = write(tmp_path / "incident", {"a.log": LOG * 4_500})
    (tmp_path / "work").mkdir()
    command = [sys.executable, "-c", CUT, str(folder), str(tmp_path / "work")]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False, timeout=100)

    assert done.returncode == 0, done.stderr
    (entry,) = json.loads(done.stdout)
    assert (folder / "a.log").stat().st_size == 5_000
    assert (entry["status"], entry["lines"]["physical"]) == ("partial", 270_000)
    assert "changed-during-run" in [problem["code"] for problem in entry["problems"]]


def test_deep_folders_are_found_and_those_too_deep_are_named(hold: Holder, tmp_path: Path) -> None:
    """Files are found however deep they lie; what lies deeper than the system can name is named as far as it can be."""
    folder = tmp_path / "incident"
    folder.mkdir()
    here = Path.cwd()
    try:
        os.chdir(folder)
        for _ in range(1_500):
            os.mkdir("deck")
            os.chdir("deck")
        Path("a.log").write_text(LOG)
    finally:
        os.chdir(here)
    try:
        held = hold({("deck/" * 700) + "b.log": log(LINES[:30])})
    finally:
        subprocess.run(["rm", "-rf", str(folder / "deck")], check=True)  # deeper than Python itself removes

    statuses = {path.rsplit("/", 1)[-1]: one.status for path, one in held.entries.items()}
    assert statuses == {"b.log": "ok", "deck": "unreadable"}


def test_many_small_files_are_read_in_their_time(tmp_path: Path) -> None:
    """Ten thousand files of two lines (or a part of them) are each read, in a time that people wait."""
    many = 10_000 if os.environ.get("HAZARD_BIG") else 300
    files = {f"{number % 100}/{number}.log": log(LINES[:1]) + f"{number}\n" for number in range(many)}
    folder = write(tmp_path / "incident", files)
    (tmp_path / "work").mkdir()
    begun = time.monotonic()
    with Store() as store:
        entries = reading.read(folder, store, tmp_path / "work")

    assert time.monotonic() - begun < many * 0.02 * TIMES
    assert (len(entries), {entry.status for entry in entries}) == (many, {"ok"})


# ---- whatever the bytes ----------------------------------------------------------------------------------------------

PIECES = [
    *(line.encode() + b"\n" for line in LINES[:5]),
    *(b"{", b"}", b'{"a":', b"[", b"]", b"\n", b"\r", b"--\n", b"\0\0", b"\xff\xfe", b"\x1f\x8b\x08\0", b"BZh91AY&SY"),
    *(b"PRAGMA foreign_keys=OFF;\n", b"SQLite format 3\0", b"<html>", b"a,b,c\n1,2,3\n", b"# TYPE a gauge\na 1\n"),
    *(
        b"PK\x03\x04",
        b"\xef\xbb\xbf",
        b"2031-04-02",
        b"    at f (a.js:1)\n",
        b"\x1b[31m",
        b"\xed\xa0\x80",
        b"12:00:00 ",
    ),
    *(gzip.compress(LOG.encode()), zstandard.compress(b"tide\n"), samples("disk.usage", every(10, 1, 2)).encode()),
]
ANY = st.one_of(
    st.binary(max_size=300),
    st.lists(st.one_of(st.sampled_from(PIECES), st.binary(max_size=6)), max_size=12).map(b"".join),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@seed(SEED)
@given(texts=st.lists(ANY, min_size=1, max_size=4))
def test_no_bytes_raise(tmp_path_factory: pytest.TempPathFactory, texts: list[bytes]) -> None:
    """Whatever bytes are in files, reading them raises nothing, every line is accounted for, and nothing is left over."""
    from hazards.holding import accounted, shown_safely, state

    base = tmp_path_factory.mktemp("any")
    folder = write(base / "incident", {f"{number}.log": text for number, text in enumerate(texts)})
    (base / "work").mkdir()
    before = state(folder)
    with Store() as store:
        entries = reading.read(folder, store, base / "work")
        held = Held(folder, store, {entry.path: entry for entry in entries})
        for entry in entries:
            accounted(held, entry)
        shown_safely(held)

    assert state(folder) == before
    assert [path for path in (base / "work").rglob("*") if path.is_file()] == []
