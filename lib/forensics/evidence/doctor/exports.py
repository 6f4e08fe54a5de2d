"""The declared exports and the ways in which they break: what was run, what is left open, how to collect it properly."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

from forensics import declarations
from forensics.model import Problem

LOSSES = {
    *("empty", "empty-json", "saved-error-page", "saved-error-payload", "saved-error-text", "serialised-map", "cut"),
    *(
        "command-failed",
        "no-records",
        "packed-damaged",
        "database-locked",
        "dump-rolled-back",
        "no-tables",
        "unreadable",
        "fault-of-ours",
    ),
}
"""Problems with which an export does not answer what it was collected for; others leave its answer standing."""

THEN = "then: "
"""How a remedy ends that something must be done before the command which collects it."""

UNKNOWN = {"unknown-format", "binary", "archive"}
"""Problems with which it may hold the answer, in a form that is not read."""


@dataclass(frozen=True, slots=True)
class Export:
    """One thing that the runbook saves."""

    names: tuple[str, ...]
    """Patterns of file names by which a broken one tells what it was meant to be."""
    answers: str
    """The question or criterion of the runbook that rests on it."""
    command: str


@dataclass(frozen=True, slots=True)
class Broken:
    """One way in which an export breaks."""

    code: str
    ran: str
    """What was probably run; empty where there are many ways."""
    leaves_open: str
    remedy: str
    examples: tuple[dict[str, Any], ...] = ()


def declared(name: str) -> dict[str, Any]:
    """Return what a TOML file beside this module declares."""
    return declarations.declared(f"evidence/doctor/{name}")


@cache
def exports() -> tuple[Export, ...]:
    """Return the runbook's exports."""
    return tuple(
        Export(tuple(one["names"]), one["answers"], one["command"]) for one in declared("exports.toml")["export"]
    )


@cache
def broken() -> dict[str, Broken]:
    """Return the ways in which exports break, by the code of the problem that shows it."""
    return {
        one["code"]: Broken(
            one["code"],
            one.get("ran", ""),
            one.get("leaves_open", ""),
            one.get("remedy", ""),
            tuple(one.get("example", ())),
        )
        for one in declared("exports.toml")["broken"]
    }


def meant(path: str) -> Export | None:
    """Return which export a file was meant to be, by its name, or None."""
    return next((one for one in exports() if named(path, one.names)), None)


def named(path: str, patterns: Iterable[str]) -> bool:
    """Say whether the name of a file fits one of these patterns."""
    return any(fnmatchcase(path.rsplit("/", 1)[-1].lower(), one) for one in patterns)


def advise(path: str, problem: Problem) -> Problem:
    """Add what the export was to answer, what probably was run, and the command that collects it properly.

    An option that is stated of a file, as in clocks='FILE=Europe/Berlin', is written with the file's own name.
    """
    if "='FILE=" in problem.remedy and path.isprintable() and not {"'", ";"} & set(path):
        problem = replace(problem, remedy=problem.remedy.replace("='FILE=", f"='{path}="))
    export, way = meant(path), broken().get(problem.code)
    if problem.code in UNKNOWN and export is not None:
        return replace(problem, leaves_open=problem.leaves_open or export.answers)
    if problem.code in LOSSES and export is not None:
        first = problem.remedy if problem.remedy.endswith(THEN) else ""
        apt = (
            problem.remedy and not first and not problem.remedy.startswith("curl ")
        )  # whoever read it knows what it is
        remedy = problem.remedy if apt else first + export.command
        problem = replace(problem, remedy=remedy, leaves_open=problem.leaves_open or export.answers)
    if way is None:
        return problem
    if problem.remedy.endswith(THEN):
        problem = replace(problem, remedy=problem.remedy + way.remedy)
    ran = f"; probably run: {way.ran}" if way.ran and way.ran not in problem.message else ""
    return replace(
        problem,
        message=problem.message + ran,
        remedy=problem.remedy or way.remedy,
        leaves_open=problem.leaves_open or way.leaves_open,
    )
