"""A report stands whole or not at all."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from forensics.errors import Busy
from forensics.workbench import places


def report(folder: Path, text: str) -> Path:
    """Make a folder that holds one page."""
    folder.mkdir(parents=True)
    (folder / "postmortem.html").write_text(text)
    return folder


def page(reports: Path) -> str:
    return (reports / "a" / "postmortem.html").read_text()


def test_a_new_report_replaces_the_old_one_whole(tmp_path: Path) -> None:
    """Nothing of the old report is left beside the new one."""
    report(tmp_path / "a", "old")
    (tmp_path / "a" / "extra.txt").write_text("old")
    built = places.fresh(tmp_path, "a")
    (built / "postmortem.html").write_text("new")

    final = places.swap_in(built, tmp_path, "a")

    assert final == tmp_path / "a"
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["a", "postmortem.html"]
    assert page(tmp_path) == "new"


def test_a_crash_between_the_two_renames_is_repaired(tmp_path: Path) -> None:
    """When the old report was moved away and the new one never came, the old one comes back."""
    report(tmp_path / ".a.old", "old")
    report(tmp_path / ".a.new-xyz", "half")

    places.repair(tmp_path, "a")

    assert page(tmp_path) == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["a"]


def test_a_crash_after_the_second_rename_leaves_the_new_report(tmp_path: Path) -> None:
    """When both stand, the new one is the report."""
    report(tmp_path / ".a.old", "old")
    report(tmp_path / "a", "new")

    places.repair(tmp_path, "a")

    assert page(tmp_path) == "new"
    assert [p.name for p in tmp_path.iterdir()] == ["a"]


def test_a_second_run_is_refused_with_the_holders_name(tmp_path: Path) -> None:
    """Two runs on one incident never mix; the second is told who holds it."""
    hold = (
        "import sys\nfrom pathlib import Path\nfrom forensics.workbench import places\n"
        "with places.held(Path(sys.argv[1]), 'a', wait=False):\n"
        "    print('held', flush=True)\n    sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", hold, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(Busy) as refused, places.held(tmp_path, "a", wait=False):
            pass
        holder.communicate("")

    assert f"process {holder.pid}" in str(refused.value)
    assert refused.value.exit_code == 2
    with places.held(tmp_path, "a", wait=False):
        pass
