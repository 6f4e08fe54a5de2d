"""Ids of traces stand beside the messages of many logs: clocks are compared by them all the same."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from small_world import at

World = Callable[[dict[str, Any]], Any]
Line = Callable[[int, float, str], str]


def trace(number: int) -> str:
    """Return the id of a trace, as tracers make them."""
    return f"{0x9E3779B97F4A7C15F39CC0605CEDC835 * (number + 1) % (1 << 128):032x}"


def stamp(seconds: float) -> str:
    return at(seconds).isoformat(timespec="milliseconds") + "Z"


def bracketed(number: int, seconds: float, service: str) -> str:
    """Write as Spring Boot 3 does: trace and span in one pair of brackets behind the thread."""
    span = trace(number + len(service))[:16]
    return f"{stamp(seconds)}  INFO 1 --- [{service}] [nio-8080-exec-1] [{trace(number)}-{span}] harbour.Gate   : {service} {number}\n"


def listed(number: int, seconds: float, service: str) -> str:
    """Write as Spring Boot 2 with Sleuth does: service, trace and span before the process."""
    span = trace(number + len(service))[:16]
    return f"{stamp(seconds)}  WARN [{service},{trace(number)},{span}] 1 --- [exec-1] harbour.Berths   : {service} {number}\n"


def record(number: int, seconds: float, service: str) -> str:
    """Write as loggers of JSON do."""
    told = {"timestamp": stamp(seconds), "level": "INFO", "service": service, "msg": f"{service} {number}"}
    return json.dumps({**told, "trace_id": trace(number)}) + "\n"


@pytest.mark.parametrize(
    ("first", "second"), [(bracketed, bracketed), (bracketed, listed), (record, record), (listed, record)]
)
def test_a_slow_clock_shows_by_the_ids_of_traces(first: Line, second: Line, world: World) -> None:
    """The second service writes each trace 20 ms after the first, on a clock that is 47 s slow."""
    one = world(
        {
            "gate.log": "".join(first(n, 13 * n, "gate") for n in range(50)),
            "berths.log": "".join(second(n, 13 * n - 46.98, "berths") for n in range(50)),
        }
    )

    said = [p.message for entry in one.evidence for p in entry.problems if p.code == "clock-skew"]
    assert len(said) == 1
    assert said[0].startswith("its clock stands 47.0 s ahead of that of berths.log")


def test_other_traces_tell_nothing(world: World) -> None:
    """Where no trace is in both, clocks are not compared."""
    one = world(
        {
            "gate.log": "".join(bracketed(n, 13 * n, "gate") for n in range(50)),
            "berths.log": "".join(bracketed(n + 500, 13 * n - 47, "berths") for n in range(50)),
        }
    )

    assert [p for entry in one.evidence for p in entry.problems if p.code == "clock-skew"] == []
