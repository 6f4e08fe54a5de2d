"""What can go wrong, foreseen. Anything else keeps its traceback, because it is our bug; only where it befalls the reading of one
file, that file is given up instead, and its inventory row says what failed and where (`evidence/one_file.py`, `fault-of-ours`).

ForensicsError                 ends the command politely, on stderr
├── UsageError                 exit 2: what was asked for does not exist or does not fit
│   └── Unknown                … and these names were available
├── Busy                       exit 2: another run holds this incident
├── NotesChanged               exit 2: somebody else wrote the notes meanwhile; nothing was saved
├── DeclarationError           exit 1: one of our own TOML files is wrong
└── RunFailed                  exit 1: no report was written
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class ForensicsError(Exception):
    """A trouble we foresaw; its text is written for the person who reads it."""

    exit_code = 1

    def _render_traceback_(self) -> list[str]:
        """Show the text alone where a notebook's cell ends with it: there is nothing to look for in our code."""
        return [str(self)]


class UsageError(ForensicsError):
    """What was asked for does not exist or does not fit."""

    exit_code = 2


class Unknown(UsageError):
    """A name that nobody knows, with the nearest that somebody does."""

    def __init__(self, what: str, name: str, available: Iterable[str], where: str = "") -> None:
        known = sorted(available)
        nearest = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
        message = f"No {what} '{name}'{' in ' + where if where else ''}."
        if nearest:
            message += f" Did you mean '{nearest[0]}'?"
        if known:
            message += f"\nAvailable: {', '.join(known)}."
        super().__init__(message)


class Busy(UsageError):
    """Another run on the same incident has not ended."""


class NotesChanged(UsageError):
    """Somebody else wrote people's notes since they were read here; nothing was saved."""


class DeclarationError(ForensicsError):
    """One of the TOML files that declare formats, rules or words is wrong."""


class RunFailed(ForensicsError):
    """A run ended without a report; the last good one stands."""
