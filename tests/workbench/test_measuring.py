"""What a notebook costs: everything that its kernel started counts."""

from __future__ import annotations

import subprocess
import sys
import time

import psutil
from forensics.workbench import measuring

STARTS_ANOTHER = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'print(1, flush=True); input()'])"


def test_children_of_children_are_found() -> None:
    """As psutil finds them, which asks every process of the machine; and none where nothing was started."""
    with subprocess.Popen([sys.executable, "-c", STARTS_ANOTHER], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as one:
        assert one.stdout is not None
        one.stdout.readline()  # the second runs
        listed = measuring._descendants(one.pid)
        asked = [child.pid for child in psutil.Process(one.pid).children(recursive=True)]
        one.communicate(b"\n")

    assert listed == asked
    assert len(listed) == 1
    assert measuring._descendants(one.pid) == []


def test_what_a_child_of_a_child_takes_is_counted() -> None:
    """A hundred million bytes that it holds, for as long as it takes to see them, are its anonymous memory."""
    holds = "x = bytearray(100_000_000); input()"
    starts = f"import subprocess, sys; subprocess.run([sys.executable, '-c', '{holds}'])"
    with measuring.measured() as cost, subprocess.Popen([sys.executable, "-c", starts], stdin=subprocess.PIPE) as one:
        until = time.monotonic() + 300
        while cost.peak_anonymous_bytes < 100_000_000 and time.monotonic() < until:
            time.sleep(measuring.EVERY_S)
        one.communicate(b"\n")

    assert 100_000_000 < cost.peak_anonymous_bytes < 200_000_000
    assert cost.cpu_s > 0
