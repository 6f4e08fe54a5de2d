"""Run the benchmarks: `make bench`, `make bench SIZE=small`, `make bench ONLY=log-300`."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks import contest, report

SCALES = {"full": 1.0, "small": 0.05}


def main() -> int:
    """Measure, report, and end with 1 where an answer was wrong, or a target was not met and `--strict` asks for that."""
    asked = _arguments()
    scale = SCALES[asked.size] if asked.size in SCALES else float(asked.size)
    free = shutil.disk_usage(tempfile.gettempdir()).free
    if free < contest.ROOM_GB * scale * 10**9:
        sys.exit(
            f"{contest.ROOM_GB * scale:.1f} GB are needed in {tempfile.gettempdir()}; {free / 10**9:.1f} GB are free."
        )

    def say(line: str) -> None:
        print(line, file=sys.stderr, flush=True)

    say(f"up to {contest.ROOM_GB * scale:.1f} GB are used in {tempfile.gettempdir()}, and given back at the end")
    with tempfile.TemporaryDirectory(prefix="forensics-bench-") as folder:
        contests = contest.run(Path(folder), scale, asked.rounds, asked.only, say)
        told = report.told(contests, scale, asked.rounds)
    print(json.dumps(told, indent=1) if asked.json else report.text(told))
    return _code(told, strict=asked.strict)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--size", default="full", help="full, small, or a share of the full size")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", action="append", default=[], help="the name of a contest; may be given again")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--strict", action="store_true", help="end with 1 where a target is not met")
    return parser.parse_args()


def _code(told: dict[str, Any], *, strict: bool) -> int:
    wrong = any(result["wrong"] for one in told["contests"] for result in one["results"])
    return int(wrong or (strict and any(target["met"] is False for target in told["targets"])))


if __name__ == "__main__":
    sys.exit(main())
