"""What people may wish to change is data: TOML files, each beside the modules that use it. Here they are read, each once."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def declared(file: str) -> dict[str, Any]:
    """Return what a TOML file of the library holds; `file` is its path below `forensics`, as in `analysis/losses.toml`."""
    return tomllib.loads(files("forensics").joinpath(file).read_text(encoding="utf-8"))
