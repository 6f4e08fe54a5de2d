"""Lists of files with their checksums that lie in the evidence, compared with what lies beside them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from forensics.evidence.intake import open_readonly
from forensics.model import Evidence, Problem

MOST_BYTES = 4 * 1024 * 1024
"""Larger files are no such lists."""

SHOWN = 5

_SUM = re.compile(r"\\?([0-9a-f]{64}) [ *](.+)")
"""A line of sha256sum."""

KINDS = ("document", "capture", "unknown")


def compared(entries: Sequence[Evidence], places: Mapping[str, Path]) -> Iterator[tuple[str, Problem]]:
    """Say of each list whether the files that it names are here, and are what it says."""
    for entry in entries:
        if (
            entry.kind in KINDS
            and entry.status != "duplicate"
            and 64 < entry.size <= MOST_BYTES
            and entry.path in places
        ):
            listed = _listed(places[entry.path])
            if listed:
                yield entry.path, _compared(listed, [one for one in entries if one is not entry])


def _listed(place: Path) -> dict[str, str]:
    """Return the SHA-256 of each file that a list names; nothing where it is no list."""
    try:
        with open_readonly(place) as file:
            head = file.read(128).lstrip()
            if not (head.startswith((b"{", b"[")) or _SUM.match(head.decode("ascii", "replace"))):
                return {}
            text = (head + file.read()).decode("utf-8", "replace")
    except OSError:
        return {}
    if text.startswith(("{", "[")):
        try:
            return dict(_of_document(json.loads(text), ""))
        except (ValueError, RecursionError):
            return {}
    found = [_SUM.fullmatch(line.rstrip()) for line in text.splitlines() if line.strip()]
    return {one[2].removeprefix("./"): one[1] for one in found if one} if all(found) else {}


def _of_document(node: Any, key: str) -> Iterator[tuple[str, str]]:
    """Yield name and sum of every object that states a sum, named by itself or by its key."""
    if isinstance(node, list):
        for one in node:
            yield from _of_document(one, "")
    elif isinstance(node, dict):
        digest = node.get("sha256")
        name = next((node[field] for field in ("path", "file", "name") if isinstance(node.get(field), str)), key)
        if isinstance(digest, str) and re.fullmatch("[0-9a-f]{64}", digest.lower()) and name:
            yield name.removeprefix("./"), digest.lower()
        for field, value in node.items():
            yield from _of_document(value, field)


def _compared(listed: Mapping[str, str], entries: Sequence[Evidence]) -> Problem:
    sums = {entry.sha256 for entry in entries}
    left = {name: digest for name, digest in listed.items() if digest not in sums}
    other = [name for name in left if any(_named(entry.path, name) for entry in entries)]
    absent = [name for name in left if name not in other]
    if not left:
        return Problem("manifest-holds", f"all {len(listed):,} files that it lists are here, byte for byte")
    said = [f"{_names(other)} {'is' if len(other) == 1 else 'are'} not what it says"] if other else []
    said += [f"{_names(absent)} {'is' if len(absent) == 1 else 'are'} not here"] if absent else []
    return Problem(
        "manifest-broken",
        f"of the {len(listed):,} files that it lists, {'; '.join(said)}",
        "copy them again from where the list was made, then: sha256sum FILE",
        leaves_open="Was the evidence changed, or left out, after it was listed?",
    )


def _named(path: str, name: str) -> bool:
    """Say whether a path is probably that of a listed file: the same, deeper in folders, or written flat."""
    return path == name or path.endswith(("/" + name, "_" + name.replace("/", "_")))


def _names(names: Sequence[str]) -> str:
    return ", ".join(names[:SHOWN]) + (f" and {len(names) - SHOWN:,} more" if len(names) > SHOWN else "")
