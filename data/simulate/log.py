"""The application log: five grammars in one file, because five hands write to it."""

from __future__ import annotations

import json
from typing import Any

from .clock import Clock, iso
from .record import Request


def compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class Log:
    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.lines: list[str] = []

    def event(self, level: str, source: str, message: str, data: Any = None, tags: tuple[str, ...] = ()) -> None:
        """The logger: stamped, with an optional object and optional tags."""
        line = f"{self._stamp()} {level} [{source}] {message}"
        if data is not None:
            line += f" | {compact(data)}"
        if tags:
            line += f" | tags: [{', '.join(tags)}]"
        self.lines.append(line)

    def request(self, request: Request, message: str, level: str = "INFO") -> None:
        """The request log: one line when a request starts, one when it ends."""
        parts = [f"{self._stamp()} {level} [{request.id}] {message}", f"{request.method} {request.path}"]
        parts.append(f"IP: {request.ip}")
        if request.user is not None:
            parts.append(f"User: {request.user}")
        if request.status is not None:
            if request.took:
                parts.append(f"Time: {request.took}ms")
            parts.append(f"Status: {request.status}")
        if request.error:
            parts.append(f"Error: {request.error}")
        self.lines.append(" | ".join(parts))

    def security(self, level: str, kind: str, message: str, request: Request, user: int | None = None) -> None:
        """The security monitor: an object over several lines, without a time stamp."""
        fields = [
            f"ip: '{request.ip}'",
            f"userAgent: '{request.agent}'",
            "userId: " + ("undefined" if user is None else f"'{user}'"),
            "sessionId: undefined",
            f"path: '{request.path}'",
            f"method: '{request.method}'",
        ]
        if user is None:
            fields.append(f"metadata: {{ email: '{request.form['email']}' }}")
        self.console(f"[SECURITY-{level}] {kind}: {message} {{\n  " + ",\n  ".join(fields) + "\n}")

    def database_error(self, error_id: str, category: str, message: str, operation: str, table: str) -> None:
        severity = "high" if category == "connection" else "medium"
        self.console(
            f"🚨 Database Error: {{\n  id: '{error_id}',\n  category: '{category}',\n  severity: '{severity}',\n"
            f"  message: '{message}',\n  context: {{\n    operation: '{operation}',\n    table: '{table}',\n"
            f"    timestamp: '{iso(self.clock.now)}'\n  }}\n}}"
        )

    def console(self, text: str) -> None:
        """Whatever else reaches the file: objects, stack traces, the last words of a process."""
        self.lines.extend(text.split("\n"))

    def text(self) -> str:
        return "".join(f"{line}\n" for line in self.lines)

    def _stamp(self) -> str:
        return f"[{iso(self.clock.now)}]"
