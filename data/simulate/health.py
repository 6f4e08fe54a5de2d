"""What `/api/health` says about the service, which is less than it seems to say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .heap import LIMIT
from .record import Request

if TYPE_CHECKING:
    from .app import App

STRAINED = 80
"""Percent of the memory's limit from which on the memory check is degraded."""


def database(app: App, took: int) -> dict[str, Any]:
    """Answer `SELECT 1`, which never touches the file and so succeeds during a full lock."""
    ((ping,),) = app.health_connection.execute("SELECT 1").fetchall()
    return {
        "status": "healthy",
        "message": "Database connection successful",
        "responseTime": took,
        "timestamp": app.clock.now,
        "details": {"connected": True, "ping": ping},
    }


def whole(app: App, request: Request) -> dict[str, Any]:
    now = app.clock.now
    took = now - (request.started or now)
    inner = database(app, 1 + took // 20)
    checks = {
        "memory": _memory(app, now),
        "database": {
            "status": "healthy",
            "message": f"Database responsive ({3 + took // 8}ms)",
            "details": {"connected": True, **inner},
            "duration": 3 + took // 8,
            "timestamp": now - took // 2,
        },
        "api_endpoints": _endpoints(took, now),
        "external_services": {
            "status": "healthy",
            "message": "1/1 external services available",
            "details": {
                "services": [{"name": "Payments", "url": "https://pay.example.com/status", "ok": True, "status": 200}],
                "successful": 1,
                "failed": 0,
                "total": 1,
            },
            "duration": took // 2,
            "timestamp": now - 3,
        },
        "performance": {
            "status": "healthy",
            "message": "Performance normal (operation: 3ms)",
            "details": {"operationTime": 3, "loadTime": 0, "elementsProcessed": 10000},
            "duration": 3,
            "timestamp": now - 3,
        },
        "local_storage": {
            "status": "unknown",
            "message": "Local storage not available",
            "duration": 0,
            "timestamp": now,
        },
    }
    said = [check["status"] for check in checks.values()]
    return {
        "status": "degraded" if "degraded" in said else "healthy",
        "timestamp": now,
        "duration": took,
        "checks": checks,
        "summary": {
            "total": len(said),
            "healthy": said.count("healthy"),
            "degraded": said.count("degraded"),
            "unhealthy": 0,
            "critical_failures": 0,
        },
        "metadata": {"version": app.version, "environment": "production", "uptime": now - app.born},
    }


def _memory(app: App, now: int) -> dict[str, Any]:
    usage = app.heap.usage
    return {
        "status": "degraded" if usage > STRAINED else "healthy",
        "message": f"Memory usage: {usage:.1f}%",
        "details": {
            "usedJSHeapSize": app.heap.used,
            "totalJSHeapSize": app.heap.total,
            "jsHeapSizeLimit": LIMIT,
            "usagePercent": usage,
        },
        "duration": 1,
        "timestamp": now,
    }


def _endpoints(took: int, now: int) -> dict[str, Any]:
    """Three paths that need no database: healthy whatever happens to it."""
    paths = ("/", "/assets/app.js", "/assets/app.css")
    return {
        "status": "healthy",
        "message": "3/3 endpoints healthy",
        "details": {
            "endpoints": [{"endpoint": path, "status": 200, "ok": True, "error": None} for path in paths],
            "successful": 3,
            "failed": 0,
            "total": 3,
        },
        "duration": took // 3,
        "timestamp": now - 2,
    }
