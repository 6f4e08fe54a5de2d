"""Errors are said in plain words first, with their own words behind them."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from conftest import Analysed
from forensics import declarations
from forensics.analysis.plain_errors import framing, said, thrown_first
from forensics.report import story
from forensics.report.words import Times
from small_world import epoch_ms, iso, log, request, traffic

World = Callable[[dict[str, str | bytes]], Analysed]
DECLARED = declarations.declared("analysis/plain_errors.toml")["error"]
FRAMING = declarations.declared("analysis/plain_errors.toml")["framing"]


@pytest.mark.parametrize(("error", "words"), [(error, one["said"]) for one in DECLARED for error in one["example"]])
def test_examples_are_said_so(error: str, words: str) -> None:
    """Each example means what it is declared to mean, whatever stands above it in the file."""
    assert said(error) == words


@pytest.mark.parametrize(
    "reject", [one for error in DECLARED for one in error.get("reject", ())], ids=lambda one: one["why"]
)
def test_what_only_sounds_alike_is_not_said_so(reject: dict[str, str]) -> None:
    """Nor is anything said of what is no error of the kind."""
    assert said(reject["text"]) == ""


@pytest.mark.parametrize(
    ("error", "told"),
    [
        pytest.param(
            "connect ECONNREFUSED 192.0.2.9:5432",
            "another service could not be reached (“connect ECONNREFUSED",
            id="what is known",
        ),
        pytest.param("tide too low", "“tide too low”.", id="what nobody declared"),
    ],
)
def test_the_first_screen_speaks_plainly(world: World, error: str, told: str) -> None:
    """The commonest error of a world that recorded a cause: a person who reads no code learns what it means."""
    body = {"status": "identified", "message": "the sluice"}
    record = [{"method": "PATCH", "url": "/api/monitoring/incidents/1", "at": epoch_ms(700), "body": body}]
    files = {"app.log": traffic(*[0] * 20, *[10] * 6, *[0] * 20, error=error), "calls.json": json.dumps(record)}
    found = world(files).findings.json

    cause = next(line.text for line in story.summary(found, Times()) if line.name == "Cause")
    assert f"Commonest error: {told}" in cause


@pytest.mark.parametrize(
    ("text", "frames"), [*((one, True) for one in FRAMING["example"]), *((one, False) for one in FRAMING["reject"])]
)
def test_the_framing_of_a_trace_is_no_error(text: str, frames: bool) -> None:
    """What stands around an error in a trace says that something went wrong, not what."""
    assert framing(text) is frames


def test_what_went_wrong_is_told_where_each_line_of_its_trace_was_logged_by_itself(world: World) -> None:
    """Journals keep each line that a program writes as a record: the error is named, not the heading that comes as often."""
    lines = (
        "--- Logging error ---",
        "Traceback (most recent call last):",
        "OSError: [Errno 28] No space left on device",
    )
    record = {"_HOSTNAME": "quay-1", "SYSLOG_IDENTIFIER": "quay", "PRIORITY": "4", "_PID": "41"}
    journal = "".join(
        json.dumps({**record, "__REALTIME_TIMESTAMP": f"{epoch_ms(second)}000", "MESSAGE": line}) + "\n"
        for second in range(620, 780, 4)
        for line in lines
    )
    files = {"app.log": traffic(*[0] * 20, *[10] * 6, *[0] * 20), "journal.json": journal}
    found = world(files).findings.json

    triggered = next(one["answer"] for one in found["questions"] if one["id"] == "triggered")
    assert "No space left on device” was logged 40 times" in triggered
    assert "Logging error" not in triggered


@pytest.mark.parametrize(
    ("others", "told"),
    [
        pytest.param("crane", "WARN “Slow answer” (of: “tide-tables”) was logged", id="other messages say another"),
        pytest.param("tide-tables", "WARN “Slow answer” was logged", id="all messages say the same"),
    ],
)
def test_what_a_message_holds_beside_its_words_is_told_where_it_never_varies(
    others: str, told: str, world: World
) -> None:
    """All warnings name the same upstream in the JSON behind them: who waits wants to know for whom. What each line of the log
    says, and what varies, is left out."""
    slow = [request(second, ms=9000 if 600 <= second < 1200 else 40) for second in range(0, 2400, 2)]
    warned = [
        f'[{iso(second)}] WARN [calls] Slow answer | {{"of":"tide-tables","took":{9000 + second},"id":"a{second}b"}}'
        for second in range(602, 1200, 10)
    ]
    usual = [
        f'[{iso(second)}] INFO [calls] Answered | {{"of":"{others}","took":{second}}}' for second in range(1, 2400, 5)
    ]
    found = world({"app.log": log(sorted([*slow, *warned, *usual]))}).findings.json

    triggered = next(one["answer"] for one in found["questions"] if one["id"] == "triggered")
    assert triggered.startswith(told)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param(
            "GET {Path} gave {Status} in {Elapsed:0.00} ms: Quay.Berths.NoRoomException (0x1): no room",
            "Quay.Berths.NoRoomException (0x1): no room — in GET {Path} gave {Status} in {Elapsed:0.00} ms",
            id="what was thrown stands first",
        ),
        pytest.param("Ferry {Ferry} moored", "Ferry {Ferry} moored", id="nothing was thrown"),
        pytest.param("moored: TideError: too low", "moored: TideError: too low", id="nothing was left unfilled"),
    ],
)
def test_what_was_thrown_stands_before_an_unfilled_template(text: str, told: str) -> None:
    """A template whose names nobody filled in says little: who reads sees first what went wrong."""
    assert thrown_first(text) == told
