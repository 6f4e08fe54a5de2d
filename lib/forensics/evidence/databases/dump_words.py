"""The words by which dumps of MySQL, MariaDB and PostgreSQL are known, and the kinds of statements in them."""

from __future__ import annotations

import re

from forensics.evidence.databases.sql_text import MYSQL, POSTGRESQL, Dialect

LOOKED_AT = 4096
"""Bytes at the beginning among which a dump says what it is: a warning of the program that made it may stand first."""

# What the program that made the dump said, where its messages went into the same file.
MESSAGE = re.compile(
    rb"(?:(?:mysqldump|mariadb-dump|mysqlbinlog|pg_dump|pg_dumpall|pg_restore): |Enter password:|Password:)[^\n]*(?:\n|\Z)"
)
TROUBLE = re.compile(rb"error|fail|denied|lost connection|couldn't|cannot|not exist|refused|abort", re.I)

_SAYS = {
    MYSQL.name: re.compile(
        rb"^(?:-- (?:MySQL|MariaDB) dump |-- phpMyAdmin SQL Dump|/\*M!999999\\- enable the sandbox|/\*!4\d{4} SET )",
        re.M,
    ),
    POSTGRESQL.name: re.compile(
        rb"^(?:-- PostgreSQL database (?:cluster )?dump$|SELECT pg_catalog\.set_config\()", re.M
    ),
}
_BEGINS = {
    MYSQL.name: re.compile(rb"(?:CREATE TABLE (?:IF NOT EXISTS )?|INSERT INTO |LOCK TABLES )`"),
    POSTGRESQL.name: re.compile(
        rb"SET statement_timeout = |(?:CREATE TABLE|INSERT INTO) public\.|COPY [\w.\"]+ (?:\([^)\n]*\) )?FROM stdin;"
    ),
}


def dialect_of(head: bytes) -> Dialect | None:
    """Say from its first bytes whose dump this is; None: neither MySQL's nor PostgreSQL's.

    What a dump says of itself may stand on any of the first lines; a statement tells it only where it is the first.
    """
    start = head[:LOOKED_AT].removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n")
    said = {dialect: pattern.search(start) for dialect, pattern in _SAYS.items()}
    first = min(((found.start(), dialect) for dialect, found in said.items() if found), default=(0, ""))[1]
    if not first:
        at = _framing(start)
        first = next((dialect for dialect, pattern in _BEGINS.items() if pattern.match(start, at)), "")
        if not first and at and at == len(start):  # nothing but messages
            first = POSTGRESQL.name if start.startswith((b"pg_", b"Password:")) else MYSQL.name
    return {MYSQL.name: MYSQL, POSTGRESQL.name: POSTGRESQL}.get(first)


def _framing(start: bytes) -> int:
    """Say where the messages, comments and blanks at the beginning end; 0 if no message is among them."""
    at, messages = 0, 0
    while at < len(start):
        found = MESSAGE.match(start, at) or MYSQL.blank.match(start, at)
        if not found:
            break
        messages += MESSAGE.match(start, at) is not None
        at = found.end()
    return at if messages or at < len(start) else 0


# What a dump says of itself, in comments and settings.
PROGRAM = re.compile(rb"^-- (?:Dumped by )?((?:(?:MySQL|MariaDB) dump|pg_dump version) [^\n]*)", re.M)
COMPLETED = re.compile(
    rb"^-- (?:Dump completed(?: on (\d{4}-\d\d-\d\d) +(\d{1,2}:\d\d:\d\d))?|PostgreSQL database (?:cluster )?dump complete)",
    re.M,
)
COMPLETED_POSTGRESQL = re.compile(rb"^-- Completed on (\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) ([^\n]*)", re.M)
LOG_PLACE = re.compile(rb"_LOG_FILE\s*=\s*'([^']*)'\s*,\s*\w+_LOG_POS\s*=\s*(\d+)")
ZONE = re.compile(rb"SET TIME_ZONE\s*=\s*'([^']{1,40})'")

CONDITIONAL = re.compile(rb"/\*M?!(?:\d{5,6})?|\*/")
DELIMITER = re.compile(rb"DELIMITER[ \t]+(\S+)[^\n]*(?:\n|\Z)", re.I)
PLAIN_DELIMITER = re.compile(rb"^DELIMITER[ \t]+;", re.I | re.M)
FRAMING_COMMAND = re.compile(rb"\\(?:restrict|unrestrict|connect|encoding)\b")
MADE = re.compile(
    r"CREATE\s++(?:OR\s++REPLACE\s++)?(?:(?:ALGORITHM|DEFINER|SQL\s++SECURITY)\s*+(?:=\s*+)?\S++\s++)*+(?:(?:UNIQUE|FULLTEXT|"
    r"SPATIAL|MATERIALIZED|CONSTRAINT|EVENT(?=\s++TRIGGER))\s++)*+(VIEW|TRIGGER|FUNCTION|PROCEDURE|EVENT|RULE|POLICY|INDEX|"
    r"AGGREGATE)\b",
    re.I,
)
PASSED_OVER = re.compile(
    r";|SET\b|(?:UN)?LOCK\s+TABLES?\b|USE\b|START\s+TRANSACTION\b|BEGIN\s*;|COMMIT\s*;|ANALYZE\b|FLUSH\b|ALTER\b|COMMENT\s+ON\b|"
    r"CHANGE\s+(?:MASTER|REPLICATION)\b|GRANT\b|REVOKE\b|REFRESH\s+MATERIALIZED\s+VIEW\b|SECURITY\s+LABEL\b|"
    r"CREATE\s+(?:DATABASE|SCHEMA|EXTENSION|TYPE|DOMAIN|SEQUENCE|COLLATION|ROLE|USER|CAST|OPERATOR|SERVER|PUBLICATION|SUBSCRIPTION|"
    r"LANGUAGE|FOREIGN|STATISTICS|TABLESPACE|TEXT\s+SEARCH|CONVERSION|ACCESS\s+METHOD)\b|"
    r"SELECT\s+pg_catalog\.(?:setval|set_config|lo_create|lo_open|lowrite|lo_close)\b",
    re.I,
)
DROP = re.compile(
    r"DROP\s+(?P<what>\w+)\s+(?:IF\s+EXISTS\s+)?(?:ONLY\s+)?(?P<name>(?:`[^`]*`|\"[^\"]*\"|[\w$.])+)?", re.I
)
CREATE_TABLE = re.compile(r"CREATE\s+(?:(?:TEMPORARY|TEMP|UNLOGGED|FOREIGN)\s+)?TABLE\b", re.I)
ADDS_RULE = re.compile(
    r"ALTER\s+TABLE\b.*?\bADD\s+(?:CONSTRAINT|PRIMARY|UNIQUE|FOREIGN)\b|CREATE\s+UNIQUE\s+INDEX\b", re.I | re.S
)
# Lines with which a statement of a dump begins: where the text is broken, reading goes on at one of these.
ONWARD = re.compile(
    rb"\n(?=(?:INSERT INTO|CREATE TABLE|DROP TABLE|LOCK TABLES|UNLOCK TABLES|COPY|ALTER TABLE|SET) |/\*!\d{5} )"
)
AFTER_ROW = re.compile(rb"\s*+(\S)")
AFTER_ROWS = re.compile(rb"\s*+(?:ON\s+(?:DUPLICATE|CONFLICT)|RETURNING|AS)\b", re.I)
COPY_END = re.compile(rb"\n\\\.(?:\r?\n|\Z)")
