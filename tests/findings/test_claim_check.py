"""What people state is supported, contradicted, or not decidable: each verdict on the smallest world that gives it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import small_world as small
from conftest import Analysed, write
from forensics.analysis import accounts, claim_shapes
from forensics.evidence import reading
from forensics.findings import note_reading, result
from forensics.model import Parameters
from forensics.report import checked
from forensics.store import Store
from hypothesis import given, settings
from hypothesis import strategies as st
from telling import tell

World = Callable[[dict[str, str | bytes]], Analysed]
Json = dict[str, Any]

SHAPES = claim_shapes.declared()["shape"]
EXAMPLES = [(shape, example) for shape in SHAPES for example in shape["example"]]
REJECTS = [(shape, reject) for shape in SHAPES for reject in shape["reject"]]


# ---- the shapes -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("shape", "example"), EXAMPLES, ids=[example["text"][:60] for _, example in EXAMPLES])
def test_each_example_of_a_shape_states_what_stands_beside_it(shape: Json, example: Json) -> None:
    """A declared example is taken by its shape, with exactly these parts of it."""
    found = [one for one in claim_shapes.stated(example["text"]) if (one.shape, one.of) == (shape["name"], shape["of"])]

    assert len(found) == 1
    told = {**found[0].parts, "number": found[0].number, "how": found[0].how, "unit": found[0].unit}
    assert {name: told.get(name) for name in example["fields"]} == example["fields"]


@pytest.mark.parametrize(("shape", "reject"), REJECTS, ids=[reject["text"][:60] for _, reject in REJECTS])
def test_no_reject_of_a_shape_is_taken_for_it(shape: Json, reject: Json) -> None:
    """A declared reject fits none of the patterns of its shape, and says why it must not."""
    assert reject["why"]
    assert not any(claim_shapes.compiled(pattern).search(reject["text"]) for pattern in shape["patterns"])


@pytest.mark.parametrize("shape", SHAPES, ids=[f"{shape['name']} of {shape['of']}" for shape in SHAPES])
@settings(max_examples=10, derandomize=True, deadline=None)
@given(data=st.data())
def test_whatever_fits_a_shape_holds_what_it_says_it_holds(shape: Json, data: st.DataObject) -> None:
    """No sentence that a pattern takes is kept from it by the words that are looked for first."""
    letters = st.characters(max_codepoint=126, min_codepoint=32)
    for pattern in shape["patterns"]:
        text = data.draw(
            st.from_regex(claim_shapes.compiled(pattern), alphabet=letters | st.sampled_from("“”초분회씩건유실까지"))
        )
        assert claim_shapes.may_hold(shape, text.lower())


@pytest.mark.parametrize(
    "text",
    [
        "Were there no errors in the log?",
        "We should alert when 5 % of requests fail.",
        "Expected: memory was at 512 MB",
        "- [ ] 3 restarts",
        "If 12 requests failed we page.",
    ],
)
def test_what_asks_plans_or_supposes_states_nothing(text: str) -> None:
    """Questions, plans, tasks, expectations and suppositions are no claims."""
    assert claim_shapes.stated(text) == []


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        pytest.param("OOM after 86 s", 85.5, 86.5, id="whole seconds: half of one"),
        pytest.param("OOM after 85.9 s", 85.85, 85.95, id="tenths: half of one"),
        pytest.param("OOM after 2 minutes", 90, 150, id="whole minutes: half of one"),
        pytest.param("OOM after about 100 s", 80, 120, id="about: a fifth"),
        pytest.param("12 login failures", 12, 12, id="a count is exact"),
        pytest.param("at least 12 login failures", 12, float("inf"), id="at least: no more than that is open"),
    ],
)
def test_a_number_means_what_its_digits_say(text: str, low: float, high: float) -> None:
    """A stated number is right within half of its last digit, and within a fifth where it says about."""
    (found,) = claim_shapes.stated(text)

    assert found.bounds == pytest.approx((low, high))


# ---- worlds -----------------------------------------------------------------------------------------------------------


def claims(world: World, text: str, files: dict[str, str | bytes]) -> list[tuple[str, str]]:
    """Return words and verdict of everything that a write-up states beside this evidence."""
    document = f"# What happened at the quay\n\n## Summary\n\n{text}\n\n## Lessons\n\nWe write things down.\n"
    told = world({"postmortem.md": document, **files}).findings.json["human_claims"]
    return [(one["words"], one["verdict"]) for one in told]


def verdict(world: World, text: str, files: dict[str, str | bytes]) -> str:
    """Return the verdict on the only statement of a write-up."""
    ((_, found),) = claims(world, text, files)
    return found


FAILED = {"app.log": small.traffic(0, 0, 0, 0, *[10] * 6, 0, 0, 0, 0, 0, 0)}
"""Half of all requests fail, from the second minute (12:02:00) to the fifth (12:05:00)."""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("It started at 12:02 UTC.", "supported", id="started in the minute"),
        pytest.param("It started at 12:06 UTC.", "contradicted", id="it had failed for four minutes by then"),
        pytest.param("It started at 14:06.", "contradicted", id="no zone, and no zone's clock shows it"),
        pytest.param("It started at 14:02.", "not_decidable", id="no zone: a clock two hours ahead shows it"),
        pytest.param("Recovered at 12:05 UTC.", "supported", id="recovered in the minute"),
        pytest.param("Recovered at 12:02 UTC.", "contradicted", id="it still failed"),
        pytest.param("Recovered at 12:07 UTC.", "not_decidable", id="later than the data: contradicts nothing"),
    ],
)
def test_times_are_compared_with_the_moments(world: World, text: str, expected: str) -> None:
    """A time of day is compared with what the data tell of that moment, to the minute, and in the zone it may be of."""
    assert verdict(world, text, FAILED) == expected


def test_a_contradiction_says_what_the_data_tell_and_by_how_much(world: World) -> None:
    """The comparison names the moment of the data, where it stands, and the difference; it is a finding with a claim."""
    told = world({"notes.md": "# Notes\n\n## What\n\nIt started at 12:06 UTC.\n", **FAILED}).findings
    (one,) = told.json["human_claims"]

    assert one["statement"].startswith("“It started at 12:06 UTC” (notes.md:5): contradicted — ")
    assert "2031-04-02 12:01:58 UTC" in one["compared"]
    assert one["compared"].endswith("stated 4 min later")
    assert one["evidence"][0].startswith("app.log:")
    assert next(f for f in told.json["findings"] if f["claims"] == [one["claim"]])["statement"] == one["statement"]
    assert next(c for c in told.claims if c["id"] == one["claim"])["evidence"][0]["path"] == "notes.md"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("60 requests failed.", "supported", id="as many as failed"),
        pytest.param("No requests failed.", "contradicted", id="some did"),
        pytest.param("Before the release, no requests failed.", "not_decidable", id="of another time"),
        pytest.param("700 requests failed.", "contradicted", id="more than the only log tells, from before to after"),
        pytest.param(
            "About half a hour of trouble, 60 5xx out of 320 requests.", "supported", id="with the denominator"
        ),
        pytest.param("50 % of requests failed.", "supported", id="the share of the incident"),
        pytest.param("18.75 % of requests failed.", "supported", id="the share of everything"),
        pytest.param("Error rate reached 80 %.", "not_decidable", id="for ten seconds it was"),
        pytest.param("The error rate peaked at 12 %.", "contradicted", id="no peak is below the share of everything"),
        pytest.param("The error rate peaked at 30 %.", "not_decidable", id="over longer stretches it may have been so"),
        pytest.param("80 % of checkout requests failed.", "not_decidable", id="of requests that no route tells of"),
        pytest.param("less than 1 % of requests failed", "contradicted", id="by every count it was more"),
    ],
)
def test_counts_and_shares_of_requests(world: World, text: str, expected: str) -> None:
    """A count or share is supported by any way of counting, and contradicted only where it is narrowed by nothing."""
    assert claims(world, text, FAILED)[0][1] == expected


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        pytest.param(240, "contradicted", id="one goes on where the other ends: both are one log"),
        pytest.param(0, "supported", id="of the same time: each may be what was counted"),
    ],
)
def test_the_parts_of_a_log_are_counted_together(world: World, second: float, expected: str) -> None:
    """Thirty requests fail in each of two files; in one log of four minutes, or beside one another in two."""
    halves = {
        "one.log": small.traffic(0, 0, 0, 0, 0, 10, 10, 10),
        "two.log": small.traffic(10, 10, 10, 0, 0, 0, 0, 0, start=second),
    }

    assert verdict(world, "30 requests failed.", halves) == expected


def test_a_share_that_no_stretch_reaches_is_contradicted(world: World) -> None:
    """Two of twenty fail in each half of a minute: however short the stretch that is looked at, it is never 80 %."""
    log = {"app.log": small.traffic(0, 0, 0, 0, *[2] * 6, 0, 0, 0, 0, 0, 0)}

    assert verdict(world, "Error rate reached 80 %.", log) == "contradicted"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("The outage lasted 3 minutes.", "supported", id="as long as it failed"),
        pytest.param(
            "The outage lasted about 4 minutes.", "not_decidable", id="a fifth more does not reach, half does"
        ),
        pytest.param("The outage lasted 40 minutes.", "contradicted", id="by every reading it was less"),
        pytest.param("Time to detect: 2 minutes", "not_decidable", id="nobody noticed in the evidence"),
    ],
)
def test_lengths_are_compared_with_every_reading(world: World, text: str, expected: str) -> None:
    """How long it lasted is compared with onset to recovery and with the time over a limit."""
    found = claims(world, text, FAILED)[0][1]

    assert found == expected if expected != "not_decidable" else found != "supported"


GUESSED = small.log([small.failed_login(second) for second in range(12)])
"""Twelve failures of one address within twelve seconds."""


@pytest.mark.parametrize(
    ("text", "entered", "expected"),
    [
        pytest.param("There were 12 failed logins.", "", "supported", id="counted"),
        pytest.param("There were 10+ failed logins.", "", "supported", id="at least"),
        pytest.param("Only 5 failed logins.", "", "contradicted", id="fewer than the log tells"),
        pytest.param("There were no successful logins.", "", "supported", id="none from where it was guessed"),
        pytest.param("There were no successful logins.", small.good_login(60), "contradicted", id="one from there"),
        pytest.param(
            "There were no successful logins.",
            small.good_login(60, ip="192.0.2.9"),
            "supported",
            id="a user's own login",
        ),
    ],
)
def test_logins_are_counted_by_where_they_came_from(world: World, text: str, entered: str, expected: str) -> None:
    """That nobody got in is asked of the addresses that guessed; others log in every day."""
    assert verdict(world, text, {"app.log": GUESSED + small.log([entered] if entered else [])}) == expected


def test_who_logged_in_after_guessing_is_for_a_person_to_judge(world: World) -> None:
    """The contradiction does not say that the login was the attacker's."""
    document = "# Report\n\n## Result\n\n12 failed logins, 0 successful breaches.\n"
    told = world({"report.md": document, "app.log": GUESSED + small.log([small.good_login(60)])}).findings.json
    one = next(one for one in told["human_claims"] if one["verdict"] == "contradicted")

    assert one["words"] == "0 successful breaches"
    assert one["compared"].endswith("whether it was the attacker's, the log does not say: a person must judge")


def test_what_is_not_in_the_evidence_is_not_decidable(world: World) -> None:
    """Without any log of logins, requests, alerts or runs nothing is supported and nothing contradicted."""
    text = "No alert fired. No failed logins. No requests failed. Three runs were made. No data was lost. Memory peaked at 512 MB."

    assert {one[1] for one in claims(world, text, {"df.txt": "Filesystem 1K-blocks Used\n"})} == {"not_decidable"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Memory peaked at 91 %.", "supported", id="the highest sample"),
        pytest.param("Memory peaked at 60 %.", "contradicted", id="a sample is higher"),
        pytest.param("Memory was at 60 %.", "not_decidable", id="it may have been, at some time"),
        pytest.param("The disk was at 60 %.", "not_decidable", id="nothing measures the disk"),
    ],
)
def test_levels_are_compared_with_the_highest_sample(world: World, text: str, expected: str) -> None:
    """A peak below a sample is contradicted; what is only "was" may have been at another time."""
    readings = small.every(30, *[40.0] * 10, 85.0, 91.0, 86.0, *[40.0] * 10)

    assert verdict(world, text, {"metrics.json": small.samples("memory.usage", readings)}) == expected


def flag(*values: int) -> str:
    """Return a table on a clock of its own with one flag, a row each two seconds."""
    return small.log(["t_s,heap_used_mb,oom", *(f"{2 * place},{50 + place},{one}" for place, one in enumerate(values))])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("OOM after 86 s", "contradicted", id="it was not yet, nor between the samples"),
        pytest.param("OOM after 99 s", "supported", id="between the two samples"),
        pytest.param("OOM까지 86초 걸렸다", "contradicted", id="in another language"),
    ],
)
def test_how_long_it_took_until_memory_ran_out(world: World, text: str, expected: str) -> None:
    """On a clock that begins with the run, the first sample of the flag and the last without it bound the time."""
    values = [0] * 50 + [1] * 5  # 0 until 98 s, 1 from 100 s

    assert verdict(world, f"## Run\n\n{text}", {"run.csv": flag(*values)}) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param('The log says "upstream quay refused".', "supported", id="word for word"),
        pytest.param('The log says "too many connections".', "not_decidable", id="not here: it may be elsewhere"),
    ],
)
def test_quoted_texts_are_looked_for(world: World, text: str, expected: str) -> None:
    """A quoted text is found or not; a log that does not hold it contradicts nothing."""
    log = small.traffic(0, 0, 0, 0, 10, 10, 10, 0, 0, 0, error="upstream quay refused")

    assert verdict(world, text, {"app.log": log}) == expected


def commits(*told: tuple[float, str]) -> str:
    """Return a dated log of commits."""
    return small.log(
        f"{'abcdef0123456789' * 2}{place:08x} {small.short(at)} Nora {text}" for place, (at, text) in enumerate(told)
    )


@pytest.mark.parametrize(
    ("at", "text", "expected"),
    [
        pytest.param(30, "Errors started right after the deploy.", "supported", id="ninety seconds before"),
        pytest.param(400, "Errors started right after the deploy.", "contradicted", id="it failed before any"),
        pytest.param(400, "Errors started before the deploy.", "supported", id="as stated"),
        pytest.param(30, "Errors started after the migration.", "supported", id="a commit may be a migration"),
    ],
)
def test_orders_of_onset_and_change(world: World, at: float, text: str, expected: str) -> None:
    """Which came first is compared, and said to be an order and no cause."""
    history = {"git-log-dated.txt": commits((at, "ferries: new timetable"))}

    assert verdict(world, text, {**FAILED, **history}) == expected


def test_a_write_up_never_supports_itself(world: World) -> None:
    """What only the file that states it holds is in no evidence."""
    text = 'The log says "no berth is free". Commit abc1234 was it.'

    assert {found for _, found in claims(world, text, FAILED)} == {"not_decidable"}


def test_rows_of_df_are_compared_with_what_was_recorded(world: World) -> None:
    """Another total of the same device is contradicted, the same row supported, in any spacing."""
    recorded = (
        "Script started on 2031-04-02 12:00:00+00:00\nnora@quay:~$ df -i mnt\n"
        "Filesystem      Inodes   IUsed   IFree IUse% Mounted on\n/dev/loop7      4096    4096       0  100% /mnt\n"
        "nora@quay:~$ exit\nScript done on 2031-04-02 12:05:00+00:00\n"
    )
    document = (
        "# Report\n\n## Result\n\nIt showed:\n\n/dev/loop7 4096 4096 0 100%\n\n## Later\n\n/dev/loop7 128 128 0 100%\n"
    )
    told = world({"report.md": document, "terminal.log": recorded}).findings.json["human_claims"]

    assert [(one["line"], one["verdict"]) for one in told] == [(7, "supported"), (11, "contradicted")]


def test_instructions_state_nothing(world: World) -> None:
    """A runbook beside the evidence says what to do; its examples are no claims."""
    document = "# Runbook - no berth\n\n## Symptoms\n\nNo requests failed.\n"

    assert world({"runbook.md": document, **FAILED}).findings.json["human_claims"] == []


def test_what_was_said_while_it_lasted_is_held_to_what_was_known(world: World) -> None:
    """A message may be right when it is written and wrong later."""
    chat = small.messages((100, "U1", "so far so good, no errors, nothing"), (320, "U1", "No requests failed."))
    told = world({"chat.json": chat, **FAILED}).findings.json["human_claims"]

    assert [(one["words"], one["verdict"]) for one in told] == [
        ("no errors", "supported"),
        ("No requests failed", "contradicted"),
    ]


def test_claims_of_the_notes_are_always_answered(tmp_path: Path) -> None:
    """Each claim that somebody lists beside the folder has a verdict, also one of no form that is known."""
    folder = write(tmp_path / "incident", FAILED)
    (tmp_path / "work").mkdir()
    notes = note_reading.parsed(
        b'[[claim]]\ntext = "60 requests failed"\n\n[[claim]]\ntext = "the crew was brave"\n', "incident.notes.toml"
    )
    store = Store()
    evidence = reading.read(folder, store, tmp_path / "work")
    told = result.build(store, evidence, "incident", Parameters(), "a digest", folder, notes).json["human_claims"]
    store.close()

    assert [(one["where"], one["words"], one["verdict"]) for one in told] == [
        ("incident.notes.toml:1", "60 requests failed", "supported"),
        ("incident.notes.toml:4", "the crew was brave", "not_decidable"),
    ]


def test_statements_stand_in_the_page_and_in_markdown(world: World) -> None:
    """Contradicted statements are read at once, the others one click away; both say what was compared."""
    told = tell(world({"notes.md": "# Notes\n\n## What\n\nIt started at 12:06 UTC. 60 requests failed.\n", **FAILED}))
    section = re.search(r'<section id="checked".*?</section>', told.page, re.DOTALL)
    assert section is not None

    assert (
        section[0].index("It started at 12:06 UTC")
        < section[0].index("<details>")
        < section[0].index("60 requests failed")
    )
    assert "## Statements, Checked\n2 statements were compared" in told.markdown
    assert told.markdown.index("## Lessons Learned") < told.markdown.index("## Statements, Checked")


def test_what_the_check_cannot_ask_about_is_counted(world: World) -> None:
    """Of three sentences one is a count that evidence knows; the others are for people, and nobody takes them for checked."""
    text = "60 requests failed. The quay master slept badly. The berths were painted."
    told = world({"postmortem.md": f"# What happened at the quay\n\n## Summary\n\n{text}\n", **FAILED}).findings
    (claim,) = [one for one in told.claims if one["subject"] == "statements checked"]

    left = told.json["human_claims_left"]
    assert left["sentences"] - left["unread"] == len(told.json["human_claims"]) == 1
    assert left["unread"] >= len(["slept", "painted"])
    assert {name: claim["value"][name] for name in left} == left
    assert checked.summary(told.json["human_claims"], left).endswith(
        f"In {left['unread']} of {left['sentences']} sentences of write-ups this check found nothing that evidence can be asked "
        "about: people must judge what they state."
    )


def test_text_between_fences_states_nothing() -> None:
    """Commands and their output are no sentences of a person."""
    assert accounts.split("One thing. Another; a third") == ["One thing.", "Another;", "a third"]


# ---- corrections of the runbook -----------------------------------------------------------------------------------------


def corrected(world: World, files: dict[str, str | bytes]) -> list[tuple[str, str]]:
    """Return section and step of each correction that is proposed."""
    told = world(files).findings.json["runbook_corrections"]
    return [(one["section"], one["step"]) for one in told]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param(
            {"incident-metrics.json": "<!DOCTYPE html>\n<title>404: Not Found</title>\n<p>No such quay</p>\n"},
            ("3.1 Root Cause Analysis", "Export system metrics"),
            id="curl without -f",
        ),
        pytest.param(
            {
                "database-state.sql": "PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\n/**** ERROR: (5) database is locked *****/\n"
                "ROLLBACK; -- due to errors\n"
            },
            ("3.1 Root Cause Analysis", "Export database state"),
            id="a dump of a locked database",
        ),
        pytest.param(
            {"git-log.txt": 'beaeb59 Revert "cache: keep pages"\n12fa9c0 ferries: new timetable\n'},
            ("2.2 Investigation & Diagnosis", "Check recent deployments"),
            id="git log without times",
        ),
        pytest.param(
            {"connectivity.txt": "1\n"}, ("2.2 Investigation & Diagnosis", "Check database connectivity"), id="SELECT 1"
        ),
        pytest.param(
            {"incident-logs.txt": "", "application.log": small.traffic(0, 0, 0, 0)},
            ("3.1 Root Cause Analysis", "Export relevant logs"),
            id="a grep that matched nothing",
        ),
    ],
)
def test_a_step_that_failed_is_corrected(
    world: World, files: dict[str, str | bytes], expected: tuple[str, str]
) -> None:
    """What a step of the runbook left behind shows that it failed, and the report says what to run instead."""
    assert corrected(world, files) == [expected]


def healthy(second: float, what: str) -> str:
    """Return a health body."""
    checks = {
        "database": {"status": what, "message": "", "details": {}, "duration": 1, "timestamp": small.epoch_ms(second)}
    }
    summary = {"total": 1, "healthy": 1, "degraded": 0, "unhealthy": 0, "critical_failures": 0}
    body = {
        "status": what,
        "timestamp": small.epoch_ms(second),
        "duration": 3,
        "checks": checks,
        "summary": summary,
        "metadata": {},
    }
    return json.dumps(body)


def test_a_health_check_that_saw_nothing_is_corrected(world: World) -> None:
    """It said healthy while half of all requests failed; one that was asked later proves nothing about the step."""
    expected = ("1.2 Initial Assessment", "Quick system health check")

    assert corrected(world, {"health.json": healthy(200, "healthy"), **FAILED}) == [expected]


def test_a_health_check_after_it_was_right(world: World) -> None:
    """Healthy once it was over is no failure of the step."""
    assert corrected(world, {"health.json": healthy(400, "healthy"), **FAILED}) == []


def test_nothing_is_corrected_without_evidence(world: World) -> None:
    """Steps of which the evidence shows nothing stay as they are."""
    assert corrected(world, FAILED) == []
