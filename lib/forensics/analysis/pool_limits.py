"""How many connections pools may hold at most, where configuration states it: what is measured elsewhere is joined with that.

Which settings state it is declared in pool_limits.toml.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from forensics import declarations
from forensics.model import Citation
from forensics.store import Store

LONGEST = 65536
"""Bytes of a text that is searched for settings; what is longer is no configuration."""
MOST_CITED = 3
"""Places that are named where several state one limit."""
_COMMENT = re.compile(r"\s*(?:#|//|;|--|!|\*)")


def declared() -> dict[str, Any]:
    """Return pool_limits.toml."""
    return declarations.declared("analysis/pool_limits.toml")


@dataclass(frozen=True, slots=True)
class Stated:
    """One setting that states a limit."""

    limit: int
    """Connections."""
    fits: tuple[str, str]
    """Which measured names it is the limit of, as spoken, and which of these not."""
    pool: str
    """The pool's name by a setting beside it; empty where none is stated."""
    citation: Citation


@dataclass(frozen=True, slots=True)
class Joined:
    """What configuration states of a measured pool."""

    limit: float | None
    """None where it is told differently, or where more was in use than it allows: then nothing is judged by it."""
    said: str
    """Where it stands, in words; where there is none to judge by, why."""
    citations: tuple[Citation, ...]


class Limits:
    """All limits that the configuration of one folder states."""

    def __init__(self, stated: Sequence[Stated]) -> None:
        self.stated = tuple(stated)

    @classmethod
    def read(cls, store: Store) -> Limits:
        """Read them from the store."""
        found: list[tuple[str, str, Stated]] = []
        names: list[tuple[str, str, str]] = []  # path, what stands before the setting's name, the pool's name
        for path, line, position, text in store.rows("configured_texts", longest=LONGEST):
            for number, part in _lines(text):
                at = Citation(path, line=line + number) if line is not None else Citation(path, position=position)
                if _COMMENT.match(part):
                    continue
                names += [(path, part[: name.start()].strip(), name["name"]) for name in _named(part)]
                found += [(path, before, one) for before, one in limits(part, at)]
        return cls([_with_pool(path, before, one, names, found) for path, before, one in found])

    def of(self, spoken: str, labels: str, most: float) -> Joined | None:
        """Return what is stated of a measured pool; None where nothing is.

        `spoken` is its name, `labels` those of the series as JSON, and `most` how many were in use at once.
        """
        called = _values(labels)
        fitting = [
            one for one in self.stated if re.fullmatch(one.fits[0], spoken) and not re.fullmatch(one.fits[1], spoken)
        ]
        by_name = [one for one in fitting if one.pool and one.pool.casefold() in called]
        fitting = by_name or [one for one in fitting if not one.pool or not called]
        if not fitting:
            return None
        cited = tuple(dict.fromkeys(one.citation for one in fitting))
        if len({one.limit for one in fitting}) > 1:
            told = ", ".join(
                f"{one.limit:,} by {one.citation}" for one in sorted(set(fitting), key=_place)[: MOST_CITED + 1]
            )
            return Joined(
                None, f"what the pool may hold at most is told differently ({told}), so none of these is used", cited
            )
        limit = float(fitting[0].limit)
        where = " and ".join(str(one) for one in cited[:MOST_CITED])  # all of them are cited
        if most > limit:
            return Joined(
                None, f"{where} states {limit:,.0f} at most, but {most:,.0f} were in use, so it is not used", cited
            )
        return Joined(limit, f"the most that the pool may hold as {where} states (joined from another file)", cited)


def _place(one: Stated) -> tuple[Any, ...]:
    return one.citation.place


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines of a text, numbered from 0; one whose braces are still open is told together with the next ones."""
    lines = text.split("\n")
    for number, line in enumerate(lines):
        whole = line
        for later in lines[number + 1 : number + 6]:
            if whole.count("{") <= whole.count("}") or not re.search(r"(?i)\bpool\b", line):
                break
            whole += f" {later.strip()}"
        yield number, whole.rstrip("\r")


def limits(line: str, at: Citation) -> Iterator[tuple[str, Stated]]:
    """Yield each limit that a line states, with the setting's name before it."""
    for entry in declared()["limit"]:
        found = re.search(entry["pattern"], line)
        if found and not re.search(declared()["except_lines"], line[: found.start("limit")]):
            stated = Stated(int(found["limit"]), (entry["fits"], entry.get("except_names", "")), "", at)
            if stated.limit:
                yield line[: found.start("limit")].strip(), stated


def _named(line: str) -> Iterator[re.Match[str]]:
    if found := re.search(declared()["name"]["pattern"], line):
        yield found


def _with_pool(
    path: str, before: str, one: Stated, names: Sequence[tuple[str, str, str]], found: Sequence[tuple[str, str, Stated]]
) -> Stated:
    """Return a limit with the name of its pool: the one that a setting of the same family states, or the only one of a file that
    states one limit only."""
    same = [(prefix, name) for of, prefix, name in names if of == path]
    family = before.rpartition(".")[0]
    fitting = [name for prefix, name in same if family and prefix.rstrip(".") == family]
    alone = len({other.citation for of, _, other in found if of == path}) == 1 and len(same) == 1
    pool = fitting[0] if len(set(fitting)) == 1 else same[0][1] if alone and not family else ""
    return Stated(one.limit, one.fits, pool, one.citation)


def _values(labels: str) -> set[str]:
    """Return what the labels of a series that name its pool say, in small letters."""
    try:
        read = json.loads(labels)
    except ValueError:
        return set()
    told = read.items() if isinstance(read, dict) else ()
    return {str(value).casefold() for name, value in told if re.search(r"(?i)pool|^name$|datasource", str(name))}
