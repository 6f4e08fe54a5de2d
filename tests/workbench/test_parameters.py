"""What a person may ask of a run is checked before anything starts."""

from __future__ import annotations

import pytest
from forensics.errors import Unknown, UsageError
from forensics.model import Parameters
from forensics.workbench import parameters


def test_nothing_asked_is_every_default() -> None:
    """Without a question, the defaults are the answer."""
    assert parameters.checked({}) == Parameters()


def test_values_keep_their_kind() -> None:
    """A bucket is a number and a time stays the text it was, leading zeros and all."""
    given = parameters.from_text(["bucket=60", "at=2031-04-02T07:30:00Z", "zone=Europe/Berlin", "redact=no"])

    assert parameters.checked(given) == Parameters(
        at="2031-04-02T07:30:00Z", zone="Europe/Berlin", bucket=60, redact=False
    )


def test_a_misspelt_name_is_refused_with_the_nearest() -> None:
    """`buckte` is refused, and `bucket` offered."""
    with pytest.raises(Unknown) as refused:
        parameters.from_text(["buckte=9"])

    assert str(refused.value) == (
        "No parameter 'buckte'. Did you mean 'bucket'?\n"
        "Available: anchors, at, baseline, bucket, business_hours, clocks, end, objective, redact, reference, severity_words, start, "
        "statistic, zone."
    )
    assert refused.value.exit_code == 2


@pytest.mark.parametrize(
    ("given", "said"),
    [
        pytest.param({"bucket": "9s"}, "bucket='9s': a whole number is wanted.", id="a number with a unit"),
        pytest.param({"bucket": "0"}, "bucket=0: 1 to 3600 seconds are wanted.", id="a bucket of nothing"),
        pytest.param({"bucket": True}, "bucket=True: a whole number is wanted.", id="a truth value is no number"),
        pytest.param({"bucket": {"a": 1}}, "bucket={'a': 1}: a whole number is wanted.", id="an object"),
        pytest.param({"baseline": "1h"}, "baseline='1h': a whole number is wanted.", id="a length with a unit"),
        pytest.param({"baseline": "5"}, "baseline=5: 10 to 10,080 minutes are wanted.", id="too short a baseline"),
        pytest.param(
            {"severity_words": "major"}, "severity_words='major': words and levels are wanted", id="a word alone"
        ),
        pytest.param({"severity_words": "major=Q2"}, "No severity level 'Q2'. Did you mean 'P2'?", id="a level"),
        pytest.param({"at": 12}, "at=12: text is wanted.", id="a number is no text"),
        pytest.param({"at": "yesterday"}, "at='yesterday': a time in ISO 8601 is wanted", id="a word is no time"),
        pytest.param({"at": "2031-04-02\n"}, "at: the value holds control characters.", id="a newline in a value"),
        pytest.param({"redact": "maybe"}, "redact='maybe': true or false is wanted.", id="neither yes nor no"),
        pytest.param(
            {"business_hours": "9 to 5"}, "business_hours='9 to 5': days and hours are wanted", id="hours that are none"
        ),
        pytest.param({"statistic": "p59"}, "No statistic 'p59'. Did you mean 'p95'?", id="a statistic nobody knows"),
        pytest.param(
            {"zone": "Europe/Berln"}, "No time zone 'Europe/Berln'. Did you mean 'Europe/Berlin'?", id="a zone"
        ),
        pytest.param(
            {"start": "2031-04-02T08:00:00Z", "end": "2031-04-02T07:00:00Z"},
            "start=2031-04-02T08:00:00Z is not before end=2031-04-02T07:00:00Z.",
            id="an end before its start",
        ),
    ],
)
def test_a_wrong_value_is_refused_and_explained(given: dict[str, object], said: str) -> None:
    """Each refusal says what was given and what is wanted."""
    with pytest.raises(UsageError) as refused:
        parameters.checked(given)

    assert str(refused.value).startswith(said)


def test_a_name_that_would_run_code_is_refused() -> None:
    """A newline in a parameter's name never reaches a notebook."""
    with pytest.raises(Unknown):
        parameters.from_text(["bucket\nimport os=1"])


def test_an_argument_without_a_value_is_refused() -> None:
    """`-p bucket` says how it is written."""
    with pytest.raises(UsageError) as refused:
        parameters.from_text(["bucket"])

    assert str(refused.value) == "-p bucket: a parameter is written NAME=VALUE, for example -p bucket=60."
