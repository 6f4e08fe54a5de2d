"""The kinds of statements in a dump, and why others have no place in it."""

import re
import sqlite3

from forensics.evidence.closed_room.functions import LITTLE
from forensics.evidence.closed_room.limits import NOT_ALLOWED, visible
from forensics.evidence.closed_room.pieces import GAP

KINDS = {
    kind: re.compile(pattern, re.I)
    for kind, pattern in {
        "schema": r"INSERT\s+(OR\s+\w+\s+)?INTO\s+[\"'`\[]?sqlite_(temp_)?(schema|master)\b",
        "row": r"INSERT\s+(OR\s+\w+\s+)?INTO\b",
        "begin": r"(BEGIN|SAVEPOINT|RELEASE)\b",
        "commit": r"(COMMIT|END)\b",
        "rollback": r"ROLLBACK\b",
        "pragma": r"PRAGMA\b",
        "virtual": r"CREATE\s+VIRTUAL\s+TABLE\b",
        "table": r"CREATE\s+TABLE\b",
        "index": r"CREATE\s+(UNIQUE\s+)?INDEX\b",
        "view": r"CREATE\s+(TEMP\s+|TEMPORARY\s+)?VIEW\b",
        "trigger": r"CREATE\s+(TEMP\s+|TEMPORARY\s+)?TRIGGER\b",
        "sequence": r"DELETE\s+FROM\s+\"?sqlite_sequence\"?\s*;",
        "statistics": r"ANALYZE\s+sqlite_(schema|master)\s*;",
    }.items()
}
KNOWN_AND_REFUSED = re.compile(
    r"(ALTER|ANALYZE|ATTACH|CREATE|DELETE|DETACH|DROP|EXPLAIN|REINDEX|REPLACE|SELECT|UPDATE|VACUUM|VALUES|WITH)\b", re.I
)
PRAGMA = re.compile(r"PRAGMA\s+(\w+)\s*(?:=\s*(.*?)|\(.*\))?\s*;", re.I | re.S)
HARMLESS_PRAGMA = re.compile(
    r"application_id|auto_vacuum|cache_size|encoding|foreign_keys|journal_mode|legacy_file_format|locking_mode|page_size|"
    r"synchronous|temp_store|user_version"
)
TEXT = r"'([^']*+(?:''[^']*+)*+)'"
VIRTUAL = re.compile(
    r"CREATE\s+VIRTUAL\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?(\"[^\"]*\"|'[^']*'|`[^`]*`|\[[^\]]*\]|\w+)\s+USING\b", re.I
)
VIRTUAL_ROW = re.compile(
    r"INSERT\s+INTO\s+sqlite_\w+\s*\(\s*type\s*,\s*name\s*,\s*tbl_name\s*,\s*rootpage\s*,\s*sql\s*\)\s*"
    rf"VALUES\s*\(\s*'table'\s*,\s*{TEXT}\s*,\s*{TEXT}\s*,\s*0\s*,\s*{TEXT}\s*\)\s*;",
    re.I,
)
VIRTUAL_TABLE = re.compile(GAP + rb"CREATE" + GAP + rb"VIRTUAL\b", re.I)
REACHES_OUT = re.compile(r"\b(load_extension|writefile|readfile|edit|eval|fts3_tokenizer)\s*\(", re.I)
BREAKS_A_RULE = re.compile(r"(?:NOT NULL|UNIQUE|CHECK) constraint failed: ")
SAID = re.compile(r"/\*+\s*(ERROR: \(\d+\) .*?|CORRUPTION ERROR)\s*\*+/", re.S)


SCHEMA = ("sqlite_master", "sqlite_schema")
ACTIONS = {
    sqlite3.SQLITE_ANALYZE: "ANALYZE",
    sqlite3.SQLITE_ATTACH: "ATTACH",
    sqlite3.SQLITE_CREATE_INDEX: "CREATE INDEX",
    sqlite3.SQLITE_CREATE_TABLE: "CREATE TABLE",
    sqlite3.SQLITE_DELETE: "DELETE",
    sqlite3.SQLITE_FUNCTION: "FUNCTION",
    sqlite3.SQLITE_INSERT: "INSERT",
    sqlite3.SQLITE_PRAGMA: "PRAGMA",
    sqlite3.SQLITE_READ: "READ",
    sqlite3.SQLITE_RECURSIVE: "RECURSIVE",
    sqlite3.SQLITE_SELECT: "SELECT",
    sqlite3.SQLITE_UPDATE: "UPDATE",
}


def is_broken(trouble: str) -> bool:
    """Tell broken text from text that is merely unfinished or unwelcome."""
    if "unrecognized token" in trouble:
        return not re.search(r"unrecognized token: \"[xX]?['\"`\[]", trouble)
    return "syntax error" in trouble


def why_refused(text: str) -> str:
    """Say why a statement has no place in a dump."""
    known = KNOWN_AND_REFUSED.match(text)
    if not known:
        return "this is not a statement of a dump: syntax error"
    word = known[1].upper()
    if function := REACHES_OUT.search(text[:LITTLE]):
        return f"the function {function[1].lower()}() {NOT_ALLOWED}"
    if re.match(r"UPDATE\s+(OR\s+\w+\s+)?[\"'`\[]?sqlite_(schema|master)\b", text, re.I):
        return f"writing the schema {NOT_ALLOWED}"
    if word == "VACUUM" and re.search(r"\bINTO\b", text[:LITTLE], re.I):
        return f"VACUUM INTO {NOT_ALLOWED}"
    return f"{word} {NOT_ALLOWED}"


def said_of_virtual(name: str) -> str:
    return f"the virtual table {visible(name)} is recorded, never run; the tables under it are read as ordinary ones"
