"""What was done when no request failed any more did not end the failures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from small_world import epoch_ms, iso, log, request, short

World = Callable[..., Any]


def history(*commands: tuple[float, str]) -> str:
    """Return a history of bash, with times in seconds after noon."""
    return "".join(f"#{epoch_ms(second) // 1000}\n{command}\n" for second, command in commands)


def requests() -> str:
    """Return an hour of a request every five seconds: all fail from minute 10 to 20, and then all are slow until minute 30."""
    return log(
        request(second, failed=600 <= second < 1200, ms=3000 if 1200 <= second < 1800 else 50)
        for second in range(0, 3600, 5)
    )


ROLLED_BACK, RESTARTED = (900, "kubectl rollout undo deployment/ferry"), (1500, "systemctl restart ferry")


@pytest.mark.parametrize(
    ("commands", "mitigated", "why", "late"),
    [
        pytest.param(
            [ROLLED_BACK, RESTARTED],
            900,
            "the last action before requests ceased to fail (“systemctl restart ferry” came 5 min 5 s after the last request that failed): "
            "kubectl rollout undo deployment/ferry",
            [None, 305.0],
            id="what was done while requests failed ended it",
        ),
        pytest.param(
            [RESTARTED],
            1500,
            "the last action before the service recovered, though “systemctl restart ferry” came 5 min 5 s after the last request that "
            "failed",
            [305.0],
            id="nothing else is known: it is named, and that it came late",
        ),
        pytest.param(
            [(1204, "systemctl restart ferry")],
            1204,
            "the last action before the service recovered: systemctl restart ferry",
            [None],
            id="so soon after the last failure that the next was not due",
        ),
    ],
)
def test_what_ended_the_failures_came_before_the_last_of_them(
    world: World, commands: list[tuple[float, str]], mitigated: float, why: str, late: list[float | None]
) -> None:
    """A failure every five seconds, the last at 12:19:55: three are due after a quarter of a minute."""
    noticed = log([f"[{iso(610)}] ERROR [monitor] Alert triggered: high error rate"])
    result = world({"app.log": requests(), "alerts.log": noticed, "bash_history": history(*commands)}).findings.json

    found = result["moments"]["mitigated"]
    assert (found["earliest"], found["why"]) == (short(mitigated), why)
    assert [one["after_last_failure_s"] for one in result["response"]["mitigations"]] == late
