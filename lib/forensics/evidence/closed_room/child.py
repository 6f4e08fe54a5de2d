"""Reads one piece of SQLite evidence in a process of its own, with the standard library and nothing else.

It is given no path: a dump arrives as standard input, a database as `room.db` in the current folder. It leaves
`rows.jsonl` and `reply.json` there.
"""

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path

from forensics.evidence.closed_room.dump import read_dump
from forensics.evidence.closed_room.file import read_database
from forensics.evidence.closed_room.limits import Limits, Reply

try:
    import resource
except ImportError:  # Windows has none; the deadline and SQLite's own limits remain.
    resource = None  # type: ignore[assignment]


def confine(limits: Limits, files: int) -> None:
    """Have the system hold this process to its limits, as far as the system can."""
    if resource is None:
        return
    seconds = int(limits.seconds) + 5
    for name, most in {"AS": limits.memory, "CPU": seconds, "FSIZE": files, "CORE": 0, "NOFILE": 64}.items():
        try:
            limit = getattr(resource, f"RLIMIT_{name}")
            hard = resource.getrlimit(limit)[1]
            lowest = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(limit, (lowest, lowest))
        except (AttributeError, ValueError, OSError):
            continue  # macOS knows some of these and refuses to set them.


def leave(reply: Reply) -> None:
    Path("reply.tmp").write_text(json.dumps(asdict(reply)), encoding="utf-8")
    os.replace("reply.tmp", "reply.json")


def main(arguments: list[str]) -> None:
    kind, asked = arguments[0], json.loads(arguments[1])
    limits = Limits(**asked["limits"])
    confine(limits, asked["files"])
    with open("rows.jsonl", "wb") as out:
        if kind == "dump":
            reply = read_dump(sys.stdin.buffer, os.fstat(0).st_size, out, limits, leave)
        else:
            reply = read_database(Path("room.db"), out, limits, leave)
    leave(reply)
