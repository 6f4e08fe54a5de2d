"""The phases of the runbook: which of their steps left a trace, and who was told."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from forensics import runbook
from forensics.analysis.acts import Act, shows, sure
from forensics.analysis.mitigations import Done
from forensics.runbook import Called, Step

# ---- who was told ---------------------------------------------------------------------------------------------------


def mobilised(acts: Iterable[Act], called: Called) -> tuple[Act, str] | None:
    """Return the first trace that somebody was called or was there, and which of the two."""
    for act in acts:
        if act.time is None or act.kind not in ("message", "record"):
            continue
        if act.who and re.search(called.role, act.who.replace("-", " ")):
            return act, "wrote"
        if re.search(called.called, sure(act.text)):
            return act, "was called"
    return None


# ---- the steps ------------------------------------------------------------------------------------------------------


def traces(step: Step, acts: Sequence[Act], since: datetime | None, done: Sequence[Done]) -> list[Act]:
    """Return the traces of a step, dated ones first; a change or command counts only from the response's beginning."""
    if step.mitigation:
        trace = next(one.trace for one in runbook.load().mitigations if one.kind == step.mitigation)
        undated = [act for act in acts if act.kind == "command" and act.time is None and shows(trace, act)]
        return [act for one in done if one.kind == step.mitigation for act in one.traces] + undated
    if step.mobilize:
        called = next(one for one in runbook.load().to_call if one.id == step.mobilize)
        found = mobilised(acts, called)
        return [found[0]] if found else []
    fitting = [act for act in acts if shows(step.trace, act)]
    if since is None:
        return [act for act in fitting if act.time is None or act.kind in ("file", "message", "record")]
    if step.since:  # what has no time shows nothing of "afterwards"
        return [act for act in fitting if act.time and act.time >= since]
    return [act for act in fitting if (act.time and act.time >= since) or _undated(act)]


def _undated(act: Act) -> bool:
    """Say whether an act may have been at any time: a file was saved at some time after the last that it holds."""
    return act.kind == "file" or (act.kind == "command" and act.time is None)
