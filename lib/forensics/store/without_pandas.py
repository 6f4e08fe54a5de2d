"""Arrow without pandas: Arrow looks for pandas when it first makes an array, and importing it takes longer than reading
a small incident."""

from __future__ import annotations

import sys
from importlib.abc import MetaPathFinder

import pyarrow as pa


class _NotYet(MetaPathFinder):
    """Says of pandas, while it stands first among the finders, that there is none."""

    def find_spec(self, fullname: str, path: object, target: object = None) -> None:
        if fullname == "pandas":
            raise ModuleNotFoundError(fullname)


def look_once() -> None:
    """Let Arrow look for pandas now, and find none. Whoever wants a frame later imports it, and Arrow finds it then."""
    if "pandas" in sys.modules:
        return
    finder = _NotYet()
    sys.meta_path.insert(0, finder)
    try:
        pa.array(memoryview(b""))
    finally:
        sys.meta_path.remove(finder)
