"""Whoever is told to end ends, whatever started it had said about that."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

WAITING = """
import signal, time
signal.signal(signal.SIGINT, signal.SIG_IGN)  # as a shell does for what it starts in the background
from forensics.workbench.stopping import stoppable
try:
    with stoppable():
        print("ready", flush=True)
        time.sleep(60)
except KeyboardInterrupt:
    print("stopped", "and ignored again" if signal.getsignal(signal.SIGINT) is signal.SIG_IGN else "")
"""


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "to end"])
def test_it_ends_though_ctrl_c_was_ignored(told: signal.Signals) -> None:
    """Both are heard within, and what was there before is there again after it."""
    with subprocess.Popen([sys.executable, "-c", WAITING], stdout=subprocess.PIPE, text=True) as waiting:
        assert waiting.stdout is not None
        assert waiting.stdout.readline() == "ready\n"
        waiting.send_signal(told)
        rest, _ = waiting.communicate(timeout=30)

    assert rest == "stopped and ignored again\n"
