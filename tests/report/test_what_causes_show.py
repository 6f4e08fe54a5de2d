"""What is said beside what only people can say of causes, defences and detection."""

from __future__ import annotations

from typing import Any

import pytest
from forensics.report import cause_line, causes
from forensics.report.words import Times


def rule(words: str, outcome: str, *due: tuple[str, str]) -> dict[str, Any]:
    """Return one rule of the audit, as the result holds it."""
    return {
        "rule": f"alert.{words}",
        "words": words,
        "outcome": outcome,
        "claim": f"c-{words}",
        "due": [{"earliest": first, "latest": last} for first, last in due],
    }


def result(*rules: dict[str, Any], detected: Any = None, problems: Any = (), changes: Any = ()) -> dict[str, Any]:
    """Return the parts of a result that are asked here."""
    return {
        "alert_audit": {"rules": list(rules)},
        "impact": {"usual": []},
        "moments": {"detected": {"earliest": detected} if detected else {"source": "unknown", "why": "nobody"}},
        "evidence": [{"path": "uptime.json", "problems": list(problems)}],
        "changes": list(changes),
        "incident": {"window": {"start": "2031-04-02T12:00:00Z", "end": "2031-04-02T12:30:00Z"}},
    }


def change(label: str, kind: str, lead: float | None) -> dict[str, Any]:
    """Return one change, as the result holds it."""
    return {"label": label, "kind": kind, "id": "0123456789", "summary": "new pool", "lead_s": lead, "claim": "c-1"}


def test_an_alert_that_was_due_earlier_would_have_shown_it_sooner() -> None:
    """The rule that was due first is named, with the least that it would have won."""
    told = result(
        rule("late", "missed", ("2031-04-02T12:03:00Z", "2031-04-02T12:03:30Z")),
        rule("soon", "missed", ("2031-04-02T12:01:00Z", "2031-04-02T12:01:30Z")),
        detected="2031-04-02T12:05:00Z",
    )

    said = causes.sooner(told, Times()).text

    assert said == "“soon” was due at 2031-04-02 12:01:00 – 12:01:30 UTC, at least 3 min 30 s before it was detected."


def test_an_alert_that_was_due_later_would_not() -> None:
    """Bounds count against the alert: only what was certainly due before is said to have been."""
    told = result(
        rule("soon", "fired", ("2031-04-02T12:04:59Z", "2031-04-02T12:05:29Z")), detected="2031-04-02T12:05:00Z"
    )

    assert causes.sooner(told, Times()).text == "No alert of the runbook was certain to be due before it was detected."


def test_nothing_is_said_to_be_sooner_than_an_unknown_moment() -> None:
    """Without a detection there is nothing to be sooner than."""
    assert causes.sooner(result(rule("soon", "missed")), Times()).text == ""


def test_no_rule_due_is_said() -> None:
    """That no rule was due is an answer."""
    told = result(rule("soon", "not_due"), detected="2031-04-02T12:05:00Z")

    assert causes.sooner(told, Times()).text == "No alert of the runbook is known to have been due."


def test_defences_that_did_not_stop_it_are_missed_alerts_and_checks_that_see_nothing() -> None:
    """Alerts that rang, and problems of other kinds, are no failed defences."""
    told = result(
        rule("soon", "missed", ("2031-04-02T12:01:00Z", "2031-04-02T12:01:00Z")),
        rule("rang", "fired", ("2031-04-02T12:01:00Z", "2031-04-02T12:01:00Z")),
        problems=[
            {"code": "constant-answer", "message": "1 check answered “200” every time"},
            {"code": "no-year", "message": "its stamps name no year"},
        ],
    )

    assert [(line.text, line.claims) for line in causes.defences(told, Times())] == [
        ("The alert “soon” was due at 2031-04-02 12:01:00 UTC and none is in the evidence.", ["c-soon"]),
        ("uptime.json: 1 check answered “200” every time.", []),
    ]


def test_leads_are_offered_and_unlikely_changes_are_not() -> None:
    """A change is a lead by its label; one without a time has no lead time."""
    told = result(
        changes=[change("lead", "commit", 90.0), change("unlikely", "deploy", 9.0), change("suspect", "flag", None)]
    )

    assert [line.text for line in causes.contributing(told)] == [
        "Commit 0123456 “new pool”, 1 min 30 s before the onset.",
        "Flag “new pool”.",
    ]


def beyond(what: str, statement: str, start: Any, end: Any, **more: Any) -> dict[str, Any]:
    """Return one trouble that crossed no limit, as the result holds it."""
    return {"what": what, "statement": statement, "start": start, "end": end, "claim": f"c-{what}", **more}


def test_what_there_was_too_little_of_stands_with_the_changes() -> None:
    """Each resource once, with what waited for it; what stood still meanwhile may have followed, and another day's is of another day."""
    pool = {"limit": 12.0, "queue": "berths.waiting", "queue_most": 81.0}
    own = {"clock": "stats.txt", "offset_s": 4.0}
    told = result(changes=[change("lead", "commit", 90.0)]) | {
        "beyond_limits": [
            beyond("standstill", "All 3 series stopped", "2031-04-02T12:02:00Z", "2031-04-02T12:03:00Z"),
            beyond("saturation", "All of berths was in use for long", "2031-04-01T12:02:00Z", "2031-04-01T12:03:00Z", **pool),
            beyond("saturation", "All of berths was in use, but for 1 sample", own, own, **pool),
            beyond("saturation", "All of berths was in use for 20 s", "2031-04-02T12:02:00Z", "2031-04-02T12:03:00Z", **pool),
            beyond("exhaustion", "the counter oom rose from 0 to 1", "2031-04-02T12:05:00Z", "2031-04-02T12:05:10Z"),
        ]
    }  # fmt: skip

    assert [(line.text, line.claims) for line in causes.contributing(told)] == [
        ("Commit 0123456 “new pool”, 1 min 30 s before the onset.", ["c-1"]),
        (
            "All of berths was in use (12), while berths.waiting rose to 81: what limits is this, or who holds it.",
            ["c-saturation"],
        ),
        ("The counter oom rose from 0 to 1.", ["c-exhaustion"]),
    ]


def test_an_alert_that_is_due_all_along_would_have_shown_nothing() -> None:
    """Its limit is broken every day: that it was due first, and missed, is told as what it is, and the next one is named."""
    told = result(
        rule("late", "missed", ("2031-04-02T12:03:00Z", "2031-04-02T12:03:30Z")),
        rule("soon", "missed", ("2031-04-02T12:01:00Z", "2031-04-02T12:01:30Z")),
        detected="2031-04-02T12:05:00Z",
    )
    told["impact"]["usual"] = [{"rule": "alert.soon", "statement": "“soon” is usual here", "claim": "c-usual"}]

    assert causes.sooner(told, Times()).text.startswith("“late” was due at 2031-04-02 12:03:00")
    assert [line.text.partition(" was due")[0] for line in causes.defences(told, Times())] == [
        "The alert “late”", "“soon” is usual here.",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        pytest.param(
            "berths.worker trace=<*>-<*> mooring try=<*>/<*> took=<*> result=late",
            "berths.worker mooring result=late",
            id="names that vary",
        ),
        pytest.param(
            "no berth for <*> boats at quay 4", "no berth for <*> boats at quay 4", id="a number in a sentence"
        ),
        pytest.param("late ship=<*>", "late ship=<*>", id="hardly a word would be left"),
        pytest.param(
            'worker=… err="quay: … boats are more than it holds" msg="mooring failed" try=…',
            "mooring failed: quay: … boats are more than it holds",
            id="fields that say it in words",
        ),
        pytest.param('msg="…" crane stuck at ship=…', "crane stuck at", id="a field of no words"),
    ],
)
def test_what_varies_under_a_name_is_left_out_of_the_first_screen(said: str, shown: str) -> None:
    """An error that names a trace, a try and a length each time is told by its words."""
    assert cause_line.bare(said) == shown
