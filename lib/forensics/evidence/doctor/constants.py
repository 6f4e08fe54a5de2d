"""What checks say: some failed; or nothing ever changed, healthy while everything failed, failing before and after alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from forensics.evidence.doctor.words import placed, shortened
from forensics.evidence.metric_doctor import content
from forensics.model import Evidence, Problem
from forensics.store import Store

LEAST_TIMES = 3
"""So often must a check have answered before it is called constant."""

LEAST_TROUBLE = 3
LEAST_SHARE = 0.1
"""So many errors must logs tell of, and so many for each answer, for a check that is always content to be wrong."""

WATCHED = "watch-output"
CHECKED = "table-checks"

SHOWN = 5
"""As many checks are named."""

Said = Iterator[tuple[str, Problem]]


def constant(store: Store, entries: Sequence[Evidence]) -> Said:
    """Name the checks that said the same from first to last, where that tells nothing of the incident."""
    watched = [entry.path for entry in entries if entry.format == WATCHED]
    for path, answer, good, checks, times, first, last in store.rows(
        "constant_answers", watched=watched, times=LEAST_TIMES
    ):
        files = [path] if path else [file for (file,) in store.rows("event_files", kinds=checks)]
        named = [shortened(check) for check in checks[:SHOWN]]
        names = f"“{named[0]}”" if len(checks) == 1 else f"{len(checks):,} checks ({', '.join(named)})"
        said = f"{names} answered “{shortened(answer, 40)}” every time, {times:,} times from {placed(first)} to {placed(last)}"
        problem = _content(store, said, times, first, last) if good else _failing(said)
        if problem is not None:
            yield from ((file, problem) for file in files)


def blind(store: Store, entries: Sequence[Evidence]) -> Said:
    """Name the measures by which nothing ever failed, while logs tell of errors."""
    covers = {entry.path: entry.covers for entry in entries if entry.covers}
    for path, name, value, samples in store.rows("metric_constant"):
        if path not in covers or not content(name, value):
            continue
        first, last = covers[path]
        events, logs, log = store.rows("trouble", start=first, end=last)[0]
        if events >= max(LEAST_TROUBLE, LEAST_SHARE * samples):
            where = f"{log} and others tell" if logs > 1 else f"{log} tells"
            yield (
                path,
                Problem(
                    "constant-measure",
                    f"{name} is {value:g} in all {samples:,} samples, from {placed(first)} to {placed(last)}, while {where} of "
                    f"{events:,} errors: either it counts nothing, or something else than what failed",
                    "count failed requests in the log, and look whether the collector measures this at all",
                    leaves_open="What was the error rate? (Error rate > 5% for > 2 minutes)",
                ),
            )


def failed(store: Store, entries: Sequence[Evidence]) -> Said:
    """Say of the tables of checks how many failed: a job that ended well may have left its data wrong."""
    tables = [entry.path for entry in entries if entry.format == CHECKED]
    for path, checks, hits, first, *_ in store.rows("search_words", logs=tables, word="^ERROR ", others="$^"):
        if hits:
            yield (
                path,
                Problem(
                    "checks-failed",
                    f"{hits:,} of its {checks:,} checks failed, and no time is stated",
                    "save with the checks when they were made, and of which run",
                    line=first,
                    leaves_open="When did these checks begin to fail?",
                ),
            )


def _content(store: Store, said: str, times: int, first: datetime, last: datetime) -> Problem | None:
    """Name a check that was content while logs tell of errors; without errors there is nothing to hold against it."""
    events, logs, path = store.rows("trouble", start=first, end=last)[0]
    if events < max(LEAST_TROUBLE, LEAST_SHARE * times):
        return None
    where = f"{path} and others tell" if logs > 1 else f"{path} tells"
    return Problem(
        "constant-answer",
        f"{said}, while {where} of {events:,} errors: this looks at nothing that failed, and proves no recovery",
        "watch what users do: while sleep 5; do echo \"$(date -u +%FT%TZ) $(curl -sS -o /dev/null -w '%{http_code} %{time_total}' "
        'URL-OF-A-PAGE)"; done >> watched.txt; or count failed requests in the log',
        leaves_open="Has the service recovered?",
    )


def _failing(said: str) -> Problem:
    return Problem(
        "constant-answer",
        f"{said}: it failed before, during and after alike, and so tells nothing of when anything began or ended",
        "mend the check, then look whether it is content on a calm day",
        leaves_open="Was the service available? (Service unavailability > 5 minutes)",
    )
