"""Gathering evidence from a live system: each thing into a file that we read, with a manifest of what was done and what was not."""

from __future__ import annotations

import contextlib
import hashlib
import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlsplit

import forensics
from forensics import declarations
from forensics.errors import UsageError
from forensics.model import Json
from forensics.report.redaction import without_secrets
from forensics.workbench import collecting
from forensics.workbench.collecting import Refused, Target

AUTHORIZATION = "FORENSICS_COLLECT_AUTHORIZATION"
"""The variable that holds the value of the Authorization header: on a command line, everybody could read it."""
MANIFEST = "manifest.json"
LEAST_ROUNDS = 2
"""Once is no watching."""
MOST_KEPT = 64 * 1024
"""So many bytes of what came instead of an answer are kept in the manifest."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be collected besides the machine."""

    url: str = ""
    authorization: str = ""
    logs: tuple[Path, ...] = ()
    databases: tuple[Path, ...] = ()
    repository: Path | None = None
    lasting: float = 60.0
    """For how many seconds what is asked again is asked again."""
    every: float = 5.0
    """So many seconds lie between."""


@dataclass(slots=True)
class Collected:
    """What was collected, and what was not."""

    folder: Path
    artifacts: dict[str, Json] = field(default_factory=dict)
    """By the file's path below the folder."""
    failed: list[Json] = field(default_factory=list)
    absent: list[Json] = field(default_factory=list)
    """What is not here, or printed nothing: no failure."""


Say = Callable[[str], None]


def plan() -> dict[str, list[dict[str, Any]]]:
    """Return collect.toml."""
    return declarations.declared("workbench/collect.toml")


def checked(wanted: Wanted) -> Wanted:
    """Raise UsageError for what cannot be meant, before anything is asked or written."""
    parts = urlsplit(wanted.url)
    if wanted.url and (parts.scheme not in ("http", "https") or not parts.hostname):
        raise UsageError(f"--url {wanted.url}: an address is wanted, for example http://localhost:4321.")
    if parts.username or parts.password:
        raise UsageError(
            f"--url must not hold a user or password: everybody on this machine can read them there.\n"
            f"Put the value of the Authorization header into the variable {AUTHORIZATION}."
        )
    for what, place in (*(("--log", one) for one in wanted.logs), *(("--database", one) for one in wanted.databases)):
        if not place.is_file():
            raise UsageError(f"{what} {place}: no such file.")
    if wanted.repository is not None and not wanted.repository.is_dir():
        raise UsageError(f"--repository {wanted.repository}: no such folder.")
    if wanted.every <= 0 or wanted.lasting < 0:
        raise UsageError("--every wants more than 0 seconds, and --for no less than 0.")
    return wanted


def collect(incident: Path, wanted: Wanted, say: Say = lambda _: None) -> Collected:
    """Gather what is wanted into a new folder of the incident; what is there is never written to.

    Ctrl-C ends the asking again and again; the rest is still collected. Raises UsageError where the folder cannot be made.
    """
    checked(wanted)
    done = Collected(_fresh(incident))
    started = collecting.now()
    collector = _Collector(done, wanted, say)
    try:
        collector.everything()
    finally:
        manifest = {
            "description": "What was collected from a live system, by which command or address, when, and what could not be",
            "collected_by": f"forensics collect {forensics.__version__}",
            "started": started,
            "ended": collecting.now(),
            "artifacts": done.artifacts,
            "failed": done.failed,
            "absent": done.absent,
        }
        text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
        (done.folder / MANIFEST).write_text(text, encoding="utf-8")
    return done


def _fresh(incident: Path) -> Path:
    """Make a folder that was not there before, for its owner only: evidence holds what is not for everybody."""
    stamp = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    try:
        incident.mkdir(parents=True, exist_ok=True)
        for number in range(1, 1000):
            folder = incident / (f"collected-{stamp}" if number == 1 else f"collected-{stamp}-{number}")
            with contextlib.suppress(FileExistsError):
                folder.mkdir(mode=0o700)
                return folder
    except OSError as error:
        raise UsageError(f"{incident} cannot be written: {error.strerror}. Nothing was collected.") from error
    raise UsageError(f"{incident} holds too many collections of this second. Nothing was collected.")


class _Collector:
    """One collection while it is made."""

    def __init__(self, done: Collected, wanted: Wanted, say: Say) -> None:
        self.done = done
        self.wanted = wanted
        self.say = say
        self.target = Target(wanted.url, wanted.authorization)
        told = plan()
        self.once = [one for one in told["ask"] if not one.get("again")] if wanted.url else []
        self.again = [one for one in told["ask"] if one.get("again")] if wanted.url else []
        self.commands = told["run"]

    def everything(self) -> None:
        """Collect: first what a restart would delete, last the logs, which then tell of the whole time."""
        for one in self.once:
            self._once(one)
        for one in self.commands:
            self._command(one)
        self._watch()
        for number, database in enumerate(self.wanted.databases, 1):
            self._database(database, f"database-{number}" if number > 1 else "database")
        for number, log in enumerate(self.wanted.logs, 1):
            for part in collecting.rotated(log):
                self._file(part, f"logs-{number}/{part.name}" if number > 1 else f"logs/{part.name}", "log")

    # ---- the kinds --------------------------------------------------------------------------------------------

    def _once(self, one: dict[str, Any]) -> None:
        with self._artifact(one["file"], one["name"], {"address": self._address(one)}) as (file, _):
            file.write(collecting.asked(self.target, one["path"]))

    def _command(self, one: dict[str, Any]) -> None:
        given = {"repository": str(self.wanted.repository or "")}
        if self.wanted.databases:
            given |= {
                "database": str(self.wanted.databases[0]),
                "database_folder": str(self.wanted.databases[0].parent),
            }
        for name in one.get("wants", ()):
            if name in ("database", "repository"):
                if not given.get(name):
                    return  # nobody asked for it
            elif not Path(name).expanduser().exists():
                self.done.absent.append({"what": one["name"], "why": f"{name} is not here"})
                return
        command = [part.format(**given) for part in one["command"]]
        with self._artifact(one["file"], one["name"], {"command": command}) as (file, told):
            told["exit_code"] = collecting.ran(command, file, one.get("fine", (0,)))

    def _watch(self) -> None:
        """Ask again and again, and measure the machine each time."""
        with contextlib.ExitStack() as stack:
            measures, _ = stack.enter_context(
                self._artifact("machine.prom", "the machine's measures", {"by": "psutil"})
            )
            probes = []
            for one in self.again:
                said: Json = {"address": self._address(one), "every_s": self.wanted.every, "asked": 0, "unanswered": 0}
                probes.append((one, *stack.enter_context(self._artifact(one["file"], one["name"], said))))
            begun = time.monotonic()
            self.say(f"Watching for {self.wanted.lasting:g} s; Ctrl-C ends it, and the rest is still collected.")
            try:
                for number in range(max(LEAST_ROUNDS, round(self.wanted.lasting / self.wanted.every) + 1)):
                    time.sleep(max(0.0, begun + number * self.wanted.every - time.monotonic()))
                    measures.write(collecting.machine().encode())
                    for one, file, told in probes:
                        self._probe(one, file, told)
            except KeyboardInterrupt:
                self.say("No longer watching.")
            for one, _, told in probes:
                if told["asked"] and told["unanswered"] == told["asked"]:
                    self.done.failed.append({**told["first_unanswered"], "address": told["address"]})
                elif told["unanswered"]:
                    why = told["first_unanswered"]["why"]
                    self.say(
                        f"{one['name']}: {told['unanswered']} of {told['asked']} without a good answer, the first: {why}"
                    )

    def _probe(self, one: dict[str, Any], file: BinaryIO, told: Json) -> None:
        at = f"{time.time():.3f}"
        told["asked"] += 1
        try:
            file.write(f"{at} {collecting.probe_line(collecting.asked(self.target, one['path']))}\n".encode())
        except Refused as error:
            file.write(f"{at}\n".encode())
            told.setdefault("first_unanswered", self._refusal(one["name"], {}, error, collecting.now()))
            told["unanswered"] += 1

    def _database(self, database: Path, folder: str) -> None:
        name = f"{folder}/{database.name}"
        place = self.done.folder / folder
        place.mkdir(mode=0o700, exist_ok=True)
        started = collecting.now()
        try:
            collecting.saved(database, place / database.name)
        except Refused as error:
            for left in place.glob("*"):
                left.unlink()
            if not str(error).startswith("nobody has it open"):
                self._fail(f"a backup of {database.name}", {"by": "sqlite's backup, read-only"}, error, started)
            for part in collecting.parts(database):
                self._file(
                    part,
                    f"{folder}/{part.name}",
                    "database, its files as they are: they may have changed while they were copied",
                )
            return
        self._record(
            name, f"database {database.name}", {"by": "sqlite's backup, read-only", "source": str(database)}, started
        )

    def _file(self, source: Path, name: str, what: str) -> None:
        with self._artifact(name, what, {"source": str(source)}) as (file, told):
            if remarks := collecting.copied(source, file):
                told["remarks"] = remarks

    # ---- keeping account --------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def _artifact(self, name: str, what: str, told: Json) -> Iterator[tuple[BinaryIO, Json]]:
        """Open a file that is not there yet. What fails is told and leaves no file; what holds nothing leaves none either."""
        place = self.done.folder / name
        place.parent.mkdir(mode=0o700, exist_ok=True)
        started = collecting.now()
        try:
            with place.open("xb") as file:
                yield file, told
        except Refused as error:
            came = place.read_bytes()[:MOST_KEPT]
            place.unlink()
            self._fail(what, told, error, started, came)
            return
        if not place.stat().st_size:
            place.unlink()
            self.done.absent.append({"what": what, "why": "it holds nothing", **told})
            return
        self._record(name, what, told, started)

    def _record(self, name: str, what: str, told: Json, started: str) -> None:
        place = self.done.folder / name
        with place.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        size = place.stat().st_size
        self.done.artifacts[name] = {
            "what": what, **told, "started": started, "ended": collecting.now(), "bytes": size, "sha256": digest
        }  # fmt: skip
        self.say(f"{name}: {what}, {size:,} bytes")

    def _fail(self, what: str, told: Json, error: Refused, started: str, came: bytes = b"") -> None:
        self.done.failed.append(self._refusal(what, told, error, started, came))

    @staticmethod
    def _refusal(what: str, told: Json, error: Refused, started: str, came: bytes = b"") -> Json:
        """Name what failed, and keep what came instead; credentials in it are withheld."""
        kept = without_secrets((error.came or came)[:MOST_KEPT].decode("utf-8", "backslashreplace"))
        times = {"started": started, "ended": collecting.now()}
        return {"what": what, "why": str(error), **told, "code": error.code, **times, "kept": kept}

    def _address(self, one: dict[str, Any]) -> str:
        return f"{self.wanted.url.rstrip('/')}{one['path']}"


def told(done: Collected) -> Sequence[str]:
    """Return what could not be collected, a line for each."""
    return [f"{one['what']}: {one['why']}" for one in done.failed]
