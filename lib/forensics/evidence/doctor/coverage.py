"""Which time each source covers, beside the others: holes, ends that are missing, sources that lie elsewhere altogether."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from forensics.evidence.doctor.exports import declared
from forensics.evidence.doctor.losses import Restart
from forensics.evidence.doctor.words import placed, stretch
from forensics.lengths import lasting
from forensics.model import Citation, Evidence, Parameters, Problem
from forensics.store import Store
from forensics.times import iso, parse_time

LEAST = timedelta(seconds=60)
"""Shorter pauses are no holes, however dense a source is."""

FACTOR = 4
"""A hole is so many times longer than the pause that 95 of 100 of the source's own do not exceed."""

SECOND = timedelta(seconds=1)

ABOUT_THEN = timedelta(seconds=10)
"""So near to a silence a log says that a run ended before it, or that the next one begins."""

LEAST_SECONDS = 20
"""Sources that tell of fewer seconds have no usual pause, and so no holes."""

RUNNING = ("log", "metrics", "traces", "unknown")
"""Kinds that go on telling while a service runs; others speak when somebody asks, or when something happens. Texts that no
format fits are mostly logs."""

FAR = timedelta(days=1)
"""What people say and collect, and what is told seldom, belongs to the incident within a day; the others overlap it."""

NEAR = timedelta(hours=1)

SESSION = timedelta(hours=6)
"""What people record of one incident lies no further apart."""

WIDEST = timedelta(hours=26)
"""No two zones lie further apart."""

SHOWN = 5
"""As many stretches are named."""

ABOUT = ("alerts", "incident-record", "messages", "capture")

Said = Iterator[tuple[str, Problem]]
Stretch = tuple[datetime, datetime]


@dataclass(slots=True)
class Source:
    """What one file covers."""

    path: str
    kind: str
    start: datetime
    end: datetime
    doubtful: bool
    """Its zone is not stated."""
    usual: float | None = None
    """Its median pause, in seconds; None where it tells of too few moments."""
    most: float = 0.0
    """The pause that 95 of 100 do not exceed, in seconds."""
    extract: bool = False
    sampled: bool = False
    holes: list[Stretch] = field(default_factory=list)
    pauses: list[Stretch] = field(default_factory=list)
    """Those of the holes in which nothing ran, as it says itself: between the end of one run and the beginning of the next."""
    late: timedelta | None = None
    early: timedelta | None = None
    apart: bool = False

    @property
    def patience(self) -> timedelta:
        """How long it may be silent before that is a hole."""
        return max(LEAST, FACTOR * timedelta(seconds=self.most))

    @property
    def steady(self) -> bool:
        """Whether it tells often enough for its silence to mean something."""
        return self.usual is not None and self.kind in RUNNING and not self.extract

    def tells(self, stretch: Stretch) -> bool:
        """Say whether it covers a stretch of time, without a hole in it."""
        within = self.start <= stretch[0] + self.patience and self.end >= stretch[1] - self.patience
        return within and not any(start < stretch[1] and end > stretch[0] for start, end in self.holes)


def measure(store: Store, entries: Sequence[Evidence], asked: Parameters) -> tuple[list[Source], Stretch | None]:
    """Measure what every dated file covers, and the stretch that most of them do; keep both in the store."""
    sources = _sources(store, entries)
    main = _stated(asked) or common(_whole(sources, entries))
    if main is not None and asked.at:
        at = parse_time(asked.at)
        main = (min(main[0], at), max(main[1], at))
    pieces = {entry.path: entry.piece[1:] for entry in entries if entry.piece}
    for source in sources:
        _compare(source, main)
        number, count = pieces.get(source.path, (1, 1))
        source.late = source.late if number == 1 else None  # where one piece of a log ends, the next one goes on
        source.early = source.early if number == count else None
    _keep(store, sources, main)
    return sources, main


def _sources(store: Store, entries: Sequence[Evidence]) -> list[Source]:
    found = {
        e.path: Source(e.path, e.kind, *e.covers, doubtful=e.clock.how in ("assumed", "unknown"))
        for e in entries
        if e.covers
    }
    store.run("coverage_times")
    for path, seconds, usual, most, extract, sampled in store.rows("coverage_pauses"):
        if path in found:
            source = found[path]
            source.extract, source.sampled = extract, sampled
            if seconds >= LEAST_SECONDS:
                source.usual, source.most = usual, most
    for path, start, end in store.rows(
        "coverage_holes", least=LEAST.total_seconds(), factor=FACTOR, seconds=LEAST_SECONDS
    ):
        if path in found:
            found[path].holes.append((start, end))
    _pauses(store, [one for one in found.values() if one.holes])
    return list(found.values())


def _pauses(store: Store, holed: Sequence[Source]) -> None:
    """Note the holes before which the log itself says that a run ended, and after which it says that another began."""
    if not holed:
        return
    words = {one["name"]: one["pattern"] for one in declared("runs.toml")["words"]}
    said = {name: store.rows("messages_fitting", source="", pattern=pattern) for name, pattern in words.items()}
    for source in holed:
        ended, began = ([time for path, _, time in said[name] if path == source.path] for name in ("ended", "began"))
        source.pauses = [
            (start, end)
            for start, end in source.holes
            if any(start - ABOUT_THEN <= time < start + SECOND for time in ended)
            and any(end <= time <= end + ABOUT_THEN for time in began)
        ]


def _whole(sources: Sequence[Source], entries: Sequence[Evidence]) -> list[Source]:
    """Return the sources, with the pieces of each rotated log as the one source that they are."""
    pieces = {entry.path: entry.piece for entry in entries if entry.piece}
    joined: dict[object, Source] = {}
    for one in sources:
        name, _, count = pieces.get(one.path, (one.path, 1, 1))
        known = joined.setdefault((name, count), one)
        usual = [pause for pause in (known.usual, one.usual) if pause is not None]
        joined[name, count] = replace(
            known,
            start=min(known.start, one.start),
            end=max(known.end, one.end),
            usual=min(usual, default=None),
            extract=known.extract and one.extract,
        )
    return list(joined.values())


def _stated(asked: Parameters) -> Stretch | None:
    """Return the stretch that a person stated, if it has two ends."""
    return (parse_time(asked.start), parse_time(asked.end)) if asked.start and asked.end else None


def common(sources: Sequence[Source]) -> Stretch | None:
    """Return the longest of the stretches in which at least half of the running sources lie; None where there is none.

    Sources that tell often come first; where they do not meet, those that tell seldom count, too.
    """
    running = _running(sources)
    for group in ([one for one in running if one.usual is not None], running):
        found = _shared(group, -(-len(group) // 2))
        together = max((count for _, count in found), default=0)
        if together > 1 or len(found) == 1:
            return max(
                (span for span, count in found if count == together), key=lambda span: (span[1] - span[0], span[0])
            )
    stretches = _stretches(running)
    return stretches[0] if len(stretches) == 1 else None


def _running(sources: Sequence[Source]) -> list[Source]:
    return [one for one in sources if one.kind in RUNNING and not one.extract]


def _stretches(running: Sequence[Source], seldom: timedelta = NEAR) -> list[Stretch]:
    """Return the stretches that sources cover, those that touch as one; what tells seldom touches within so much."""
    slack = timedelta(0) if any(one.usual is not None for one in running) else seldom
    found: list[Stretch] = []
    for one in sorted(running, key=lambda one: one.start):
        if found and one.start <= found[-1][1] + slack:
            found[-1] = (found[-1][0], max(found[-1][1], one.end))
        else:
            found.append((one.start, one.end))
    return found


def _shared(sources: Sequence[Source], least: int) -> list[tuple[Stretch, int]]:
    """Return the stretches in which so many sources overlap, each with the most that do at one time."""
    edges = sorted([(one.start, 0, 1) for one in sources] + [(one.end, 1, -1) for one in sources])
    found: list[tuple[Stretch, int]] = []
    open_count, most, begun = 0, 0, None
    for time, _, step in edges:
        if step > 0:
            open_count += 1
            if open_count >= least and begun is None:
                begun = time
            most = max(most, open_count)
        else:
            if open_count == least and begun is not None:
                found.append(((begun, time), most))
                begun, most = None, 0
            open_count -= 1
    return found


def _compare(source: Source, main: Stretch | None) -> None:
    """Note what a source lacks of the stretch that most sources cover."""
    if main is None:
        return
    margin = timedelta(0) if source.steady else FAR
    outside = source.end < main[0] - margin or source.start > main[1] + margin
    source.apart = outside and source.kind in (*RUNNING, *ABOUT)
    if source.steady and not source.apart:
        source.late = source.start - main[0] if source.start - main[0] > source.patience else None
        source.early = main[1] - source.end if main[1] - source.end > source.patience else None


def _keep(store: Store, sources: Sequence[Source], main: Stretch | None) -> None:
    columns = ["path", "kind", "start", "end", "usual_s", "begins_late_s", "ends_early_s", "apart", "extract"]
    store.add("coverage", columns, [_row(one) for one in sources])
    holes = [[one.path, *hole, hole in one.pauses] for one in sources for hole in one.holes]
    store.add("holes", ["path", "start", "end", "between_runs"], holes)
    if main is not None:
        names = ("common stretch start", "common stretch end")
        store.add("facts", ["name", "value"], [[name, iso(time)] for name, time in zip(names, main, strict=True)])


def _row(source: Source) -> list[object]:
    late, early = (length.total_seconds() if length else None for length in (source.late, source.early))
    return [source.path, source.kind, source.start, source.end, source.usual, late, early, source.apart, source.extract]


# ---- what is said of it --------------------------------------------------------------------------------------------


def problems(
    store: Store,
    sources: Sequence[Source],
    main: Stretch | None,
    lives: Sequence[Restart],
    explained: Mapping[str, object],
) -> Said:
    """Name what sources lack; a beginning that is `explained`, by path, is not named again."""
    if main is None:
        yield from _strangers(sources)
        return
    alarms = [
        Alarm(Citation(path, line, position), *what) for path, line, position, *what in store.rows("trouble_first")
    ]
    for source in sources:
        if source.apart:
            yield source.path, _apart(source, main)
        holes = [one for one in source.holes if one not in source.pauses and one[1] > main[0] and one[0] < main[1]]
        if holes and source.steady and not source.sampled:
            yield source.path, _holes(source, holes, lives)
        if source.path not in explained and (begun := _beginning(source, main, alarms)):
            yield source.path, begun
        if source.early:
            yield source.path, _early(source, main[1], source.early)


@dataclass(frozen=True, slots=True)
class Alarm:
    """The first trouble that one file tells of."""

    where: Citation
    time: datetime
    what: str
    last: datetime
    """When it last tells of any."""

    def of_else(self, begun: datetime) -> bool:
        """Say whether it is of something else: long before all that was saved, of a file that tells of trouble within it, too."""
        return self.time < begun - NEAR and self.last >= begun


def _holes(source: Source, holes: Sequence[Stretch], lives: Sequence[Restart]) -> Problem:
    start, end = max(holes, key=lambda hole: hole[1] - hole[0])
    total = sum((last - first for first, last in holes), timedelta(0))
    count = f"{len(holes):,} holes, {lasting(total)} in all; the longest:" if len(holes) > 1 else "a hole:"
    born = next((life for life in lives if start < life.time <= end + LEAST), None)
    if born is None:
        why = ""
    else:
        why = f". A process was started at {born.time:%H:%M:%S} ({born.where}): it may have been down until then"
    return Problem(
        "hole",
        f"{count} {lasting(end - start)} without a word, {stretch(start, end)}; otherwise it is silent for "
        f"{lasting(source.most)} at most in 95 of 100 cases{why}",
        "take the same stretch from a source that does not live in the process: the load balancer, the probe, journalctl",
        leaves_open=f"What happened from {stretch(start, end)}? What is down writes nothing: silence is no health",
    )


def _beginning(source: Source, main: Stretch, alarms: Sequence[Alarm]) -> Problem | None:
    """Name a source that begins after the others do, or after others tell of trouble."""
    told = next((one for one in alarms if one.where.path != source.path and not one.of_else(main[0])), None)
    if source.late:
        beyond = f"it begins {lasting(source.late)} after other sources do ({placed(main[0])})"
    elif told and _began_somewhere(source) and LEAST < source.start - told.time < FAR:
        beyond = (
            f"it begins at {placed(source.start)}, {lasting(source.start - told.time)} after other sources tell of trouble "
            f"({told.what}, {told.where})"
        )
    else:
        return None
    return Problem(
        "begins-late",
        f"{beyond}: it was begun, rotated or emptied then, or only a part was saved, and tells nothing of the time before",
        "look for its earlier part: rotated files, the journal, a copy made before it was emptied",
        leaves_open="When did the issue start?",
    )


def _began_somewhere(source: Source) -> bool:
    """Say whether a source tells a stretch of time, so that it has a beginning: a few single numbers do not."""
    return source.kind in RUNNING and not source.extract and (source.kind != "metrics" or source.usual is not None)


def _early(source: Source, ends: datetime, early: timedelta) -> Problem:
    return Problem(
        "ends-early",
        f"it ends {lasting(early)} before other sources do ({placed(ends)}), though it is otherwise silent for "
        f"{lasting(source.most)} at most in 95 of 100 cases: it was cut or copied too soon, or what wrote it stopped",
        "collect it again, to its end",
        leaves_open="What mitigation steps were taken, and did they help?",
    )


def _apart(source: Source, main: Stretch) -> Problem:
    where = "it ends {} before" if source.end < main[0] else "it begins {} after"
    off = main[0] - source.end if source.end < main[0] else source.start - main[1]
    zone = source.doubtful and off <= WIDEST
    clock = "; its zone is not stated, so that it may be off by hours" if zone else ""
    clock += "" if source.steady else "; it speaks seldom, so that this may be silence"
    return Problem(
        "apart",
        f"{where.format(lasting(off))} the stretch that the other sources cover ({stretch(*main)}): nothing in it is of that time{clock}",
        "collect it for that time" + (", or state its zone: -p clocks='FILE=Europe/Berlin'" if zone else ""),
        leaves_open="What did it see of the incident?",
    )


def _strangers(sources: Sequence[Source]) -> Said:
    """Say of the running sources of a folder that they lie in stretches of time which do not touch, and which is theirs.

    Where nothing runs, what people recorded over a while tells it: sessions of a terminal, written steps.
    """
    running, seldom = _running(sources), NEAR
    if not running:
        running, seldom = [one for one in sources if one.end - one.start >= LEAST], SESSION
    stretches = _stretches(running, seldom)
    for source in running if len(stretches) > 1 else ():
        own = next(one for one in stretches if one[0] <= source.start <= one[1])
        others = ", ".join(stretch(*one) for one in stretches[:SHOWN] if one != own)
        yield (
            source.path,
            Problem(
                "apart",
                f"the sources here lie in {len(stretches):,} stretches of time that do not touch: it belongs to {stretch(*own)}, "
                f"others to {others}{' and more' if len(stretches) > SHOWN else ''}",
                "keep one incident in one folder, collected for one time"
                + ("; or state its zone: -p clocks='FILE=Europe/Berlin'" if source.doubtful else ""),
                leaves_open="Which of them is of the incident?",
            ),
        )
