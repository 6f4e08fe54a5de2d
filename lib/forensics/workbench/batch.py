"""The batch: the five notebooks through papermill, honest about those that fail, and the report put in place whole."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tqdm import tqdm

import forensics
from forensics.errors import ForensicsError, RunFailed
from forensics.evidence import intake
from forensics.findings import inventory
from forensics.model import Json, Parameters
from forensics.report import index, notebook_loading, notebook_page, outputs, pdf, people
from forensics.workbench import incident as incidents
from forensics.workbench import making, measuring, places
from forensics.workbench.case import CUSTODY, NOTES, OPENED, STORE, Done

NOTEBOOKS = ("0_evidence", "1_timeline", "2_thresholds", "3_causes", "4_postmortem")
CELL_TIMEOUT_S = 1800
SOCKET_PATH_LIMIT = 100
"""Bytes of a socket's path; macOS allows 104."""
WANTED = ("postmortem.html", *(output.name for output in outputs.OUTPUTS), "result.json", "claims.json", STORE)


@dataclass(slots=True)
class Outcome:
    """What became of one run."""

    incident: str
    code: int
    """The exit code: 0 whole, 3 written with reservations, 1 failed."""
    report: Path | None = None
    reservations: list[str] = field(default_factory=list)
    """Why it is not 0."""
    hints: list[str] = field(default_factory=list)
    """What people's notes hold that points at nothing or could not be taken as written; no reason for another code."""


def notebooks_folder() -> Path:
    """Return where the notebooks are: in the source tree, or where FORENSICS_NOTEBOOKS says."""
    stated = os.environ.get("FORENSICS_NOTEBOOKS")
    folder = Path(stated) if stated else Path(forensics.__file__).resolve().parents[2] / "notebooks"
    if not (folder / f"{NOTEBOOKS[0]}.ipynb").is_file():
        raise RunFailed(f"No notebooks in {folder}. Set FORENSICS_NOTEBOOKS to the folder that holds 0_evidence.ipynb.")
    return folder


def run(
    evidence: Path,
    reports: Path,
    parameters: Parameters,
    *,
    wait: bool = False,
    indexed: bool = True,
    on_paper: bool = False,
) -> Outcome:
    """Run all notebooks on one incident folder and put the report in place. Raises RunFailed or Busy.

    Without `indexed`, whoever runs many writes the index after the last of them. With `on_paper`, the page is a PDF, too.
    """
    incident = incidents.name(evidence)
    with places.held(reports, incident, wait=wait):
        places.repair(reports, incident)
        built = places.fresh(reports, incident)
        try:
            ledger = run_notebooks(evidence, built, parameters)
            if on_paper:
                page = (built / "postmortem.html").read_text(encoding="utf-8")
                (built / pdf.NAME).write_bytes(pdf.render(page))
            outcome = _finish(evidence, built, incident, parameters, ledger)
            outcome.report = places.swap_in(built, reports, incident)
            for known in {incident, evidence.name}:
                places.forget_failure(reports, known)
        except BaseException as error:
            _remove(built)
            if isinstance(error, ForensicsError):
                places.note_failure(reports, incident, str(error).splitlines()[0])
            if indexed:
                index.write(reports)
            raise
        if indexed:
            outcome.hints += _indexed(reports)
        return outcome


def run_all(
    folder: Path, reports: Path, parameters: Parameters, *, wait: bool = False, on_paper: bool = False
) -> list[Outcome]:
    """Run every incident folder in `folder`; one failure does not stop the others. The index tells of all of them."""
    found = sorted(entry for entry in folder.iterdir() if entry.is_dir() and not entry.name.startswith("."))
    names: dict[str, list[Path]] = {}
    outcomes = []
    for evidence in found:
        try:
            names.setdefault(incidents.name(evidence), []).append(evidence)
        except ForensicsError as error:
            outcomes.append(_without_report(reports, evidence.name, str(error)))
    for incident, folders in names.items():
        if len(folders) > 1:
            told = ", ".join(str(one.name) for one in folders)
            reason = f"{told} all hold the incident '{incident}'; state an id in {folders[0].name}.notes.toml"
            outcomes.append(_without_report(reports, incident, reason))
            continue
        try:
            outcomes.append(run(folders[0], reports, parameters, wait=wait, indexed=False, on_paper=on_paper))
        except ForensicsError as error:
            outcomes.append(Outcome(incident, 1, reservations=[str(error)]))
    if outcomes:
        outcomes[-1].hints += _indexed(reports)
    return outcomes


def _indexed(reports: Path) -> list[str]:
    """Write the page of all incidents, and what is seen before into each report; return what could not be written."""
    return [
        f"{reports / name}: its page could not be written, so that what it tells of earlier incidents may be out of date"
        for name in index.write(reports)
    ]


def _without_report(reports: Path, incident: str, reason: str) -> Outcome:
    """Remember a folder that could not even begin to run, so that the index tells of it."""
    reports.mkdir(parents=True, exist_ok=True)
    places.note_failure(reports, incident, reason.splitlines()[0])
    return Outcome(incident, 1, reservations=[reason])


@dataclass(slots=True)
class Ledger:
    """What this run says about itself in run.json."""

    started: str
    inputs: dict[str, str]
    """What lay beside the evidence when it began, with its SHA-256."""
    code: Json
    notebooks: list[Json] = field(default_factory=list)


@contextlib.contextmanager
def quiet_surroundings(private: Path) -> Iterator[None]:
    """Keep the files of Jupyter, IPython and matplotlib out of the user's home, and other programs' settings out of ours."""
    wanted = {
        "JUPYTER_RUNTIME_DIR": str(private / "runtime"),
        "IPYTHONDIR": str(private / "ipython"),
        "MPLCONFIGDIR": os.environ.get("MPLCONFIGDIR", str(private / "matplotlib")),
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    }
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@contextlib.contextmanager
def _stderr_into(log: Path) -> Iterator[None]:
    """Send what kernels say about themselves to a log; what concerns the user is in the notebook."""
    kept = os.dup(2)
    with log.open("ab") as file:
        os.dup2(file.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)


def run_notebooks(evidence: Path, built: Path, parameters: Parameters) -> Ledger:
    """Run the five notebooks in order, each with its page, into an empty folder. Raises RunFailed.

    The folder then holds the report, and what the run needed while it lasted (`_finish` puts that away).
    """
    folder = notebooks_folder()
    started = datetime.now(UTC).isoformat(timespec="seconds")
    ledger = Ledger(started, incidents.inputs(evidence), making.code(folder))
    (built / "notebooks").mkdir()
    (built / CUSTODY).write_text(json.dumps(intake.custody(intake.find(evidence))), encoding="utf-8")
    (built / NOTES).mkdir()
    if (beside := incidents.sidecar(evidence)).is_file():
        shutil.copyfile(beside, built / NOTES / beside.name)
    given: dict[str, Any] = {"incident": str(evidence), "work": str(built), **asdict(parameters)}
    with (
        tempfile.TemporaryDirectory(prefix="forensics-run-") as private,
        quiet_surroundings(Path(private)),
        os.fdopen(os.dup(sys.stderr.fileno()), "w") as terminal,
        tqdm(total=len(NOTEBOOKS), unit="notebook", disable=not sys.stderr.isatty(), leave=False, file=terminal) as bar,
    ):
        for name in NOTEBOOKS:
            bar.set_description(name)
            target = built / "notebooks" / f"{name}.ipynb"
            with measuring.measured() as cost, _stderr_into(Path(private) / "kernel.log"):
                _execute(folder / f"{name}.ipynb", target, given, evidence, Path(private))
            ledger.notebooks.append({"notebook": name, **asdict(cost)})
            page = notebook_page.render(target, name)
            target.with_suffix(".html").write_text(page, encoding="utf-8")
            bar.update()
    return ledger


def _execute(source: Path, target: Path, given: dict[str, Any], evidence: Path, private: Path) -> None:
    """Run one notebook. Raises RunFailed when a cell failed, the kernel died, or the end was not reached."""
    with notebook_loading.quickly():
        import papermill  # noqa: PLC0415  slow to load, and only a batch needs it
        from nbclient.exceptions import DeadKernelError  # noqa: PLC0415
        from papermill.exceptions import PapermillExecutionError  # noqa: PLC0415
        from traitlets.config import Config  # noqa: PLC0415

    try:
        papermill.execute_notebook(
            str(source),
            str(target),
            parameters=given,
            kernel_name="python3",
            progress_bar=False,
            cwd=str(source.parent),
            execution_timeout=CELL_TIMEOUT_S,
            request_save_on_cell_execute=False,  # what is not whole is removed; it is written once, at its end
            config=Config({"KernelManager": _listening(private)}),
        )
    except PapermillExecutionError as error:
        raise RunFailed(
            f"{source.name} failed in cell {error.exec_count}: {error.ename}: {error.evalue}\n"
            f"No report was written for {evidence.name}; the last good one stands."
        ) from error
    except (DeadKernelError, TimeoutError, RuntimeError) as error:
        raise RunFailed(
            f"{source.name}: the kernel died or did not answer ({str(error).splitlines()[0] if str(error) else type(error).__name__}).\n"
            f"No report was written for {evidence.name}; the last good one stands."
        ) from error
    notebook = json.loads(target.read_text(encoding="utf-8"))
    if not _came_to_its_end(notebook):
        raise RunFailed(
            f"{source.name} stopped before its end without an error (a cell may have called exit).\n"
            f"No report was written for {evidence.name}; the last good one stands."
        )


def _listening(private: Path) -> dict[str, str]:
    """Return where the kernel listens: at sockets of ours, not at ports that others on this machine could ask, where
    the system allows paths of that length."""
    sockets = str(private / "kernel")
    return {"transport": "ipc", "ip": sockets} if len(sockets) < SOCKET_PATH_LIMIT else {}


def _came_to_its_end(notebook: Json) -> bool:
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    ran = all(cell.get("execution_count") is not None for cell in cells if "".join(cell["source"]).strip())
    outputs = cells[-1]["outputs"] if cells else []
    return ran and any(output.get("metadata", {}).get("forensics") == Done.MARK for output in outputs)


def _finish(evidence: Path, built: Path, incident: str, parameters: Parameters, ledger: Ledger) -> Outcome:
    for name in WANTED:
        if not (built / name).is_file():
            raise RunFailed(f"The notebooks came to their end but wrote no {name}. No report was written.")
    result = json.loads((built / "result.json").read_text(encoding="utf-8"))
    reservations = inventory.reserved(result)
    outcome = Outcome(incident, 3 if reservations else 0, reservations=reservations, hints=people.warnings(result))
    for name in (OPENED, CUSTODY):
        (built / name).unlink(missing_ok=True)
    _remove(built / NOTES)
    run_json = {
        "version": forensics.__version__,
        "incident": incident,
        "evidence": str(evidence),
        "evidence_digest": result["incident"]["evidence_digest"],
        "parameters": asdict(parameters),
        "started": ledger.started,
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "exit_code": outcome.code,
        "reservations": reservations,
        "peak_anonymous_bytes": max(one["peak_anonymous_bytes"] for one in ledger.notebooks),
        "cpu_s": round(sum(one["cpu_s"] for one in ledger.notebooks) + time.process_time(), 3),
        "notebooks": ledger.notebooks,
        "inputs": ledger.inputs,
        "code": ledger.code,
        "files": making.files(built, but=[STORE]),
    }
    (built / making.RUN).write_text(json.dumps(making.sealed(run_json), indent=2) + "\n", encoding="utf-8")
    return outcome


def _remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
