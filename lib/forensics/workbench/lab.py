"""JupyterLab on one incident: the free desk in a folder of the user's, on this machine alone, with nothing fetched."""

from __future__ import annotations

import ast
import contextlib
import http.client
import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

from forensics.errors import RunFailed, UsageError
from forensics.model import Json
from forensics.workbench import batch, incident

DESK = "investigate.ipynb"
OWN = ".jupyter"
"""Below the user's folder: JupyterLab's settings, its log, and what it keeps while it runs."""
STARTS_WITHIN_S = 180.0
STOPS_WITHIN_S = 20.0
SETTINGS: dict[str, Json] = {
    "@jupyterlab/apputils-extension/notification.jupyterlab-settings": {"fetchNews": "false", "checkForUpdates": False},
}
"""JupyterLab's own settings that keep it from asking the network; a person may change others, and they are kept."""
_COMMAND = (
    sys.executable, "-m", "jupyterlab", "--no-browser", "--ServerApp.ip=127.0.0.1", "--ServerApp.port=0",
    "--ServerApp.allow_remote_access=False", "--LabApp.news_url=None", "--LabApp.extension_manager=readonly",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
)  # fmt: skip


def folder(evidence: Path, work: str = "") -> Path:
    """Return the user's folder in which the desk is kept: the one that is named, else lab/<id> where one is.

    Raises UsageError for one inside of the evidence, which is never written to.
    """
    chosen = Path(work).expanduser().resolve() if work else Path.cwd().resolve() / "lab" / incident.name(evidence)
    if chosen.is_relative_to(evidence):
        raise UsageError(
            f"{chosen} lies inside the evidence, which is never written to. Name another folder: --work DIR."
        )
    return chosen


def prepare(evidence: Path, work: Path) -> Path:
    """Put the free desk with this incident preset into the user's folder, people's notes beside it, and return the desk.

    A desk that is there is kept, with whatever was added to it. Raises UsageError where it is another incident's, or
    where the folder cannot be written.
    """
    desk = work / DESK
    try:
        work.mkdir(parents=True, exist_ok=True)
        if not desk.exists():
            notebook = json.loads((batch.notebooks_folder() / DESK).read_text(encoding="utf-8"))
            _preset(notebook, evidence)
            desk.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        elif (other := _asked_of(desk)) not in (None, str(evidence)):
            raise UsageError(
                f"{desk} is the desk of another incident, {other}. It was left as it is. Name another folder: --work DIR."
            )
        beside = incident.sidecar(evidence)
        if not os.path.lexists(work / beside.name):
            (work / beside.name).symlink_to(beside)
        for name, said in SETTINGS.items():
            place = work / OWN / "settings" / name
            if not place.exists():
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_text(json.dumps(said, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{work} cannot be written: {error.strerror}. Name another folder: --work DIR.") from error
    return desk


def _parameters(notebook: Json) -> Json:
    found = [one for one in notebook["cells"] if "parameters" in one["metadata"].get("tags", [])]
    if not found:
        raise RunFailed(
            f"{DESK} has no cell tagged 'parameters'. Set FORENSICS_NOTEBOOKS to the folder that holds ours."
        )
    cell: Json = found[0]
    return cell


def _preset(notebook: Json, evidence: Path) -> None:
    """Name the incident in the cell of the parameters; all else of it stays."""
    cell = _parameters(notebook)
    lines = "".join(cell["source"]).splitlines(keepends=True)
    cell["source"] = [
        f"incident: str = {json.dumps(str(evidence), ensure_ascii=False)}  # {line.partition('  # ')[2]}"
        if line.startswith("incident:")
        else line
        for line in lines
    ]


def _asked_of(desk: Path) -> str | None:
    """Return the incident that a desk is preset to; None where that cannot be told."""
    try:
        source = "".join(_parameters(json.loads(desk.read_text(encoding="utf-8")))["source"])
        for statement in ast.parse(source).body:
            if isinstance(statement, ast.AnnAssign) and ast.unparse(statement.target) == "incident" and statement.value:
                return str(ast.literal_eval(statement.value))
    except (ValueError, SyntaxError, KeyError, TypeError, AttributeError, RunFailed):
        pass
    return None


@contextlib.contextmanager
def running(work: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Run JupyterLab on the user's folder, and give the desk's address and the server. At the end it is stopped, with its
    kernels. Raises RunFailed, with the last lines of its log, where it does not start."""
    own = work / OWN
    runtime = own / f"runtime-{os.getpid()}"
    token = secrets.token_hex(24)
    environment = {
        **os.environ,
        "JUPYTER_TOKEN": token,  # on a command line, everybody on this machine could read it
        "JUPYTER_RUNTIME_DIR": str(runtime),
        "JUPYTER_CONFIG_DIR": str(own / "config"),
        "JUPYTER_DATA_DIR": str(own / "share"),
        "JUPYTERLAB_SETTINGS_DIR": str(own / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(own / "workspaces"),
        "IPYTHONDIR": str(own / "ipython"),
        "MPLCONFIGDIR": os.environ.get("MPLCONFIGDIR", str(own / "matplotlib")),
        "JUPYTER_NO_CONFIG": "1",
    }
    command = [
        *_COMMAND,
        f"--ServerApp.root_dir={work}",
        *(["--ServerApp.allow_root=True"] if os.geteuid() == 0 else []),
    ]
    log = own / "log.txt"
    with log.open("wb") as into:
        log.chmod(0o600)
        # A session of its own: Ctrl-C is for us, who then stop it; JupyterLab alone would ask whether it is meant.
        server = subprocess.Popen(  # noqa: S603  our own command
            command,
            env=environment,
            cwd=work,
            stdin=subprocess.DEVNULL,
            stdout=into,
            stderr=into,
            start_new_session=True,
        )
        try:
            yield f"{_address(runtime, server, log)}lab/tree/{quote(DESK)}?token={token}", server
        finally:
            _stop(server)
            for left in (*runtime.glob("*"), runtime):
                with contextlib.suppress(OSError):
                    left.rmdir() if left.is_dir() else left.unlink()


def _address(runtime: Path, server: subprocess.Popen[bytes], log: Path) -> str:
    """Wait until the server answers, and return its address."""
    give_up = time.monotonic() + STARTS_WITHIN_S
    while server.poll() is None and time.monotonic() < give_up:
        for told in runtime.glob("jpserver-*.json"):
            with contextlib.suppress(OSError, ValueError, KeyError, http.client.HTTPException):
                url: str = json.loads(told.read_text(encoding="utf-8"))["url"]
                asked = http.client.HTTPConnection(urlsplit(url).netloc, timeout=5)
                asked.request("GET", "/api")
                if asked.getresponse().status == http.HTTPStatus.OK:
                    return url
        time.sleep(0.1)
    last = "\n".join(f"    {line}" for line in log.read_text(encoding="utf-8", errors="replace").splitlines()[-8:])
    raise RunFailed(f"JupyterLab did not start within {STARTS_WITHIN_S:.0f} s. The end of {log}:\n{last}")


def _stop(server: subprocess.Popen[bytes]) -> None:
    """Ask the server to stop, with its kernels; insist where it does not."""
    with contextlib.suppress(ProcessLookupError):
        server.terminate()
        try:
            server.wait(STOPS_WITHIN_S)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()
