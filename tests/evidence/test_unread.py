"""Files that we recognise and do not read are told by their first bytes, and named with what makes them readable."""

from __future__ import annotations

import pytest
from forensics.evidence import unread
from small_world import log, request, samples

HEADS = {
    "a 7z archive": b"7z\xbc\xaf\x27\x1c\x00\x04",
    "a RAR archive": b"Rar!\x1a\x07\x01\x00",
    "a cpio archive": b"07070100002E7B000081A4000000",
    "packed by compress (.Z)": b"\x1f\x9d\x90\x5b",
    "packed by lz4": b"\x04\x22\x4d\x18\x64\x40",
    "packed by lzma (the format before xz)": b"\x5d\x00\x00\x80\x00\xff\xff\xff\xff\xff\xff\xff\xff",
    "a PDF document": b"%PDF-1.7\n",
    "a picture (PNG)": b"\x89PNG\r\n\x1a\n\x00\x00",
    "a journal of systemd": b"LPKSHHRH\x00\x00",
    "a Parquet file": b"PAR1\x15\x04\x15",
    "a packet capture": b"\xd4\xc3\xb2\xa1\x02\x00\x04\x00",
    "a program or a core dump (ELF)": b"\x7fELF\x02\x01\x01",
    "a PostgreSQL dump in its own format": b"PGDMP\x01\x0e\x00",
    "the write-ahead log (-wal) of an SQLite database, without the database (its last transactions, as pages that only mean "
    "something together with it)": b"\x37\x7f\x06\x82\x00\x2d\xe2\x18\x00\x00\x10\x00",
    "the index (-shm) of an SQLite database's write-ahead log, without the database (it holds no row)": b"\x18\xe2\x2d\x00"
    b"\x00\x00\x00\x00\x33\x00\x00\x00",
    "the rollback journal (-journal) of an SQLite database, without the database (pages as they were before a transaction that "
    "had not ended)": b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7\x00\x00\x00\x02",
}


@pytest.mark.parametrize(("name", "head"), HEADS.items(), ids=list(HEADS))
def test_first_bytes_tell(name: str, head: bytes) -> None:
    """Such a file is named, and the command says how to read it."""
    problem = unread.named(head)

    assert problem is not None
    assert problem.message == f"{name}: not read"
    assert problem.remedy


TEXTS = {
    "a log": log(request(number) for number in range(3)).encode(),
    "metrics": samples("disk.usage", [(0, 1)]).encode(),
    "a date of July 2007": b"070701 12:00:01 mysqld started\n",
    "a line that begins like a Parquet file": b"PAR1 is the berth of the ferry\n",
    "a line that begins like a dump": b"PGDMP was not found\n",
    "a Z in front": b"Z2031\n",
    "nothing": b"",
}


@pytest.mark.parametrize("head", TEXTS.values(), ids=TEXTS)
def test_text_is_none_of_them(head: bytes) -> None:
    """A text is read, whatever its first letters are."""
    assert unread.named(head) is None
