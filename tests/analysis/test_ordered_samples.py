"""Samples that only stand in order between two times: what the order tells, and what it does not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

World = Callable[[dict[str, str | bytes]], Any]

HEAD = "Filesystem      Size  Used Avail Use% Mounted on\n"


def terminal(*between: str | int) -> str:
    """Return a recording with `date` at 07:30 and 07:40, and between them commands and looks at a disk that is so full."""
    lines = ["crew@heron:~$ date", "Wed Apr  2 07:30:00 AM UTC 2031"]
    for one in between:
        shown = (
            f"crew@heron:~$ df -h /quay\n{HEAD}/dev/vda         20G   1G   19G  {one}% /quay"
            if isinstance(one, int)
            else f"crew@heron:~$ {one}"
        )
        lines += shown.splitlines()
    lines += ["crew@heron:~$ date", "Wed Apr  2 07:40:00 AM UTC 2031"]
    return 'Script started on 2031-04-02 07:29:50+00:00 [TERM="linux"]\n' + "\n".join(lines) + "\n"


def disk(result: dict[str, Any]) -> dict[str, Any]:
    """Return the verdict on the disk."""
    return next(one for one in result["verdicts"] if one["rule"] == "alert.disk")


def test_the_order_of_samples_tells_what_their_times_do_not(world: World) -> None:
    """Over from the second of four looks to the third: it began and was over within the two times, and nothing is sooner."""
    result = world({"quay.log": terminal(20, 90, 97, 20)}).findings.json
    (run,) = disk(result)["intervals"]
    first, last = "2031-04-02T07:30:00Z", "2031-04-02T07:40:00Z"

    assert {key: run[key] for key in run if key != "signal"} == {
        "start": first, "start_latest": last, "end": first, "end_latest": last,
        "peak": 97.0, "open": False, "ended_by": "back", "open_start": False,
    }  # fmt: skip
    for moment in ("onset", "recovered"):
        assert (result["moments"][moment]["earliest"], result["moments"][moment]["latest"][:19]) == (first, last[:19])
    assert result["durations"]["impact_s"] == [0.0, 600.0]


def test_what_was_last_seen_over_has_not_come_back(world: World) -> None:
    """Where the last look is over the limit, however many within it stand before, recovery is not known."""
    result = world({"quay.log": terminal(20, 90, 20, 97)}).findings.json

    assert [run["ended_by"] for run in disk(result)["intervals"]] == ["back", "gap"]
    assert [run["peak"] for run in disk(result)["intervals"]] == [90.0, 97.0]
    assert result["moments"]["recovered"]["source"] == "unknown"


def test_no_place_in_an_order_is_told_as_a_time(world: World) -> None:
    """Nothing that is stated holds a fraction of a second that no clock wrote, but for the rest of a second of the bounds."""
    text = str(world({"quay.log": terminal(20, 90, 97, 20)}).findings.json)

    assert ":00.00000" not in text
