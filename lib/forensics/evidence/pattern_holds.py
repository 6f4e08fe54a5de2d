"""What every line that fits a pattern begins with and holds: a look that may let pass what does not fit, never the other way."""

from __future__ import annotations

import re
from functools import cache

Clauses = tuple[tuple[str, ...], ...]
"""Of each clause, a text that fits holds one run of characters."""


@cache
def first(pattern: str) -> frozenset[str] | None:
    """Return the characters with which a text that fits can begin, as far as a look at the pattern's beginning tells."""
    group = re.match(r"\((?:\?:|\?P<\w+>)", pattern)
    if group:
        inside, rest = _split_group(pattern, group.end())
        parts = [first(part) for part in inside]
        if rest[:1] in ("?", "*") or rest[:2] == "{0" or any(part is None for part in parts):
            return None
        return frozenset().union(*(part for part in parts if part is not None))
    atom = _ATOM.match(pattern)
    if atom is None or pattern[atom.end() :][:1] in ("?", "*", "|") or pattern[atom.end() :][:2] == "{0":
        return None
    found = atom[0]
    if found in _CLASSES:
        return _CLASSES[found]
    if found[0] == "[":
        return frozenset(re.sub(r"\\(.)", r"\1", re.sub(r"(\w)-(\w)", _between, found[1:-1])))
    return frozenset(found[-1])


def _between(ends: re.Match[str]) -> str:
    return "".join(map(chr, range(ord(ends[1]), ord(ends[2]) + 1)))


_CLASSES = {r"\d": frozenset("0123456789"), r"\s": frozenset("\t\n\f\r ")}
_ATOM = re.compile(
    r"""\\[ds]|\\[^A-Za-z0-9]
    |\[(?:\w-\w|[^\]\\^-]|\\[^A-Za-z0-9])+-?\]
    |[^\\\[\](){}.*+?|^$]""",
    re.VERBOSE,
)
"""One character of a pattern: a class of them, an escaped one, one of several that are listed, or the plain one."""


@cache
def is_one_character(pattern: str) -> bool:
    """Say whether a pattern is `^` and one character of some, and no more."""
    body = pattern.removeprefix("^")
    if body.startswith("(?:"):
        inside, rest = _split_group(body, 3)
        return not rest and all(_ATOM.fullmatch(part) for part in inside)
    return _ATOM.fullmatch(body) is not None


def all_held(pattern: str, text: str) -> bool:
    """Say whether a text holds what a part of it must that fits."""
    return all(any(run in text for run in choice) for choice in clauses(pattern))


@cache
def stamp(pattern: str) -> str:
    """Return the shape of the time that every text holds which fits; nothing where the pattern does not tell."""
    if "(?i" in pattern or "(?P<time>" not in pattern or len(_split_group(pattern + ")", 0)[0]) > 1:
        return ""
    for piece in _PIECE.finditer(pattern):
        if piece["group"]:
            _, rest = _split_group(pattern, piece.end())
            whole = pattern[piece.end() : len(pattern) - len(rest) - 1]
            if "(?P<time>" in piece[0] + whole:
                return "" if _optional(rest) else whole if piece[0] == "(?P<time>" else stamp(whole)
    return ""


@cache
def clauses(pattern: str) -> Clauses:
    """Return runs of characters that every text holds which fits, or choices of such runs; as far as a look at the pattern tells,
    which may be none."""
    inside, _ = _split_group(pattern + ")", 0)
    if len(inside) > 1:
        return ()
    found: list[tuple[str, ...]] = []
    run, place = "", 0
    while place < len(pattern):
        piece = _PIECE.match(pattern, place)
        if piece is None:
            break
        place = piece.end()
        if piece["group"]:
            odd = pattern.startswith("(?", piece.start()) and piece["group"] == "("
            inside, rest = _split_group(pattern, place)
            place = len(pattern) - len(rest)
            if odd and ":" not in inside[0]:
                return ()  # flags for all that follows: letters of any case
            found += [(run,), *(() if odd or _optional(rest) else _of_group(inside))]
            run = ""
            place += _quantifier(pattern, place)
            continue
        literal = piece["plain"] or _LITERAL.get(piece[0], "") or (piece["escaped"] or "")
        repeats = _quantifier(pattern, place)
        run += literal[:-1] if _optional(pattern[place : place + 2]) else literal
        if repeats or not literal:
            found.append((run,))
            run = ""
        place += repeats
    found.append((run,))
    return tuple(dict.fromkeys(one for one in found if one != ("",)))


def _of_group(inside: list[str]) -> Clauses:
    """Return what a text holds that fits one of these alternatives: of each, the longest run."""
    if len(inside) == 1:
        return clauses(inside[0])
    longest = [max((run for run, *others in clauses(one) if not others), key=len, default="") for one in inside]
    return (tuple(dict.fromkeys(longest)),) if all(longest) else ()


_LITERAL = {r"\t": "\t"}


def _optional(rest: str) -> bool:
    """Say whether what stands before this rest of a pattern may be missing."""
    return rest[:1] in ("?", "*") or rest[:2] == "{0" or rest[:2] == "{,"


def _quantifier(pattern: str, place: int) -> int:
    """Return how long the quantifier is that stands there; 0 where none does."""
    found = _QUANTIFIER.match(pattern, place)
    return len(found[0]) if found else 0


_CLASS = r"\[\^?\]?(?:\\.|[^\]\\])*\]"
_PIECE = re.compile(
    rf"(?P<plain>[^\\\[\](){{}}.*+?|^$]+)|\\(?P<escaped>[^A-Za-z0-9])|{_CLASS}|(?P<group>\((?:\?:|\?P<\w+>)?)|\\?.",
    re.DOTALL,
)
_BOUNDS = re.compile(rf"\\.|{_CLASS}|[()|]", re.DOTALL)
_QUANTIFIER = re.compile(r"(?:[?*+]|\{\d*,?\d*\})\??")


def _split_group(pattern: str, start: int) -> tuple[list[str], str]:
    """Return the alternatives of the group that was opened before `start`, and what follows it."""
    depth, begin = 0, start
    found: list[str] = []
    for bound in _BOUNDS.finditer(pattern, start):
        what = bound[0]
        if what == "(":
            depth += 1
        elif what == ")" and depth == 0:
            return [*found, pattern[begin : bound.start()]], pattern[bound.end() :]
        elif what == ")":
            depth -= 1
        elif what == "|" and depth == 0:
            found.append(pattern[begin : bound.start()])
            begin = bound.end()
    return [""], ""
