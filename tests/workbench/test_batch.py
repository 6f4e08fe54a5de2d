"""The batch: what a run leaves, and what becomes of runs that fail."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
from bs4 import BeautifulSoup
from forensics.report import outputs

from .conftest import PROJECT, Ran, forensics, write_small


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A whole incident folder of a few lines, in which nothing happened."""
    return write_small(tmp_path)


@pytest.fixture
def altered(tmp_path: Path) -> Callable[[str, str], str]:
    """Return a folder of notebooks in which one cell was replaced."""

    def alter(name: str, code: str) -> str:
        folder = tmp_path / "notebooks"
        shutil.copytree(PROJECT / "notebooks", folder)
        place = folder / f"{name}.ipynb"
        notebook = json.loads(place.read_text())
        cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
        cells[2]["source"] = code
        place.write_text(json.dumps(notebook))
        return str(folder)

    return alter


class TestWhatARunLeaves:
    """On the security demonstration."""

    def test_it_ends_as_documented(self, ran: Ran) -> None:
        """It prints the page's path; what was not whole is said on stderr, and then the code is 3."""
        assert ran.out == f"{ran.reports}/demo-security/postmortem.html\n"
        assert ran.code == (3 if ran.err else 0)

    def test_the_folder_is_the_contracts(self, ran: Ran) -> None:
        """These files, and no other; nothing hidden is left beside them but the lock."""
        names = ["0_evidence", "1_timeline", "2_thresholds", "3_causes", "4_postmortem"]
        assert sorted(contents(ran.reports / "demo-security")) == sorted(
            ["case.duckdb", "claims.json", "postmortem.html", "postmortem.md", "result.json", "run.json"]
            + ["action-items.csv", "brief.md", "external.html", "incident-api.json", "meeting.html"]
            + [f"notebooks/{name}.{kind}" for name in names for kind in ("html", "ipynb")]
        )
        assert sorted(p.name for p in ran.reports.iterdir()) == [".demo-security.lock", "demo-security", "index.html"]

    def test_evidence_in_the_clear_is_its_owners_alone(self, ran: Ran) -> None:
        """The store and the claims hold addresses and names."""
        modes = {
            name: stat.S_IMODE((ran.reports / "demo-security" / name).stat().st_mode)
            for name in ("case.duckdb", "claims.json")
        }
        assert modes == {"case.duckdb": 0o600, "claims.json": 0o600}

    def test_the_result_keeps_the_contract(self, ran: Ran) -> None:
        """Every key of the contract is there, all ten rules are judged, and what is null says why."""
        result = json.loads((ran.reports / "demo-security" / "result.json").read_text())
        wanted = (
            "schema incident evidence moments durations verdicts severity questions changes suspects patterns security "
            "recovery updates findings"
        )
        assert set(wanted.split()) <= set(result)
        assert [v["rule"] for v in result["verdicts"]] == [
            "declare.unavailable",
            "declare.error_rate",
            "declare.response_time",
            "declare.security_alert",
            "declare.complaints",
            "alert.response_time",
            "alert.error_rate",
            "alert.memory",
            "alert.disk",
            "alert.db_connections",
        ]
        assert [q["id"] for q in result["questions"]] == ["started", "changed", "triggered", "responded", "mitigated"]
        assert set(result["moments"]) == {"onset", "detected", "declared", "acknowledged", "mitigated", "recovered"}
        nulls = {name for name in (*wanted.split(), "candidate", "recorded_cause") if result[name] is None}
        assert nulls == set(result["why_null"])

    def test_every_claim_a_statement_names_is_in_the_claims(self, ran: Ran) -> None:
        """No claim's id leads nowhere, and every citation names a file of the evidence with its hash."""
        folder = ran.reports / "demo-security"
        result = json.loads((folder / "result.json").read_text())
        claims = json.loads((folder / "claims.json").read_text())
        hashes = {entry["path"]: entry["sha256"] for entry in result["evidence"]}
        known = {claim["id"] for claim in claims}
        named = {
            word for word in json.dumps(result).replace('"', " ").replace(",", " ").split() if word.startswith("c-")
        }

        assert named <= known
        assert all(hashes[cited["path"]] == cited["sha256"] for claim in claims for cited in claim["evidence"])

    def test_every_number_that_is_stated_is_in_a_claim(self, ran: Ran) -> None:
        """Impact, durations, logins, stretches and accounting: each number is the value of a claim."""
        folder = ran.reports / "demo-security"
        result = json.loads((folder / "result.json").read_text())
        claims = json.loads((folder / "claims.json").read_text())
        stated = [
            *numbers(
                {name: result["impact"][name] for name in ("requests", "failed", "failed_share", "p95_s", "routes")}
            ),
            *numbers(result["durations"]),
            *numbers([result["security"]["failed_logins"], result["security"]["attempts"]]),
            *numbers([[i["peak"] for i in v["intervals"] + v["too_short"]] for v in result["verdicts"]]),
            *numbers([[d["intervals"] for d in v["definitions"]] for v in result["verdicts"]]),
            *numbers([result["recovery"], result["alert_audit"], result["error_budget"]]),
            *numbers([run["peak"] for run in result["impact"]["runs"]]),
            *numbers([[e["bytes"], e["records"], e["lines"]] for e in result["evidence"]]),
        ]
        claimed = set(numbers([claim["value"] for claim in claims]))

        assert len(stated) > 100
        assert set(stated) - claimed == set()

    def test_each_run_states_what_it_cost(self, ran: Ran) -> None:
        """Peak memory and CPU seconds of every notebook."""
        told = json.loads((ran.reports / "demo-security" / "run.json").read_text())
        assert [one["notebook"] for one in told["notebooks"]] == [
            "0_evidence",
            "1_timeline",
            "2_thresholds",
            "3_causes",
            "4_postmortem",
        ]
        assert all(one["cpu_s"] > 0 and one["peak_anonymous_bytes"] > 10_000_000 for one in told["notebooks"])
        assert told["exit_code"] == ran.code

    def test_the_store_has_the_contracts_views(self, ran: Ran, tmp_path: Path) -> None:
        """Per-line answers can be read without us."""
        copy = shutil.copy(ran.reports / "demo-security" / "case.duckdb", tmp_path / "copy.duckdb")
        with duckdb.connect(str(copy), read_only=True) as connection:
            lines = connection.execute(
                "select path, line, time, level, source, message from log_lines limit 1"
            ).fetchall()
            patterns = connection.execute("select path, line, template from line_patterns limit 1").fetchall()
        assert len(lines) == len(patterns) == 1

    def test_the_notebooks_show_this_incidents_values(self, ran: Ran) -> None:
        """What the executed notebooks print is what the truth says happened."""
        truth = json.loads((PROJECT / "tests" / "truth" / "demo-security.json").read_text())
        attackers = truth["counts"]["attackers"]
        most = max(one["failed"] for one in attackers.values())
        printed = {
            place.stem: text_of(json.loads(place.read_text()))
            for place in (ran.reports / "demo-security" / "notebooks").glob("*.ipynb")
        }
        assert f"the first of {most:,} failed logins from one address" in printed["1_timeline"]
        assert truth["severity"] in printed["2_thresholds"]
        assert "Security alert triggered" in printed["2_thresholds"]
        assert "Of the five questions" in printed["3_causes"]
        assert "The report of demo-security is written" in printed["4_postmortem"]

    def test_the_notebooks_outputs_are_redacted(self, ran: Ran) -> None:
        """No address or mail of the evidence stands in a page or an executed notebook; the store keeps them."""
        truth = json.loads((PROJECT / "tests" / "truth" / "demo-security.json").read_text())
        private = [*truth["counts"]["attackers"], "nora.quist@example.com"]
        pages = [p for p in (ran.reports / "demo-security").rglob("*") if p.suffix in (".html", ".md", ".ipynb")]
        leaks = [(p.name, word) for p in pages for word in private if word in p.read_text()]
        assert leaks == []
        assert "203.0.113" in (ran.reports / "demo-security" / "result.json").read_text()

    def test_a_notebook_says_no_other_number_than_the_report(self, ran: Ran) -> None:
        """Each figure that an executed notebook shows stands in the result, the claims or the post-mortem, where it has its claim, or
        is the sum of what files hold; what only the store holds, or only explains, is declared here with the reason."""
        folder = ran.reports / "demo-security"
        beside = {
            "display(case.databases())": "tables of the evidence's databases, counted row by row: the store's alone",
            'case.say("budget")': "how an objective would be stated, where none is",
        }
        told = ("result.json", "claims.json", "postmortem.md", "postmortem.html")
        known = set().union(*(figures((folder / name).read_text()) for name in told))
        evidence = json.loads((folder / "result.json").read_text())["evidence"]
        known.add(str(sum(entry["records"] for entry in evidence)))
        lines = [entry["lines"] for entry in evidence if entry["lines"]]
        known |= {str(sum(each[name] for each in lines)) for name in lines[0]}

        shown = [
            (place.stem, source.splitlines()[0], sorted(figures(text) - known))
            for place in sorted((folder / "notebooks").glob("*.ipynb"))
            for source, text in outputs_of(json.loads(place.read_text()))
        ]
        assert [source for *_, source, found in shown if found] == list(beside)
        assert sum(1 for *_, found in shown if not found) > 30

    def test_the_pictures_of_notebooks_say_what_they_show(self, ran: Ran) -> None:
        """17: each picture of a notebook's page has an alternative text of its own; at least three notebooks show one."""
        pages = sorted((ran.reports / "demo-security" / "notebooks").glob("*.html"))
        pictures = {
            page.stem: BeautifulSoup(page.read_text(), "html.parser").find_all(["img", "svg"]) for page in pages
        }
        texts = {name: [str(one.get("alt", "")) for one in each] for name, each in pictures.items()}

        assert [one for each in texts.values() for one in each if len(one) <= 20] == []
        assert {name: len(set(each)) for name, each in texts.items()} == {
            name: len(each) for name, each in texts.items()
        }
        assert [name for name, each in pictures.items() if each][:3] == ["0_evidence", "1_timeline", "2_thresholds"]

    def test_the_evidence_is_untouched(self, ran: Ran) -> None:
        """Its bytes are those in git, and nothing was added to it."""
        changed = subprocess.run(
            ["git", "status", "--porcelain", "--", "data/incidents/demo-security"],
            cwd=PROJECT,
            capture_output=True,
            text=True,
            check=True,
        )
        assert changed.stdout == ""


def figures(text: str) -> set[str]:
    """Return every figure in a text, whether its thousands are told apart or not; what a page's style says is none."""
    plain = re.sub(r"(?s)<style.*?</style>|<svg.*?</svg>|<[^>]+>", " ", text)
    return set(re.findall(r"\d+(?:[.:]\d+)*", re.sub(r"(?<=\d),(?=\d{3})", "", plain)))


def outputs_of(notebook: dict[str, Any]) -> list[tuple[str, str]]:
    """Return what each cell that shows something shows, beside its code: as a page where there is one, else as text."""
    found = []
    for cell in notebook["cells"]:
        data = [one.get("data", {}) for one in cell.get("outputs", [])]
        texts = ["".join(one.get("text/html") or one.get("text/plain") or "") for one in data]
        if any(texts):
            found.append(("".join(cell["source"]), " ".join(texts)))
    return found


def numbers(value: Any) -> list[float]:
    """Return every number in a value."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [one for part in value for one in numbers(part)]
    return [float(value)] if isinstance(value, int | float) and not isinstance(value, bool) else []


def text_of(notebook: dict[str, Any]) -> str:
    """Return everything that a notebook's cells printed."""
    outputs = [output for cell in notebook["cells"] if cell["cell_type"] == "code" for output in cell["outputs"]]
    return "\n".join("".join(o.get("data", {}).get(kind, "")) for o in outputs for kind in ("text/html", "text/plain"))


def test_a_quiet_folder_ends_with_zero(good: Ran) -> None:
    """Whole evidence of nothing gives a report, no incident, and the code 0."""
    told = json.loads(good.out)
    assert (good.code, good.err, told["exit_code"], told["reservations"]) == (0, "", 0, [])
    result = json.loads((good.reports / "small" / "result.json").read_text())
    assert result["severity"]["level"] == "none"
    assert result["incident"]["state"] == "no incident in this evidence"


@pytest.mark.parametrize(
    ("code", "said"),
    [
        pytest.param("1 / 0", "failed in cell", id="a cell that fails"),
        pytest.param("import sys; sys.exit(0)", "", id="a cell that leaves as if all were well"),
        pytest.param("import os; os._exit(0)", "the kernel died", id="a kernel that dies"),
    ],
)
def test_a_failed_run_is_a_failed_run(
    good: Ran, small: Path, tmp_path: Path, altered: Callable[[str, str], str], code: str, said: str
) -> None:
    """The code is 1, the reason is said, the last good report stands as it was, and the index calls it stale."""
    reports = tmp_path / "reports"
    shutil.copytree(good.reports, reports)
    before = contents(reports / "small")

    failed = forensics("run", str(small), "--out", str(reports), FORENSICS_NOTEBOOKS=altered("0_evidence", code))

    assert failed.returncode == 1
    assert said in failed.stderr
    assert "0_evidence.ipynb" in failed.stderr
    assert "Traceback" not in failed.stderr
    assert contents(reports / "small") == before
    assert "Stale: the last run failed" in (reports / "index.html").read_text()
    assert not list(reports.glob(".small.new*"))


def test_a_killed_run_leaves_nothing_half_written(good: Ran, small: Path, tmp_path: Path) -> None:
    """Killed in the middle, then run again: the report is the one of an undisturbed run, byte for byte."""
    calm, disturbed = good.reports, tmp_path / "disturbed"
    with subprocess.Popen(
        [sys.executable, "-m", "forensics.workbench.cli", "run", str(small), "--out", str(disturbed)],
        cwd=PROJECT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as running:
        while not list(disturbed.glob(".small.new*/opened.json")) and running.poll() is None:
            time.sleep(0.05)
        os.killpg(running.pid, signal.SIGKILL)
    assert not (disturbed / "small").exists()

    again = forensics("run", str(small), "--out", str(disturbed))

    assert again.returncode == 0
    same = ("postmortem.html", "result.json", "claims.json", *(output.name for output in outputs.OUTPUTS))
    assert {n: (disturbed / "small" / n).read_bytes() for n in same} == {
        n: (calm / "small" / n).read_bytes() for n in same
    }
    assert not list(disturbed.glob(".small.new*"))


def test_all_keeps_failures_apart(small: Path, tmp_path: Path) -> None:
    """Two folders that hold one incident are an error of theirs; the others get their reports; the code is 1."""
    many = tmp_path / "many"
    shutil.copytree(small, many / "quiet")
    for twin in ("one", "two"):
        shutil.copytree(small, many / twin)
        (many / f"{twin}.notes.toml").write_text('id = "same"\n')

    done = forensics("run", "--all", str(many), "--out", str(tmp_path / "reports"), "--json")

    told = {o["incident"]: (o["exit_code"], o["report"] is not None) for o in json.loads(done.stdout)}
    assert told == {"quiet": (0, True), "same": (1, False)}
    assert done.returncode == 1
    assert "one, two all hold the incident 'same'" in done.stderr
    index = (tmp_path / "reports" / "index.html").read_text(encoding="utf-8")
    assert "No report: the run failed: one, two all hold the incident &#39;same&#39;" in index
    assert 'href="quiet/postmortem.html"' in index


def test_evidence_that_changes_under_us_is_said(
    small: Path, tmp_path: Path, altered: Callable[[str, str], str]
) -> None:
    """A file altered during the run marks the report and the code is 3."""
    place = small / "app.log"
    notebooks = altered("1_timeline", f"open({str(place)!r}, 'a').write('late line\\n')")

    done = forensics("run", str(small), "--out", str(tmp_path / "reports"), FORENSICS_NOTEBOOKS=notebooks)

    assert done.returncode == 3
    assert "app.log: changed while it was read" in done.stderr
