"""Of the shares of failed requests the first screen tells one; the others stand beside it once, each with what it is of."""

from __future__ import annotations

from collections.abc import Callable

from bs4 import BeautifulSoup
from conftest import Analysed
from forensics.report import shares, watched
from forensics.report.words import Times, quantity
from plain_sentences import own
from small_world import log, request, traffic
from telling import tell

World = Callable[[dict[str, str | bytes]], Analysed]
PACED = {"app.log": traffic(*[0] * 20, 4, 7, 13, 9, 8, 9, *[0] * 40)}
"""Twenty requests in half a minute; of those of six half minutes 4, 7, 13, 9, 8 and 9 fail: 50 of 120, at the worst 13 of 20."""


def test_each_share_is_told_with_what_it_is_of(world: World) -> None:
    """Counted by hand: the impact ends with the first request that is answered again, the breach with its last step."""
    result = world(PACED).findings.json

    rows = shares.rows(result, Times())

    told = [(row.name.partition(",")[0], row.text) for row in rows]
    assert told[1:] == [("Breach", "41.7 %"), ("Worst 30 s", "65 %")]
    failed, requests = result["impact"]["failed"], result["impact"]["requests"]
    assert (failed, told[0]) == (50, ("Impact window", f"{quantity(100 * failed / requests)} %"))
    assert all(row.claims and row.claims[0] for row in rows)


def test_no_share_of_failures_is_told_twice_on_the_first_screens(world: World) -> None:
    """Above the table the page tells the first share alone, and no other share stands twice in the impact."""
    analysed = world(PACED)
    page = BeautifulSoup(tell(analysed).page, "html.parser")
    rows = [line.text.partition(" (")[0] for line in shares.rows(analysed.findings.json, Times())]
    summary, impact = (page.find(id=name) for name in ("summary", "impact"))
    for folded in impact.find_all("details"):
        folded.decompose()
    first, below = own(str(summary)), own(str(impact))

    assert [share for share in rows if share in first] == rows[:1]
    assert [below.count(share) for share in rows] == [1] * len(rows)


def test_without_failures_there_is_no_table(world: World) -> None:
    """One share alone asks no question, and none at all needs no table."""
    calm = world({"app.log": log([request(second) for second in range(0, 900, 10)])})

    assert shares.rows(calm.findings.json, Times()) == []
    assert 'class="cards shares"' not in tell(calm).page


def test_what_all_signals_lack_is_said_once() -> None:
    """Where of none it is known what was usual, one sentence says so, no column repeats it, and each row tells what it lacks alone."""
    unknown = "what was usual before the onset is not known: too little evidence of that time"
    signals = [
        {"baseline": None, "why": f"its evidence ends at 10:00:00 UTC; {unknown}"},
        {"baseline": None, "why": unknown},
        {"baseline": None, "why": None},
    ]

    assert not watched.knows_usual(signals)
    assert watched.usual(signals) == f"Of all of them {unknown}."
    assert [watched.lacks(one, signals) for one in signals] == ["its evidence ends at 10:00:00 UTC", "", ""]
    known = [*signals, {"baseline": {"median": 1.0}, "why": None}]
    assert (watched.knows_usual(known), watched.usual(known)) == (True, "")
    assert watched.lacks(signals[1], known) == unknown, "where others know it, each says for itself that it does not"
