"""What truly happened, kept as it happens. The truths are computed from this and from nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Request:
    """One request, as its sender saw it and, if it got that far, as the service did."""

    method: str
    path: str
    route: str
    """The path with its variable part named, `/api/sailings/[id]`."""
    ip: str
    sent: int
    agent: str = "Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0"
    user: int | None = None
    form: dict[str, str] = field(default_factory=dict)
    id: str = ""
    started: int | None = None
    """When the service took it up; `None` if nothing listened."""
    ended: int | None = None
    """When the sender had the answer, or learned that none would come."""
    status: int | None = None
    """`None` with `ended` set: refused, or cut off when the process died."""
    error: str = ""
    answer: Any = None
    """The body, where somebody saves it."""

    @property
    def external(self) -> bool:
        return self.ip != "127.0.0.1"

    @property
    def answered(self) -> bool:
        return self.status is not None

    @property
    def failed(self) -> bool:
        """As its sender would say."""
        return self.status is None or self.status >= 500

    @property
    def waited(self) -> int:
        """Milliseconds from sending to answer, as its sender felt it."""
        return 0 if self.ended is None else self.ended - self.sent

    def ended_since(self, start: int) -> bool:
        """Whether it ended at `start` or later."""
        return self.ended is not None and self.ended >= start

    @property
    def took(self) -> int:
        """Milliseconds from start to answer, inside the service."""
        assert self.started is not None
        assert self.ended is not None
        return self.ended - self.started


@dataclass(frozen=True, slots=True)
class Login:
    time: int
    ip: str
    email: str
    accepted: bool


@dataclass(frozen=True, slots=True)
class Probe:
    """One look of the uptime monitor."""

    check: str
    time: int
    took: int
    status: int | None
    error: str

    @property
    def success(self) -> bool:
        return self.status == 200


@dataclass
class Record:
    requests: list[Request] = field(default_factory=list)
    samples: list[tuple[int, str, float]] = field(default_factory=list)
    logins: list[Login] = field(default_factory=list)
    probes: list[Probe] = field(default_factory=list)
    locks: list[tuple[int, int]] = field(default_factory=list)
    aborts: list[int] = field(default_factory=list)
    restarts: list[dict[str, Any]] = field(default_factory=list)
    changes: list[dict[str, Any]] = field(default_factory=list)
    actions: list[dict[str, Any]] = field(default_factory=list)
    guessing: list[tuple[int, str]] = field(default_factory=list)
    """When the rule against password guessing fired, and for which address."""
