"""The command line: a few verbs over the functions that the notebooks call."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from pathlib import Path
from typing import Any

import click

import forensics
from forensics.errors import ForensicsError, RunFailed, Unknown, UsageError
from forensics.evidence import exact, explanation, formats
from forensics.evidence.content import Content
from forensics.workbench import incident, parameters, stopping


class Polite(click.Group):
    """Ends foreseen errors on stderr with their exit code, and names the nearest command for a wrong one."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        kwargs["standalone_mode"] = False
        try:
            code = super().main(*args, **kwargs)
        except ForensicsError as error:
            click.echo(str(error), err=True)
            sys.exit(error.exit_code)
        except click.UsageError as error:
            error.show()
            sys.exit(UsageError.exit_code)
        except click.exceptions.Exit as done:
            sys.exit(done.exit_code)
        except (click.Abort, KeyboardInterrupt):
            click.echo("Stopped. The last good report stands.", err=True)
            sys.exit(130)
        except BrokenPipeError:
            sys.stderr.close()
            sys.exit(0)
        sys.exit(code if isinstance(code, int) else 0)

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        if args and not args[0].startswith("-") and self.get_command(ctx, args[0]) is None:
            raise Unknown("command", args[0], self.list_commands(ctx))
        return super().resolve_command(ctx, args)


@click.group(cls=Polite, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(forensics.__version__, prog_name="forensics")
def main() -> None:
    """Evidence of an incident in; a post-mortem whose every sentence can be checked out.

    Exit codes: 0 done, all evidence whole; 1 failed, no report, or `verify` found what does not hold; 2 wrong usage;
    3 report written, but some evidence was not whole (the report and stderr say which).
    """


@main.command()
@click.argument("folder")
@click.option("--all", "every", is_flag=True, help="Run every incident folder in FOLDER and write an index.")
@click.option("--out", "reports", default="reports", show_default=True, help="Where reports are written: DIR/<id>.")
@click.option(
    "-p", "pairs", multiple=True, metavar="NAME=VALUE", help="A parameter: start, end, zone, statistic, bucket …"
)
@click.option("--at", default="", metavar="TIME", help="When the incident began, if known (ISO 8601).")
@click.option("--wait", is_flag=True, help="Wait for another run on the same incident instead of refusing.")
@click.option("--no-redact", is_flag=True, help="Leave personal data in the pages; the page says so.")
@click.option("--pdf", is_flag=True, help="Also write postmortem.pdf, tagged (needs the extra: pip install '.[pdf]').")
@click.option("--json", "as_json", is_flag=True, help="Say what came of it as JSON.")
def run(
    folder: str,
    every: bool,
    reports: str,
    pairs: tuple[str, ...],
    at: str,
    wait: bool,
    no_redact: bool,
    pdf: bool,
    as_json: bool,
) -> int:
    """Run the whole batch on FOLDER and write reports/<id>/."""
    from forensics.report import pdf as paper  # noqa: PLC0415
    from forensics.workbench import batch  # noqa: PLC0415  charts load only here

    if pdf:
        paper.check()
    given: dict[str, Any] = dict(parameters.from_text(list(pairs)))
    if at:
        given["at"] = at
    if no_redact:
        given["redact"] = False
    chosen = parameters.checked(given)
    evidence = incident.folder(folder)
    place = Path(reports).resolve()
    if place.is_relative_to(evidence) and not every:
        raise UsageError(f"--out {reports} lies inside the evidence, which is never written to. Name another folder.")
    if every:
        outcomes = batch.run_all(evidence, place, chosen, wait=wait, on_paper=pdf)
        if not outcomes:
            raise UsageError(f"No incident folder in {folder}.")
    else:
        outcomes = [batch.run(evidence, place, chosen, wait=wait, on_paper=pdf)]
    for outcome in outcomes:
        for reservation in outcome.reservations:
            click.echo(f"{outcome.incident}: {reservation}", err=True)
        for hint in outcome.hints:
            click.echo(f"{outcome.incident}: {_visible(hint)}", err=True)
    if as_json:
        told = [
            {
                "incident": o.incident,
                "exit_code": o.code,
                "report": str(o.report) if o.report else None,
                "reservations": o.reservations,
            }
            for o in outcomes
        ]
        click.echo(json.dumps(told if every else told[0], indent=2))
    else:
        for outcome in outcomes:
            if outcome.report:
                click.echo(_near(outcome.report / "postmortem.html"))
        if every:
            click.echo(_near(place / "index.html"))
    codes = {outcome.code for outcome in outcomes}
    return 1 if 1 in codes else 3 if 3 in codes else 0


@main.command()
@click.argument("folder")
@click.option("--json", "as_json", is_flag=True, help="Print the entries of result.json's `evidence`.")
@click.option("--quarantine", is_flag=True, help="Show each line that could not be read, with its place.")
@click.option(
    "--bytes",
    "place",
    default="",
    metavar="PATH:LINE",
    help="Print one line exactly as the evidence has it; PATH#NUMBER: one element of a JSON document.",
)
@click.option("-p", "pairs", multiple=True, metavar="NAME=VALUE", help="A parameter: clocks, reference, anchors …")
def inspect(folder: str, as_json: bool, quarantine: bool, place: str, pairs: tuple[str, ...]) -> int:
    """List what FOLDER holds: what each file is, whether it is whole, what it covers, what to collect again."""
    from forensics.workbench import inspection  # noqa: PLC0415  tables of people load only here

    evidence = incident.folder(folder)
    if place:
        path, sign, number = _cited(place)
        if sign == "#":
            for line in exact.element_of(evidence, path, number).split("\n"):
                click.echo(_visible(line))
        else:
            _print_bytes(exact.line_of(evidence, path, number))
        return 0
    found = inspection.inspect(evidence, parameters.checked(dict(parameters.from_text(list(pairs)))))
    if as_json:
        click.echo(json.dumps(found.entries, indent=2, ensure_ascii=False))
    else:
        for line in inspection.told(found, _columns(), unicode=_unicode(), each_line=quarantine):
            click.echo(line)
    return 0 if found.whole else 3


@main.command()
@click.argument("report_dir")
@click.option("--evidence", default="", metavar="FOLDER", help="Where the evidence is now, if it was moved or copied.")
@click.option("--quick", is_flag=True, help="Do not run the cells of the notebooks again.")
@click.option("--json", "as_json", is_flag=True, help="Print every difference as JSON.")
def verify(report_dir: str, evidence: str, quick: bool, as_json: bool) -> int:
    """Compute everything that REPORT_DIR states again from the evidence, and name what does not hold."""
    from forensics.workbench import verification, verified  # noqa: PLC0415  charts load only here

    report = incident.folder(report_dir, "report")
    with verified.watched() as progress:
        found = verification.verify(report, incident.folder(evidence) if evidence else None, progress, cells=not quick)
    if as_json:
        click.echo(json.dumps(verified.told(found), indent=2))
    else:
        for line in verified.lines(found, _near(report)):
            click.echo(line)
    return 0 if found.holds else 1


@main.command()
@click.argument("folder")
@click.option(
    "--work", default="", metavar="DIR", help="Where the desk is kept, beside what you add to it (default: lab/<id>)."
)
def lab(folder: str, work: str) -> int:
    """Open JupyterLab on FOLDER: the free desk, on this machine alone. Ctrl-C stops it."""
    from forensics.workbench import lab as labs  # noqa: PLC0415  notebooks load only here

    evidence = incident.folder(folder)
    place = labs.folder(evidence, work)
    desk = labs.prepare(evidence, place)
    try:
        with stopping.stoppable(), labs.running(place) as (address, server):
            click.echo(address)
            click.echo(f"The desk is {_near(desk)}; the evidence is only read. Stop with Ctrl-C.", err=True)
            code = server.wait()
    except KeyboardInterrupt:
        click.echo("Stopped. What you saved is kept.", err=True)
        return 0
    if code:
        raise RunFailed(f"JupyterLab ended with code {code}. Its log is {_near(place / labs.OWN / 'log.txt')}.")
    return 0


@main.command()
@click.argument("folder")
@click.option("--url", default="", metavar="URL", help="The system to ask, for example http://localhost:4321.")
@click.option("--log", "logs", multiple=True, metavar="FILE", help="A log to copy whole, with its rotated parts.")
@click.option("--database", "databases", multiple=True, metavar="FILE", help="A SQLite database to save.")
@click.option("--repository", default="", metavar="DIR", help="Where the code is, for its dated commits.")
@click.option(
    "--for", "lasting", default=60.0, show_default=True, metavar="SECONDS", help="How long health is watched."
)
@click.option("--every", default=5.0, show_default=True, metavar="SECONDS", help="How often it is asked.")
@click.option("--json", "as_json", is_flag=True, help="Print the manifest's parts as JSON.")
def collect(
    folder: str,
    url: str,
    logs: tuple[str, ...],
    databases: tuple[str, ...],
    repository: str,
    lasting: float,
    every: float,
    as_json: bool,
) -> int:
    """Gather evidence from a live system into FOLDER/collected-TIME, which must be new; only the given address is contacted.

    Exit codes: 0 everything, 3 something could not be collected (stderr and manifest.json say what and why), 2 wrong usage.
    """
    from forensics.workbench import collect as collection  # noqa: PLC0415

    wanted = collection.Wanted(
        url,
        os.environ.get(collection.AUTHORIZATION, ""),
        tuple(Path(one).expanduser().absolute() for one in logs),
        tuple(Path(one).expanduser().absolute() for one in databases),
        Path(repository).expanduser().absolute() if repository else None,
        lasting,
        every,
    )
    with stopping.stoppable():
        done = collection.collect(
            Path(folder).expanduser().absolute(), wanted, lambda line: click.echo(_visible(line), err=True)
        )
    for line in collection.told(done):
        click.echo(f"not collected: {_visible(line)}", err=True)
    if as_json:
        parts = {"artifacts": done.artifacts, "failed": done.failed, "absent": done.absent}
        click.echo(json.dumps({"folder": str(done.folder), **parts}, indent=2, ensure_ascii=False))
    else:
        click.echo(_near(done.folder))
    return 3 if done.failed else 0


def _cited(place: str) -> tuple[str, str, int]:
    """Take a place apart, as reports cite it: `path:12` is a line, `path #12` an element of a document."""
    found = re.fullmatch(r"(.+?) ?([:#])([1-9]\d*)", place, re.DOTALL)
    if not found:
        raise UsageError(f"--bytes {place}: PATH:LINE is wanted, for example logs/application.log:12; or PATH#NUMBER.")
    return found[1], found[2], int(found[3])


def _print_bytes(found: bytes) -> None:
    """Write bytes as they are into a file or a pipe; a terminal would obey some of them, so it gets escapes."""
    if sys.stdout.isatty():
        click.echo(_visible(found.decode("utf-8", "backslashreplace")))
    else:
        sys.stdout.buffer.write(found)


def _columns() -> int:
    """Return how wide the terminal is; what goes elsewhere is not broken over lines."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else 200


def _unicode() -> bool:
    return (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"


@main.command()
@click.argument("old")
@click.argument("new")
@click.option("--json", "as_json", is_flag=True, help="Print every difference, with both sides.")
def diff(old: str, new: str, as_json: bool) -> int:
    """Say what changed between two report folders, claim by claim. Exit codes: 0 the same, 1 different, 2 wrong usage."""
    from forensics.report import differences  # noqa: PLC0415
    from forensics.workbench import versions  # noqa: PLC0415

    found = versions.compared(old, new)
    if as_json:
        click.echo(json.dumps(found.json(), indent=2, ensure_ascii=False))
    else:
        for line in differences.told(found):
            click.echo(line)
    return 0 if found.same else 1


@main.command("formats")
@click.argument("file", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def list_formats(file: str | None, as_json: bool) -> int:
    """List the formats we read; with FILE, show which one fits and where the others stopped."""
    if file is None:
        known = [{"name": f.name, "kind": f.kind, "structure": f.structure, "title": f.title} for f in formats.load()]
        if as_json:
            click.echo(json.dumps(known, indent=2))
        else:
            for fmt in known:
                click.echo(f"{fmt['name']:24}  {fmt['kind']:16}  {fmt['title']}")
        return 0
    place = Path(file)
    if not place.is_file():
        names = [entry.name for entry in place.parent.iterdir()] if place.parent.is_dir() else []
        raise Unknown("file", place.name, names, str(place.parent))
    content = Content(place)
    try:
        told = explanation.explain(bytes(content.head()).decode("utf-8-sig", "backslashreplace"))
    finally:
        content.close()
    if as_json:
        click.echo(json.dumps([{"format": one.name, "fits": one.fits, "why": one.why} for one in told], indent=2))
        return 0
    for one in told:
        click.echo(f"{'fits   ' if one.fits else 'stopped'}  {one.name}")
        click.echo("\n".join(f"         {_visible(line)}" for line in one.why.splitlines()))
    return 0


def _visible(text: str) -> str:
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def _near(place: Path) -> str:
    try:
        return str(place.relative_to(Path.cwd()))
    except ValueError:
        return str(place)


if __name__ == "__main__":
    main()
