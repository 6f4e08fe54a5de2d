"""The desk of an incident is made in a folder of the user's; what stands there, and the evidence, are left as they are."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from conftest import write
from forensics.errors import RunFailed, UsageError
from forensics.workbench import lab


@pytest.fixture
def evidence(tmp_path: Path) -> Path:
    """Make an incident folder whose name has to be quoted."""
    return write(tmp_path / 'the "north" quay', {"app.log": "x\n"})


def code(desk: Path) -> dict[str, object]:
    """Run the desk's parameters, and return them."""
    cell = next(c for c in json.loads(desk.read_text())["cells"] if "parameters" in c["metadata"].get("tags", []))
    found: dict[str, object] = {}
    exec("".join(cell["source"]), found)  # noqa: S102  our own notebook
    return found


def test_the_desk_is_preset_to_the_incident(evidence: Path, tmp_path: Path) -> None:
    """It names the folder, has every other parameter as it was, and people's notes beside it."""
    work = tmp_path / "work"

    desk = lab.prepare(evidence, work)

    own = code(Path(lab.batch.notebooks_folder() / lab.DESK))
    assert {name: said for name, said in code(desk).items() if own[name] != said and name != "__builtins__"} == {
        "incident": str(evidence)
    }
    assert (work / f"{evidence.name}.notes.toml").readlink() == evidence.with_name(f"{evidence.name}.notes.toml")
    assert sorted(one.name for one in evidence.iterdir()) == ["app.log"]


def test_a_desk_that_is_there_is_kept(evidence: Path, tmp_path: Path) -> None:
    """Whatever a person added stays, settings too; another incident's desk is not taken for this one's."""
    desk = lab.prepare(evidence, tmp_path / "work")
    told = json.loads(desk.read_text())
    told["cells"].append({"cell_type": "markdown", "metadata": {}, "source": ["mine"]})
    desk.write_text(json.dumps(told))
    before = desk.read_bytes()

    assert lab.prepare(evidence, tmp_path / "work").read_bytes() == before
    with pytest.raises(UsageError, match="is the desk of another incident"):
        lab.prepare(write(tmp_path / "south", {"app.log": "x\n"}), tmp_path / "work")
    assert desk.read_bytes() == before


def test_a_folder_in_the_evidence_is_refused(evidence: Path, tmp_path: Path) -> None:
    """Nothing is ever written there; without a folder named, it is lab/<id> where one is."""
    with pytest.raises(UsageError, match="lies inside the evidence"):
        lab.folder(evidence, str(evidence / "desk"))
    assert lab.folder(evidence).parts[-2:] == ("lab", "the-north-quay")


def test_a_server_that_does_not_start_is_named_with_its_log(
    evidence: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The end of its log is shown, and nothing goes on."""
    lab.prepare(evidence, tmp_path / "work")
    monkeypatch.setattr(lab, "_COMMAND", ("sh", "-c", "echo the port is taken >&2; exit 1"))

    with pytest.raises(RunFailed, match="the port is taken"), lab.running(tmp_path / "work"):
        pass


def test_a_server_that_does_not_stop_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is asked first, then made to."""
    monkeypatch.setattr(lab, "STOPS_WITHIN_S", 0.2)
    stubborn = subprocess.Popen(
        ["sh", "-c", "trap '' TERM; while :; do sleep 0.05; done"], start_new_session=True, stdout=subprocess.DEVNULL
    )

    lab._stop(stubborn)

    assert stubborn.returncode is not None
