"""One line of what a report tells: the answer, and the claims that it rests on."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the summary: what it answers, the answer, and the claims that it rests on."""

    name: str
    text: str
    claims: list[str] = field(default_factory=list)
    unwritten: str = ""
    """The role that should write this, where only a person can."""
