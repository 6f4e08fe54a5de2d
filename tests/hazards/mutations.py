"""Specimens of evidence, and the ways in which they are spoilt; the same chance spoils them alike."""

from __future__ import annotations

import json
import random
import sqlite3
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from small_world import epoch_ms, every, iso, messages, request, samples

Spoil = Callable[[random.Random, bytearray], object]


def line(number: float, message: str = "high water") -> str:
    """Return a line of a log."""
    return f"[{iso(number)}] INFO [harbour] {message}"


LINES = [
    *(request(number) for number in range(5)),
    line(1),
    line(2, 'tide | {"metres":1.2} | tags: [a, b]'),
    *(
        "    at read (/srv/tide.js:10:3)",
        "[SECURITY-HIGH] login_failure: refused {",
        "  ip: '192.0.2.9',",
        "}",
        "--",
        "",
    ),
    "Apr  2 12:00:00 quay tided[7]: high water",
    '192.0.2.7 - - [02/Apr/2031:12:00:00 +0000] "GET /api/x HTTP/1.1" 200 12 "-" "curl"',
    '{"level":30,"time":1932897600000,"pid":1,"hostname":"quay","msg":"high water"}',
    'time=2031-04-02T12:00:00Z level=info msg="high water" metres=1.2',
]

_LINE_CHANGES: list[Spoil] = [
    lambda chance, raw: raw.__setitem__(chance.randrange(len(raw)), chance.randrange(256)),
    lambda chance, raw: raw.insert(chance.randrange(len(raw)), chance.choice(b"\r\n\0\x1b\xff[]{}|:\"'- \t")),
    lambda chance, raw: raw.__delitem__(slice(chance.randrange(len(raw)), None)),
    lambda chance, raw: raw.__delitem__(slice(0, chance.randrange(len(raw)))),
    lambda chance, raw: raw.extend(raw[: chance.randrange(len(raw))]),
    lambda chance, raw: raw.reverse(),
]
_ENDS = [b"\n"] * 9 + [b"\r\n", b"\r"]


def lines(chance: random.Random, number: int, whole: list[str] = LINES, share: float = 0.5) -> bytes:
    """Return so many lines, a share of which were spoilt in up to three places."""
    found = bytearray()
    for _ in range(number):
        raw = bytearray(chance.choice(whole).encode())
        if chance.random() < share:
            for _ in range(chance.randint(1, 3)):
                if raw:
                    chance.choice(_LINE_CHANGES)(chance, raw)
        found += raw + chance.choice(_ENDS)
    return bytes(found)


_TOKENS = [
    *(b"{", b"}", b"[", b"]", b'"', b",", b":", b"null", b"NaN", b"-Infinity", b"1e999", b"9" * 40, b"\\ud800", b"\0"),
    *(b"'", b";", b"\n", b"COMMIT;", b"ROLLBACK;", b"BEGIN;", b"ATTACH 'x' AS y;", b"X'", b"--", b"/*", b"true", b'""'),
]
_CHANGES: list[Spoil] = [
    *_LINE_CHANGES[:2],
    lambda chance, raw: raw.__delitem__(slice(chance.randrange(len(raw)), None)),
    lambda chance, raw: raw.__delitem__(slice(at := chance.randrange(len(raw)), at + chance.randrange(64))),
    lambda chance, raw: raw.__setitem__(slice(at := chance.randrange(len(raw)), at), chance.choice(_TOKENS)),
    lambda chance, raw: raw.__setitem__(slice(at := chance.randrange(len(raw)), at + 4), chance.randbytes(4)),
    lambda chance, raw: raw.extend(raw[chance.randrange(len(raw)) :]),
    lambda chance, raw: raw.__setitem__(slice(at := chance.randrange(len(raw)), at), raw[at : at + 200] * 3),
]


def spoilt(chance: random.Random, raw: bytes) -> bytes:
    """Return bytes that were changed in one to four places."""
    found = bytearray(raw)
    for _ in range(chance.randint(1, 4)):
        if found:
            chance.choice(_CHANGES)(chance, found)
    return bytes(found)


def _json(value: Any) -> bytes:
    return json.dumps(value).encode()


def documents() -> dict[str, bytes]:
    """Return JSON texts of many shapes."""
    points = [[epoch_ms(number * 10) / 1000, str(number)] for number in range(20)]
    series = [{"metric": {"__name__": "tide_metres", "quay": "east"}, "values": points}]
    objects = [
        {"level": 30, "time": epoch_ms(number), "pid": 1, "hostname": "quay", "msg": "high water"}
        for number in range(9)
    ]
    return {
        "samples": samples("disk.usage", every(10, *range(20))).encode(),
        "query range": _json({"status": "success", "data": {"resultType": "matrix", "result": series}}),
        "messages": messages(*((float(number), "U1", "it is high water") for number in range(9))).encode(),
        "objects": b"".join(_json(one) + b"\n" for one in objects),
        "records": _json([{"at": iso(number), "metres": number / 7} for number in range(20)]),
        "deep": b'{"a":' * 60 + b"1" + b"}" * 60,
    }


def dump() -> bytes:
    """Return a dump of a small database."""
    rows = "".join(
        f"INSERT INTO tides VALUES({number},'{iso(number)}',{number / 7},X'00ff','it''s high');\n"
        for number in range(20)
    )
    return (
        "PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\n"
        f"CREATE TABLE tides(id INTEGER PRIMARY KEY, at TEXT, metres REAL, raw BLOB, said TEXT);\n{rows}"
        "CREATE INDEX by_time ON tides(at);\nCREATE VIEW high AS SELECT * FROM tides WHERE metres > 2;\nCOMMIT;\n"
    ).encode()


@cache
def database() -> bytes:
    """Return the bytes of a small database."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "tides.db"
        connection = sqlite3.connect(place)
        connection.executescript(dump().decode())
        connection.close()
        return place.read_bytes()


def foreign_dumps() -> list[bytes]:
    """Return a dump of MySQL, one of PostgreSQL, and a decoded log of changes."""
    rows = [f"({number},'{iso(number)}',{number / 7},0x00FF,'it\\'s high')" for number in range(20)]
    cells = "".join(f"{number}\t{iso(number)}\t\\N\t\\\\x00ff\tit's high\n" for number in range(20))
    mysql = (
        "-- MySQL dump 10.13  Distrib 8.4.3\n/*!40103 SET TIME_ZONE='+00:00' */;\nDROP TABLE IF EXISTS `tides`;\n"
        "CREATE TABLE `tides` (`id` int NOT NULL, `at` varchar(30), `metres` double, `raw` blob, `said` text, PRIMARY KEY (`id`));\n"
        f"INSERT INTO `tides` VALUES {','.join(rows)};\n-- Dump completed on 2031-04-02 12:00:00\n"
    )
    postgresql = (
        "--\n-- PostgreSQL database dump\n--\nSET statement_timeout = 0;\n"
        "CREATE TABLE public.tides (id integer NOT NULL, at text, metres double precision, raw bytea, said text);\n"
        f"COPY public.tides (id, at, metres, raw, said) FROM stdin;\n{cells}\\.\n\n"
        "ALTER TABLE ONLY public.tides ADD CONSTRAINT one PRIMARY KEY (id);\n--\n-- PostgreSQL database dump complete\n--\n"
    )
    changes = "".join(
        f"# at {number}\n#310402 12:00:{number:02d} server id 1  end_log_pos {number + 1} CRC32 0x0a17e165 \tQuery\n"
        f"SET TIMESTAMP={epoch_ms(number) // 1000}/*!*/;\nINSERT INTO tides VALUES {rows[number]}\n/*!*/;\n"
        for number in range(20)
    )
    log = f"DELIMITER /*!*/;\n{changes}DELIMITER ;\n# End of log file\n"
    return [mysql.encode(), postgresql.encode(), log.encode()]
