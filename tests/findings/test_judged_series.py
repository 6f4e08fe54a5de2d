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


DF = """Filesystem      Size  Used Avail Use% Mounted on
/dev/vda1        79G   33G   43G  44% /
/dev/vdb1       100G   90G   10G  90% /srv
tmpfs           2.0G     0  2.0G   0% /dev/shm
"""
FREE = """               total        used        free      shared  buff/cache   available
Mem:            16Gi       3.0Gi       9.0Gi       1.0Mi       4.0Gi        12Gi
Swap:             0B          0B          0B
"""
AT = "Wed Apr  2 12:03:00 UTC 2031\n"


def metrics(name: str, value: float, labels: str) -> str:
    """Return ten minutes of one metric, a sample a minute, with labels."""
    head, _, said = labels.partition("=")
    columns = f",{head}" if head else ""
    return f"timestamp{columns},{name}\n" + log(
        f"{iso(second)},{said + ',' if head else ''}{read}" for second, read in every(60, *[value] * 10)
    )


@pytest.mark.parametrize(
    ("files", "rule", "told", "captures"),
    [
        pytest.param(
            {"df.txt": DF, "metrics.csv": metrics("disk_used_percent", 43.5, "mount=/")}, "alert.disk",
            [("disk", True, 44.0, 43.5, "they agree within 10 points; both name file system /")], ["/"],
            id="df agrees with the metric of its file system",
        ),
        pytest.param(
            {"df.txt": DF, "metrics.csv": metrics("disk_used_percent", 12, "mount=/srv")}, "alert.disk",
            [("disk", False, 90.0, 12.0, "they disagree by 78 points; both name file system /srv")], ["/srv"],
            id="df disagrees with it",
        ),
        pytest.param(
            {"df.txt": DF, "metrics.csv": metrics("disk_used_percent", 12, "")}, "alert.disk",
            [("disk", False, 44.0, 12.0, "they disagree by 32 points; nothing tells whether both are of one thing")], ["/"],
            id="a metric that names none stands beside the root",
        ),
        pytest.param(
            {"df.txt": DF, "metrics.csv": metrics("disk_used_percent", 12, "mount=/var")}, "alert.disk", [], [],
            id="another file system is another",
        ),
        pytest.param(
            {"free.txt": FREE, "metrics.csv": metrics("mem_used_percent", 31, "")}, "alert.memory",
            [("memory", True, 25.0, 31.0, "they agree within 10 points; nothing tells whether both are of one thing")], ["machine"],
            id="free and a metric of memory",
        ),
        pytest.param({"free.txt": FREE, "metrics.csv": metrics("jvm_memory_usage_percent", 31, "")}, "alert.memory", [], [],
                     id="a heap is not the machine"),
    ],
)  # fmt: skip
def test_captures_are_judged_beside_what_was_measured(
    files: dict[str, str | bytes],
    rule: str,
    told: list[tuple[str, bool, float, float, str]],
    captures: list[str],
    world: World,
) -> None:
    """What df or free show is judged by itself, and stands beside the sample of that minute: with both figures, whether they agree
    or not; where both name the same thing and disagree, that is a finding, too."""
    case = tell(world({**files, "date.txt": AT}))
    found = case.result["captures_beside"]
    verdict = next(one for one in case.result["verdicts"] if one["rule"] == rule)

    assert [
        (one["signal"], one["agree"], one["captured"]["value"], one["measured"]["value"], one["statement"].partition("): ")[2])
        for one in found
    ] == told  # fmt: skip
    named = [one["name"] for one in verdict["definitions"]]
    assert len(named) == len(captures)
    assert all(f'"{mount}"' in name for mount, name in zip(captures, named, strict=True))
    findings = [one["statement"] for one in case.result["findings"]]
    assert [one["statement"] in findings for one in found] == [
        not one["agree"] and one["same"] == "stated" for one in found
    ]
    assert all(one["statement"][:40] in case.page for one in found)
    assert ("## Captures Beside Metrics" in case.markdown) is bool(found)


def test_a_capture_of_another_time_stands_beside_nothing(world: World) -> None:
    """Metrics that ended half an hour before say nothing of what df showed then."""
    late = "Wed Apr  2 12:45:00 UTC 2031\n"
    case = world({"df.txt": DF, "date.txt": late, "metrics.csv": metrics("disk_used_percent", 43, "mount=/")})

    assert case.findings.json["captures_beside"] == []


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
