"""Setting something to what it was before takes the change back, whatever it is called."""

from __future__ import annotations

from typing import Any

import pytest
from forensics.analysis import set_back
from forensics.analysis.reverts import reverted
from forensics.analysis.set_back import Setting, setting
from forensics.model import Change, Citation
from small_world import at

SETS = [(one["what"], example) for one in set_back.declared()["set"] for example in one["example"]]


@pytest.mark.parametrize(("what", "example"), SETS, ids=[example["text"][:40] for _, example in SETS])
def test_each_way_to_set_something_is_read_from_its_examples(what: str, example: dict[str, Any]) -> None:
    """What was set, from what, to what; on and off have one spelling each."""
    found = setting(example["text"])

    assert found is not None
    assert found.thing == example["thing"]
    assert (found.before, found.after) == tuple(
        {"false": "off", "true": "on"}.get(example[name], example[name]) for name in ("before", "after")
    ), what


@pytest.mark.parametrize("reject", set_back.declared()["reject"], ids=lambda reject: reject["why"])
def test_what_sets_nothing_is_left_alone(reject: dict[str, str]) -> None:
    """Versions, addresses and subjects without values are no settings."""
    assert setting(reject["text"]) is None


def test_a_path_and_a_dotted_name_are_one_thing() -> None:
    """The last part names it; of a plain word, the word before it as well."""
    assert Setting("/proc/sys/quay/depth_limit", "", "1").name == Setting("quay.depth_limit", "", "1").name
    assert Setting("crane timeout", "", "1").name != Setting("buoy timeout", "", "1").name


def changes(*told: str | tuple[str, str]) -> list[Change]:
    """Return changes in the order of their times, newest first, as they are held: each a text, or a kind and a text."""
    found = []
    for place, one in enumerate(told):
        kind, text = one if isinstance(one, tuple) else ("config", one)
        found.append(Change(f"n{place}", at(60 * place), kind, text, Citation("list.txt", line=place + 1)))
    return found[::-1]


@pytest.mark.parametrize(
    ("told", "pairs"),
    [
        pytest.param(["harbour.depth_limit 10 -> 90", "echo 10 > /proc/sys/harbour/depth_limit"], [(0, 1)], id="by value"),
        pytest.param(
            ["crane speed 1 -> 2", "crane speed 2 -> 5", "buoy speed 2 -> 1", "crane speed 5 -> 1"],
            [(1, 3), (0, 3)],
            id="all steps since it was so, and nothing of another name",
        ),
        pytest.param(
            ["flag lights: **0%** → **20%**", "flag lights: **50%** → **100%**", "flag lights: **20%** → **0%**"],
            [(0, 2)],
            id="the one between belongs to another place",
        ),
        pytest.param(["crane speed 1 -> 2", "crane speed 2 -> 3"], [], id="it went further"),
        pytest.param(["crane speed 1 -> 2", "echo 1 > /proc/crane/other"], [], id="another thing"),
        pytest.param(
            [("deploy", "tides 3.1.0 -> 3.2.0"), ("deploy", "tides 3.2.0 -> 3.1.0 (rollback)")], [(0, 1)], id="an arrow of versions"
        ),
        pytest.param(
            [("deploy", "release 2031.4.2-2: new tides"), ("deploy", "current -> 2031.4.2-1 (was 2031.4.2-2)")],
            [(0, 1)],
            id="what was there is named",
        ),
        pytest.param([("deploy", "tides 3.2.0"), ("deploy", "buoys 1.0.0")], [], id="another program has an older version"),
    ],
)  # fmt: skip
def test_what_was_taken_back_is_found_by_its_values(
    told: list[str | tuple[str, str]], pairs: list[tuple[int, int]]
) -> None:
    """Each change that was taken back, and what took it back, by their places; the last that was undone first."""
    found = reverted(changes(*told))

    assert [(int(one.id[1:]), int(by.id[1:])) for one, by in found] == pairs
