"""What a child process costs: CPU seconds and peak anonymous memory."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

EVERY_S = 0.05
HOW_MEMORY = (
    "peak anonymous memory (RssAnon of the process and its children, looked at every 50 ms)"
    if sys.platform == "linux"
    else "peak resident memory (this system does not tell anonymous memory apart)"
)


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one child process and everything it waited for."""

    seconds: float
    """By the wall clock."""
    cpu_s: float
    """User and system."""
    peak_bytes: int
    """See HOW_MEMORY; mapped pages of a file that is read are not counted where the system tells them apart."""
    code: int
    out: str
    error: str


def _children(pid: int) -> list[int]:
    try:
        direct = [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except (OSError, ValueError):
        return []
    return direct + [below for child in direct for below in _children(child)]


def _anonymous(pid: int) -> int:
    try:
        for line in Path(f"/proc/{pid}/status").read_text(errors="replace").splitlines():
            if line.startswith("RssAnon:"):
                return int(line.split()[1]) * 1024
    except (OSError, ValueError):
        pass
    return 0


def _environment(home: Path) -> dict[str, str]:
    """A home of its own, this package where Python looks for packages, and what was compiled for the children before: as
    wherever a program was started once, it is not compiled again."""
    places = [str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH", "")]
    return {
        **{name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
        "HOME": str(home),
        "PYTHONPATH": os.pathsep.join(filter(None, places)),
        "PYTHONPYCACHEPREFIX": str(home.parents[1] / "bytecode"),
    }


def measured(command: list[str], folder: Path) -> Cost:
    """Run a command to its end and say what it cost; `folder` is its home, and keeps its output meanwhile."""
    with (folder / "out").open("w+b") as out, (folder / "error").open("w+b") as error:
        began = time.monotonic()
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=error, env=_environment(folder))
        peak, ended = 0, 0
        while not ended:
            peak = max(peak, sum(map(_anonymous, [child.pid, *_children(child.pid)])))
            time.sleep(EVERY_S)
            ended, status, used = os.wait4(child.pid, os.WNOHANG)
        seconds = time.monotonic() - began
        child.returncode = os.waitstatus_to_exitcode(status)
        texts = []
        for stream in (out, error):
            stream.seek(0)
            texts.append(stream.read().decode("utf-8", "backslashreplace"))
    unit = 1 if sys.platform == "darwin" else 1024
    return Cost(
        seconds=seconds,
        cpu_s=used.ru_utime + used.ru_stime,
        peak_bytes=peak or used.ru_maxrss * unit,
        code=child.returncode,
        out=texts[0],
        error=texts[1],
    )
