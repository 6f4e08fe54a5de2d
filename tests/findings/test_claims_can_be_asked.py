"""Claims can be checked: their questions are asked again of the case's own file, and what they cite is quoted byte for byte."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from conftest import INCIDENTS
from forensics.evidence import exact, reading
from forensics.findings import asking, quoting, result
from forensics.findings.asking import plain
from forensics.model import Json, Parameters
from forensics.report.redaction import without_secrets
from forensics.store import Store
from small_world import request

DEMONSTRATIONS = ["demo-database", "demo-memory", "demo-security"]


class Kept(NamedTuple):
    """A demonstration, its claims, and its store as it was written down."""

    folder: Path
    claims: list[Json]
    store: Store


@pytest.fixture(scope="module", params=DEMONSTRATIONS)
def kept(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    """Read and judge a demonstration into a file, and open that file again."""
    folder, place = INCIDENTS / request.param, tmp_path_factory.mktemp("kept")
    with Store(place / "case.duckdb") as store:
        evidence = reading.read(folder, store, place)
        claims = result.build(store, evidence, folder.name, Parameters(), "a digest", folder).claims
    with Store(place / "case.duckdb") as store:
        yield Kept(folder, quoting.quoted(claims, folder), store)


def name(claim: Json) -> str:
    """Return the name of a claim's question."""
    return str(claim["query"]).removeprefix("sql/").removesuffix(".sql")


def leaves(value: Any) -> Iterator[Any]:
    """Return the numbers, times and words that a value holds."""
    if isinstance(value, dict):
        for one in value.values():
            yield from leaves(one)
    elif isinstance(value, list):
        for one in value:
            yield from leaves(one)
    elif value is not None and not isinstance(value, bool):
        yield value


def questions(claim: Json) -> list[Json]:
    """Return all questions of a claim, its own first."""
    return [claim, *claim["also_asked"]] if claim["query"] else []


def test_every_question_gives_its_answer_again(kept: Kept) -> None:
    """On the file that a run leaves, with the parameters as claims.json writes them: as many rows as it says."""
    every = [one for claim in kept.claims for one in questions(claim)]
    rows = [len(asking.asked(kept.store, name(one), one["parameters"])) for one in every]

    assert rows == [one["answer"]["rows"] for one in every]


def test_a_claim_can_be_asked_or_was_drawn_from_claims(kept: Kept) -> None:
    """None has neither a question nor claims that it rests on, and those are there."""
    ids = {claim["id"] for claim in kept.claims}

    assert [claim["subject"] for claim in kept.claims if not claim["query"] and not claim["claims"]] == []
    assert [claim["subject"] for claim in kept.claims if not ids >= set(claim["claims"]) - {claim["id"]}] == []


def test_a_verdict_has_a_question_for_each_series(kept: Kept) -> None:
    """Each that a rule was judged by is asked for by its own name, over the rule's limit, before those of other definitions."""
    judged = [claim for claim in kept.claims if name(claim) == "breaches" and "signals" in claim["given"]]

    assert judged
    for claim in judged:
        asked = [one["parameters"] for one in questions(claim) if name(one) == "breaches"]
        judged_by = claim["given"]["signals"]
        assert sorted(one["id"] for one in asked[: len(judged_by)]) == judged_by, claim["subject"]
        assert {one["limit"] for one in asked} == {claim["parameters"]["limit"]}


DRAWN = ("response time", "durations", "time in each level", "declarable", "longest silence", "alert audit")
"""Claims whose value is the difference, the sum or the comparison of what others hold: these have them among their claims."""


def test_an_answer_is_what_its_claim_rests_on(kept: Kept) -> None:
    """It gives a part of the value, how many there are, or a record that stands where the claim cites; a value without a number
    or a time is a word, such as a verdict, to which nothing need be shown."""
    loose = []
    values = {claim["id"]: set(leaves(claim["value"])) for claim in kept.claims}
    for claim in kept.claims:
        if claim["subject"].startswith(DRAWN):
            assert claim["claims"], claim["subject"]
            continue
        rows = [plain(asking.asked(kept.store, name(one), one["parameters"])) for one in questions(claim)]
        cited = {(one["path"], one.get("line", one.get("position"))) for one in claim["evidence"]}
        at = {(row.get("path"), row.get("line") or row.get("position")) for some in rows for row in some}
        asked = [one["parameters"] for one in questions(claim)]
        places = {(one.get("path"), one.get("line", one.get("position"))) for one in asked}
        told = {*leaves(rows), *(len(some) for some in rows)}.union(*(values[one] for one in claim["claims"]))
        facts = [one for one in leaves(claim["value"]) if not isinstance(one, str) or one[:4].isdigit()]
        if not (set(leaves(claim["value"])) & told or at & cited or places & cited or not facts or not any(rows)):
            loose.append(claim["subject"])

    assert loose == []


def test_values_that_a_question_gives_by_itself_are_its_answer(kept: Kept) -> None:
    """Counts of requests and logins, stretches over limits, and what was found in each file, are in the rows as they stand."""
    checked = 0
    for claim in kept.claims:
        value = claim["value"]
        if name(claim) in ("request_counts", "login_counts"):
            [row] = plain(asking.asked(kept.store, name(claim), claim["parameters"]))
            for key in {"requests", "failed", "attempts"} & value.keys() & row.keys():
                assert value[key] == row[key], claim["subject"]
                checked += 1
        elif name(claim) == "breaches" and len(claim["given"].get("signals", ())) == 1:
            rows = plain(asking.asked(kept.store, name(claim), claim["parameters"]))
            known = [(row["start"], row["end"]) for row in rows]
            runs = [(run["start"], run["end"]) for run in (*value["intervals"], *value["too_short"])]
            assert [run for run in runs if run not in known] == [], claim["subject"]
            checked += len(runs)
        elif claim["subject"].startswith("evidence "):
            [row] = plain(asking.asked(kept.store, name(claim), claim["parameters"]))
            assert (value["status"], value["bytes"], value["records"]) == (row["status"], row["bytes"], row["records"])
            checked += 1

    assert checked > 20


def test_a_claim_names_the_function_that_made_it(kept: Kept) -> None:
    """A dotted name of ours that leads to code; the parameters of no other question stand beside its own."""
    for claim in kept.claims:
        parts = claim["method"].removeprefix("forensics.").split(".")
        files = [(Path(asking.__file__).parents[1] / "/".join(parts[:depth])).with_suffix(".py") for depth in (2, 3)]
        assert any(file.is_file() for file in files), claim["method"]
        wanted = asking.named(name(claim)) if claim["query"] else set()
        assert claim["parameters"].keys() == wanted, claim["subject"]


def test_what_is_cited_is_quoted_byte_for_byte(kept: Kept) -> None:
    """Every line by its offset and length, read here by another way; every element of a document as `inspect` gives it."""
    lines = elements = 0
    for claim in kept.claims:
        for cited in claim["evidence"]:
            if "line" in cited:
                raw = (kept.folder / cited["path"]).read_bytes()
                stands = raw[cited["offset"] : cited["offset"] + cited["length"]]
                assert raw.splitlines()[cited["line"] - 1] == stands
                told = cited["text"].encode() if "text" in cited else base64.b64decode(cited["base64"])
                assert stands.startswith(told)
                assert len(told) == min(len(stands), quoting.MOST_BYTES)
                lines += 1
            elif "position" in cited and elements < 3:
                given = exact.element_of(kept.folder, cited["path"], cited["position"])
                assert json.loads(cited["element"]) == json.loads(given)
                elements += 1

    assert lines
    assert elements


def claim_on(path: str, **place: Any) -> list[Json]:
    """Return a claim that cites one place."""
    return [{"id": "c-1", "answer": None, "evidence": [{"path": path, "sha256": "", **place}]}]


@pytest.mark.parametrize(
    ("content", "line", "told"),
    [
        pytest.param(b"one\r\ntwo\nthree", 2, {"offset": 5, "length": 3, "text": "two"}, id="after another line end"),
        pytest.param(b"a\xffb\n", 1, {"offset": 0, "length": 3, "base64": "Yf9i"}, id="bytes that are no text"),
        pytest.param(b"x" * 9000, 1, {"offset": 0, "length": 9000, "text": "x" * 4096}, id="a line too long to quote"),
        pytest.param(
            "é".encode() * 3000,
            1,
            {"offset": 0, "length": 6000, "text": "é" * 2048},
            id="a letter at the bound",
        ),
        pytest.param(
            b"login password=hunter2222 ok",
            1,
            {"offset": 0, "length": 28, "text": "login password=[secret] ok", "withheld": True},
            id="a password is withheld",
        ),
        pytest.param(b"one", 2, {}, id="a line that is not there"),
    ],
)
def test_quotations_of_lines(tmp_path: Path, content: bytes, line: int, told: Json) -> None:
    """Offset and length are those of the whole line; text is UTF-8 or it is base64; never a credential."""
    (tmp_path / "a.log").write_bytes(content)

    [claim] = quoting.quoted(claim_on("a.log", line=line), tmp_path, without_secrets)

    assert claim["evidence"] == [{"path": "a.log", "sha256": "", "line": line, **told}]


def test_evidence_that_is_gone_is_not_quoted(tmp_path: Path) -> None:
    """The claim stands as it was."""
    claims = claim_on("gone.log", line=1)

    assert quoting.quoted(claims, tmp_path) == claims


def ids(folder: Path, log: list[str]) -> dict[str, str]:
    """Return the ids of the claims that a log gives, by subject."""
    (folder / "incident").mkdir(parents=True)
    (folder / "work").mkdir()
    (folder / "incident" / "app.log").write_text("".join(f"{line}\n" for line in log))
    with Store() as store:
        evidence = reading.read(folder / "incident", store, folder / "work")
        claims = result.build(store, evidence, "an incident", Parameters(), "a digest").claims
    return {claim["subject"]: claim["id"] for claim in claims}


def test_an_id_does_not_depend_on_the_answer(tmp_path: Path) -> None:
    """More evidence changes when the incident ended and how many requests failed, and no claim's name."""
    lines = [request(second, failed=60 <= second < 300) for second in range(0, 600, 2)]
    more = [request(second, failed=True) for second in range(600, 900, 2)]

    shorter, longer = ids(tmp_path / "shorter", lines), ids(tmp_path / "longer", [*lines, *more])

    for subject in ("requests in the incident", "verdict declare.error_rate", "failed logins", "durations"):
        assert shorter.get(subject) == longer.get(subject)
