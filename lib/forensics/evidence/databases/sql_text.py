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
    text: Callable[[bytes], bytes]
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


_ESCAPE = re.compile(rb"\\(.)", re.S)
_MYSQL_ESCAPES = {
    b"0": b"\0",
    b"b": b"\b",
    b"n": b"\n",
    b"r": b"\r",
    b"t": b"\t",
    b"Z": b"\x1a",
    b"%": b"\\%",
    b"_": b"\\_",
}
_POSTGRESQL_ESCAPES = {b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t"}
_POSTGRESQL_ESCAPE = re.compile(
    rb"\\(?:x([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|([0-7]{1,3})|(.))", re.S
)


def _mysql_text(raw: bytes) -> bytes:
    if b"''" in raw:
        raw = raw.replace(b"''", b"'")
    return _ESCAPE.sub(lambda found: _MYSQL_ESCAPES.get(found[1], found[1]), raw) if b"\\" in raw else raw


def _postgresql_text(raw: bytes) -> bytes:
    return raw.replace(b"''", b"'")


def _escaped_text(raw: bytes) -> bytes:
    """Read what stands between the quotes of PostgreSQL's E'…'."""
    return _POSTGRESQL_ESCAPE.sub(_character, raw.replace(b"''", b"'"))


def _character(found: re.Match[bytes]) -> bytes:
    byte, short, long, octal, plain = found.groups()
    if plain:
        return _POSTGRESQL_ESCAPES.get(plain, plain)
    if byte or octal:
        return bytes([int(byte, 16) if byte else int(octal, 8) & 0xFF])
    code = int(short or long, 16)
    return chr(code).encode() if code <= 0x10FFFF and not 0xD800 <= code < 0xE000 else found[0]


# Numbers that are written as JSON writes them, and others: leading zeros, bare points, a plus.
_NUMBER = (
    rb"(?P<number>-?(?:0|[1-9]\d*+)(?:\.\d++)?(?:[eE][-+]?\d++)?(?=\s*+[,)]))|"
    rb"(?P<odd>[-+]?(?:\d++(?:\.\d*+)?|\.\d++)(?:[eE][-+]?\d++)?)"
)
_WORD = rb"(?P<null>NULL)|(?P<true>TRUE)|(?P<false>FALSE)"

_MYSQL_TEXT = rb"'(?:[^'\\]++|\\.|'')*+'"
_MYSQL_DOUBLE = rb"\"(?:[^\"\\]++|\\.|\"\")*+\""
_MYSQL_QUOTED = _MYSQL_TEXT + rb"|" + _MYSQL_DOUBLE + rb"|`[^`]*+`"
_MYSQL_COMMENT = rb"--(?=\s|\Z)[^\n]*+|\#[^\n]*+|/\*[^*]*+(?:\*(?!/)[^*]*+)*+\*/"
_MYSQL_LITERAL = (
    _NUMBER
    + rb"|(?P<text>" + _MYSQL_TEXT + rb")|(?P<marked>(?:_utf8(?:mb[34])?\s*+|N)" + _MYSQL_TEXT + rb")|" + _WORD
    + rb"|(?P<hex>(?:_binary\s*+)?(?:0x[0-9A-F]*+|x'[0-9A-F]*+'))|(?P<bits>(?:_binary\s*+)?(?:0b[01]++|b'[01]*+'))"
    + rb"|(?P<bytes>_binary\s*+" + _MYSQL_TEXT + rb")|(?P<double>" + _MYSQL_DOUBLE + rb")"
)  # fmt: skip
MYSQL = Dialect(
    name="mysql",
    # A comment with `!` holds a statement; MariaDB's first line, which only warns other programs off, holds none.
    blank=re.compile(
        rb"(?:\s++|--(?=\s|\Z)[^\n]*+|\#[^\n]*+|/\*(?!M?!)[^*]*+(?:\*(?!/)[^*]*+)*+\*/|/\*M!999999\\-[^*]*+\*/)++", re.S
    ),
    body=re.compile(rb"(?>[^;'\"`/\#-]++|" + _MYSQL_QUOTED + rb"|" + _MYSQL_COMMENT + rb"|/(?!\*)|-)*+;", re.S),
    value=re.compile(rb"\s*+(?:" + _MYSQL_LITERAL + rb")\s*+[,)]", re.S | re.I),
    scrap=re.compile(_MYSQL_QUOTED + rb"|" + _MYSQL_COMMENT + rb"|[^'\"`(),;/\#-]++|[(),;/\#-]", re.S),
    quoted=re.compile(rb"\s*+" + _MYSQL_TEXT, re.S),
    text=_mysql_text,
)

_DOLLARS = rb"\$(?P<tag>\w{0,63})\$(?:[^$]++|\$(?!(?P=tag)\$))*+\$(?P=tag)\$"
_ESCAPED = rb"E'(?:[^'\\]++|\\.|'')*+'"
_POSTGRESQL_QUOTED = rb"\b" + _ESCAPED + rb"|'[^']*+'|\"[^\"]*+\"|" + _DOLLARS
_POSTGRESQL_COMMENT = rb"--[^\n]*+|/\*[^*]*+(?:\*(?!/)[^*]*+)*+\*/"
_POSTGRESQL_LITERAL = (
    _NUMBER
    + rb"|(?P<text>'(?:[^']++|'')*+')|(?P<escaped>" + _ESCAPED + rb")|" + _WORD
    + rb"|(?P<hex>X'[0-9A-F]*+')|(?P<bits>B'[01]*+')"
)  # fmt: skip
_CAST = rb"(?:::(?:\w++|\"[^\"]*+\")(?:\.(?:\w++|\"[^\"]*+\"))?(?:\ \w++)*+(?:\(\d++(?:,\d++)?\))?(?:\[\])*+)*+"
_WORD_BUT_E = rb"(?!\bE')\w++"
POSTGRESQL = Dialect(
    name="postgres",
    blank=re.compile(rb"(?:\s++|" + _POSTGRESQL_COMMENT + rb")++", re.S),
    body=re.compile(
        rb"(?>[^;'\"$/\w-]++|" + _POSTGRESQL_QUOTED + rb"|" + _WORD_BUT_E + rb"|" + _POSTGRESQL_COMMENT
        + rb"|\$(?!\w{0,63}\$)|/(?!\*)|-(?!-))*+;",
        re.S | re.I,
    ),
    value=re.compile(rb"\s*+(?:" + _POSTGRESQL_LITERAL + rb")" + _CAST + rb"\s*+[,)]", re.S | re.I),
    scrap=re.compile(
        _POSTGRESQL_QUOTED + rb"|" + _POSTGRESQL_COMMENT + rb"|" + _WORD_BUT_E
        + rb"|[^'\"$()\[\],;/\w-]++|[$()\[\],;/-]",
        re.S | re.I,
    ),
    quoted=re.compile(rb"\s*+(?:" + _ESCAPED + rb"|'(?:[^']++|'')*+')(?!\s*+::)", re.S | re.I),
    text=_postgresql_text,
    folds=True,
)  # fmt: skip

_OPEN = re.compile(rb"\s*+\(")
_SOMETHING = re.compile(rb"\s*+\S")
_CLOSE = ord(")")


def row(data: Bytes, at: int, dialect: Dialect) -> Row:
    """Read the bracketed row that begins here. Raises CutError or BrokenError."""
    opened = _OPEN.match(data, at)
    if not opened:
        raise BrokenError(at, "a row begins with a bracket") if _SOMETHING.match(data, at) else CutError
    values: list[str] = []
    expressions, at = 0, opened.end()
    literal, text = dialect.value.match, dialect.text
    while True:
        found = literal(data, at)
        if found:
            kind, at = found.lastgroup, found.end()
            if kind == "number":
                values.append(found["number"].decode())
            elif kind == "text" and at - found.start() < LONGEST_VALUE:
                values.append(encode_basestring(shown(text(found["text"][1:-1]))))
            else:
                values.append(_rarer(found, dialect))
        else:
            value, at = _expression(data, at, dialect)
            values.append(value)
            expressions += 1
        if data[at - 1] == _CLOSE:
            return Row(values, at, expressions)


def _rarer(found: re.Match[bytes], dialect: Dialect) -> str:
    """Write a literal that is neither a common number nor a plain text as JSON."""
    kind = str(found.lastgroup)
    if found.end() - found.start() >= LONGEST_VALUE:
        raise BrokenError(found.start(), f"a value is longer than {LONGEST_VALUE:,} bytes")
    raw = found[kind]
    if kind in _CONSTANTS:
        return _CONSTANTS[kind]
    if kind == "odd":
        return number(raw.decode())
    if kind == "hex":
        return blob(_bytes_in_hex(raw))
    if kind == "bits":
        return _bits(raw)
    if kind == "double":
        return encode_basestring(shown(_mysql_text(raw[1:-1].replace(b'""', b'"'))))
    inside = raw[raw.index(b"'") + 1 : -1]
    if kind == "bytes":
        return blob(_mysql_text(inside))
    meant = _escaped_text if kind == "escaped" else dialect.text
    return encode_basestring(shown(meant(inside)))


_CONSTANTS = {"null": "null", "true": "true", "false": "false"}


def number(text: str) -> str:
    """Write a number as JSON does, to the digit; leading zeros, bare points and a plus are not JSON."""
    found = re.fullmatch(r"([-+]?)0*(\d*)(?:\.(\d*))?((?:[eE][-+]?\d+)?)", text)
    if not found:
        return encode_basestring(text)
    sign, whole, part, power = found.groups()
    return ("-" if sign == "-" else "") + (whole or "0") + (f".{part}" if part else "") + power


_HEX = re.compile(rb"(?:0x|x')([0-9a-f]*+)'?\Z", re.I)
WIDEST_BITS = 64
_BITS = re.compile(rb"(?:0b|b')([01]*+)'?\Z", re.I)


def _bytes_in_hex(raw: bytes) -> bytes:
    """Read 0x… and x'…'; with an odd number of digits, a zero comes first."""
    found = _HEX.search(raw)
    digits = found[1].decode() if found else ""
    return bytes.fromhex(digits if len(digits) % 2 == 0 else f"0{digits}")


def _bits(raw: bytes) -> str:
    """Read 0b… and b'…': a number, as far as the widest column of bits goes."""
    found = _BITS.search(raw)
    digits = found[1] if found else b""
    if len(digits) > WIDEST_BITS:
        return blob(int(digits, 2).to_bytes((len(digits) + 7) // 8))
    return str(int(digits or b"0", 2))


def blob(raw: bytes) -> str:
    """Write bytes as rows do: the first of them in hex, and how many there are."""
    return f'{{"blob": "{raw[:SHOWN_BYTES].hex()}", "bytes": {len(raw)}}}'


_OPENS, _CLOSES = (b"(", b"["), (b")", b"]")


def _expression(data: Bytes, at: int, dialect: Dialect) -> tuple[str, int]:
    """Read a value that is no literal up to the comma or bracket after it; it is kept as text and never worked out."""
    start, depth = at, 0
    if quoted := dialect.quoted.match(data, at):
        if not _SOMETHING.match(data, quoted.end()):
            raise CutError
        raise BrokenError(at, "a text is followed by what cannot follow it")
    while found := dialect.scrap.match(data, at):
        piece, at = found[0][:1] if found.end() - found.start() == 1 else b"", found.end()
        if piece == b";":
            raise BrokenError(start, "a semicolon ends the statement inside a row")
        if not depth and piece in (b",", b")"):
            raw = bytes(data[start : min(found.start(), start + 1000)]).strip()
            if not raw:
                raise BrokenError(start, "a value is missing")
            return f'{{"sql": {encode_basestring(shown(raw))}}}', at
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
