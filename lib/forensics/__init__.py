"""Incident forensics: evidence in; an account that can be checked, sentence by sentence, against it, out."""

from __future__ import annotations

from importlib import metadata
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from forensics.workbench.case import Case

try:
    __version__ = metadata.version("incident-forensics-workbench")
except metadata.PackageNotFoundError:  # run from a source tree that is not installed
    __version__ = "0"

__all__ = ["__version__", "open_case"]


def open_case(incident: str, work: str = "", **parameters: Any) -> Case:
    """Open an incident folder: read its evidence, measure and judge it. See `forensics.workbench.case`."""
    from forensics.workbench import case  # noqa: PLC0415  charts and widgets load only where they are wanted

    return case.open_case(incident, work, **parameters)
