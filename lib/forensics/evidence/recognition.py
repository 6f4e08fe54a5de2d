"""Which format a text has: one that is declared, several interleaved, one behind a prefix, or none, and then its stamps."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

import pyarrow as pa
import pyarrow.compute as pc

from forensics import declarations
from forensics.evidence import formats, pattern_holds, stamps, terminal
from forensics.evidence.content import HEAD
from forensics.evidence.folder_days import Days
from forensics.evidence.formats import FALLBACK, Format
from forensics.evidence.lines import TERMINAL
from forensics.evidence.patterns import LinePattern, Wrapper, compiled
from forensics.evidence.unknown_text import fallback
from forensics.model import Clock

SAMPLE_LINES = 400
LINE_CAP = 65536
"""Characters of a line that patterns look at; the rest stays in the evidence, reachable by offset and length."""

LEAST_SHARE = 0.5
"""Of the sampled lines, this share must be read by the format; the rest is quarantined line by line."""

MIXED_SHARE = 0.95
"""Where one format reads less than this share, others that read the rest join it."""

MOST_FORMATS = 4
"""So many formats may interleave in one text."""

GENERIC_HANDICAP = 0.25
"""By so much a generic format must read better than one that tells more of its lines."""

LEAST_TOLD = 0.2
"""Where lines merely begin with a time, so many of them must; else what stands between does not continue them."""

_FIRST_LOOK = 60


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a text was recognised as."""

    fmt: Format
    how: str
    """`exact`: a declared format; `mixed`: several; `fallback`: none, only stamps."""
    share: float
    """Of the sampled lines, how many its patterns read."""
    stated: bool = False
    """Whether a prefix before each line states its time and who wrote it."""


def sample(head: bytes) -> list[str]:
    """Return the first lines of a text, as patterns look at them."""
    text = head.decode("utf-8-sig", "backslashreplace")
    recorded = terminal.recorded(head)
    if "\x1b" in text and not recorded:
        text = re.sub(TERMINAL, "", text)
    split = re.split(r"\r\n|\n|\r", text)
    whole = split[:-1] if len(head) >= HEAD and len(split) > 1 else split  # the last line may be cut
    found = [line[:LINE_CAP] for line in whole[:SAMPLE_LINES]]
    return terminal.shown(found) if recorded else found


def _lines(texts: Iterable[str]) -> list[str]:
    return [line for line in texts if line.strip() and line != "--" and "\0" not in line]


def _telling(fit: tuple[LinePattern, dict[str, str]] | None) -> bool:
    return fit is not None and fit[0].telling


def _score(fmt: Format, lines: Sequence[str]) -> tuple[float, list[bool]]:
    """Return how well a format reads these lines, and which of them it reads.

    Lines that merely continue count half, and those that only a weak pattern fits still less: they say little about a
    format. A command's output is known by its header, so that its rows count half although any text fits them.
    """
    fits = [fmt.first_fit(line) for line in lines]
    telling = [_telling(fit) for fit in fits]
    first = next(
        (
            tells
            for line, tells, fit in zip(lines, telling, fits, strict=True)
            if tells or not (_aside(line) or _taken(fit))
        ),
        False,
    )
    if not any(telling) or (fmt.kind == "capture" and not first):
        return 0.0, []  # the output of a command begins with its header, under its time and what a tool says of itself
    opening = fits[0][0].name if fits[0] else ""
    if fmt.opening and opening == fmt.opening and None not in fits:
        return 1.0, [True] * len(lines)
    weak = 0.5 if fmt.kind == "capture" else 0.2
    score = sum(
        1.0 if tells else weak if fit[0].weak else 0.5
        for fit, tells in zip(fits, telling, strict=True)
        if fit is not None
    )
    return score / len(lines), [
        fit is not None and (tells or not fit[0].weak) for fit, tells in zip(fits, telling, strict=True)
    ]


@cache
def _dates() -> tuple[LinePattern, ...]:
    """Return how `date` writes, which people let speak before a command that prints no time."""
    return tuple(replace(one, name=f"taken, {one.name}", weak=True) for one in formats.named("date").lines)


def _aside(line: str) -> bool:
    """Say whether a line may stand above the output of a command: a time, or a tool's words about itself."""
    return line.startswith("{") or any(pattern.fit(line) for pattern in _dates())


def _taken(fit: tuple[LinePattern, dict[str, str]] | None) -> bool:
    """Say whether a line states when a capture was taken, or is drawn around its heading, as a format declares it."""
    return fit is not None and (fit[0].begins == "event" if fit[0].weak else fit[0].begins == "nothing")


def _left_undated(fmt: Format, line: str) -> bool:
    """Say whether a line is a time that this format takes for something else."""
    fit = fmt.first_fit(line)
    return any(one.fit(line) for one in _dates()) and (fit is None or fit[0].begins != "event")


def _ranked(lines: Sequence[str]) -> list[tuple[float, list[bool], Format]]:
    """Return the formats that read some of these lines, the best first; of equals, the one that needs most."""
    scored = [(*_score(fmt, lines), fmt) for fmt in _candidates(lines)] if lines else []
    return sorted(
        scored,
        key=lambda one: (-one[0] + GENERIC_HANDICAP * one[2].generic, -one[2].needed, one[2].name),
    )


def _carries(fmt: Format, lines: Sequence[str]) -> bool:
    """Say whether a format may stand for this text: it leaves few lines in quarantine, and, where its lines could be
    anybody's, begins some of those that do not plainly continue another."""
    fits = [fmt.first_fit(line) for line in lines]
    apart = [fit for fit in fits if fit is None or fit[0].weak or fit[0].begins != "nothing"]
    told = sum(_telling(fit) for fit in apart)
    few = fmt.generic and told < LEAST_TOLD * len(apart)
    return not few and sum(fit is not None for fit in fits) >= LEAST_SHARE * len(lines)


class _Looked:
    """Lines that are looked at to see which patterns may fit: what all of them ask is answered once."""

    def __init__(self, lines: Sequence[str]) -> None:
        """Look at these lines."""
        self.each = lines
        self.lines = pa.array(lines, pa.large_string())
        self.first = frozenset(line[0] for line in lines)
        self.whole = "\n".join(lines)
        self._stamps: dict[str, bool] = {}

    def hold(self, shape: str) -> bool:
        """Say whether some line holds a stamp of this shape."""
        if shape not in self._stamps:
            self._stamps[shape] = self.fit(shape)
        return self._stamps[shape]

    def fit(self, pattern: str) -> bool:
        """Say whether some line fits, as RE2 reads the pattern, or Python, where it is asked often."""
        _ASKED[pattern] = asked = _ASKED.get(pattern, 0) + 1
        if asked > OFTEN and len(self.whole) <= SHORT:
            search = compiled(pattern).search
            return any(search(line) is not None for line in self.each)
        return bool(pc.any(pc.match_substring_regex(self.lines, pattern)).as_py())


def _candidates(lines: Sequence[str]) -> list[Format]:
    """Return the formats that read at least one of the first or some later lines with a telling pattern."""
    step = max(1, len(lines) // _FIRST_LOOK)
    looked = [*lines[:10], *lines[10::step]]
    text = _Looked(looked)
    found = []
    for sketch in formats.sketches():
        if sketch.patterns is not None and not any(_may_hold(pattern, text) for pattern in sketch.patterns):
            continue
        fmt = sketch.read()
        if (
            (not fmt.holds or any(re.search(fmt.holds, line) for line in looked))
            and any(pattern.telling and _may_fit(pattern, text) for pattern in fmt.lines)
            and any(_telling(fmt.first_fit(line)) for line in looked)
        ):
            found.append(fmt)
    return found


def _may_hold(pattern: str, text: _Looked) -> bool:
    """Say whether these lines hold what every line must that fits a pattern."""
    begins = pattern_holds.first(pattern.removeprefix("^"))
    if begins is not None and not begins & text.first:
        return False
    stamp = pattern_holds.stamp(pattern)
    return pattern_holds.all_held(pattern, text.whole) and (not stamp or text.hold(stamp))


def _may_fit(pattern: LinePattern, text: _Looked) -> bool:
    """Say whether a pattern can fit one of these lines.

    Most patterns of most formats cannot: that is seen by what their lines must hold, and else by RE2, far sooner than
    Python takes to compile them.
    """
    if pattern.object:
        return pattern.may_begin is None or bool(pattern.may_begin & text.first)
    return _may_hold(pattern.pattern, text) and text.fit(pattern.pattern)


OFTEN = 20
"""RE2 compiles a pattern anew for every text: for one that is asked so often, Python's costs less in the end."""
SHORT = 4096
"""Characters; Python's takes too long with some patterns on very long lines."""
_ASKED: dict[str, int] = {}
"""How often each pattern was asked in this process."""


def recognise_lines(texts: Sequence[str]) -> tuple[Format | None, float]:
    """Return the line format that reads most of this sample, and the share it reads."""
    ranked = _ranked(_lines(texts))
    if not ranked:
        return None, 0.0
    share, _, best = ranked[0]
    return (best, share) if share >= LEAST_SHARE / 2 else (None, share)


def recognise(texts: Sequence[str], later: Sequence[str] = ()) -> Recognised:
    """Return what a text of lines is: never nothing, for in the end it is read by the stamps it holds.

    `later` are lines from its end, which help to tell days from months.
    """
    lines = _lines(texts)
    plain = _declared(lines)
    found = plain if plain is not None and plain.share >= MIXED_SHARE and not plain.fmt.generic else None
    if found is None:
        wrapped = _wrapped(lines)
        found = wrapped if wrapped is not None and _better(wrapped, plain) else plain
    found = _copied(lines, found) or found or Recognised(fallback(lines), "fallback", 0.0)
    seen = [*lines, *_lines(later)]
    if found.fmt.kind == "capture" and any(_left_undated(found.fmt, line) for line in lines):
        found = replace(found, fmt=replace(found.fmt, lines=(*_dates(), *found.fmt.lines)))
    return replace(found, fmt=_settled(found.fmt, seen))


def _copied(lines: Sequence[str], found: Recognised | None) -> Recognised | None:
    """Return the format of terminals for what was copied from one, perhaps without its first prompt: a declared list or output
    above one that has its prompt, or a list of changes among what else was printed."""
    if found is not None and found.fmt.kind != "changes" and not (found.fmt.generic and found.fmt.kind == "log"):
        return None
    fmt = formats.named("terminal")
    prompts = [at for at, line in enumerate(lines) if _telling(fmt.first_fit(line))]
    if not prompts:
        return None
    if found is not None and found.fmt.kind == "log":
        rest = [line for at, line in enumerate(lines) if at not in prompts]
        return Recognised(fmt, "exact", 1.0) if _only_changes(found.fmt, rest) else None
    if found is not None:
        asides = [line for at, line in enumerate(lines) if at not in prompts and found.fmt.first_fit(line) is None]
        return Recognised(fmt, "exact", 1.0) if asides else None
    above = _declared(lines[: prompts[0]]) if prompts[0] else None
    listed = above is not None and above.fmt.kind in ("changes", "capture") and above.share >= MIXED_SHARE
    return Recognised(fmt, "exact", 1.0) if listed else None


def _only_changes(log: Format, lines: Sequence[str]) -> bool:
    """Say whether all that looks like a log's records here are changes, as lists of them write them."""
    told = [line for line in lines if _telling(log.first_fit(line))]
    lists = [fmt for fmt in formats.load("lines") if fmt.into == "changes"] if told else []
    return bool(told) and all(
        any((fit := fmt.first_fit(line)) and fit[0].begins == "event" for fmt in lists) for line in told
    )


def _better(wrapped: Recognised, plain: Recognised | None) -> bool:
    """Say whether a text is rather read behind a prefix: it reads more, or tells more than that a time stands first."""
    if plain is not None and plain.fmt.kind == "capture" and wrapped.how == "fallback":
        return False  # its rows are anybody's, and their bars no prefix
    if plain is None or wrapped.share > plain.share + 0.05:
        return True
    return plain.fmt.generic and wrapped.how == "exact" and (not wrapped.fmt.generic or wrapped.stated)


def _settled(fmt: Format, lines: Sequence[str]) -> Format:
    """Decide what only the lines of this very text tell: the order of day and month, whether times carry their zone,
    whether the letters of their zones are all known."""
    if not any(_open(pattern) for pattern in fmt.lines):
        return fmt
    fits = [fit for line in lines if (fit := fmt.first_fit(line)) and fit[1].get("time")]
    settled = []
    for pattern in fmt.lines:
        written = [captured["time"] for one, captured in fits if one == pattern] if _open(pattern) else []
        settled.append(_settled_by(pattern, written) if _open(pattern) else pattern)
    return replace(fmt, lines=tuple(settled))


def order_beside(fmt: Format, lines: Sequence[str], days: Days) -> dict[str, str]:
    """Return, by the names of the kinds of line whose dates leave it open which number is the day, the order that other files tell."""
    found = {}
    for pattern in fmt.lines:
        if pattern.lacks == "order":
            fits = [fit for line in lines if (fit := fmt.first_fit(line)) and fit[0] == pattern and fit[1].get("time")]
            told = days.order(stamps.orders(pattern.stamp, [captured["time"] for _, captured in fits]))
            if told:
                found[pattern.name] = told
    return found


def ordered(fmt: Format, orders: Mapping[str, str]) -> Format:
    """Return a format whose kinds of line read day, month and year in these orders."""
    return replace(fmt, lines=tuple(replace(one, order=orders.get(one.name, one.order)) for one in fmt.lines))


def _open(pattern: LinePattern) -> bool:
    shape = stamps.named(pattern.stamp)
    return pattern.begins == "event" and bool(pattern.object or shape.choices or shape.lacks == "name")


def _settled_by(pattern: LinePattern, written: list[str]) -> LinePattern:
    """Decide by the times of the lines that this pattern reads."""
    if pattern.object:
        local = written and sum(map(stamps.zoned, written)) < len(written) / 2
        return replace(pattern, stamp="any-local") if local else pattern
    if stamps.named(pattern.stamp).lacks == "name":
        return replace(pattern, stamp=stamps.lettered(pattern.stamp, written))
    return pattern if pattern.order else replace(pattern, order=stamps.order(pattern.stamp, written))


def _declared(lines: Sequence[str]) -> Recognised | None:
    """Return the declared format of these lines; where one does not read them all, together with those that do."""
    ranked = _ranked(lines)
    share, read, first = next(
        (one for one in ranked if one[0] >= LEAST_SHARE / 2 and _carries(one[2], lines)), (0.0, [], None)
    )
    if first is None:
        return None
    chosen = [first]
    while share < MIXED_SHARE and len(chosen) < MOST_FORMATS and first.kind == "log":
        rest = [line for line, known in zip(lines, read, strict=True) if not known]
        if not rest:
            break
        best = _joining(rest, [fmt for _, _, fmt in ranked if fmt.kind == "log" and fmt not in chosen], len(lines))
        if best is None:
            break
        chosen.append(best)
        read = [known or _telling(best.first_fit(line)) for line, known in zip(lines, read, strict=True)]
        share = sum(read) / len(lines)
    return Recognised(_together(chosen), "exact" if len(chosen) == 1 else "mixed", share)


def _joining(rest: Sequence[str], others: Sequence[Format], count: int) -> Format | None:
    """Return the format that tells most of the lines which are left, where it tells enough of the whole text's."""
    gains = [(sum(_telling(fmt.first_fit(line)) for line in rest), fmt) for fmt in others]
    least = max(1 if count < 20 else 2, 0.02 * count)
    enough = [(gain, fmt) for gain, fmt in gains if gain >= (LEAST_TOLD * count if fmt.generic else least)]
    return max(enough, key=lambda one: one[0])[1] if enough else None


def _together(chosen: list[Format]) -> Format:
    if len(chosen) == 1:
        return chosen[0]
    patterns = _apart(chosen)
    strong = [pattern for pattern in patterns if not pattern.weak and pattern.begins != "nothing"]
    weak = [pattern for pattern in patterns if pattern not in strong]
    return replace(
        chosen[0],
        name=" + ".join(fmt.name for fmt in chosen),
        title="several formats in one text: " + "; ".join(fmt.title for fmt in chosen),
        lines=(*strong, *weak),
    )


def _apart(several: Sequence[Format]) -> list[LinePattern]:
    """Return the patterns of several formats under names that tell them apart, for what is counted goes by name."""
    if len(several) == 1:
        return list(several[0].lines)
    return [replace(pattern, name=f"{fmt.name}: {pattern.name}") for fmt in several for pattern in fmt.lines]


# ---- prefixes -------------------------------------------------------------------------------------------------


@cache
def wrappers() -> tuple[Wrapper, ...]:
    """Return the declared prefixes."""
    found = []
    for entry in declarations.declared("evidence/wrappers.toml")["wrapper"]:
        pattern, stamp = stamps.expand(entry["pattern"])
        found.append(
            Wrapper(
                entry["name"],
                entry["title"],
                pattern,
                stamp or entry.get("stamp", ""),
                tuple(entry["example"]),
                entry.get("aside", ""),
                entry.get("pieces", ""),
            )
        )
    return tuple(found)


def _wrapped(lines: Sequence[str]) -> Recognised | None:
    """Return the format of lines behind a prefix, the prefix included in its patterns."""
    for wrapper in wrappers() if lines else ():
        stripped = [wrapper.strip(line) for line in lines]
        inner = [one for one in stripped if one is not None]
        apart = len(lines) - len(inner)
        if inner and apart and wrapper.aside:
            aside = re.compile(wrapper.aside)
            apart -= sum(
                one is None and aside.match(line) is not None for one, line in zip(stripped, lines, strict=True)
            )
        if len(inner) < 0.8 * (len(inner) + apart) or not inner:
            continue
        groups: dict[str, list[str]] = {}
        for program, line in inner:
            groups.setdefault(program, []).append(line)
        inside = [one for group in groups.values() if (one := _declared(_lines(group))) is not None]
        found = {one.fmt.name: one for one in inside if one.fmt.kind == "log"}
        if wrapper.name.startswith("grep") and not found:
            continue
        return _behind(wrapper, [one.fmt for one in found.values()], len(inner) / len(lines), alone=len(groups) == 1)
    return None


def _behind(wrapper: Wrapper, inner: list[Format], share: float, *, alone: bool) -> Recognised:
    """Return the formats of lines behind a prefix. Lines continue others only where one program wrote them all: where
    several did, what stands above may be another's."""
    objects = [pattern for pattern in _apart(inner) if pattern.object]
    kept = [p for p in _apart(inner) if not p.object and (p.begins != "nothing" or (alone and not p.weak))]
    patterns = sorted(
        (p.within(wrapper) for p in kept), key=lambda pattern: (pattern.weak, pattern.begins == "nothing")
    )
    rest = LinePattern(
        name=wrapper.name,
        pattern=f"^{wrapper.pattern}(?P<message>.*)$",
        begins="event" if wrapper.stamp else "undated",
        stamp=wrapper.stamp or "iso-zoned",
        source="",
        level="",
        weak=not wrapper.stamp,
    )
    aside = (
        [LinePattern(f"{wrapper.name}: aside", wrapper.aside, "undated", "iso-zoned", "", "", weak=True)]
        if wrapper.aside
        else []
    )
    base = inner[0] if inner else fallback(())
    stated = bool(wrapper.stamp) and wrapper.source_named
    names = " + ".join(fmt.name for fmt in inner) or FALLBACK
    fmt = replace(
        base,
        name=f"{wrapper.name}: {names}",
        title=f"{wrapper.title}: " + "; ".join(one.title for one in inner),
        kind="log" if stated else base.kind,
        lines=(*(replace(one, prefix=f"^{wrapper.pattern}") for one in objects), *patterns, rest, *aside),
        clock=Clock("UTC", "stated") if wrapper.stamp else base.clock,
        pieces=wrapper.pieces,
    )
    return Recognised(fmt, "exact" if inner or stated else "fallback", share, stated)
