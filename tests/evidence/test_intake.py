"""What lies in a folder is found once, refused where it is no file, unpacked as far as it goes, and never changed."""

from __future__ import annotations

import base64
import bz2
import gzip
import hashlib
import io
import lzma
import os
import socket
import stat
import tarfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import zstandard
from forensics.evidence import intake, packed, reading, streams
from forensics.model import Evidence
from forensics.store import Store
from small_world import every, log, request, samples

World = Callable[[dict[str, Any]], Any]

TEXT = log(request(n) for n in range(60))
PACKED: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "zstd": zstandard.compress,
}


def noise(length: int, seed: int = 0) -> bytes:
    """Return bytes without any order, the same each time."""
    return hashlib.shake_128(str(seed).encode()).digest(length)


def read(folder: Path, tmp_path: Path) -> tuple[dict[str, Evidence], Store]:
    """Read a folder, and return what was found by its path."""
    work = tmp_path / "work"
    work.mkdir(exist_ok=True)
    store = Store()
    return {entry.path: entry for entry in reading.read(folder, store, work)}, store


@pytest.fixture
def incident(tmp_path: Path) -> Path:
    """A folder with one whole log."""
    folder = tmp_path / "incident"
    folder.mkdir()
    (folder / "a.log").write_text(TEXT)
    return folder


# ---- what is no file -----------------------------------------------------------------------------------------------


def test_a_link_is_refused_and_listed(incident: Path, tmp_path: Path) -> None:
    """A symbolic link is listed and never followed: what it leads to is nowhere."""
    secret = tmp_path / "secret.txt"
    secret.write_text("root:x:0:0:the secret\n")
    (incident / "passwd.log").symlink_to(secret)

    found, store = read(incident, tmp_path)

    assert (found["passwd.log"].status, found["passwd.log"].sha256) == ("unreadable", "")
    assert [problem.code for problem in found["passwd.log"].problems] == ["refused"]
    assert store.connection.execute("select count(*) from log_events where message like '%secret%'").fetchall() == [
        (0,)
    ]


def test_links_in_a_circle_are_refused(incident: Path, tmp_path: Path) -> None:
    """Links that lead to themselves, to their own folder or to nowhere are listed, and end nothing."""
    (incident / "loop").symlink_to("loop")
    (incident / "up").symlink_to(incident)
    (incident / "gone").symlink_to("nowhere")

    found, _ = read(incident, tmp_path)

    assert {path: entry.status for path, entry in found.items()} == {
        "a.log": "ok", "gone": "unreadable", "loop": "unreadable", "up": "unreadable"
    }  # fmt: skip


def test_a_pipe_is_refused_at_once(incident: Path, tmp_path: Path) -> None:
    """A named pipe and a socket are refused without waiting for somebody to write into them."""
    os.mkfifo(incident / "pipe.log")
    listening = socket.socket(socket.AF_UNIX)
    here = Path.cwd()
    os.chdir(incident)  # the name of a socket must be short
    try:
        listening.bind("socket.log")
    finally:
        os.chdir(here)
    begun = time.monotonic()

    found, _ = read(incident, tmp_path)

    listening.close()
    assert time.monotonic() - begun < 10
    assert [found[name].status for name in ("a.log", "pipe.log", "socket.log")] == ["ok", "unreadable", "unreadable"]


# ---- names ---------------------------------------------------------------------------------------------------------

NAMES = [
    *(b"*.log", b"a[1].log", b"a'; drop table log_events; --.log", b'a"b.log', b"new\nline.log", b"tab\there.log"),
    *(b"caf\xe9.log", "caf\u00e9.log".encode(), b"<img src=x onerror=alert(1)>.log", "\u202egol.exe".encode()),
    *(
        b"-rf.log",
        b" .log",
        b"$(date).log",
        b"..log",
        b"%s%n.log",
        "a\u200bb.log".encode(),
        b"C:\\a.log",
        b"~",
        b"{x}.log",
    ),
]


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_a_name_means_nothing(tmp_path: Path, name: bytes) -> None:
    """Whatever a file is called, it is read exactly once, and its name is shown without anything that acts."""
    folder = tmp_path / "incident"
    folder.mkdir()
    with open(os.path.join(os.fsencode(folder), name), "wb") as file:
        file.write(TEXT.encode())

    found, store = read(folder, tmp_path)

    (entry,) = found.values()
    assert (entry.status, entry.records) == ("ok", 60)
    assert store.connection.execute("select count(distinct path), count(*) from requests").fetchall() == [(1, 60)]
    assert entry.path.isprintable()
    assert base64.b64decode(entry.path_base64) == name if entry.path_base64 else os.fsencode(entry.path) == name


def test_the_extension_means_nothing(world: World) -> None:
    """A log called .json, metrics called .sql and a packed log called .txt are what they hold."""
    one = world(
        {
            "a.json": TEXT,
            "b.sql": samples("disk.usage", every(10, 1, 2, 3)),
            "c.txt": gzip.compress(TEXT[:-200].encode()),
        }
    )

    assert [(entry.path, entry.kind) for entry in one.evidence] == [
        ("a.json", "log"),
        ("b.sql", "metrics"),
        ("c.txt", "log"),
    ]


def test_files_in_folders_are_found(world: World) -> None:
    """Files are found however deep they lie, in the order of their names."""
    one = world({"z.log": TEXT, "a/b/c/d.log": TEXT + "x\n", ".hidden/e.log": TEXT + "y\n"})

    assert [entry.path for entry in one.evidence] == [".hidden/e.log", "a/b/c/d.log", "z.log"]


def test_random_bytes_are_no_log(world: World) -> None:
    """Binary data is refused, whatever it is called."""
    (entry,) = world({"application.log": noise(100_000)}).evidence

    assert (entry.status, entry.records) == ("unreadable", 0)
    assert [problem.code for problem in entry.problems] == ["binary"]


def zipped(name: str, content: bytes, packing: int) -> bytes:
    """Return a zip archive with one member."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", packing) as archive:
        archive.writestr(name, content)
    return buffer.getvalue()


def tarred(name: str, content: bytes) -> bytes:
    """Return a tar archive with one member."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        member = tarfile.TarInfo(name)
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


@pytest.mark.parametrize(
    "archive",
    [
        pytest.param(zipped("../evil.log", TEXT.encode(), zipfile.ZIP_STORED), id="zip, not packed"),
        pytest.param(zipped("../evil.log", TEXT.encode(), zipfile.ZIP_DEFLATED), id="zip"),
        pytest.param(tarred("../evil.log", TEXT.encode() * 10), id="tar"),
        pytest.param(gzip.compress(tarred("/etc/evil.log", TEXT.encode() * 10)), id="tar, packed"),
    ],
)
def test_an_archive_is_no_text(world: World, tmp_path: Path, archive: bytes) -> None:
    """An archive is refused, or its members are read as files; it is never read as if it were one text."""
    one = world({"logs.bin": archive})

    assert one.evidence[0].lines is None
    assert one.evidence[0].status == "unreadable" or one.evidence[0].records in (60, 600)
    assert list(tmp_path.rglob("evil*")) == []


# ---- the same bytes twice ------------------------------------------------------------------------------------------


def test_the_same_bytes_count_once(world: World) -> None:
    """A file that lies there twice is read once; the other is called its duplicate and names it."""
    one = world({"a.log": TEXT, "backup/a (1).log": TEXT})

    assert [(entry.path, entry.status) for entry in one.evidence] == [
        ("a.log", "ok"),
        ("backup/a (1).log", "duplicate"),
    ]
    assert "a.log" in one.evidence[1].problems[0].message
    assert one.store.connection.execute("select count(*) from requests").fetchall() == [(60,)]


DISK = "Filesystem     1K-blocks    Used Available Use% Mounted on\n/dev/vda1       20511312 9511312  11000000  47% /\n"


def test_captures_of_two_moments_are_two(world: World) -> None:
    """A capture of the same state at another time has the same bytes: each counts at the time of its own `date`."""
    dates = {"date-early.txt": "Wed Apr  2 07:30:05 UTC 2031\n", "date-late.txt": "Wed Apr  2 07:45:05 UTC 2031\n"}
    one = world({**dates, "df-early.txt": DISK, "df-late.txt": DISK})

    by_path = {entry.path: entry for entry in one.evidence}
    assert (by_path["df-early.txt"].status, by_path["df-late.txt"].status) == ("ok", "ok")
    assert by_path["df-late.txt"].lines == by_path["df-early.txt"].lines
    (same,) = (problem.message for problem in by_path["df-late.txt"].problems if problem.code == "same-state")
    assert same == (
        "the same bytes as df-early.txt, taken at another time (2031-04-02 07:45:05 by date-late.txt, and "
        "2031-04-02 07:30:05 by date-early.txt): at both, what it shows was the same"
    )
    times = one.store.connection.execute("select distinct path, time from samples where time is not null order by path")
    assert [(path, f"{time:%H:%M:%S}") for path, time in times.fetchall()] == [
        ("df-early.txt", "07:30:05"),
        ("df-late.txt", "07:45:05"),
    ]


@pytest.mark.parametrize(
    "dates",
    [
        pytest.param({}, id="no date"),
        pytest.param({"date.txt": "Wed Apr  2 07:30:05 UTC 2031\n"}, id="one date for both"),
    ],
)
def test_a_copy_of_a_capture_says_what_it_may_be(world: World, dates: dict[str, str]) -> None:
    """Where nothing tells two moments, a capture is read once, and it is said that it may show that nothing changed."""
    one = world({**dates, "df-early.txt": DISK, "df-late.txt": DISK})

    late = next(entry for entry in one.evidence if entry.path == "df-late.txt")
    assert (late.status, late.problems[0].code) == ("duplicate", "duplicate")
    assert "if it was taken at another one, it shows that nothing had changed by then" in late.problems[0].message
    assert late.problems[0].remedy


def test_a_copy_of_what_states_its_time_is_a_copy(world: World) -> None:
    """What holds its own time was taken at that time, whatever date lies beside its copy."""
    health = '{"status":"healthy","timestamp":1932881405120,"checks":{"database":{"status":"healthy","message":"ok"}}}'
    dates = {"date-early.txt": "Wed Apr  2 07:30:05 UTC 2031\n", "date-late.txt": "Wed Apr  2 07:45:05 UTC 2031\n"}
    one = world({**dates, "health-early.json": health, "health-late.json": health})

    late = next(entry for entry in one.evidence if entry.path == "health-late.json")
    assert (late.status, late.problems[0].message) == (
        "duplicate",
        "the same bytes as health-early.json, which is read instead",
    )


def test_empty_files_are_no_duplicates(world: World) -> None:
    """Two empty files have the same bytes, and are two findings."""
    one = world({"incident-logs.txt": "", "incident-metrics.json": ""})

    assert [entry.status for entry in one.evidence] == ["empty", "empty"]


# ---- packed files --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("packing", PACKED)
def test_packed_logs_are_read(world: World, packing: str) -> None:
    """A packed log gives the events of the log."""
    one = world({"a.log.packed": PACKED[packing](TEXT.encode())})

    assert (one.evidence[0].status, one.evidence[0].records) == ("ok", 60)
    assert one.evidence[0].lines.json()["physical"] == 60


@pytest.mark.parametrize("packing", PACKED)
def test_members_follow_each_other(world: World, packing: str) -> None:
    """Two packed pieces in one file are one text, as rotation and concatenation leave them."""
    pack = PACKED[packing]
    half = TEXT.index("\n", len(TEXT) // 2) + 1
    one = world({"a.log.packed": pack(TEXT[:half].encode()) + pack(TEXT[half:].encode())})

    assert (one.evidence[0].status, one.evidence[0].records) == ("ok", 60)


@pytest.mark.parametrize("packing", PACKED)
def test_a_cut_stream_keeps_what_came_before(world: World, packing: str) -> None:
    """A packed file that breaks off is partial, says so, and gives only events that are whole in it."""
    lines = [request(n, path=f"/api/{noise(30, n).hex()}") for n in range(20_000)]
    raw = PACKED[packing](log(lines).encode())
    one = world({"a.log.packed": raw[: len(raw) // 2]})

    (entry,) = one.evidence
    assert entry.status == "partial"
    assert "packed-damaged" in [problem.code for problem in entry.problems]
    routes = [route for (route,) in one.store.connection.execute("select route from requests order by line").fetchall()]
    whole = [line.split(" | ")[1].removeprefix("GET ") for line in lines]
    assert 5_000 < len(routes) < 15_000
    assert routes[:-1] == whole[: len(routes) - 1]


@pytest.mark.parametrize("packing", PACKED)
def test_a_stream_cut_at_any_byte_gives_its_beginning(tmp_path: Path, packing: str) -> None:
    """Wherever a packed file breaks off, what it gives is a beginning of what was packed, and the break is named."""
    content = TEXT.encode()
    whole = PACKED[packing](content)
    place, target = tmp_path / "packed", tmp_path / "unpacked"
    for cut in range(2, len(whole)):
        place.write_bytes(whole[:cut])

        problems = packed.unpack(place, packing, target, packed.Allowance(len(content)))

        assert content.startswith(target.read_bytes())
        assert [problem.code for problem in problems] == ["packed-damaged"], f"cut at byte {cut}"


@pytest.mark.parametrize("block", [1, 7, 19, 64])
@pytest.mark.parametrize("packing", PACKED)
def test_blocks_do_not_show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, packing: str, block: int) -> None:
    """However few bytes are read at a time, many members in one file unpack to all that was packed."""
    monkeypatch.setattr(streams, "BLOCK", block)
    monkeypatch.setattr(streams, "FEED", block)
    monkeypatch.setattr(streams, "FRAME_FEED", 1)
    pieces = [line.encode() for line in TEXT.splitlines(keepends=True)[:20]]
    (tmp_path / "packed").write_bytes(b"".join(map(PACKED[packing], pieces)))

    problems = packed.unpack(tmp_path / "packed", packing, tmp_path / "unpacked", packed.Allowance(1))

    assert (problems, (tmp_path / "unpacked").read_bytes()) == ([], b"".join(pieces))


@pytest.mark.parametrize("name", ["a.log", ""], ids=["with a name", "without"])
def test_what_gzip_itself_writes_is_read(world: World, name: str) -> None:
    """A gzip file that holds its own name, as the command writes it, is read like one that does not."""
    buffer = io.BytesIO()
    with gzip.GzipFile(filename=name, fileobj=buffer, mode="wb") as packed:
        packed.write(TEXT.encode())

    assert world({"a.log.gz": buffer.getvalue()}).evidence[0].records == 60


def test_a_wrong_checksum_is_used_and_flagged(world: World) -> None:
    """A gzip file whose checksum is wrong gives what it holds, and is flagged."""
    raw = bytearray(gzip.compress(TEXT.encode()))
    raw[-8] ^= 0xFF
    one = world({"a.log.gz": bytes(raw)})

    assert (one.evidence[0].status, one.evidence[0].records) == ("partial", 60)
    assert "packed-damaged" in [problem.code for problem in one.evidence[0].problems]


def test_bytes_after_the_stream_are_reported(world: World) -> None:
    """What follows the last member and is none is reported; the members are used."""
    one = world({"a.log.gz": gzip.compress(TEXT.encode()) + b"this is no member"})

    assert (one.evidence[0].status, one.evidence[0].records) == ("partial", 60)
    assert one.evidence[0].problems


def test_a_bomb_is_stopped_at_the_cap(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that unfolds beyond the cap is read up to there and says so; files beside it are read as ever."""
    monkeypatch.setattr(packed, "MOST", 3_000_000)
    one = world({"bomb.gz": gzip.compress(log(request(n) for n in range(50_000)).encode()), "a.log": TEXT})

    found = {entry.path: entry for entry in one.evidence}
    assert (found["a.log"].status, found["a.log"].records) == ("ok", 60)
    assert found["bomb.gz"].status == "partial"
    assert "unpacks-too-large" in [problem.code for problem in found["bomb.gz"].problems]


def test_a_rotated_log_is_one_story(world: World) -> None:
    """A log and its rotated pieces give each event once, in the order of their times."""
    lines = [request(n) for n in range(60)]
    one = world(
        {
            "logs/application.log.2.gz": gzip.compress(log(lines[:20]).encode()),
            "logs/application.log.1": log(lines[20:40]),
            "logs/application.log": log(lines[40:]),
        }
    )

    times = [time for (time,) in one.store.connection.execute("select time from log_lines order by time").fetchall()]
    assert len(times) == len(set(times)) == 60


# ---- nothing is changed --------------------------------------------------------------------------------------------


def state(folder: Path) -> dict[str, tuple[bytes, int, int]]:
    """Return content, modification time and mode of everything in a folder."""
    return {
        str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mtime_ns, path.stat().st_mode)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_evidence_stays_as_it_was(tmp_path: Path) -> None:
    """Reading changes no byte, no time, no mode and no name, whatever kinds of files lie there, even read-only ones."""
    import sqlite3

    folder = tmp_path / "incident"
    (folder / "logs").mkdir(parents=True)
    (folder / "logs" / "a.log").write_text(TEXT)
    (folder / "b.log.gz").write_bytes(gzip.compress(TEXT[:-300].encode()))
    (folder / "m.json").write_text(samples("disk.usage", every(10, 1, 2, 3)))
    database = sqlite3.connect(folder / "local.db")
    database.execute("pragma journal_mode = wal")
    database.execute("create table t(a)")
    database.execute("insert into t values (1)")
    database.commit()
    (folder / "copy.db").write_bytes((folder / "local.db").read_bytes())
    (folder / "copy.db-wal").write_bytes((folder / "local.db-wal").read_bytes())
    database.close()
    (folder / "m.json").chmod(stat.S_IRUSR)
    before = state(folder)

    read(folder, tmp_path)

    assert state(folder) == before


def test_a_change_is_noticed(incident: Path) -> None:
    """Whatever was altered, added, removed or only touched since it was found is named."""
    for name in ("same.log", "other.log", "gone.log", "touched.log"):
        (incident / name).write_text(name)
    before = intake.find(incident)

    (incident / "other.log").write_text("x")
    (incident / "gone.log").unlink()
    (incident / "new.log").write_text("new")
    os.utime(incident / "touched.log", (1, 1))

    assert intake.changed(intake.custody(before), incident) == ["gone.log", "new.log", "other.log", "touched.log"]


def test_one_digest_names_the_evidence(incident: Path, tmp_path: Path) -> None:
    """The digest of a folder depends on the names and the bytes in it, and on nothing else."""
    import shutil

    copy = shutil.copytree(incident, tmp_path / "copy")
    digests = [intake.evidence_digest(intake.find(folder)) for folder in (incident, copy)]
    (copy / "a.log").rename(copy / "b.log")
    digests.append(intake.evidence_digest(intake.find(copy)))

    assert digests[0] == digests[1] != digests[2]


def test_work_is_cleared_away(incident: Path, tmp_path: Path) -> None:
    """What was unpacked for reading is gone afterwards."""
    buffer = io.BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode="wb") as packed:
        packed.write(TEXT[:-300].encode())
    (incident / "b.log.gz").write_bytes(buffer.getvalue())

    read(incident, tmp_path)

    assert [path for path in (tmp_path / "work").rglob("*") if path.is_file()] == []
