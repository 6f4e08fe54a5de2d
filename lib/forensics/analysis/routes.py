"""Routes: paths of requests with what varies in them taken out, so that a thousand orders are one route.

Segments fold by their shape (numbers, UUIDs, hexadecimal ids, dates, tokens), slugs by counts: many different values below one
parent, each of which has few requests. What is declared of both stands in routes.toml. Raw paths stay in the store.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from statistics import median
from typing import Any

from forensics import declarations
from forensics.analysis.signals import Span
from forensics.store import Store

MOST_SEGMENTS = 24
"""Of a path; what stands deeper is left as it is."""

_NUMBERED = re.compile(r"^(.*?)\d+$")
_Path = tuple[str, ...]


def declared() -> dict[str, Any]:
    """Return routes.toml."""
    return declarations.declared("analysis/routes.toml")


def fill(store: Store, span: Span) -> None:
    """Write down the template of each path that has another; the requests keep their paths."""
    store.run("routes_begin")
    counts = dict(store.rows("route_counts", start=span.start, end=span.end))
    folded = templates(counts)
    store.add("route_templates", ["route", "template"], [[route, folded[route]] for route in sorted(folded)])


def templates(counts: Mapping[str, int]) -> dict[str, str]:
    """Return the template of each path that is folded into one, from the paths and how often each was asked for.

    The same paths and counts give the same templates, in whatever order they come.
    """
    paths = {route: tuple(route.split("/")) for route in counts}
    below: dict[_Path, list[tuple[_Path, str]]] = {(): [(path, route) for route, path in sorted(paths.items())]}
    labels: dict[str, list[str]] = {route: [] for route in counts}
    for depth in range(MOST_SEGMENTS):
        deeper: dict[_Path, list[tuple[_Path, str]]] = defaultdict(list)
        for parent, held in below.items():
            values: dict[str, int] = defaultdict(int)
            for path, route in held:
                values[path[depth]] += counts[route]
            folds = folding(values, parent[-1] if parent else "")
            for path, route in held:
                label = folds.get(path[depth], path[depth])
                labels[route].append(label)
                if len(path) > depth + 1:
                    deeper[(*parent, label)].append((path, route))
        below = deeper
    found = {}
    for route, path in paths.items():
        template = "/".join([*labels[route], *path[MOST_SEGMENTS:]])
        if template != route:
            found[route] = template
    return found


def folding(values: Mapping[str, int], parent: str) -> dict[str, str]:
    """Return as what each segment below one parent is folded; those that stay are left out. `values` counts their requests."""
    shaped: dict[str, list[str]] = defaultdict(list)
    for value in values:
        shaped[_shape(value)].append(value)
    found: dict[str, str] = {}
    for shape in declared()["shape"]:
        same = shaped.get(shape["name"], [])
        if len(same) >= shape["least_values"]:
            found |= dict.fromkeys(same, f":{shape['name']}")
    slugs = declared()["slugs"]
    rest = [value for value in shaped.get("", []) if _is_slug(value)]
    resources = re.match(slugs["resources_below"], parent) is not None
    for numbered in _numbered(rest).values():
        if len(numbered) >= slugs["numbered_values"] and not resources:
            found |= dict.fromkeys(numbered, ":slug")
    least = slugs["least_values_of_resources" if resources else "least_values"]
    total = sum(values[value] for value in rest)
    few = [value for value in rest if values[value] <= slugs["most_share"] * total]
    if len(few) >= least and median(values[value] for value in few) <= slugs["few"]:
        found |= dict.fromkeys(few, ":slug")
    return found


def _shape(value: str) -> str:
    """Return which declared shape a segment has; empty where none."""
    for shape in declared()["shape"]:
        if len(value) >= shape.get("least_length", 1) and re.match(shape["pattern"], value):
            return str(shape["name"])
    return ""


def _is_slug(value: str) -> bool:
    slugs = declared()["slugs"]
    return bool(re.match(slugs["shape"], value)) and not re.search(slugs["except"], value)


def _numbered(values: Iterable[str]) -> dict[str, list[str]]:
    """Return the values that are one word with different numbers, by the word."""
    found: dict[str, list[str]] = defaultdict(list)
    for value in values:
        if (fits := _NUMBERED.match(value)) and fits[1]:
            found[fits[1]].append(value)
    return found
