"""Whether two series may be of one thing: one machine, one file system, one pool; by their labels and names.

What speaks for and against is declared in same_thing.toml.
"""

from __future__ import annotations

import re
from typing import Any

from forensics import declarations
from forensics.analysis.named_signals import labels_of, spoken

_PORT = re.compile(r":\d{1,5}$")


def declared() -> dict[str, Any]:
    """Return same_thing.toml."""
    return declarations.declared("analysis/same_thing.toml")


def things(series: str) -> dict[str, str]:
    """Return of which thing of each sort the labels say that a series is; a port is no part of a machine's name."""
    labels = {spoken(key): value for key, value in labels_of(series).items()}
    found = {}
    for thing in declared()["thing"]:
        said = next((labels[one] for one in thing["labels"] if labels.get(one)), None)
        if said is not None:
            found[thing["what"]] = _PORT.sub("", said).lower()
    return found


def kinds(name: str) -> list[bool]:
    """Return of which declared kinds a name says that it is."""
    words = set(spoken(name).split("_"))
    return [bool(words & set(kind["words"])) for kind in declared()["kind"]]


def may_be_one(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Say whether two series, each its name and its labels as JSON, may be of the same thing: nothing says otherwise."""
    if kinds(one[0]) != kinds(other[0]):
        return False
    ours, theirs = things(one[1]), things(other[1])
    return all(theirs[what] == ours[what] for what in ours.keys() & theirs.keys())


def surely_one(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Say whether both name a thing, and the same."""
    ours, theirs = things(one[1]), things(other[1])
    return may_be_one(one, other) and bool(ours) and ours == theirs
