"""Tables that compare stored numbers with a control of them: by how much they differ, and where most.

Which columns may be these is declared in losses.toml; that one is the quotient of two others is computed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

from forensics.analysis.losses import Lost, declared
from forensics.analysis.named_signals import spoken
from forensics.model import Citation, Query
from forensics.store import Store


def with_compared(store: Store, found: Sequence[Lost]) -> tuple[Lost, ...]:
    """Return what was found to be lost or damaged, and the tables whose numbers differ from their control, before what failed
    checks only doubt: these name rules, and a table names numbers."""
    checked = [one for one in found if not one.sure and not one.table]
    return (*(one for one in found if one not in checked), *doubted(store), *checked)


def doubted(store: Store) -> Iterator[Lost]:
    """Yield as doubted data the tables in which a column is not as its control, with the row where it is the most times it."""
    for path, first in store.rows("table_heads"):
        columns = [name for name in json.loads(first) if isinstance(name, str)]
        ratio, control = named(columns)
        if ratio is None or control is None:
            continue
        for part in columns:
            if part in (ratio, control):
                continue
            asked = {
                "path": path,
                **{name: f'$."{column}"' for name, column in (("part", part), ("control", control), ("ratio", ratio))},
            }
            rows, holds, more, less, most, line, value, of = store.rows("table_compared", **asked)[0]
            if rows < declared()["comparison"]["least_rows"] or holds < rows or not (more or less):
                continue
            statement = (
                f"{path} compares {part} with {control}: {more:,} of {rows:,} rows are over it and {less:,} under it, at the most "
                f"{most:,g} times it ({value:,g} beside {of:,g}, line {line})"
            )
            cited = (Citation(path, line=line),)
            yield Lost("", 0, None, None, statement, cited, sure=False, asked=Query("table_compared", asked))


def named(columns: Sequence[str]) -> tuple[str | None, str | None]:
    """Return which columns by their names state a ratio, and are the control; None where none does, or several do."""
    rule = declared()["comparison"]
    found = [
        [one for one in columns if '"' not in one and re.fullmatch(rule[what], spoken(one))]
        for what in ("ratio", "control")
    ]
    ratio, control = (one[0] if len(one) == 1 else None for one in found)
    return ratio, control
