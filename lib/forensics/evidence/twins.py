"""Files of the same bytes: copies of one, or captures of one state at two moments, which show that nothing changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from forensics.evidence import intake, measures
from forensics.model import Clock, Evidence, Problem
from forensics.store import Store

_APART = "(date -u +%FT%TZ; COMMAND) > FILE   # a time in each capture tells two of the same state apart"


def copy(one: intake.Found, first: str) -> Evidence:
    """Return the entry of a file that has the same bytes as one that is read."""
    problem = Problem("duplicate", f"the same bytes as {first}, which is read instead")
    return Evidence(
        one.path,
        one.sha256,
        one.size,
        status="duplicate",
        problems=(problem,),
        clock=Clock("", "unknown"),
        path_base64=one.path_base64,
    )


def settle(
    store: Store,
    entries: list[Evidence],
    again: dict[str, tuple[intake.Found, str]],
    read: Callable[[intake.Found], Evidence],
) -> list[Evidence]:
    """Read those copies after all that are captures of another moment, and say of others what they may be.

    `again` holds, by its path, each copy with the path of what was read. A capture without a time has the same bytes as
    often as the state is the same; where the `date` saved with each tells another time, they are two. What states a time
    itself is the same capture.
    """
    known = {entry.path: entry for entry in entries}
    dates = dict(store.rows("measure_dates"))
    captures = [entry.path for entry in entries if entry.kind == "capture" and entry.covers is None]
    found = []
    for entry in entries:
        one, first = again.get(entry.path, (None, ""))
        timeless = one is not None and known[first].kind == "capture" and known[first].covers is None
        if one is None or not timeless:
            found.append(entry)
            continue
        mine, its = (measures.date_of(path, dates, captures) for path in (entry.path, first))
        if mine is None or its is None or dates[mine] == dates[its]:
            told = entry.problems[0].message + (
                "; a capture that states no time: if it was taken at another one, it shows that nothing had changed by then"
            )
            found.append(replace(entry, problems=(Problem("duplicate", told, _APART),)))
            continue
        message = (
            f"the same bytes as {first}, taken at another time ({dates[mine]:%F %T} by {mine}, and {dates[its]:%F %T} "
            f"by {its}): at both, what it shows was the same"
        )
        said = read(one)
        found.append(replace(said, problems=(*said.problems, Problem("same-state", message))))
    return found
