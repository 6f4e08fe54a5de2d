"""What requests did after an action says whether it can have ended anything."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from forensics.analysis.known import Wrong
from forensics.analysis.what_followed import Followed, groups
from small_world import at, epoch_ms, messages, short, traffic, within

World = Callable[..., Any]

QUAY = [0] * 20 + [12] * 60 + [0] * 80
"""From minute ten to forty, three in five requests fail; the last at 12:39:46.5, the next normal one at 12:39:48."""
ENDED = within(2388)


def history(*commands: tuple[float, str]) -> str:
    """Return a history of bash, with times in seconds after noon."""
    return "".join(f"#{epoch_ms(second) // 1000}\n{command}\n" for second, command in commands)


@pytest.mark.parametrize(
    ("requests", "bad", "later_requests", "later_bad", "verdict"),
    [
        (200, 120, 200, 120, "went on"),
        (200, 120, 200, 59, None),  # not surely less than half: 1,000 more requests would tell
        (200, 120, 200, 40, "fell"),
        (20, 5, 20, 3, None),
        (0, 0, 200, 120, None),
        (200, 120, 0, 0, None),
        (4000, 2400, 4000, 1100, "fell"),
    ],
)
def test_only_what_is_no_chance_is_said(
    requests: int, bad: int, later_requests: int, later_bad: int, verdict: str | None
) -> None:
    """Half of it, and more, went on, or surely less; few requests say nothing."""
    assert Followed(requests, bad, later_requests, later_bad, wrong=Wrong(), asked=()).verdict == verdict


def test_actions_two_minutes_apart_are_told_apart() -> None:
    """What comes sooner after another is one with it."""
    assert groups([at(0), at(119), at(238), at(358), at(600)]) == [[0, 1, 2], [3], [4]]


RESTART, FLUSH = (1800, "systemctl restart crane"), (2370, "kubectl rollout undo deployment/crane")


@pytest.mark.parametrize(
    ("commands", "said", "earliest", "latest", "why"),
    [
        pytest.param(
            [RESTART], [], short(1800), ENDED,
            "something that the evidence does not tell, since the last action before the service recovered: after “systemctl restart "
            "crane” requests went on failing (120 of 200 in the 5 min before, 120 of 196 at most as long before recovery)",
            id="nothing else is told: not the restart, but something after it",
        ),
        pytest.param(
            [RESTART, FLUSH], [], short(2370), within(2370),
            "the last action before the service recovered: kubectl rollout undo deployment/crane",
            id="what was done at the end",
        ),
        pytest.param(
            [RESTART, (2340, "npm test"), (2375, "./ops/deploy.sh production")], [], short(2375), within(2375),
            "the last change before the service recovered: ./ops/deploy.sh production; after “systemctl restart crane” requests went on "
            "failing (120 of 200 in the 5 min before, 120 of 196 at most as long before recovery)",
            id="a fix was brought out at the end",
        ),
        pytest.param(
            [RESTART], [(2460, "nora", "we rolled back the crane")], short(1800), within(2460),
            "people told it soon after the service recovered: we rolled back the crane; after “systemctl restart crane” requests went on "
            "failing (120 of 200 in the 5 min before, 120 of 196 at most as long before recovery)",
            id="people told soon after what they had done",
        ),
    ],
)  # fmt: skip
def test_an_action_in_vain_ended_nothing(
    world: World, commands: list[Any], said: list[Any], earliest: str, latest: str, why: str
) -> None:
    """Ten minutes after the restart requests failed as before it: once it was named as what ended the impact."""
    files = {
        "app.log": traffic(*QUAY),
        "bash_history": history(*commands),
        "slack.json": messages((640, "nora", "the crane answers with errors"), *said),
    }
    result = world(files).findings.json

    found = result["moments"]["mitigated"]
    assert (found["earliest"], found["latest"], found["why"]) == (earliest, latest, why)
