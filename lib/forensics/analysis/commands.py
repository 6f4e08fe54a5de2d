"""Commands that people gave in a shell: when, whether they were refused, and which of them change what a machine holds.

Which commands change something, and which messages say that a resource is full, is declared in commands.toml.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from forensics import declarations
from forensics.model import Change, Citation
from forensics.store import Store


def declared() -> dict[str, Any]:
    """Return commands.toml."""
    return declarations.declared("analysis/commands.toml")


@dataclass(frozen=True, slots=True)
class Command:
    """One command of a shell's history or of a recorded terminal."""

    text: str
    citation: Citation
    time: datetime | None
    """When it was given; with `until`, the earliest that it can have been; None where nothing dates it."""
    until: datetime | None
    """Where only its neighbours are dated, the latest that it can have been."""
    failed: bool
    """Whether it was refused: what it names is not there, or not allowed."""


def commands(store: Store) -> list[Command]:
    """Return every command, in the order in which they stand in their files."""
    found = []
    for path, line, time, after, before, message, failed in store.rows("commands_told"):
        between = time is None and after is not None and before is not None
        start, until = (after, before) if between else (time, None)
        found.append(Command(message.splitlines()[0], Citation(path, line=line), start, until, failed))
    return found


def changes(store: Store) -> list[Change]:
    """Return the commands that changed something; what was refused changed nothing."""
    told = [(one, altering(one.text)) for one in commands(store) if not one.failed]
    return [
        Change(str(one.citation), one.time, kind, one.text, one.citation, until=one.until) for one, kind in told if kind
    ]


def altering(text: str) -> str:
    """Return which kind of change a line of commands makes; empty where it makes none that is declared."""
    alone = [_OPENS.sub("", part) for part in parts(text)]
    for one in declared()["change"]:
        excepted = one.get("except", "")
        if any(re.search(one["command"], part) and not (excepted and re.search(excepted, part)) for part in alone):
            return str(one["kind"])
    return ""


def parts(text: str) -> list[str]:
    """Return the commands of a line, which `&&`, `||` and `;` divide, each without what it says of where it works: what ssh
    runs on another machine is a command like others."""
    return [_WHERE.sub(r"\1 ", _ELSEWHERE.sub("", part.strip())) for part in re.split(r"&&|;|\|\|", text[:MOST])]


MOST = 4000
"""Characters of a line that are looked at."""
_WHERE = re.compile(
    r"^((?:sudo )?(?:kubectl|oc|helm|docker|docker-compose|git|systemctl|redis-cli|aws|gcloud)) "
    r"(?:(?:-[nCcHhpua]|-f(?= \S+\.ya?ml)|--(?:namespace|context|kubeconfig|cluster|host|port|user|profile|region|project|file))"
    r"[ =]\S+ )+"
)
"""Options before the word that says what a tool is to do: a namespace, a host, a folder."""
_ELSEWHERE = re.compile(
    r"^(?:ssh (?:-[pilJoFLbce] \S+ |-\w+ )*[\w$][\w.@$:-]* [\"']?(?=\w)"
    r"|(?:sudo )?(?:docker|podman)(?:[ -]compose)? (?:container )?exec (?:-[uew] ?\S+ |--\w[\w-]*(?:=\S+)? |-\w+ )*[\w$][\w.$-]* (?=\w)"
    r"|(?:kubectl|oc) (?:-n \S+ )?exec (?:-[nc] ?\S+ |-\w+ |--\w[\w-]*=\S+ )*[\w$][\w./$-]* (?:-[nc] ?\S+ |-\w+ )*(?:-- )?(?=\w))+"
)
"""What runs a command on another machine, or in a container."""
_OPENS = re.compile(r"^(?:(?:do|then|else|sudo|nohup|time)\s+|\(\s*)+")
"""What stands before a command and is none of it."""
