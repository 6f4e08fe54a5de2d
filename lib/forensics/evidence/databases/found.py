"""What a dump of another database was found to hold, apart from its rows."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from forensics.evidence.databases.sql_text import shown, visible
from forensics.evidence.databases.tables import Table

MOST_REFUSALS = 100


@dataclass(slots=True)
class Refusal:
    """Something that was not taken in, with its first byte and the reason."""

    offset: int
    statement: str
    reason: str


@dataclass(slots=True)
class Dump:
    """What one dump was found to hold."""

    dialect: str
    tables: dict[str, Table] = field(default_factory=dict)
    refused: list[Refusal] = field(default_factory=list)
    """The first hundred."""
    refusals: int = 0
    notes: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    """What the program that made it complained of, where that went into the same file."""
    recorded: Counter[str] = field(default_factory=Counter)
    """Views, triggers, routines and the like: counted, never made."""
    whole: bool = True
    bytes_read: int = 0
    taken: datetime | None = None
    """When the dump says that it was completed, as written there."""
    zone: str = ""
    """The zone in which it says that its instants are written."""
    program: str = ""
    """What it says made it."""
    log_file: str = ""
    log_position: int | None = None
    """Up to where in the server's log of changes it goes, if it says so."""

    def refuse(self, offset: int, statement: bytes, reason: str) -> None:
        """Name what was not taken in."""
        self.refusals += 1
        if len(self.refused) < MOST_REFUSALS:
            self.refused.append(Refusal(offset, visible(shown(statement[:120])), visible(reason, 300)))
