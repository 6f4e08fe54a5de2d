"""Two versions of a report, opened to be compared."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from forensics.errors import Unknown, UsageError
from forensics.model import Json
from forensics.report.differences import Comparison, compare


def compared(old: str, new: str) -> Comparison:
    """Compare two report folders. Raises UsageError where one is none, or is not of a shape that we know."""
    (before, before_claims), (after, after_claims) = opened(old), opened(new)
    try:
        return compare(before, before_claims, after, after_claims)
    except (KeyError, TypeError, AttributeError) as error:
        raise UsageError(
            f"{old} and {new} cannot be compared: result.json or claims.json lacks {error}, which every version of a report has.\n"
            "Write the reports again with: forensics run FOLDER"
        ) from error


def opened(text: str) -> tuple[Json, list[Json]]:
    """Read result and claims of a report folder."""
    folder = Path(text).expanduser()
    if not folder.is_dir():
        siblings = folder.parent.iterdir() if folder.parent.is_dir() else iter(())
        names = [one.name for one in siblings if (one / "result.json").is_file()]
        raise Unknown("report", folder.name, names, str(folder.parent))
    result, claims = _read(folder, "result.json"), _read(folder, "claims.json")
    if not isinstance(result, dict) or not isinstance(claims, list):
        raise UsageError(f"{text} is no report: result.json is to be an object, and claims.json a list.")
    return result, claims


def _read(folder: Path, name: str) -> Any:
    try:
        return json.loads((folder / name).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UsageError(
            f"{folder} is no report: it holds no {name}. A report is a folder that `forensics run` wrote, such as reports/demo-database."
        ) from None
    except (OSError, ValueError, RecursionError) as error:
        raise UsageError(
            f"{folder / name} cannot be read: {error}. Write the report again with: forensics run FOLDER"
        ) from error
