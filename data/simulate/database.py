"""The shop's database: real SQLite in a real file, in rollback-journal mode, without a busy timeout."""

from __future__ import annotations

import hashlib
import sqlite3
from pathlib import Path

from .clock import sql_time, stream

SCHEMA = """
CREATE TABLE users (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    last_login_at TEXT,
    created_at TEXT NOT NULL
);
CREATE TABLE sailings (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    ship TEXT NOT NULL,
    from_port TEXT NOT NULL,
    to_port TEXT NOT NULL,
    departs_at TEXT NOT NULL,
    price_cents INTEGER NOT NULL,
    seats_left INTEGER NOT NULL CHECK (seats_left >= 0)
);
CREATE TABLE bookings (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    code TEXT NOT NULL UNIQUE,
    user_id INTEGER NOT NULL REFERENCES users(id),
    sailing_id INTEGER NOT NULL REFERENCES sailings(id),
    passengers INTEGER NOT NULL,
    price_cents INTEGER NOT NULL,
    created_at TEXT NOT NULL
);
CREATE TABLE sessions (
    token TEXT PRIMARY KEY, -- opaque, also in the visitor's cookie
    user_id INTEGER NOT NULL REFERENCES users(id),
    ip TEXT NOT NULL,
    created_at TEXT NOT NULL,
    revoked_at TEXT
);
CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    what TEXT NOT NULL,
    user_id INTEGER,
    detail TEXT
);
CREATE INDEX bookings_by_user ON bookings(user_id);
CREATE INDEX sessions_by_user ON sessions(user_id);
"""

FIRST_NAMES = ("nora", "emil", "ida", "jonas", "sofie", "anders", "maja", "oskar", "lena", "tor")
LAST_NAMES = ("quist", "berg", "dahl", "holm")
PORTS = ("Ardal", "Brekke", "Fjordby", "Havnes", "Sundet", "Vik")
SHIPS = ("MF Alke", "MF Lunde", "MF Terne")
SEEDED_BOOKINGS = 420
PEOPLE = tuple(f"{first}.{last}@example.com" for last in LAST_NAMES for first in FIRST_NAMES)
"""The users' addresses; a user's id is the place in this list, counted from one."""


def connect(path: Path) -> sqlite3.Connection:
    """Open the file as the shop does: no waiting for locks, no transaction that nobody asked for."""
    return sqlite3.connect(path, timeout=0, isolation_level=None)


def password(user: int) -> str:
    return "seagull67" if user == 1 else f"harbour-{user * 7919}"


def hashed(word: str) -> str:
    return hashlib.sha256(f"ferry-tickets:{word}".encode()).hexdigest()


def create(path: Path, now: int, seed: str) -> None:
    """Make the database as it stood before the incident."""
    rng = stream(f"{seed}:rows")
    day = 86_400_000
    db = connect(path)
    db.executescript(SCHEMA)
    db.execute("BEGIN")
    for user, email in enumerate(PEOPLE, 1):
        name = email.split("@")[0].replace(".", " ").title()
        born = sql_time(now - rng.randint(30, 400) * day)
        row = (email, name, hashed(password(user)), sql_time(now - rng.randint(1, 6 * day)), born)
        db.execute("INSERT INTO users(email, name, password_hash, last_login_at, created_at) VALUES (?,?,?,?,?)", row)
    for number in range(36):
        leaves, arrives = rng.sample(PORTS, 2)
        departs = now - now % day + day + number * 5_400_000
        values = (rng.choice(SHIPS), leaves, arrives, sql_time(departs), rng.randint(9, 49) * 100, 900)
        columns = "ship, from_port, to_port, departs_at, price_cents, seats_left"
        db.execute(f"INSERT INTO sailings({columns}) VALUES (?,?,?,?,?,?)", values)  # noqa: S608 - our own words
    for number in range(SEEDED_BOOKINGS, 0, -1):
        time = now - number * 900_000 + rng.randint(-300_000, 300_000)
        book(db, rng.randint(1, len(PEOPLE)), rng.randint(1, 36), rng.randint(1, 4), time, begun=True)
    db.execute("COMMIT")
    db.close()


def book(db: sqlite3.Connection, user: int, sailing: int, passengers: int, now: int, *, begun: bool = False) -> int:
    """Write one booking, with its seats and its audit row, in one transaction; the booking's id comes back."""
    if not begun:
        db.execute("BEGIN IMMEDIATE")
    (price,) = db.execute("SELECT price_cents FROM sailings WHERE id = ?", (sailing,)).fetchone()
    (last,) = db.execute("SELECT coalesce(max(id), 0) FROM bookings").fetchone()
    db.execute(
        "INSERT INTO bookings(code, user_id, sailing_id, passengers, price_cents, created_at) VALUES (?,?,?,?,?,?)",
        (f"FT-{last + 1001}", user, sailing, passengers, price * passengers, sql_time(now)),
    )
    db.execute("UPDATE sailings SET seats_left = seats_left - ? WHERE id = ?", (passengers, sailing))
    note(db, now, "booking.created", user, f"FT-{last + 1001}")
    if not begun:
        db.execute("COMMIT")
    return int(last) + 1


def open_session(db: sqlite3.Connection, token: str, user: int, ip: str, now: int) -> None:
    db.execute("BEGIN IMMEDIATE")
    row = (token, user, ip, sql_time(now))
    db.execute("INSERT INTO sessions(token, user_id, ip, created_at) VALUES (?,?,?,?)", row)
    db.execute("UPDATE users SET last_login_at = ? WHERE id = ?", (sql_time(now), user))
    note(db, now, "session.opened", user, ip)
    db.execute("COMMIT")


def note(db: sqlite3.Connection, now: int, what: str, user: int | None, detail: str) -> None:
    db.execute("INSERT INTO audit(at, what, user_id, detail) VALUES (?,?,?,?)", (sql_time(now), what, user, detail))


def dump(path: Path) -> str:
    """Write what `sqlite3 local.db ".dump"` writes, and under a lock what it leaves: 114 bytes and no complaint."""
    db = connect(path)
    lines = ["PRAGMA foreign_keys=OFF;", "BEGIN TRANSACTION;"]
    try:
        tables = db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table' ORDER BY rowid").fetchall()
    except sqlite3.OperationalError as problem:
        code = problem.sqlite_errorcode
        return "\n".join([*lines, f"/**** ERROR: ({code}) {problem} *****/", "ROLLBACK; -- due to errors", ""])
    for name, sql in sorted(tables, key=lambda table: table[0] == "sqlite_sequence"):
        lines.append("DELETE FROM sqlite_sequence;" if name == "sqlite_sequence" else f"{sql};")
        columns = [row[1] for row in db.execute(f"PRAGMA table_info({name})")]
        values = "||','||".join(f"quote({column})" for column in columns)
        rows = db.execute(f"SELECT {values} FROM {name}")  # noqa: S608 - names from our own schema
        lines += [f"INSERT INTO {name} VALUES({row});" for (row,) in rows]
    indexes = db.execute("SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY rowid")
    lines += [f"{sql};" for (sql,) in indexes]
    db.close()
    return "\n".join([*lines, "COMMIT;", ""])
