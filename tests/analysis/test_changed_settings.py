"""Settings that samples tell: what differs from the sample before was changed by somebody, between the two."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from forensics.analysis import changed_settings
from small_world import at, every, samples, traffic

SETTINGS = changed_settings.declared()["setting"]


@pytest.mark.parametrize(("pattern", "name"), [(one["name"], name) for one in SETTINGS for name in one["example"]])
def test_each_example_is_a_setting(pattern: str, name: str) -> None:
    """What is declared to be one is found by its name."""
    assert re.search(pattern, name)


@pytest.mark.parametrize("name", [one["name"] for one in changed_settings.declared()["reject"]])
def test_what_measures_is_no_setting(name: str) -> None:
    """Names that sound alike are left alone."""
    assert not any(re.search(one["name"], name) for one in SETTINGS)


def test_a_setting_changes_between_two_samples(world: Callable[[dict[str, Any]], Any]) -> None:
    """It was changed once, between 12:10 and 12:12, while requests failed: an act whose bounds are told."""
    told = world(
        {
            "logs/application.log": traffic(*[0] * 16, *[10] * 8, *[0] * 10),
            "cache.json": samples("cache.maxmemory", every(120, *[512] * 6, *[768] * 3), unit="MB"),
            "used.json": samples(
                "cache.used_memory", every(120, 300, 310, 330, 340, 400, 500, 510, 520, 530), unit="MB"
            ),
        }
    ).findings.json

    (change,) = told["changes"]
    assert change["kind"] == "config"
    assert "cache.maxmemory" in change["summary"]
    (done,) = told["response"]["mitigations"]
    assert done["time"] == {"earliest": f"{at(600).isoformat()}Z", "latest": f"{at(720).isoformat()}Z"}
    assert done["kind"] == "configuration"


def test_a_setting_that_was_not_sampled_for_long_has_no_time(world: Callable[[dict[str, Any]], Any]) -> None:
    """Between samples two hours apart nothing tells when it was."""
    analysed = world({"cache.json": samples("cache.maxmemory", every(7200, 512, 768), unit="MB")})

    (change,) = changed_settings.changes(analysed.store)
    assert (change.time, change.until) == (None, None)
