"""Incident forensics: evidence in; an account that can be checked, sentence by sentence, against it, out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from forensics.workbench.case import Case

    __version__: str
else:

    def __getattr__(name: str) -> str:
        """Return the version when it is asked for: looking it up takes longer than reading a small database."""
        if name != "__version__":
            raise AttributeError(f"module 'forensics' has no attribute {name!r}")
        from importlib import metadata  # noqa: PLC0415

        try:
            return metadata.version("incident-forensics-workbench")
        except metadata.PackageNotFoundError:  # run from a source tree that is not installed
            return "0"


__all__ = ["__version__", "open_case"]


def open_case(incident: str, work: str = "", **parameters: Any) -> Case:
    """Open an incident folder: read its evidence, measure and judge it. See `forensics.workbench.case`."""
    from forensics.workbench import case  # noqa: PLC0415  charts and widgets load only where they are wanted

    return case.open_case(incident, work, **parameters)
