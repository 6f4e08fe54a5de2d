"""Make the three demonstration incidents again: `python -m data.simulate [FOLDER]`, from the project's root.

Evidence goes to FOLDER/data/incidents, truths to FOLDER/tests/truth; FOLDER is the project unless another is named.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from pathlib import Path

from . import incident_database, incident_memory, incident_security
from .truth import truth

PROJECT = Path(__file__).resolve().parents[2]


def main(folder: Path) -> None:
    for incident in (incident_database, incident_memory, incident_security):
        with tempfile.TemporaryDirectory() as scratch:
            world, story = incident.run(Path(scratch))
        target = folder / "data" / "incidents" / world.name
        shutil.rmtree(target, ignore_errors=True)
        for name, content in sorted(world.evidence.items()):
            path = target / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        expected = folder / "tests" / "truth" / f"{world.name}.json"
        expected.parent.mkdir(parents=True, exist_ok=True)
        expected.write_text(json.dumps(truth(world, story), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        size = sum(len(content) for content in world.evidence.values())
        print(f"{world.name}: {len(world.evidence)} files, {size / 1e6:.2f} MB")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else PROJECT)
