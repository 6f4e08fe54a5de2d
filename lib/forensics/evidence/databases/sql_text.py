"""The SQL text of foreign dumps, cut into statements, rows and values. Nothing here is ever carried out.

Every pattern takes time that grows with the text it looks at, and no more: nothing is tried twice.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from json.encoder import encode_basestring
from mmap import mmap

LONGEST_VALUE = 32 * 1024 * 1024
"""Bytes of one value that are kept."""
LONGEST_STATEMENT = 64 * 1024 * 1024
"""Bytes within which a statement other than a list of rows must end."""
SHOWN_BYTES = 32
"""As many bytes of a blob are kept; of the rest, their number."""

Bytes = bytes | mmap


class CutError(Exception):
    """The text ends before the thing that was being read does."""


class BrokenError(Exception):
    """What stands here is not what a dump would hold; `at` is its byte."""

    def __init__(self, at: int, why: str) -> None:
        super().__init__(why)
        self.at = at


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one kind of server writes its dumps."""

    name: str
    """As the parser of declarations calls it."""
    blank: re.Pattern[bytes]
    """Blanks and comments that say nothing to the server."""
    body: re.Pattern[bytes]
    """A statement and its semicolon."""
    value: re.Pattern[bytes]
    """One literal and the comma or bracket after it; the group's name says what it is."""
    scrap: re.Pattern[bytes]
    """A part of an expression."""
    quoted: re.Pattern[bytes]
    """A quoted text that no cast follows: with it no expression begins."""
    text: Callable[[str], str]
    """What a plain quoted text means, without its quotes."""
    folds: bool = False
    """Whether names without quotes are written small."""


@dataclass(frozen=True, slots=True)
class Row:
    """One bracketed row of a list of rows."""

    values: list[str]
    """Each as JSON."""
    end: int
    """The byte after the closing bracket."""
    expressions: int
    """How many values are expressions, kept as text: `{"sql": …}`."""


def shown(raw: bytes) -> str:
    r"""Give text that loses nothing: bytes that are not UTF-8, and NUL, stand as \xNN."""
    return raw.decode("utf-8", "backslashreplace").replace("\0", "\\x00")


def visible(text: str, length: int = 120) -> str:
    """Escape what a terminal or a page would act upon, in the first `length` characters."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text[:length])


_ESCAPE = re.compile(r"\\(.)", re.S)
_MYSQL_ESCAPES = {"0": "\\x00", "b": "\b", "n": "\n", "r": "\r", "t": "\t", "Z": "\x1a", "%": "\\%", "_": "\\_"}
_POSTGRESQL_ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_POSTGRESQL_ESCAPE = re.compile(r"\\(?:x([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|([0-7]{1,3})|(.))", re.S)


def _mysql_text(text: str) -> str:
    whole = text.replace("''", "'")
    return _ESCAPE.sub(lambda found: _MYSQL_ESCAPES.get(found[1], found[1]), whole) if "\\" in whole else whole


def _postgresql_text(text: str) -> str:
    return text.replace("''", "'")


def _escaped_text(text: str) -> str:
    """Read what stands between the quotes of PostgreSQL's E'…'."""
    return _POSTGRESQL_ESCAPE.sub(_character, text.replace("''", "'"))


def _character(found: re.Match[str]) -> str:
    if found[5]:
        return _POSTGRESQL_ESCAPES.get(found[5], found[5])
    code = int(found[4], 8) if found[4] else int(found[1] or found[2] or found[3], 16)
    if code == 0 or code > 0x10FFFF or 0xD800 <= code < 0xE000:
        return "\\x00" if code == 0 else found[0]
    return chr(code)


_NUMBER = rb"(?P<number>[-+]?(?:\d++(?:\.\d*+)?|\.\d++)(?:[eE][-+]?\d++)?)"
_WORD = rb"(?P<null>NULL)|(?P<true>TRUE)|(?P<false>FALSE)"
_END = rb"\s*+[,)]"

_MYSQL_QUOTED = rb"'(?:[^'\\]++|\\.|'')*+'|\"(?:[^\"\\]++|\\.|\"\")*+\"|`[^`]*+`"
_MYSQL_COMMENT = rb"--(?=\s|\Z)[^\n]*+|\#[^\n]*+|/\*[^*]*+(?:\*(?!/)[^*]*+)*+\*/"
_MYSQL_BODY = rb"(?>[^;'\"`/\#-]++|" + _MYSQL_QUOTED + rb"|" + _MYSQL_COMMENT + rb"|/(?!\*)|-)*+"
MYSQL = Dialect(
    name="mysql",
    # A comment with `!` holds a statement; MariaDB's first line, which only warns other programs off, holds none.
    blank=re.compile(
        rb"(?:\s++|--(?=\s|\Z)[^\n]*+|\#[^\n]*+|/\*(?!M?!)[^*]*+(?:\*(?!/)[^*]*+)*+\*/|/\*M!999999\\-[^*]*+\*/)++", re.S
    ),
    body=re.compile(_MYSQL_BODY + rb";", re.S),
    value=re.compile(
        rb"\s*+(?:" + _NUMBER + rb"|(?P<text>(?:_utf8(?:mb[34])?\s*+|N)?'(?:[^'\\]++|\\.|'')*+')|" + _WORD
        + rb"|(?P<hex>(?:_binary\s*+)?(?:0x[0-9A-F]*+|x'[0-9A-F]*+'))|(?P<bits>(?:_binary\s*+)?(?:0b[01]++|b'[01]*+'))"
        + rb"|(?P<bytes>_binary\s*+'(?:[^'\\]++|\\.|'')*+')|(?P<double>\"(?:[^\"\\]++|\\.|\"\")*+\"))" + _END,
        re.S | re.I,
    ),
    scrap=re.compile(_MYSQL_QUOTED + rb"|" + _MYSQL_COMMENT + rb"|[^'\"`(),;/\#-]++|[(),;/\#-]", re.S),
    quoted=re.compile(rb"\s*+'(?:[^'\\]++|\\.|'')*+'", re.S),
    text=_mysql_text,
)  # fmt: skip

_DOLLARS = rb"\$(?P<tag>\w{0,63})\$(?:[^$]++|\$(?!(?P=tag)\$))*+\$(?P=tag)\$"
_POSTGRESQL_QUOTED = rb"\bE'(?:[^'\\]++|\\.|'')*+'|'[^']*+'|\"[^\"]*+\"|" + _DOLLARS
_POSTGRESQL_COMMENT = rb"--[^\n]*+|/\*[^*]*+(?:\*(?!/)[^*]*+)*+\*/"
_POSTGRESQL_BODY = (
    rb"(?>[^;'\"$/\w-]++|"
    + _POSTGRESQL_QUOTED
    + rb"|(?!\bE')\w++|"
    + _POSTGRESQL_COMMENT
    + rb"|\$(?!\w{0,63}\$)|/(?!\*)|-(?!-))*+"
)
_CAST = rb"(?:::(?:\w++|\"[^\"]*+\")(?:\.(?:\w++|\"[^\"]*+\"))?(?:\ \w++)*+(?:\(\d++(?:,\d++)?\))?(?:\[\])*+)*+"
POSTGRESQL = Dialect(
    name="postgres",
    blank=re.compile(rb"(?:\s++|" + _POSTGRESQL_COMMENT + rb")++", re.S),
    body=re.compile(_POSTGRESQL_BODY + rb";", re.S | re.I),
    value=re.compile(
        rb"\s*+(?:" + _NUMBER + rb"|(?P<text>'(?:[^']++|'')*+')|(?P<escaped>E'(?:[^'\\]++|\\.|'')*+')|" + _WORD
        + rb"|(?P<hex>X'[0-9A-F]*+')|(?P<bits>B'[01]*+'))" + _CAST + _END,
        re.S | re.I,
    ),
    scrap=re.compile(
        _POSTGRESQL_QUOTED + rb"|" + _POSTGRESQL_COMMENT + rb"|(?!\bE')\w++|[^'\"$()\[\],;/\w-]++|[$()\[\],;/-]", re.S | re.I
    ),
    quoted=re.compile(rb"\s*+(?:E'(?:[^'\\]++|\\.|'')*+'|'(?:[^']++|'')*+')(?!\s*+::)", re.S | re.I),
    text=_postgresql_text,
    folds=True,
)  # fmt: skip

_OPEN = re.compile(rb"\s*+\(")
_JSON_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?")


def row(data: Bytes, at: int, dialect: Dialect) -> Row:
    """Read the bracketed row that begins here. Raises CutError or BrokenError."""
    opened = _OPEN.match(data, at)
    if not opened:
        raise _unlike(data, at, "a row begins with a bracket")
    values: list[str] = []
    expressions, at = 0, opened.end()
    while True:
        found = dialect.value.match(data, at)
        if found:
            values.append(_json(found, dialect))
            at, end = found.end(), data[found.end() - 1 : found.end()]
        else:
            text, at, end = _expression(data, at, dialect)
            values.append(text)
            expressions += 1
        if end == b")":
            return Row(values, at, expressions)


def _unlike(data: Bytes, at: int, why: str) -> CutError | BrokenError:
    """Tell a text that ends here from one that goes on as it should not."""
    return CutError() if not re.compile(rb"\s*+\S").match(data, at) else BrokenError(at, why)


def _json(found: re.Match[bytes], dialect: Dialect) -> str:
    kind = str(found.lastgroup)
    if found.end() - found.start() > LONGEST_VALUE:
        raise BrokenError(found.start(), f"a value is longer than {LONGEST_VALUE:,} bytes")
    raw = found[kind]
    if kind == "number":
        return number(raw.decode("ascii"))
    if kind in _CONSTANTS:
        return _CONSTANTS[kind]
    if kind == "hex":
        return blob(bytes.fromhex(_digits(raw)))
    if kind == "bits":
        return str(int(_digits(raw) or "0", 2))
    if kind == "bytes":
        return blob(_mysql_bytes(raw[raw.index(b"'") + 1 : -1]))
    if kind == "double":
        return encode_basestring(_mysql_text(shown(raw[1:-1].replace(b'""', b'"'))))
    meant = _escaped_text if kind == "escaped" else dialect.text
    return encode_basestring(meant(shown(raw[raw.index(b"'") + 1 : -1])))


_CONSTANTS = {"null": "null", "true": "true", "false": "false"}


def number(text: str) -> str:
    """Write a number as JSON does, to the digit; leading zeros and bare points are not JSON."""
    if _JSON_NUMBER.fullmatch(text):
        return text
    found = re.fullmatch(r"([-+]?)0*(\d*)(?:\.(\d*))?((?:[eE][-+]?\d+)?)", text)
    if not found:
        return encode_basestring(text)
    sign, whole, part, power = found.groups()
    return ("-" if sign == "-" else "") + (whole or "0") + (f".{part}" if part else "") + power


def _digits(raw: bytes) -> str:
    """Take the digits out of 0x…, x'…', 0b… and b'…'; one too few is a leading zero."""
    text = raw.decode("ascii").rstrip("'")
    digits = text.rsplit("'", 1)[-1] if "'" in text else re.sub(r"^.*0[xXbB]", "", text, flags=re.S)
    return digits if len(digits) % 2 == 0 or raw[:1] in b"bB" or b"0b" in raw[:16].lower() else f"0{digits}"


def blob(raw: bytes) -> str:
    """Write bytes as rows do: the first of them in hex, and how many there are."""
    return f'{{"blob": "{raw[:SHOWN_BYTES].hex()}", "bytes": {len(raw)}}}'


_BYTES = {b"0": b"\0", b"b": b"\b", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"Z": b"\x1a"}


def _mysql_bytes(raw: bytes) -> bytes:
    return re.sub(rb"(?s)\\(.)", lambda found: _BYTES.get(found[1], found[1]), raw.replace(b"''", b"'"))


_OPENS, _CLOSES = (b"(", b"["), (b")", b"]")


def _expression(data: Bytes, at: int, dialect: Dialect) -> tuple[str, int, bytes]:
    """Read a value that is no literal up to the comma or bracket after it; it is kept as text and never worked out."""
    start, depth = at, 0
    if dialect.quoted.match(data, at):
        raise BrokenError(at, "a text is followed by what cannot follow it")
    while found := dialect.scrap.match(data, at):
        piece, at = found[0][:1] if found.end() - found.start() == 1 else b"", found.end()
        if piece == b";":
            raise BrokenError(start, "a semicolon ends the statement inside a row")
        if not depth and piece in (b",", b")") and piece:
            raw = bytes(data[start : min(found.start(), start + 1000)]).strip()
            if not raw:
                raise BrokenError(start, "a value is missing")
            return f'{{"sql": {encode_basestring(shown(raw))}}}', at, piece
        depth += (piece in _OPENS) - (piece in _CLOSES)
    if at >= len(data) or (found is None and _ends_open(data, at)):
        raise CutError
    raise BrokenError(at, "no value begins like this")


def _ends_open(data: Bytes, at: int) -> bool:
    """Say whether a quote opens here that nothing closes."""
    return bytes(data[at : at + 2]).lower().lstrip(b"e")[:1] in (b"'", b'"', b"`")


_NAME = rb"(?:`(?:[^`]|``)*+`|\"(?:[^\"]|\"\")*+\"|[\w$\x80-\xff]++)"
NAMES = re.compile(rb"\s*+(" + _NAME + rb")\s*+(?:\.\s*+(" + _NAME + rb"))?")
INSERT = re.compile(
    rb"(?:INSERT|REPLACE)(?:\s+(?:LOW_PRIORITY|DELAYED|HIGH_PRIORITY|IGNORE))*+\s+INTO\s+(?P<table>" + _NAME
    + rb"(?:\s*+\.\s*+" + _NAME + rb")?)\s*+(?:\((?P<columns>\s*+" + _NAME + rb"(?:\s*+,\s*+" + _NAME
    + rb")*+)\s*+\)\s*+)?(?:OVERRIDING\s+(?:SYSTEM|USER)\s+VALUE\s+)?VALUES?(?=\s*+\()",
    re.I,
)  # fmt: skip
COPY = re.compile(
    rb"COPY\s+(?P<table>" + _NAME + rb"(?:\s*+\.\s*+" + _NAME + rb")?)\s*+(?:\((?P<columns>[^)]*+)\)\s*+)?"
    rb"FROM\s+stdin\s*+(?:WITH\s*+(?:\([^)]*+\)|CSV|BINARY|\s)*+)?;[^\n]*+\n",
    re.I,
)  # fmt: skip


def name(raw: bytes, dialect: Dialect) -> str:
    """Give a name without its quotes."""
    quote = raw[:1]
    if quote in (b"`", b'"'):
        return shown(raw[1:-1].replace(quote * 2, quote))
    return shown(raw.lower() if dialect.folds else raw)


def names(raw: bytes | None, dialect: Dialect) -> tuple[str, ...]:
    """Give the names of a list of columns."""
    return tuple(name(found, dialect) for found in re.findall(_NAME, raw or b""))
