"""Names mean nothing: a kit whose files are called otherwise says the same, and nothing of any kit is built into the library."""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import shared
from conftest import analyse

pytestmark = pytest.mark.shared

LIBRARY = shared.PROJECT / "lib" / "forensics"
KITS = [name for name in shared.origin_kits() if name.startswith(("A0", "C1", "X1"))] or ["none"]
SEED = "1"


def renamed(kit: Path, target: Path) -> Path:
    """Copy a kit so that every file lies in another folder, under a name and an extension that say nothing."""
    for path in sorted(path for path in kit.rglob("*") if path.is_file()):
        name = hashlib.shake_128(f"{SEED} {path.relative_to(kit)}".encode()).hexdigest(8)
        extension = [".bin", ".txt", "", ".log", ".json", ".sql"][int(name[0], 16) % 6]
        place = target / name[1:3] / f"{name[3:]}{extension}"
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, place)
    return target


def said(result: dict[str, Any]) -> dict[str, Any]:
    """Return what a result says without saying where it stands."""
    measures = ("start", "end", "peak", "open", "open_start", "ended_by")
    return {
        "verdicts": {
            one["rule"]: (one["verdict"], one["depends"], [[run[key] for key in measures] for run in one["intervals"]])
            for one in result["verdicts"]
        },
        "moments": {
            name: [one.get(key) for key in ("earliest", "latest", "source", "reached")]
            for name, one in result["moments"].items()
        },
        "severity": [result["severity"][key] for key in ("level", "rule", "stated")],
        "durations": result["durations"],
        "impact": [result["impact"][key] for key in ("kind", "requests", "failed", "p95_s", "routes")],
        "changes": [(one["id"], one["time"]) for one in result["changes"] or () if one["kind"] == "commit"],
        "window": result["incident"]["window"],
    }


@pytest.mark.parametrize("name", KITS)
def test_a_kit_says_the_same_whatever_its_files_are_called(
    name: str, analysed: Callable[[Path], Any], tmp_path: Path
) -> None:
    """Renamed and shuffled, a kit gives the same verdicts, intervals, severity, moments and counts."""
    kit = shared.origin_evidence(name)
    (tmp_path / "work").mkdir()

    again = analyse(renamed(kit, tmp_path / "kit"), tmp_path / "work")

    assert said(again.findings.json) == said(analysed(kit).findings.json)
    again.store.close()


# ---- nothing is built in -------------------------------------------------------------------------------------------


def compound(words: set[str]) -> set[str]:
    """Keep the words that nobody writes by chance: those of several parts."""
    return {word for word in words if re.search(r"[a-z0-9][-_.][a-z0-9]", word, re.IGNORECASE)}


def words_of_kits() -> dict[str, set[str]]:
    """Collect what belongs to the systems that the shared evidence comes from."""
    found: dict[str, set[str]] = {
        "tables": set(),
        "services": set(),
        "upstreams": set(),
        "checks": set(),
        "people": set(),
    }
    for name in shared.origin_kits():
        kit = shared.origin_evidence(name)
        dump = (kit / "database-state.sql").read_text(encoding="utf-8", errors="replace")
        found["tables"] |= set(re.findall(r"(?im)^create (?:virtual )?table (?:if not exists )?['\"]?(\w+)", dump))
        log = (kit / "logs" / "application.log").read_text(encoding="utf-8", errors="replace")
        found["upstreams"] |= set(re.findall(r"Upstream ([\w.-]+)", log))
        found["services"] |= set(re.findall(r"app:([\w-]+) id", (kit / "logs" / "pm2.log").read_text(encoding="utf-8")))
        found["checks"] |= set(re.findall(r'"checkId": ?"([^"]+)"', (kit / "uptime.json").read_text(encoding="utf-8")))
        found["people"] |= set(
            re.findall(r'"id": ?"(U\w+)"', (kit / "slack" / "users.json").read_text(encoding="utf-8"))
        )
    folders = [shared.origin_evidence(name) for name in shared.origin_kits()] + shared.case_folders()
    found["files"] = {path.name for folder in folders for path in folder.rglob("*") if path.is_file()}
    found["kits"] = {*shared.origin_kits(), *(folder.parent.name for folder in shared.case_folders())}
    return {kind: words if kind == "people" else compound(words) for kind, words in found.items()}


def test_nothing_of_a_kit_is_built_in() -> None:
    """No table, service, upstream, check, person or file of the shared evidence is named in the library.

    Words that the runbook itself uses are everybody's, and so are files called like its commands.
    """
    runbook = (shared.need_shared() / "runbook.md").read_text(encoding="utf-8").lower()
    sources = {
        path: path.read_text(encoding="utf-8")
        for path in LIBRARY.rglob("*")
        if path.suffix in {".py", ".toml", ".sql", ".j2", ".css", ".html"}
    }
    small = {path: text.lower() for path, text in sources.items()}
    named = []
    for kind, words in words_of_kits().items():
        assert words
        for word in sorted(words):
            whole = re.compile(rf"(?<![\w-]){re.escape(word)}(?![\w-])", re.IGNORECASE)
            commands = re.sub(r"[-_]", " ", word.rsplit(".", 1)[0].lower())
            if commands not in runbook and not whole.search(runbook):
                holding = (path for path in sources if word.lower() in small[path])
                named += [(kind, word, path.name) for path in holding if whole.search(sources[path])]
    assert named == []
