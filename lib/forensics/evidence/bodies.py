"""Events that tell their level, message or time on the lines below their first: completed once a text is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from forensics.evidence import stamps
from forensics.evidence.patterns import LinePattern
from forensics.store import Store


def complete(store: Store, path: str, patterns: Sequence[LinePattern]) -> tuple[LinePattern | None, int]:
    """Give the events of a text what their bodies tell of them; return the pattern that read times, if one did, which
    knows now whether they name their zones, and how many of them it read."""
    dated: tuple[LinePattern | None, int] = (None, 0)
    for pattern in patterns:
        told = _complete(store, path, pattern, last=pattern == patterns[-1])
        dated = told if told[1] else dated
    return dated


def _complete(store: Store, path: str, pattern: LinePattern, *, last: bool) -> tuple[LinePattern, int]:
    """Give the events of a text what one pattern finds in their bodies; the last one leaves no more than the rest."""
    captured = pattern.complete + "".join(
        f"(?P<{part}>)" for part in ("rest",) if f"(?P<{part}>" not in pattern.pattern
    )
    read = store.arrow("body_parts", path=path, pattern=captured, groups=replace(pattern, pattern=captured).groups)
    if not read.num_rows:
        return pattern, 0
    written = [stamp for stamp in read["stamp"].to_pylist() if stamp]
    if written and sum(map(stamps.zoned, written)) < len(written) / 2:
        pattern = replace(pattern, stamp="any-local")
    words = pc.dictionary_encode(read["level"].combine_chunks())
    ours = pa.array([pattern.severity(word) for word in words.dictionary.to_pylist()], pa.string())
    told = read.set_column(read.schema.get_field_index("level"), "level", ours.take(words.indices))
    store.lend("told", told)
    store.run("body_told", path=path, local=pattern.stamp == "any-local", last=last)
    store.take_back("told")
    return pattern, len(written)
