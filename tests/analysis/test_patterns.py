"""Patterns of log messages that are new, surged or vanished: what is counted, what is tested, and what cannot be told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from itertools import pairwise
from math import comb

import pytest
from conftest import Analysed, analyse, write
from forensics.analysis import chance
from forensics.model import Json
from small_world import iso, log, short, traffic

World = Callable[[dict[str, str | bytes]], Analysed]
CALM, BAD = [0] * 10, [15] * 8
REQUESTS = traffic(*CALM, *BAD, *CALM, error="timeout")
"""Failing from the 300th second to the 540th."""


def told(text: str, seconds: Iterable[float], level: str = "INFO") -> list[str]:
    """Return lines of an application's log; # is a number that differs from line to line."""
    return [f"[{iso(at)}] {level} [db] {text.replace('#', str(number))}" for number, at in enumerate(seconds, 7)]


def world_log(*lines: list[str]) -> str:
    """Return a log of these lines and the requests, in order of time."""
    return log(sorted([*REQUESTS.splitlines(), *(one for some in lines for one in some)], key=lambda one: one[:26]))


def changed(result: Json) -> list[tuple[str, str, int, int]]:
    """Return what is said of each pattern that changed."""
    return [(one["said"], one["novelty"], one["before"], one["during"]) for one in result["patterns"]]


BURSTS = [at + number / 100 for at in (130, 310, 430, 500) for number in range(40)]


def with_an_undated_line(text: str) -> str:
    """Return a log with a line that has no time, between two turns during the incident."""
    lines = text.splitlines()
    place = next(n for n, line in enumerate(lines) if "turn 8" in line)
    return log([*lines[: place + 1], "Out of memory: the heap is full", *lines[place + 1 :]])


@pytest.fixture(scope="module")
def changes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Analysed]:
    """One world in which messages change in every way."""
    lines = world_log(
        told("lock held by job #", [310, 320], "ERROR"),
        told("slow query took # ms", [60, 240, *range(302, 530, 5)], "WARN"),
        told("cache holds # rows", range(5, 300, 10)),
        told("heartbeat #", range(5, 840, 10)),
        told("row # of the report", BURSTS),
        told("turn #", [50, 410, 411]),
        told('no tariff for harbour "north 7" in table 3, try #', [320, 330], "ERROR"),
    )
    late = log(told("worker # is up", range(400, 500, 9)))
    files: dict[str, str | bytes] = {"app.log": with_an_undated_line(lines), "worker.log": late}
    folder = write(tmp_path_factory.mktemp("world") / "incident", files)
    analysed = analyse(folder, tmp_path_factory.mktemp("work"))
    yield analysed
    analysed.store.close()


# ---- what changed ---------------------------------------------------------------------------------------------------


def test_patterns_are_new_surged_or_vanished(changes: Analysed) -> None:
    """Errors come first, then warnings, then the rest. What is told as often as ever is left out, and so are requests; and
    a job that tells forty lines at a time has run twice on either side, however many lines that are. A name or a number that
    is the same in all messages of a pattern is part of what is said: it does not vary."""
    result = changes.findings.json

    assert changed(result) == [
        ("lock held by job …", "new", 0, 2),
        ('no tariff for harbour "north 7" in table 3, try …', "new", 0, 2),
        ("slow query took … ms", "surged", 2, 46),
        ("cache holds … rows", "vanished", 30, 0),
        ("Out of memory: the heap is full", "new", 0, 1),
    ]
    assert [(one["first"], one["last_before"]) for one in result["patterns"][:4]] == [
        (short(310), None), (short(320), None), (short(302), short(240)), (None, short(295)),
    ]  # fmt: skip
    assert result["pattern_comparison"]["compared"] == 8
    assert result["pattern_comparison"]["counts"] == {"new": 3, "surged": 1, "vanished": 1}


def test_windows_are_stated(changes: Analysed) -> None:
    """From the first line to the onset, and from there to the recovery: as the moments of the same result have them."""
    result = changes.findings.json
    found, moments = result["pattern_comparison"], result["moments"]

    assert found["before"] == {"start": short(0), "end": moments["onset"]["earliest"]}
    assert found["during"] == {
        "start": moments["onset"]["earliest"], "end": moments["recovered"]["latest"], "ended_by": "recovery",
    }  # fmt: skip


def test_a_claim_asks_for_its_counts_again(changes: Analysed) -> None:
    """The question of a claim gives, first of all, the row of the pattern that it is of."""
    result, claims = changes.findings.json, {one["id"]: one for one in changes.findings.claims}

    for one in result["patterns"]:
        row = claims[one["claim"]]["answer"]["first"][0]
        assert (row["template"], row["before"], row["during"]) == (one["template"], one["before"], one["during"])
        assert f"{row['path']}:{row['line']}" == one["where"]
    assert {claims[one["claim"]]["query"] for one in result["patterns"]} == {"sql/patterns_compared.sql"}


def test_an_event_without_a_time_has_the_side_of_its_neighbours(changes: Analysed) -> None:
    """Between two lines of one side it is of that side; its time is told as the two between which it stands."""
    one = changes.findings.json["patterns"][-1]

    assert one["first"]["earliest"] == short(410)
    assert one["first"]["latest"] <= short(411)


def test_a_log_that_begins_with_the_incident_is_not_compared(changes: Analysed) -> None:
    """Everything in it would be new; it is named with the reason instead."""
    assert changes.findings.json["pattern_comparison"]["left_out"] == [
        {"log": "worker.log", "why": "tells nothing from before the onset"}
    ]


def test_the_pieces_of_a_rotated_log_are_one(world: World) -> None:
    """A log that was rotated during the incident tells of before it in its older piece."""
    lines = world_log(told("heartbeat #", range(5, 840, 10)), told("lock #", [450])).splitlines()
    cut = next(n for n, line in enumerate(lines) if line[1:] > iso(400))
    result = world({"app.log.1": log(lines[:cut]), "app.log": log(lines[cut:])}).findings.json

    assert changed(result) == [("lock 7", "new", 0, 1)]  # told once: nothing in it varies
    assert result["pattern_comparison"]["left_out"] == []


# ---- what cannot be told --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("files", "why"),
    [
        pytest.param({"app.log": traffic(*CALM)}, "when it began is not known", id="no onset"),
        pytest.param({"app.log": traffic(*BAD)}, "no log reaches from before the onset to after it: app.log", id="nothing before"),
    ],
)  # fmt: skip
def test_where_nothing_can_be_compared_it_is_said_why(files: dict[str, str | bytes], why: str, world: World) -> None:
    """No list, and the reason; an empty list would say that nothing had changed."""
    result = world(files).findings.json

    assert (result["patterns"], result["pattern_comparison"]) == (None, None)
    assert result["why_null"]["patterns"].startswith(why)


def test_nothing_changed_is_not_nothing_known(world: World) -> None:
    """Where all was compared and all is as before, the list is empty."""
    result = world({"app.log": world_log(told("heartbeat #", range(5, 840, 10)))}).findings.json

    assert (result["patterns"], result["pattern_comparison"]["compared"]) == ([], 1)


# ---- the arithmetic -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second", "share"),
    [(0, 1, "3/10"), (5, 3, "1/5"), (1, 50, "3/10"), (200, 20, "1/20"), (3, 0, "1/2"), (40, 300, "9/10")],
)
def test_tails_are_those_of_the_binomial_distribution(first: int, second: int, share: str) -> None:
    """As summed up in fractions, term by term."""
    part, both = Fraction(share), first + second
    exact = sum(comb(both, n) * part**n * (1 - part) ** (both - n) for n in range(second, both + 1))

    assert chance.more_in_the_second(first, second, float(part)) == pytest.approx(float(exact), rel=1e-9)


def test_tails_fall_as_counts_rise() -> None:
    """Also between whole numbers, and far beyond what fractions could sum up."""
    tails = [chance.more_in_the_second(1000, second / 2, 0.5) for second in range(1800, 3000, 7)]

    assert all(one > other > 0 for one, other in pairwise(tails))


@pytest.mark.parametrize(
    ("chances", "of", "held"),
    [
        pytest.param([0.01, 0.02, 0.9], 3, [True, True, False], id="each by its turn"),
        pytest.param([0.9, 0.001], 2, [False, True], id="in any order"),
        pytest.param([0.02, 0.01], 10, [False, False], id="too many questions"),
        pytest.param([0.004, 0.03, 0.0001], 4, [True, False, True], id="stops at the first that does not hold"),
        pytest.param([], 0, [], id="nothing asked"),
    ],
)
def test_many_questions_err_together_no_more_than_one(chances: list[float], of: int, held: list[bool]) -> None:
    """By Holm's rule at five percent: the smallest over all, the next over one fewer."""
    assert chance.holding(chances, of, 0.05) == held


def test_counts_that_cluster_weigh_less() -> None:
    """Variance over mean of the counts of the minutes, at least one."""
    assert chance.clustering(12, 12, 60) == 1.0
    assert chance.clustering(80, 40**2 * 2, 5) == pytest.approx((3200 - 80 * 16) / 4 / 16)
    assert chance.clustering(0, 0, 60) == 1.0


def test_what_went_wrong_in_words_tells_patterns_apart(world: World) -> None:
    """Fields of one line that name the message and the error keep their words; what varies in them, and other quoted values, do not."""
    lines = [
        f'{iso(1800 + 10 * n)} level=ERROR msg="mooring failed" berth="{n} east" err="quay: {n * 1000} boats are more than it holds"'
        for n in range(1, 9)
    ]
    lines += [f'{iso(1805 + 10 * n)} level=ERROR msg="crane stuck" berth="{n} west" err="no oil"' for n in range(1, 9)]
    text = "\n".join(sorted(lines)) + "\n"
    store = world({"app.log": text}).store
    told = store.connection.execute("select template, count(*) from line_patterns group by template order by template")

    assert told.fetchall() == [
        ('msg="crane stuck" berth=<*> err="no oil"', 8),
        ('msg="mooring failed" berth=<*> err="quay: <*> boats are more than it holds"', 8),
    ]
