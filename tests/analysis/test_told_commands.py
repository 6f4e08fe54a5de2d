"""Commands that people paste into a chat while they give them."""

from __future__ import annotations

import pytest
from forensics.analysis.commands import parts
from forensics.analysis.told_commands import told


@pytest.mark.parametrize(
    ("message", "commands"),
    [
        ("`kubectl -n quay scale deploy berths --replicas=6`", ["kubectl scale deploy berths --replicas=6"]),
        ("<@U1> feito: `kubectl --context=north rollout undo deploy/berths`", ["kubectl rollout undo deploy/berths"]),
        ("```\n$ helm -n quay rollback berths 4\nRollback was a success!\n```", ["helm rollback berths 4"]),
        ("`docker restart cache && docker restart web` :rocket:", ["docker restart cache", "docker restart web"]),
    ],
)
def test_a_message_of_commands_tells_what_was_done(message: str, commands: list[str]) -> None:
    """A command that is most of a message was given, in whatever language the rest of it is; where it worked is left out."""
    assert [part for one in told(message) for part in parts(one)] == commands


@pytest.mark.parametrize(
    "message",
    [
        "kubectl rollout undo",
        "`kubectl rollout undo deploy/berths`?",
        "quem puder rode `kubectl rollout undo deploy/berths` e veja se os erros param, por favor",
        "the log says `ECONNREFUSED 192.0.2.9:6379` again and again",
        "```\nNAME   READY\nberths 0/1\n```",
        "",
    ],
)
def test_a_message_about_commands_tells_nothing(message: str) -> None:
    """What asks, explains, quotes an output, or is no marked command, gave none."""
    assert told(message) == ()
