"""Pages beside the post-mortem: the same look, one file each, nothing fetched, nothing run, everything escaped."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from forensics.report.words import tied_markup


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("forensics.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["tied"] = tied_markup
    return environment


def render(template: str, **told: Any) -> str:
    """Return a page made from one of the templates."""
    return _environment().get_template(template).render(style=_style("style.css"), own=_style("sheet.css"), **told)


def _style(name: str) -> Markup:
    text = files("forensics.report").joinpath("templates", name).read_text(encoding="utf-8")
    return Markup(text)  # noqa: S704 - our own file
