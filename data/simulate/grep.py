"""`grep -C`: the matching lines with their neighbours, and `--` between groups that do not touch."""

from __future__ import annotations

import re


def grep(lines: list[str], pattern: str, context: int) -> str:
    keep: set[int] = set()
    for number, line in enumerate(lines):
        if re.search(pattern, line):
            keep.update(range(max(0, number - context), min(len(lines), number + context + 1)))
    shown: list[str] = []
    for number in sorted(keep):
        if shown and number - 1 not in keep:
            shown.append("--")
        shown.append(lines[number])
    return "".join(f"{line}\n" for line in shown)
