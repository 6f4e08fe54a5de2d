"""Limits of pools that configuration states, joined with what other files measure."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from forensics.analysis import pool_limits
from forensics.model import Citation
from small_world import epoch_ms, short

World = Callable[[dict[str, str | bytes]], Any]
LIMITS = pool_limits.declared()["limit"]
EXAMPLES = [(entry["of"], one) for entry in LIMITS for one in entry["example"]]
REFUSED = [(entry["of"], one) for entry in LIMITS for one in entry["reject"]]
NAME = pool_limits.declared()["name"]


@pytest.mark.parametrize(("of", "example"), EXAMPLES, ids=lambda one: one if isinstance(one, str) else one["text"])
def test_the_declared_examples_hold(of: str, example: dict[str, Any]) -> None:
    """Each line that a declaration gives as an example states its limit."""
    found = {one.limit for _, one in pool_limits.limits(example["text"], Citation("app.conf", line=1))}

    assert found == {example["limit"]}


@pytest.mark.parametrize(("of", "example"), REFUSED, ids=lambda one: one if isinstance(one, str) else one["text"])
def test_the_declared_rejects_hold(of: str, example: dict[str, Any]) -> None:
    """No line that a declaration refuses states a limit."""
    assert list(pool_limits.limits(example["text"], Citation("app.conf", line=1))) == []


def test_the_names_of_pools_hold() -> None:
    """The example names its pool, and the reject none."""
    (example,), (refused,) = NAME["example"], NAME["reject"]

    assert re.search(NAME["pattern"], example["text"])["name"] == example["name"]  # type: ignore[index]
    assert re.search(NAME["pattern"], refused["text"]) is None


def test_what_is_not_the_database_states_no_limit() -> None:
    """A cache's pool, or one of threads, holds no connections to a database."""
    for text in ("redis.pool.max=8", "worker: { pool: { max: 4 } }", "http.pool.max-size=12"):
        assert list(pool_limits.limits(text, Citation("app.conf", line=1))) == []


def stats(*active: float, idle: float = 2) -> str:
    """Return a table of a pool, read each second: so many in use, and so many open that were not."""
    rows = [f"{epoch_ms(second)},{busy},{idle}" for second, busy in enumerate(active)]
    return "\n".join(["timestamp,hikari.active,hikari.idle", *rows]) + "\n"


def judged(world: World, files: dict[str, str | bytes]) -> tuple[dict[str, Any], list[tuple[str, int | None]]]:
    """Return the verdict on the pool, and what its claim cites."""
    found = world(files).findings
    verdict = next(one for one in found.json["verdicts"] if one["rule"] == "alert.db_connections")
    (claim,) = [one for one in found.claims if one["id"] == verdict["claim"]]
    return verdict, [(cited["path"], cited.get("line")) for cited in claim["evidence"]]


BUSY = (1, 9, 10, 10, 8, 1, *[1] * 8)
CONF = "# How many there may be\nspring.datasource.hikari.maximum-pool-size=10\n"


def test_a_limit_of_another_file_is_what_a_pool_is_judged_by(world: World) -> None:
    """Nine of ten are 90 %, which is not over: from 12:00:02 on all ten are in use; the setting is named and cited."""
    verdict, cited = judged(world, {"stats.csv": stats(*BUSY), "app.properties": CONF})

    assert [(run["start"], run["end"], run["peak"]) for run in verdict["intervals"]] == [(short(2), short(4), 100.0)]
    assert "hikari.active / 10, each sample" in verdict["statistic"]
    assert "as app.properties:2 states (joined from another file)" in verdict["statistic"]
    assert ("app.properties", 2) in cited


def test_a_pool_of_which_only_the_use_is_measured_has_its_limit_too(world: World) -> None:
    """Neither what is open nor what is free is measured: by the setting, it is a share all the same."""
    table = "\n".join(line.rpartition(",")[0] for line in stats(*BUSY).splitlines()) + "\n"
    verdict, _ = judged(world, {"stats.csv": table, "application.yml": "hikari:\n  maximum-pool-size: 10\n"})

    assert (verdict["verdict"], [run["peak"] for run in verdict["intervals"]]) == ("met", [100.0])
    assert "application.yml:2" in verdict["statistic"]


def test_limits_that_differ_judge_nothing(world: World) -> None:
    """Two files state ten and twenty for the same kind of pool: neither is used, and both are named."""
    other = "spring.datasource.hikari.maximum-pool-size=20\n"
    verdict, cited = judged(world, {"stats.csv": stats(*BUSY), "a.properties": CONF, "b.properties": other})

    assert (
        "told differently (10 by a.properties:2, 20 by b.properties:1), so none of these is used"
        in (verdict["statistic"])
    )
    assert {("a.properties", 2), ("b.properties", 1)} <= set(cited)


def test_a_limit_below_what_was_in_use_is_not_of_this_pool(world: World) -> None:
    """Eight at most cannot be the limit of a pool of which ten were in use."""
    verdict, _ = judged(world, {"stats.csv": stats(*BUSY), "a.properties": CONF.replace("10", "8")})

    assert "a.properties:2 states 8 at most, but 10 were in use, so it is not used" in verdict["statistic"]


def test_the_limit_of_the_pool_that_is_measured_is_chosen_by_its_name() -> None:
    """Of two limits, the one whose pool bears the name of the measured one; a pool of a third name has none."""
    fits = (LIMITS[0]["fits"], LIMITS[0]["except_names"])
    north, south = (
        pool_limits.Stated(limit, fits, name, Citation("app.properties", line=limit))
        for limit, name in ((10, "north"), (20, "south"))
    )
    limits = pool_limits.Limits([north, south])

    def limit(labels: str) -> float | None:
        found = limits.of("hikaricp_connections_active", labels, 5)
        return found.limit if found else None

    assert limit('{"pool": "South"}') == 20
    assert limit('{"pool": "east"}') is None
    assert limit("{}") is None


def test_a_name_beside_a_limit_is_of_the_same_pool(world: World) -> None:
    """Settings of one family belong together: the pool that is called north is the one of ten."""
    settings = (
        "a.hikari.maximum-pool-size=10\na.hikari.pool-name=north\n"
        "b.hikari.maximum-pool-size=20\nb.hikari.pool-name=south\n"
    )
    store = world({"app.properties": settings}).store

    assert [(one.limit, one.pool) for one in pool_limits.Limits.read(store).stated] == [(10, "north"), (20, "south")]


def test_a_pool_whose_limit_stands_elsewhere_is_saturated_with_a_queue(world: World) -> None:
    """All ten are in use for six seconds, in one of which nine were: forty wait at the most; the setting is cited."""
    active, waiting = (1, 2, 10, 10, 9, 10, 10, 10, 3), (0, 0, 5, 20, 30, 40, 35, 30, 0)
    rows = [f"{epoch_ms(n)},{busy},0,{queue}" for n, (busy, queue) in enumerate(zip(active, waiting, strict=True))]
    table = "\n".join(["timestamp,hikari.active,hikari.idle,hikari.waiting", *rows]) + "\n"
    (one,) = world({"stats.csv": table, "app.properties": CONF}).findings.json["beyond_limits"]

    assert (one["what"], one["start"], one["end"], one["limit"], one["queue_most"]) == (
        "saturation", short(2), short(7), 10, 40,
    )  # fmt: skip
    assert "in use, but for 1 of 6 samples, from 12:00:02 to 12:00:07 UTC" in one["statement"]
    assert "app.properties:2" in one["statement"]


def test_threads_that_are_all_busy_with_a_queue_are_a_saturated_pool(world: World) -> None:
    """Busy threads of as many as there are, while requests queue for them, need no setting."""
    rows = [(2, 10, 0), (10, 10, 3), (20, 20, 30), (20, 20, 60), (20, 20, 90), (4, 20, 0)]
    lines = [f"{epoch_ms(n)},{busy},{pool},{queue}" for n, (busy, pool, queue) in enumerate(rows)]
    table = "\n".join(["timestamp,tomcat.busy,tomcat.pool,tomcat.queue", *lines]) + "\n"
    (one,) = world({"stats.csv": table}).findings.json["beyond_limits"]

    assert (one["start"], one["end"], one["queue_most"]) == (short(1), short(4), 90)
