"""`forensics verify`: everything a report states, computed again from the evidence and compared; named where it does not hold."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from forensics.errors import UsageError
from forensics.evidence import intake
from forensics.evidence.reading import Progress
from forensics.model import Json, Parameters
from forensics.report import index, neighbours, notebook_page, pdf
from forensics.store.contents import Contents, Unreadable, contents
from forensics.workbench import batch, differences, making
from forensics.workbench import incident as incidents
from forensics.workbench import parameters as asked
from forensics.workbench.case import FORMERLY, STORE, Case
from forensics.workbench.differences import Difference

RESULT, CLAIMS = "result.json", "claims.json"
_NAME = "-1234567890"


@dataclass(frozen=True, slots=True)
class Recomputed:
    """What the evidence gives now."""

    result: Json
    claims: list[Json]
    files: Mapping[str, bytes]
    """Everything that is rendered, by its path in a report."""
    store: Contents
    evidence: Mapping[str, str]
    """The SHA-256 of each file of the folder, by its path; empty where it is not opened."""
    inputs: Mapping[str, str]
    """The SHA-256 of what lies beside the folder: people's notes."""
    code: Json
    """What computes now: see making.py."""
    pages: Mapping[str, bytes] = field(default_factory=dict)
    """The pages of the notebooks, whose cells were run again, by their path in a report; empty where they were not."""


@dataclass(frozen=True, slots=True)
class Stated:
    """What a report folder holds; nothing in it is believed before it was compared."""

    folder: Path
    files: Mapping[str, bytes]
    """Everything in the folder but the store."""
    run: Json
    """What run.json tells; empty where it tells nothing."""
    odd: tuple[Difference, ...]
    """What could not be read."""

    @property
    def evidence(self) -> str:
        """Where the evidence was when the report was made; empty: not told."""
        return str(self.run.get("evidence") or "")

    @property
    def names(self) -> tuple[tuple[str, str, str], ...]:
        """The pseudonyms that redaction chose, which follow the order of the run; none where two things share one."""
        try:
            found = contents(self.folder / STORE).names
        except Unreadable:
            return ()
        fitting = all(name.startswith(f"{kind}-") and name.strip(_NAME) == kind for kind, _, name in found)
        return found if fitting and len({name for *_, name in found}) == len(found) else ()


@dataclass(frozen=True, slots=True)
class Verification:
    """What came of it."""

    found: list[Difference]
    counts: dict[str, int]
    """How many things of each sort were compared."""
    remarks: list[str] = field(default_factory=list)
    """What is worth knowing and no difference."""

    @property
    def holds(self) -> bool:
        """Whether everything is as stated."""
        return not self.found


def verify(
    report: Path, evidence: Path | None = None, progress: Progress = lambda path: None, *, cells: bool = True
) -> Verification:
    """Compute a report again from its evidence, or from that of another folder, and compare.

    With `cells`, the notebooks' cells are run again, too; else their pages are compared with the notebooks that lie there.
    Nothing is written but into a private folder. Raises UsageError where there is no report, or no evidence any more, and
    RunFailed where a notebook fails.
    """
    stated = read(report)
    folder = evidence or _remembered(stated)
    with tempfile.TemporaryDirectory(prefix="forensics-verify-") as private:
        computed = recompute(stated, folder, Path(private), progress)
        if cells:
            computed = replace(computed, pages=run_again(stated, folder, Path(private) / "notebooks"))
    found = compare(stated, computed)
    if read(report).run != stated.run:
        raise UsageError(f"{report.name} was replaced while it was verified. Verify it again.")
    return found


def read(report: Path) -> Stated:
    """Read a report folder. Raises UsageError where it is none."""
    if not any((report / name).is_file() for name in (RESULT, making.RUN)):
        raise UsageError(
            f"No report in {report}: it holds neither {RESULT} nor {making.RUN}.\n"
            "A report is the folder that `forensics run FOLDER` writes, for example reports/demo-database."
        )
    files: dict[str, bytes] = {}
    odd: list[Difference] = []
    for one in intake.listed(report):
        if one.path == STORE or ".ipynb_checkpoints" in one.place.parts:
            continue
        try:
            if one.refused:
                raise OSError(one.refused)
            with intake.open_readonly(one.place) as file:
                files[one.path] = file.read()
        except OSError as error:
            odd.append(Difference("file", one.path, f"cannot be read: {error.strerror or error}"))
    run, wrong = _object(files, making.RUN)
    return Stated(report, files, run, (*odd, *wrong))


def _object(files: Mapping[str, bytes], name: str) -> tuple[Json, list[Difference]]:
    try:
        told = json.loads(files[name])
        if isinstance(told, dict):
            return told, []
        return {}, [Difference("run", name, "is no JSON object")]
    except KeyError:
        return {}, [Difference("run", name, "is missing")]
    except ValueError as error:
        return {}, [Difference("run", name, f"is no JSON: {error}")]


def _remembered(stated: Stated) -> Path:
    folder = Path(stated.evidence) if stated.evidence else None
    if folder is None or not folder.is_dir():
        where = f"the evidence was in {folder}, and there is no such folder now" if folder else "it names no evidence"
        raise UsageError(
            f"{stated.folder.name}: {where}.\nSay where it is: forensics verify {stated.folder} --evidence FOLDER"
        )
    return folder


def recompute(stated: Stated, folder: Path, work: Path, progress: Progress = lambda path: None) -> Recomputed:
    """Read and judge the evidence with the report's parameters, and render everything, into a private folder."""
    formerly = Path(stated.evidence) if stated.evidence else None
    (work / "settings").mkdir()
    with batch.quiet_surroundings(work / "settings"):
        case = Case(folder, work / "report", _parameters(stated), progress, formerly)
        case.store.add("pseudonyms", ("kind", "original", "pseudonym"), stated.names)
        case.write_report()
        case.close()
    kept = {name: (work / "report" / name).read_bytes() for name in case.written}
    return Recomputed(
        result=json.loads(kept[RESULT]),
        claims=json.loads(kept[CLAIMS]),
        files=kept,
        store=contents(work / "report" / STORE),
        evidence={one.path: one.sha256 for one in case.found},
        inputs=incidents.inputs(folder),
        code=making.code(batch.notebooks_folder()),
    )


def run_again(stated: Stated, folder: Path, work: Path) -> dict[str, bytes]:
    """Run the cells of all notebooks again, as the report's run did, in a private folder; return their pages."""
    work.mkdir()
    if stated.evidence:
        (work / FORMERLY).write_text(stated.evidence, encoding="utf-8")
    batch.run_notebooks(folder, work, _parameters(stated))
    pages = (f"notebooks/{name}.html" for name in batch.NOTEBOOKS)
    return {page: (work / page).read_bytes() for page in pages}


def _parameters(stated: Stated) -> Parameters:
    """Return the parameters of the run, else those that the result states."""
    given = stated.run.get("parameters")
    if given is None:
        given = _object(stated.files, RESULT)[0].get("parameters")
    if not isinstance(given, dict):
        raise UsageError(f"{stated.folder.name}: neither {making.RUN} nor {RESULT} tells the parameters of the run.")
    return asked.checked(given)


# ---- comparing ------------------------------------------------------------------------------------------------------


def compare(stated: Stated, computed: Recomputed) -> Verification:
    """Compare everything that a report states with what the evidence gives."""
    found = [*stated.odd, *_evidence(stated, computed), *_run(stated, computed)]
    found += _json(stated, computed)
    found += _files(stated, computed)
    others, unchecked = _neighbours(stated)
    found += [*others, *_notebooks(stated, computed), *_paper(stated)]
    found += _store(stated, computed)
    remarks = [*_code(stated, computed, found), *unchecked]
    counts = {
        "claims": len(computed.claims),
        "files of evidence": len(computed.evidence),
        "files of the report": len(computed.files),
        "executed notebooks": len(batch.NOTEBOOKS),
        "of them run again": len(computed.pages),
        "tables of the store": len(computed.store.tables),
    }
    return Verification(found, counts, remarks)


def _evidence(stated: Stated, computed: Recomputed) -> Iterator[Difference]:
    entries = _object(stated.files, RESULT)[0].get("evidence")
    told = [one for one in entries if isinstance(one, dict)] if isinstance(entries, list) else []
    members = {str(one["path"]) for one in computed.result["evidence"]} - computed.evidence.keys()
    known = {str(one.get("path")): str(one.get("sha256") or "") for one in told}
    outer = {path: digest for path, digest in known.items() if path not in members}
    yield from differences.evidence(outer, computed.evidence)
    inputs = stated.run.get("inputs")
    if isinstance(inputs, dict):
        yield from differences.evidence(inputs, computed.inputs, "input")


def _run(stated: Stated, computed: Recomputed) -> Iterator[Difference]:
    """Compare what run.json says with itself and with what was found."""
    if not stated.run:
        return
    if not making.unbroken(stated.run):
        what = "was edited: its seal does not fit it" if "seal" in stated.run else "has no seal"
        yield Difference("run", making.RUN, what)
    for name, now in (
        ("evidence_digest", computed.result["incident"]["evidence_digest"]),
        ("incident", computed.result["incident"]["id"]),
    ):
        if stated.run.get(name) != now:
            yield Difference("run", f"{making.RUN} {name}", "differs", str(stated.run.get(name)), now)


def _json(stated: Stated, computed: Recomputed) -> Iterator[Difference]:
    """Compare result and claims by what they say; where that is the same, by their bytes."""
    for name, kind in ((RESULT, "result"), (CLAIMS, "claim")):
        if name not in stated.files:
            yield Difference(kind, name, "is missing")
            continue
        try:
            told: Any = json.loads(stated.files[name])
        except ValueError as error:
            yield Difference(kind, name, f"is no JSON: {error}")
            continue
        if name == CLAIMS and isinstance(told, list):
            found = list(differences.claims(told, computed.claims))
        else:
            found = list(differences.values(told, computed.result if name == RESULT else computed.claims, kind))
        yield from found
        other = differences.text(name, stated.files[name], computed.files[name], kind)
        if other and not found:
            yield other


def _files(stated: Stated, computed: Recomputed) -> Iterator[Difference]:
    """Compare what is rendered byte for byte, and what is not rendered again by the digests of the run."""
    own = {RESULT, CLAIMS}
    named = set(own)
    for name in sorted(computed.files.keys() - own):
        if name not in stated.files:
            yield Difference("file", name, "is missing")
            named.add(name)
        elif other := differences.text(name, neighbours.alone(name, stated.files[name]), computed.files[name]):
            yield other
            named.add(name)
    manifest = stated.run.get("files")
    if not isinstance(manifest, dict):
        if stated.run:
            yield Difference("run", making.RUN, "tells no digests of the files of the report")
        return
    alone = {name: neighbours.alone(name, content) for name, content in stated.files.items() if name != making.RUN}
    held = {name: hashlib.sha256(content).hexdigest() for name, content in alone.items()}
    told = {str(name): str(digest) for name, digest in manifest.items()}
    for one in differences.evidence(told, held, "file"):
        if one.where in named or (one.where in computed.files and one.stated == differences.NOTHING):
            continue
        new = one.stated == differences.NOTHING
        yield Difference("file", one.where, "was not written by the run" if new else one.what, one.stated, one.computed)


def _neighbours(stated: Stated) -> tuple[list[Difference], list[str]]:
    """Compare what the page tells of earlier incidents with the reports that lie beside it; where these are not there, it
    cannot be computed again, and that is a remark as long as nobody edited it."""
    page = stated.files.get(neighbours.PAGE, b"").decode("utf-8", "replace")
    told, now = neighbours.stated(page), index.beside(stated.folder)
    if told == now or neighbours.OPENING not in page:  # without marks it tells nothing, and is compared as a whole
        return [], []
    beside = [name for name in neighbours.named(told) if (stated.folder.parent / name / RESULT).is_file()]
    if told and not now and not beside and neighbours.unbroken(told):
        return [], [
            "What the page says of earlier incidents was not checked: their reports "
            f"({', '.join(neighbours.named(told))}) do not lie beside this one."
        ]
    sides = (" ".join(one.split())[: differences.LONGEST] or differences.NOTHING for one in (told, now))
    what = "does not follow from the reports that lie beside it"
    return [Difference("file", f"{neighbours.PAGE}, Seen before", what, *sides)], []


def _notebooks(stated: Stated, computed: Recomputed) -> Iterator[Difference]:
    """Render the page of each executed notebook again, from the notebook; where its cells were run again, from those."""
    for name in batch.NOTEBOOKS:
        place = f"notebooks/{name}.ipynb"
        page = f"notebooks/{name}.html"
        if place not in stated.files or page not in stated.files:
            continue  # that it is missing is told by the digests of the run
        try:
            rendered = _page(stated.files[place], name)
        except Exception as error:  # whatever a forged notebook makes of the renderer
            yield Difference("notebook", place, f"cannot be rendered: {type(error).__name__}: {str(error)[:200]}")
            continue
        other = differences.text(page, stated.files[page], rendered, "notebook")
        if other is None and page in computed.pages:
            other = differences.text(place, rendered, computed.pages[page], "notebook")
        if other:
            yield other


def _paper(stated: Stated) -> Iterator[Difference]:
    """Make the PDF again from the page that lies beside it, where there is one, with the version that made it."""
    if pdf.NAME not in stated.files or neighbours.PAGE not in stated.files:
        return
    try:
        page = neighbours.alone(neighbours.PAGE, stated.files[neighbours.PAGE])
        made = pdf.render(page.decode("utf-8", "replace"))
    except UsageError:
        return  # without WeasyPrint there is only the digest of the run
    if made != stated.files[pdf.NAME] and pdf.made_by(made) == pdf.made_by(stated.files[pdf.NAME]):
        yield Difference("file", pdf.NAME, "is not what the page gives on paper")


@lru_cache(maxsize=2 * len(batch.NOTEBOOKS))
def _page(notebook: bytes, name: str) -> bytes:
    return notebook_page.render_text(notebook.decode("utf-8"), name).encode()


def _store(stated: Stated, computed: Recomputed) -> Iterator[Difference]:
    try:
        yield from differences.store(contents(stated.folder / STORE), computed.store)
    except Unreadable as error:
        yield Difference("store", STORE, f"cannot be read: {error}")


def _code(stated: Stated, computed: Recomputed, found: list[Difference]) -> list[str]:
    """Say what computes otherwise than it did, and which claims differ since."""
    before = stated.run.get("code")
    if not isinstance(before, dict):
        return []
    changed = [one.where for one in differences.values(before, computed.code, "run")]
    if not changed:
        return []
    claims = sorted({one.where.partition(".")[0] for one in found if one.kind == "claim"})
    so = f"these claims differ now: {', '.join(claims)}" if claims else "every claim holds all the same"
    return [f"The code is not the one that made the report ({', '.join(changed)}); {so}."]
