"""Which folder is meant, and what its incident is called."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from forensics.errors import Unknown, UsageError
from forensics.workbench import incident


def record(identity: str, *, automatic: bool = False) -> dict[str, object]:
    return {
        "id": identity,
        "title": "t",
        "status": "investigating",
        "severity": "high",
        "startTime": 1932881405120,
        "createdBy": "on-call-engineer",
        "timeline": [],
        "autoCreated": automatic,
    }


def folder(place: Path, *records: dict[str, object]) -> Path:
    place.mkdir(parents=True)
    if records:
        (place / "any-name.txt").write_text(json.dumps({"incidents": list(records)}))
    return place


def test_the_notes_name_the_incident_first(tmp_path: Path) -> None:
    """What a person states beside the folder wins over records and names."""
    evidence = folder(tmp_path / "outage", record("incident_1"))
    (tmp_path / "outage.notes.toml").write_text('id = "checkout-2031"\n')

    assert incident.name(evidence) == "checkout-2031"


def test_the_record_of_a_person_names_the_incident(tmp_path: Path) -> None:
    """Records that the monitoring opened by itself do not outvote the one that a person opened."""
    evidence = folder(tmp_path / "outage", record("auto_1", automatic=True), record("incident_1"))

    assert incident.name(evidence) == "incident_1"


@pytest.mark.parametrize(
    ("records", "path", "named"),
    [
        pytest.param((), "outage", "outage", id="without a record the folder names it"),
        pytest.param((), "outage/evidence", "outage", id="a folder called evidence gives its parent's name"),
        pytest.param((record("a"), record("b")), "outage", "outage", id="two records by people name nothing"),
        pytest.param((record("../../x"),), "outage", "outage", id="an id that is a path is no name"),
        pytest.param((record("{x.__class__}"),), "outage", "outage", id="an id that is a template is no name"),
        pytest.param((), "out age ü", "out-age", id="a name with spaces is made safe"),
    ],
)
def test_otherwise_the_folder_names_it(
    tmp_path: Path, records: tuple[dict[str, object], ...], path: str, named: str
) -> None:
    """The id is always a plain name that is safe as a folder."""
    assert incident.name(folder(tmp_path / path, *records)) == named


def test_a_misspelt_folder_is_refused_with_the_nearest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message says where was looked, and what there is."""
    (tmp_path / "data" / "incidents" / "demo-database").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)

    with pytest.raises(Unknown) as refused:
        incident.folder("data/incidents/demo-databse")

    assert str(refused.value) == (
        "No incident 'demo-databse' in data/incidents. Did you mean 'demo-database'?\nAvailable: demo-database."
    )


def test_a_file_is_no_incident(tmp_path: Path) -> None:
    """A file is refused with the command that looks at files."""
    (tmp_path / "a.log").write_text("x")

    with pytest.raises(UsageError, match="is a file; an incident is a folder of files"):
        incident.folder(str(tmp_path / "a.log"))


def test_broken_notes_are_an_error_not_silence(tmp_path: Path) -> None:
    """A notes file that cannot be read is named; it is never skipped."""
    evidence = folder(tmp_path / "outage")
    (tmp_path / "outage.notes.toml").write_text("id = ")

    with pytest.raises(UsageError, match=r"outage\.notes\.toml:1: this is no TOML"):
        incident.name(evidence)
