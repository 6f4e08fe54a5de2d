"""The functions that the literals of a dump may call, and our own in place of those that SQLite lacks."""

import re
import sys

from forensics.evidence.closed_room.limits import MEBIBYTE

# What a dump's own literals need, and the computed columns of its tables. None of them reaches outside.
PLAIN_FUNCTION = re.compile(
    r"->>?|abs|char|coalesce|current_(date|time|timestamp)|date|datetime|hex|ifnull|iif|json|"
    r"json_(array|extract|object|quote|type|valid)|julianday|length|likelihood|likely|lower|max|min|nullif|quote|replace|"
    r"round|strftime|substr|substring|time|timediff|typeof|unhex|unicode|unistr|unixepoch|unlikely|upper"
)
# Harmless on little text, and a way to burn hours on much.
SLOW_FUNCTION = re.compile(r"format|glob|instr|like|ltrim|printf|rtrim|trim")
LITTLE = 16 * 1024


def unistr(text: str) -> str:
    r"""Do what SQLite 3.50's unistr() does: `\XXXX`, `\+XXXXXX`, `\uXXXX`, `\UXXXXXXXX` and `\\`."""
    escape = r"\\(?:(\\)|\+([0-9a-fA-F]{6})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-9a-fA-F]{4}))"
    return re.sub(escape, character, str(text)).encode("utf-16", "surrogatepass").decode("utf-16", "backslashreplace")


def character(found: re.Match[str]) -> str:
    code = int(found[2] or found[3] or found[4] or found[5] or "5c", 16)
    return chr(code) if 0 < code <= sys.maxunicode else found[0]


def replaced(text: str | None, old: str | None, new: str | None) -> str | None:
    """Do what replace() does; SQLite's own takes quadratic time on text that was made for it."""
    if text is None or old is None or new is None:
        return None
    whole, part, other = str(text), str(old), str(new)
    if whole.count(part) * (len(other) - len(part)) > len(whole) + MEBIBYTE:
        raise ValueError("replace() makes far more text than it was given")
    return whole.replace(part, other) if part else whole


def stand_in(*values: object) -> None:
    raise ValueError("a function of the source program")
