"""`forensics verify`: whatever was falsified is named; what was left alone holds."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest
from forensics.report import notebook_page
from forensics.workbench import making, verification, verified
from forensics.workbench.verification import Recomputed, Verification

from .conftest import PROJECT, Ran, forensics

EVIDENCE = PROJECT / "data" / "incidents" / "demo-security"
Falsify = Callable[[Path], None]


@pytest.fixture(scope="module")
def computed(ran: Ran, tmp_path_factory: pytest.TempPathFactory) -> Recomputed:
    """What the evidence of the security demonstration gives, computed once."""
    stated = verification.read(ran.reports / "demo-security")
    return verification.recompute(stated, EVIDENCE, tmp_path_factory.mktemp("again"))


@pytest.fixture
def report(ran: Ran, tmp_path: Path) -> Path:
    """A copy of the report to falsify."""
    return shutil.copytree(ran.reports / "demo-security", tmp_path / "demo-security")


def compared(report: Path, computed: Recomputed) -> Verification:
    """Compare a report with what was computed once."""
    return verification.compare(verification.read(report), computed)


def told(found: Verification) -> list[tuple[str, str, str]]:
    """Return kind, place and what is wrong of everything that was found."""
    return [(one.kind, one.where, one.what) for one in found.found]


# ---- ways to falsify ------------------------------------------------------------------------------------------------


def replaced(name: str, before: str, after: str) -> Falsify:
    """Write something else in the first place where a file says something."""

    def falsify(report: Path) -> None:
        place = report / name
        text = place.read_text(encoding="utf-8")
        assert before in text
        place.write_text(text.replace(before, after, 1), encoding="utf-8")

    return falsify


def edited(name: str, edit: Callable[[Any], None]) -> Falsify:
    """Change something in a JSON file, written as the run writes it."""

    def falsify(report: Path) -> None:
        place = report / name
        held = json.loads(place.read_text(encoding="utf-8"))
        edit(held)
        place.write_text(json.dumps(held, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")

    return falsify


def claim(subject: str, edit: Callable[[Any], None]) -> Falsify:
    """Change one claim."""
    return edited("claims.json", lambda claims: edit(next(one for one in claims if one["subject"] == subject)))


def without_a_claim(claims: Any) -> None:
    """Leave out the first claim."""
    del claims[0]


def with_a_claim(claims: Any) -> None:
    """Add a claim that nothing computes."""
    claims.append({**claims[0], "id": "c-000000000000", "statement": "nothing happened"})


def with_a_claim_twice(claims: Any) -> None:
    """Let a falsified claim hide behind a true one with the same id."""
    claims.insert(0, {**claims[0], "statement": "nothing happened"})


def store(sql: str) -> Falsify:
    """Change the store."""

    def falsify(report: Path) -> None:
        with duckdb.connect(str(report / "case.duckdb")) as connection:
            connection.execute(sql)

    return falsify


def forged(edit: Callable[[Any], None]) -> Falsify:
    """Change what the run says of itself, and seal it anew."""

    def falsify(report: Path) -> None:
        run = json.loads((report / "run.json").read_text())
        edit(run)
        (report / "run.json").write_text(json.dumps(making.sealed(run)))

    return falsify


def all_digests(report: Path) -> None:
    """Falsify a page, and forge the digests of the run so that they fit."""
    replaced("postmortem.html", "</h1>", "</h1><p>All is well.</p>")(report)
    forged(lambda run: run["files"].update(making.files(report, but=["case.duckdb"])))(report)


def a_cell(report: Path) -> None:
    """Falsify what a cell of a notebook gave, render its page from that, and forge the digests so that they fit."""
    place = report / "notebooks" / "2_thresholds.ipynb"
    notebook = json.loads(place.read_text(encoding="utf-8"))
    told = [one for cell in notebook["cells"] for one in cell.get("outputs", []) if "text/html" in one.get("data", {})]
    html = "".join(told[-1]["data"]["text/html"])
    told[-1]["data"]["text/html"] = html.replace("</", " all is well</", 1)
    place.write_text(json.dumps(notebook), encoding="utf-8")
    page = notebook_page.render(place, "2_thresholds")
    place.with_suffix(".html").write_text(page, encoding="utf-8")
    forged(lambda run: run["files"].update(making.files(report, but=["case.duckdb"])))(report)


def first_number(report: Path) -> None:
    """Change one digit of the page's text."""
    place = report / "postmortem.html"
    text = place.read_text(encoding="utf-8")
    body, claim = text.index("<h1>"), text.index("external requests failed")
    at = next(n for n in range(claim, body, -1) if text[n].isdigit())
    place.write_text(text[:at] + str((int(text[at]) + 1) % 10) + text[at + 1 :], encoding="utf-8")


def homoglyph(report: Path) -> None:
    """Write a digit of another script that looks the same to many."""
    place = report / "postmortem.html"
    text = place.read_text(encoding="utf-8")
    at = next(n for n in range(text.index("<h1>"), len(text)) if text[n].isdigit())
    place.write_text(text[:at] + chr(ord("０") + int(text[at])) + text[at + 1 :], encoding="utf-8")


def doubled_key(report: Path) -> None:
    """State a key twice: a program takes the last, a person reads the first."""
    replaced("result.json", '  "schema": 1,\n', '  "schema": 2,\n  "schema": 1,\n')(report)


FALSIFIED = [
    pytest.param(first_number, [("file", "postmortem.html")], id="a number in the page"),
    pytest.param(homoglyph, [("file", "postmortem.html")], id="a digit of another script"),
    pytest.param(
        replaced("postmortem.html", "<!--seen before-->", "<!--seen before--><p>It never happened before.</p>"),
        [("file", "postmortem.html, Seen before")],
        id="where other reports are told of",
    ),
    pytest.param(
        replaced("postmortem.html", "<main>", "<main><!--"), [("file", "postmortem.html")], id="hidden by a comment"
    ),
    pytest.param(
        replaced("postmortem.html", '<section id="impact"', '<section hidden id="impact"'),
        [("file", "postmortem.html")],
        id="hidden by an attribute",
    ),
    pytest.param(
        replaced("postmortem.html", "</style>", "#rules{display:none}</style>"),
        [("file", "postmortem.html")],
        id="hidden by style",
    ),
    pytest.param(replaced("postmortem.md", "logins", "visits"), [("file", "postmortem.md")], id="a word in Markdown"),
    pytest.param(all_digests, [("file", "postmortem.html")], id="a page, with digests and seal forged"),
    pytest.param(
        edited("result.json", lambda r: r["severity"].update(level="P3")),
        [("result", "severity.level")],
        id="a value in the result",
    ),
    pytest.param(
        edited("result.json", lambda r: r["verdicts"].pop()),
        [("result", "verdicts.alert.db_connections")],
        id="a verdict left out of the result",
    ),
    pytest.param(doubled_key, [("result", "result.json")], id="a key stated twice"),
    pytest.param(
        edited("result.json", lambda r: r["evidence"][0].update(sha256="0" * 64)),
        [("evidence", "*"), ("result", "evidence.")],
        id="the digest of a piece of evidence",
    ),
    pytest.param(
        claim("severity", lambda c: c.update(statement="P3: nothing to see")),
        [("claim", "*.statement")],
        id="a claim's statement",
    ),
    pytest.param(
        claim("failed logins", lambda c: c["value"].update(failed=0)),
        [("claim", "*.value.failed")],
        id="a claim's value",
    ),
    pytest.param(
        claim("failed logins", lambda c: c["evidence"].pop()),
        [("claim", "*.evidence")],
        id="a claim's evidence",
    ),
    pytest.param(
        claim("severity", lambda c: c["claims"].pop()),
        [("claim", "*.claims")],
        id="a claim that another was drawn from",
    ),
    pytest.param(
        claim("verdict alert.memory", lambda c: c["also_asked"].pop()),
        [("claim", "*.also_asked")],
        id="a question gone",
    ),
    pytest.param(
        claim("verdict declare.error_rate", lambda c: c["also_asked"][0]["parameters"].update(id="another")),
        [("claim", "*.also_asked")],
        id="a question of another series",
    ),
    pytest.param(
        claim("recovery", lambda c: c["also_asked"][-1]["answer"].update(rows=0)),
        [("claim", "*.also_asked")],
        id="an answer of a further question",
    ),
    pytest.param(
        claim("durations", lambda c: c["value"].update(to_detect_s=[0, 0])),
        [("claim", "*.value.to_detect_s")],
        id="a value drawn from other claims",
    ),
    pytest.param(edited("claims.json", without_a_claim), [("claim", "*")], id="a claim gone"),
    pytest.param(edited("claims.json", with_a_claim), [("claim", "c-0000")], id="a new claim"),
    pytest.param(edited("claims.json", with_a_claim_twice), [("claim", "*")], id="a claim's double"),
    pytest.param(edited("claims.json", lambda c: c.reverse()), [("claim", "claims.json")], id="order"),
    pytest.param(store("delete from logins where not ok"), [("store", "logins")], id="rows of the store deleted"),
    pytest.param(store("update logins set ok = not ok"), [("store", "logins")], id="rows of the store changed"),
    pytest.param(
        store(
            "create or replace view log_lines as select path, line, time, level, source, 'x' as message from log_events"
        ),
        [("store", "log_lines")],
        id="a view of the store",
    ),
    pytest.param(store("create table notes (x int)"), [("store", "notes")], id="a table added to the store"),
    pytest.param(
        lambda report: (report / "case.duckdb").write_bytes(b"no store"), [("store", "case.duckdb")], id="no store"
    ),
    pytest.param(
        replaced("notebooks/2_thresholds.html", "<h1", "<h1 hidden"),
        [("file", "notebooks/2_thresholds.html"), ("notebook", "notebooks/2_thresholds.html")],
        id="a notebook's page",
    ),
    pytest.param(
        replaced("notebooks/2_thresholds.ipynb", "runbook", "cookbook"),
        [("file", "notebooks/2_thresholds.ipynb"), ("notebook", "notebooks/2_thresholds.html")],
        id="an executed notebook",
    ),
    pytest.param(
        lambda report: (report / "postmortem.md").unlink(), [("file", "postmortem.md")], id="a file of the report gone"
    ),
    pytest.param(
        lambda report: (report / "notebooks" / "1_timeline.html").unlink(),
        [("file", "notebooks/1_timeline.html")],
        id="a notebook's page gone",
    ),
    pytest.param(
        lambda report: (report / "correction.html").write_text("<p>All is well"),
        [("file", "correction.html")],
        id="a file that no run wrote",
    ),
    pytest.param(
        lambda report: (report / "result.json").write_text("{"),
        [("evidence", "*"), ("result", "result.json")],
        id="a result that is no JSON",
    ),
    pytest.param(lambda report: (report / "run.json").unlink(), [("run", "run.json")], id="the run's own account gone"),
    pytest.param(
        edited("run.json", lambda run: run.update(evidence_digest="0" * 64)),
        [("run", "run.json evidence_digest"), ("run", "run.json")],
        id="the digest in run.json",
    ),
    pytest.param(
        forged(lambda run: run.update(evidence_digest="0" * 64)),
        [("run", "run.json evidence_digest")],
        id="the digest in run.json, sealed anew",
    ),
    pytest.param(
        edited("run.json", lambda run: run.update(finished="2031-04-02T00:00:00+00:00")),
        [("run", "run.json")],
        id="when the run was",
    ),
    pytest.param(
        edited("run.json", lambda run: run["code"].update(library="0" * 64)), [("run", "run.json")], id="which code ran"
    ),
    pytest.param(
        edited("run.json", lambda run: run["inputs"].update(notes="0" * 64)),
        [("run", "run.json"), ("input", "notes")],
        id="which notes there were",
    ),
]


@pytest.mark.parametrize(("falsify", "named"), FALSIFIED)
def test_a_falsified_report_is_named(
    report: Path, computed: Recomputed, falsify: Falsify, named: list[tuple[str, str]]
) -> None:
    """What was falsified, and nothing else, is named with its kind and its place."""
    falsify(report)

    found = told(compared(report, computed))

    assert found
    for kind, where in named:
        pattern = where.removeprefix("*")
        assert any(
            one == kind and (pattern in place if "*" in where else place.startswith(where)) for one, place, _ in found
        )
    assert {kind for kind, *_ in found} == {kind for kind, _ in named}, found


def test_what_a_homoglyph_is_is_said(report: Path, computed: Recomputed) -> None:
    """A digit that looks like another one is written as its number in Unicode."""
    homoglyph(report)

    [found] = compared(report, computed).found

    assert "\\u{ff1" in found.stated
    assert "\\u{" not in found.computed


def test_a_store_with_swapped_pseudonyms_does_not_make_two_people_one(report: Path, computed: Recomputed) -> None:
    """Pseudonyms are taken from the report's store only where each thing has one of its own."""
    store("update pseudonyms set pseudonym = 'ip-1' where kind = 'ip'")(report)

    assert verification.read(report).names == ()


def test_an_untouched_report_holds(report: Path, computed: Recomputed) -> None:
    """Nothing is named, and it says how much was compared."""
    found = compared(report, computed)

    assert (told(found), found.remarks) == ([], [])
    assert found.counts == {
        "claims": len(json.loads((report / "claims.json").read_text())),
        "files of evidence": len(list(EVIDENCE.rglob("*.*"))),
        "files of the report": len(list(report.glob("*.*"))) - 2,
        "executed notebooks": 5,
        "of them run again": 0,
        "tables of the store": found.counts["tables of the store"],
    }


def test_another_code_is_said_and_is_no_difference(report: Path, computed: Recomputed) -> None:
    """As long as everything is computed as it was, another library is only remarked upon."""
    forged(lambda run: run["code"]["packages"].update(duckdb="0.1"))(report)

    found = compared(report, computed)

    assert found.holds
    assert found.remarks == [
        "The code is not the one that made the report (packages.duckdb); every claim holds all the same."
    ]


def test_claims_that_another_code_computes_otherwise_are_named(report: Path, computed: Recomputed) -> None:
    """The remark names them."""
    claim("severity", lambda c: c.update(value="P3"))(report)
    forged(lambda run: run["code"].update(library="0" * 64))(report)
    name = next(c["id"] for c in json.loads((report / "claims.json").read_text()) if c["subject"] == "severity")

    [remark] = compared(report, computed).remarks

    assert remark == f"The code is not the one that made the report (library); these claims differ now: {name}."


# ---- the evidence ---------------------------------------------------------------------------------------------------


@pytest.fixture
def moved(tmp_path: Path) -> Path:
    """A copy of the evidence, elsewhere, with its notes beside it."""
    folder = shutil.copytree(EVIDENCE, tmp_path / "elsewhere" / "copied")
    shutil.copy(EVIDENCE.with_name("demo-security.notes.toml"), folder.with_name("copied.notes.toml"))
    return folder


def again(ran: Ran, folder: Path, work: Path) -> Verification:
    """Compute everything again from a folder and compare."""
    work.mkdir()
    stated = verification.read(ran.reports / "demo-security")
    return verification.compare(stated, verification.recompute(stated, folder, work))


def test_a_changed_byte_of_the_evidence_is_named(ran: Ran, moved: Path, tmp_path: Path) -> None:
    """The file is named, and the claims that rest on it with what they are now."""
    log = moved / "logs" / "application.log"
    log.write_bytes(log.read_bytes().replace(b"FAILED_LOGIN", b"FAILED_LOGIM", 1))

    found = again(ran, moved, tmp_path / "work")

    assert ("evidence", "logs/application.log", "was changed") in told(found)
    assert any(one.kind == "claim" and one.where.endswith(".value.failed") for one in found.found)


def test_evidence_that_is_gone_and_evidence_that_is_new_are_named(ran: Ran, moved: Path, tmp_path: Path) -> None:
    """Both by their paths; so is another word in the notes."""
    gone = sorted(one for one in moved.rglob("*.json"))[0]
    gone.unlink()
    (moved / "late.log").write_text("[2031-04-02T07:30:00.000Z] INFO [x] late\n")
    with moved.with_name("copied.notes.toml").open("a") as notes:
        notes.write("# a word\n")

    found = again(ran, moved, tmp_path / "work")

    assert sorted(one for one in told(found) if one[0] in ("evidence", "input")) == [
        ("evidence", str(gone.relative_to(moved)), "is missing"),
        ("evidence", "late.log", "is new: the report knows nothing of it"),
        ("input", "notes", "was changed"),
    ]


def test_a_cell_that_says_something_else_is_named(ran: Ran, report: Path, computed: Recomputed, tmp_path: Path) -> None:
    """A notebook, its page, their digests and the seal, all edited to fit each other: the cells, run again, say otherwise."""
    pages = verification.run_again(verification.read(report), EVIDENCE, tmp_path / "again")
    run_again = replace(computed, pages=pages)
    assert told(compared(report, run_again)) == []

    a_cell(report)

    [named] = compared(report, run_again).found
    assert (named.kind, named.where.partition(":")[0]) == ("notebook", "notebooks/2_thresholds.ipynb")
    assert "all is well" in named.stated
    assert "all is well" not in named.computed


# ---- the command ----------------------------------------------------------------------------------------------------


def test_the_command_says_that_everything_holds(ran: Ran) -> None:
    """One line and 0; the report is left as it was."""
    report = ran.reports / "demo-security"
    before = {one: one.read_bytes() for one in report.rglob("*") if one.is_file()}

    done = forensics("verify", str(report), "--quick")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"{report}: everything holds. Computed again and compared: ")
    assert done.stdout.count("\n") == 1
    assert {one: one.read_bytes() for one in report.rglob("*") if one.is_file()} == before


def test_the_command_names_what_does_not_hold(report: Path, computed: Recomputed) -> None:
    """The place, what is stated and what is computed, and 1; the same for programs."""
    replaced("postmortem.md", "logins", "visits")(report)

    for_programs = forensics("verify", str(report), "--quick", "--json")
    lines = list(verified.lines(compared(report, computed), "a report"))

    assert for_programs.returncode == 1
    assert lines[0].startswith("a report: does not hold; one difference.")
    assert lines[2] == "Files of the report:"
    assert "visits" in lines[4]
    assert "logins" in lines[5]
    [difference] = json.loads(for_programs.stdout)["differences"]
    assert difference["where"].startswith("postmortem.md:")


def test_evidence_that_was_moved_is_said_where_it_is(ran: Ran, moved: Path, tmp_path: Path) -> None:
    """A report holds from a copy of its evidence, under whatever name; without one, the remedy is named."""
    report = shutil.copytree(ran.reports / "demo-security", tmp_path / "report")
    forged(lambda run: run.update(evidence=str(tmp_path / "gone" / "demo-security")))(report)

    lost = forensics("verify", str(report))
    found = forensics("verify", str(report), "--quick", "--evidence", str(moved), TZ="Asia/Tokyo", LC_ALL="C")

    assert lost.returncode == 2
    assert f"forensics verify {report} --evidence FOLDER" in lost.stderr
    assert (found.returncode, found.stderr) == (0, "")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        pytest.param("data/incidents/demo-security", "No report in", id="a folder that is no report"),
        pytest.param("data/incidents/demo-securty", "Did you mean 'demo-security'?", id="a name that is nearly one"),
        pytest.param("README.md", "is a file; a report is a folder", id="a file"),
    ],
)
def test_what_is_no_report_is_refused(asked: str, said: str) -> None:
    """With 2, and without a traceback."""
    done = forensics("verify", asked)

    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_another_report_holds(good: Ran, report: Path, computed: Recomputed) -> None:
    """A report that was just made holds, elsewhere too; its page, true as it is, is not that of another report."""
    made = good.reports / "small"

    done = forensics("verify", str(made), "--quick", TZ="Asia/Tokyo", LC_ALL="C", PYTHONHASHSEED="7")

    assert (good.code, done.returncode, done.stderr) == (0, 0, ""), done.stdout
    shutil.copy(made / "postmortem.html", report / "postmortem.html")
    [swapped] = compared(report, computed).found
    assert (swapped.kind, swapped.where.partition(":")[0]) == ("file", "postmortem.html")


def test_a_report_cannot_lead_out_of_its_folder(report: Path, computed: Recomputed, tmp_path: Path) -> None:
    """A link in a report is named, not followed."""
    (tmp_path / "outside.html").write_bytes((report / "postmortem.html").read_bytes())
    (report / "postmortem.html").unlink()
    os.symlink(tmp_path / "outside.html", report / "postmortem.html")

    assert {one[:2] for one in told(compared(report, computed))} == {("file", "postmortem.html")}
