"""Each series of a resource is judged by itself, and where sources of one thing disagree that is a finding; in small worlds."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from conftest import Analysed
from forensics import runbook
from forensics.analysis import same_thing
from forensics.model import Json
from small_world import every, iso, log, samples, short
from telling import tell

LIMIT = runbook.load().rule("alert.disk").limit
"""What is strictly over it is over."""

World = Callable[[dict[str, str | bytes]], Analysed]


def df(rows: Sequence[tuple[float, str, float]]) -> str:
    """Return an export of how full file systems were: (second, mountpoint, percent)."""
    return log(
        ["timestamp,mountpoint,disk_used_percent", *(f"{iso(second)},{mount},{value}" for second, mount, value in rows)]
    )


def disk(found: Analysed) -> Json:
    """Return the verdict on disks."""
    return next(one for one in found.findings.json["verdicts"] if one["rule"] == "alert.disk")


def by_itself(verdict: Json) -> list[tuple[str, str, float, bool, int]]:
    """Return of each series its labels, verdict, highest value, whether it was over, and in how many stretches."""
    return [
        (s["statistic"].split('"')[3], s["verdict"], s["highest"], s["over"], len(s["intervals"]))
        for s in verdict["series"]
    ]


def test_each_file_system_is_judged_by_itself(world: World) -> None:
    """One of three was over the limit: the rule is met by it alone, and the others are told with their highest."""
    rows = [
        (60 * minute, mount, values[minute])
        for minute in range(4)
        for mount, values in {"/": (40, 41, 42, 41), "/var": (80, 93, 97, 60), "/srv": (10, LIMIT, 10, 10)}.items()
    ]
    analysed = world({"disks.csv": df(rows)})
    found = disk(analysed)

    assert by_itself(found) == [
        ("/var", "met", 97.0, True, 1),
        ("/srv", "not_met", LIMIT, False, 0),
        ("/", "not_met", 42.0, False, 0),
    ]
    assert [run["signal"].split('"')[3] for run in found["intervals"]] == ["/var"]
    assert found["series"][0]["highest_at"] == short(120)
    assert "never over" in tell(analysed).page


def test_another_file_system_s_silence_is_not_settled_by_this_one(world: World) -> None:
    """One file tells the whole hour of `/`, another a part of it of `/var`: that `/` was never full says nothing of `/var`."""
    root = df([(60 * minute, "/", 40) for minute in range(61)])
    var = df([(60 * minute, "/var", 50) for minute in range(20)])
    found = disk(world({"root.csv": root, "var.csv": var}))

    assert {s["statistic"].split('"')[3]: s["verdict"] for s in found["series"]} == {
        "/": "not_met",
        "/var": "not_assessable",
    }
    assert (found["verdict"], "var.csv" in found["why"]) == ("not_assessable", True)


def test_sources_of_one_machine_that_disagree_are_a_finding(world: World) -> None:
    """One source says 97 % and another of the same machine 60 % in the same minute: both are told, and neither is right by us."""
    first = "timestamp,host,memory_usage_percent\n" + log(f"{iso(s)},quay-1,{v}" for s, v in every(60, 70, 97, 70))
    second = "timestamp,instance,mem_used_percent\n" + log(
        f"{iso(s)},quay-1:9100,{v}" for s, v in every(60, 58, 60, 59)
    )
    found = world({"agent.csv": first, "exporter.csv": second}).findings.json
    (told,) = found["disagreements"]

    assert (told["signal"], told["highest"]["value"], told["beside"]["value"], told["same"]) == (
        "memory",
        97.0,
        60.0,
        "stated",
    )
    assert told["statement"] in [one["statement"] for one in found["findings"]]
    assert told["claim"] in next(one["claims"] for one in found["findings"] if one["statement"] == told["statement"])


@pytest.mark.parametrize(
    ("name", "value", "start"),
    [
        pytest.param("mem_used_percent", 88, 0, id="nearly the same"),
        pytest.param("jvm_memory_usage_percent", 60, 0, id="a heap is not the machine"),
        pytest.param("mem_used_percent", 60, 3600, id="at another time"),
    ],
)
def test_sources_that_do_not_contradict_are_none(world: World, name: str, value: float, start: float) -> None:
    """What differs by less than ten points, is of another kind of thing, or of another time, is no disagreement."""
    other = samples(name, every(60, value, value, value, start=start))
    files: dict[str, str | bytes] = {"one.json": samples("memory.usage", every(60, 70, 97, 70)), "other.json": other}

    assert world(files).findings.json["disagreements"] == []


@pytest.mark.parametrize("place", range(len(same_thing.declared()["example"])))
def test_examples_may_be_one_thing(place: int) -> None:
    """What is declared as an example may be one thing."""
    example = same_thing.declared()["example"][place]

    assert same_thing.may_be_one(_series(example["one"]), _series(example["other"]))


@pytest.mark.parametrize("reject", same_thing.declared()["reject"], ids=lambda one: one["why"])
def test_rejects_are_different_things(reject: Json) -> None:
    """What is declared as a reject is of different things."""
    assert not same_thing.may_be_one(_series(reject["one"]), _series(reject["other"]))


def _series(declared: Json) -> tuple[str, str]:
    labels = ", ".join(f'"{key}": "{value}"' for key, value in declared["labels"].items())
    return declared["name"], f"{{{labels}}}"
