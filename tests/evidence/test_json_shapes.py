"""The shapes in which tools write metrics, alerts, changes, traces and logs as JSON: each tells the same story."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from forensics.evidence import documents
from forensics.evidence.documents import DocumentReading
from forensics.store import Store
from small_world import at, epoch_ms, iso, request

POINTS = [(0.0, 41.5), (10.0, None), (20.0, 43.0)]
"""Second and value of one series; one value is missing."""

NAME, LABELS = "hold_used_percent", {"ship": "north"}


@pytest.fixture
def store() -> Iterator[Store]:
    """An empty store."""
    with Store() as opened:
        yield opened


def read(store: Store, content: Any) -> DocumentReading:
    """Read a document, given as text or as what it holds; it must be JSON."""
    text = content if isinstance(content, str) else json.dumps(content)
    reading = documents.read(store, "m.json", text.encode())
    assert reading is not None
    return reading


def rows(store: Store, query: str) -> list[tuple[Any, ...]]:
    """Ask the store."""
    return store.connection.execute(query).fetchall()


def seconds(second: float) -> float:
    """Write a time as an epoch in seconds."""
    return epoch_ms(second) / 1000


def nanoseconds(second: float) -> str:
    """Write a time as an epoch in nanoseconds, as text."""
    return str(epoch_ms(second) * 1_000_000)


# ---- metrics -------------------------------------------------------------------------------------------------------


def prometheus(result: Any, kind: str = "matrix", **more: Any) -> dict[str, Any]:
    """Return an answer of Prometheus."""
    return {"status": "success", **more, "data": {"resultType": kind, "result": result}}


NAMED = {"__name__": NAME, **LABELS}
MATRIX = prometheus([{"metric": NAMED, "values": [[seconds(s), "NaN" if v is None else str(v)] for s, v in POINTS]}])
WRAPPED = '{"tool":"range"}\n{"params":{"query":"x"}}\n' + json.dumps(MATRIX, indent=1)
VICTORIA = {"metric": NAMED, "values": [v for _, v in POINTS], "timestamps": [epoch_ms(s) for s, _ in POINTS]}
GOOGLE = {
    "timeSeries": [
        {
            "metric": {"type": NAME},
            "resource": {"labels": LABELS},
            "points": [
                {"interval": {"endTime": iso(s)}, "value": {"int64Value": v} if v is None else {"doubleValue": v}}
                for s, v in reversed(POINTS)
            ],
        }
    ]
}
DATADOG = {
    "status": "ok",
    "series": [{"metric": NAME, "scope": "ship:north", "pointlist": [[epoch_ms(s) * 1.0, v] for s, v in POINTS]}],
}
GRAPHITE = [{"target": NAME, "tags": LABELS, "datapoints": [[v, round(seconds(s))] for s, v in POINTS]}]
INFLUX = {
    "results": [
        {"series": [{"name": "hold", "tags": LABELS, "columns": ["time", "used"], "values": [[iso(s), v] for s, v in POINTS]}]}
    ]
}  # fmt: skip
FRAMES = {
    "results": {
        "A": {
            "frames": [
                {
                    "schema": {
                        "fields": [
                            {"name": "Time", "type": "time"},
                            {"name": NAME, "type": "number", "labels": LABELS},
                        ]
                    },
                    "data": {"values": [[epoch_ms(s) for s, _ in POINTS], [v for _, v in POINTS]]},
                }
            ]
        }
    }
}
OTLP = {
    "resourceMetrics": [
        {
            "resource": {"attributes": [{"key": "ship", "value": {"stringValue": "north"}}]},
            "scopeMetrics": [
                {
                    "metrics": [
                        {
                            "name": NAME,
                            "gauge": {
                                "dataPoints": [{"timeUnixNano": nanoseconds(s), "asDouble": v} for s, v in POINTS]
                            },
                        }
                    ]
                }
            ],
        }
    ]
}


@pytest.mark.parametrize(
    ("content", "name"),
    [
        pytest.param(MATRIX, NAME, id="Prometheus"),
        pytest.param(WRAPPED, NAME, id="Prometheus behind two header lines"),
        pytest.param(VICTORIA, NAME, id="VictoriaMetrics"),
        pytest.param(GOOGLE, NAME, id="Google Cloud"),
        pytest.param(DATADOG, NAME, id="Datadog"),
        pytest.param(GRAPHITE, NAME, id="Graphite"),
        pytest.param(INFLUX, "hold.used", id="InfluxDB"),
        pytest.param(FRAMES, NAME, id="Grafana"),
        pytest.param(OTLP, NAME, id="OpenTelemetry"),
    ],
)
def test_every_tool_tells_the_same_series(store: Store, content: Any, name: str) -> None:
    """The same series, written by any tool, gives the same samples: a missing value stays missing, and is counted."""
    reading = read(store, content)

    found = rows(store, "select name, time, value, series from samples order by time")
    assert found == [(name, at(second), value, '{"ship": "north"}') for second, value in POINTS]
    assert (reading.records, reading.covers) == (3, (at(0), at(20)))
    said = [remark.message for remark in reading.remarks if remark.code == "no-values"]
    assert said or dict(reading.refused) == {"samples: no usable value": 1}
    assert said in ([], ["1 sample says that there is no value (NaN, Inf or null): kept as no value, which is not 0"])


def test_parallel_lists_of_unequal_length_are_said_to_be(store: Store) -> None:
    """A time without a value, or a value without a time, is no sample, and is counted."""
    reading = read(store, {**VICTORIA, "timestamps": [epoch_ms(0)]})

    assert rows(store, "select time, value from samples") == [(at(0), 41.5)]
    assert dict(reading.refused) == {"samples: a time without a value, or a value without a time": 2}


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param(
            prometheus([{"metric": NAMED, "value": [seconds(0), "4"]}], "vector"), [(NAME, 4.0)], id="a vector"
        ),
        pytest.param(prometheus([seconds(0), "4"], "scalar"), [("unnamed series", 4.0)], id="a scalar"),
        pytest.param(prometheus([seconds(0), "high"], "string"), [("unnamed series", None)], id="a text"),
        pytest.param(
            {"tide": {"query": "sum(x)", "response": prometheus([{"metric": {}, "value": [seconds(0), "4"]}], "vector")}},
            [("tide", 4.0)],
            id="under a name",
        ),
    ],
)  # fmt: skip
def test_an_instant_is_no_series(store: Store, content: Any, expected: list[tuple[Any, ...]]) -> None:
    """The answer for one moment is kept as that moment, and no series is made of it."""
    reading = read(store, content)

    assert rows(store, "select name, value from samples") == expected
    assert rows(store, "select distinct time from samples") == [(at(0),)]
    assert reading.fmt is not None
    codes = [reading.fmt.problem.get("code"), *(remark.code for remark in reading.remarks)]
    assert "one-moment" in codes


@pytest.mark.parametrize(
    ("content", "name", "unnamed"),
    [
        pytest.param(prometheus([{"metric": {}, "values": [[seconds(0), "4"]]}]), "unnamed series", True, id="alone"),
        pytest.param(
            prometheus([{"metric": {}, "values": [[seconds(0), "4"]]}], query="max(x)"), "max(x)", False, id="with its query"
        ),
        pytest.param(
            '{"params":{"query":"max(x)"}}\n' + json.dumps(prometheus([{"metric": {}, "values": [[seconds(0), "4"]]}]), indent=1),
            "max(x)",
            False,
            id="behind its query",
        ),
    ],
)  # fmt: skip
def test_a_series_is_named_by_what_is_inside(store: Store, content: Any, name: str, unnamed: bool) -> None:
    """A series without a name is called by its query, or unnamed, which is said; never by the name of its file."""
    reading = read(store, content)

    assert rows(store, "select name from samples") == [(name,)]
    assert ("unnamed-series" in [remark.code for remark in reading.remarks]) is unnamed


CLOUDWATCH = {
    "MetricDataResults": [
        {"Id": "m1", "Label": "Crossings", "Timestamps": [iso(60), iso(0)], "Values": [4.0, 5.0], "StatusCode": "Complete"}
    ]
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        pytest.param({}, [], id="whole"),
        pytest.param({"NextToken": None}, [], id="no token"),
        pytest.param({"NextToken": "more"}, ["more-pages"], id="one page"),
        pytest.param(
            {"MetricDataResults": [{**CLOUDWATCH["MetricDataResults"][0], "StatusCode": "PartialData"}]},
            ["partial-answer"],
            id="a part of it",
        ),
    ],
)
def test_a_part_of_an_answer_is_said_to_be_one(store: Store, change: dict[str, Any], codes: list[str]) -> None:
    """An answer that says that more would follow, or that a part is missing, is not taken for the whole."""
    reading = read(store, {**CLOUDWATCH, **change})

    assert [remark.code for remark in reading.remarks] == codes
    assert rows(store, "select name, time, value from samples order by time") == [
        ("Crossings", at(0), 5.0), ("Crossings", at(60), 4.0)
    ]  # fmt: skip


def test_values_carry_their_units_in_texts(store: Store) -> None:
    """A snapshot's texts are measures where they are a number and a unit; its time is the one that it states."""
    snapshot = {
        "timestamp": epoch_ms(0),
        "memory": {"heapUsed": "85.34 MB", "usage": "71.1%", "limit": "none"},
        "requests": {"total": 1200, "failed": 0},
    }

    reading = read(store, snapshot)

    assert rows(store, "select name, value, unit, time from samples order by position") == [
        ("memory.heapUsed", 85.34, "MB", at(0)),
        ("memory.usage", 71.1, "%", at(0)),
        ("requests.total", 1200.0, None, at(0)),
        ("requests.failed", 0.0, None, at(0)),
    ]
    assert [remark.code for remark in reading.remarks] == ["one-moment"]


def test_a_snapshot_without_a_time_gets_none(store: Store) -> None:
    """Values of no stated moment are kept without a time, and that is said."""
    reading = read(store, {"performance": {"p95_ms": 90, "count": 12}, "errors": {"api": 0.02}})

    assert rows(store, "select name, value, time from samples order by position") == [
        ("performance.p95_ms", 90.0, None), ("performance.count", 12.0, None), ("errors.api", 0.02, None)
    ]  # fmt: skip
    assert ([remark.code for remark in reading.remarks], reading.covers) == (["no-time"], None)


def test_an_empty_answer_is_a_failed_probe(store: Store) -> None:
    """Of lines of an epoch and an object, one without an object is a probe that nothing answered."""
    reading = read(store, f'{seconds(0):.9f} {{"active":3}}\n{seconds(1):.9f}\n{seconds(2):.9f} {{"active":4}}\n')

    assert rows(store, "select time, ok from probes order by time") == [(at(0), True), (at(1), False), (at(2), True)]
    assert rows(store, "select time, value from samples order by time") == [(at(0), 3.0), (at(2), 4.0)]
    assert reading.lines is not None
    assert (reading.lines.physical, reading.lines.accepted) == (3, 3)


def test_a_clock_of_its_own_places_no_time(store: Store) -> None:
    """Seconds since a load began are kept as such, a null among them is missing, and no time of day is made of them."""
    timeline = [{"sec": 1, "count": 40, "p50_ms": 12.5}, {"sec": 2, "count": 0, "p50_ms": None}]

    reading = read(store, {"rate": 40, "timeline": timeline})

    assert rows(store, "select name, clock_s, value, time from samples order by name, clock_s") == [
        ("count", 1.0, 40.0, None), ("count", 2.0, 0.0, None), ("p50_ms", 1.0, 12.5, None), ("p50_ms", 2.0, None, None)
    ]  # fmt: skip
    assert dict(reading.refused) == {"samples: no usable value": 1}


def test_times_without_a_zone_are_an_assumption(store: Store) -> None:
    """A time that states no zone is taken as UTC, which is said with the time as it is written."""
    reading = read(store, [{"name": NAME, "value": 1, "timestamp": "2031-04-02T12:00:00"}])

    assert rows(store, "select time from samples") == [(at(0),)]
    assert reading.clock is not None
    assert reading.clock.how == "assumed"
    assert [(remark.code, "2031-04-02T12:00:00" in remark.message) for remark in reading.remarks] == [("no-zone", True)]


# ---- alerts --------------------------------------------------------------------------------------------------------


def alert(status: str, ends: str = "0001-01-01T00:00:00Z", start: float = 0) -> dict[str, Any]:
    """Return one alert as it is sent to a webhook."""
    return {"status": status, "labels": {"alertname": "QuayFull"}, "startsAt": iso(start), "endsAt": ends}


def notification(*alerts: dict[str, Any]) -> dict[str, Any]:
    """Return what a webhook receives."""
    return {"receiver": "quay", "status": alerts[0]["status"], "alerts": list(alerts)}


def alerts(store: Store) -> list[tuple[datetime, str]]:
    """Return time and kind of all alerts in the store."""
    return [(time, what) for time, what in rows(store, "select time, what from events order by time, what")]


def test_an_open_alert_has_no_end(store: Store) -> None:
    """An alert whose end is the year 1 is open: it has a beginning and no end, and nothing of it is refused."""
    reading = read(store, notification(alert("firing")))

    assert alerts(store) == [(at(0), "alert")]
    assert dict(reading.refused) == {}


def test_an_alert_that_is_sent_again_is_told_once(store: Store) -> None:
    """However often an alert is notified, it began once and ended once; a later one of the same name is another."""
    sent = [
        notification(alert("firing")),
        notification(alert("firing")),
        notification(alert("resolved", iso(300))),
        notification(alert("firing", start=600)),
    ]

    read(store, "".join(json.dumps(one) + "\n" for one in sent))

    assert alerts(store) == [(at(0), "alert"), (at(300), "alert resolved"), (at(600), "alert")]


def test_only_changes_of_a_state_are_told(store: Store) -> None:
    """States that are asked for again and again are told where they change, each rule by itself."""
    states = [("inactive", "inactive"), ("pending", "inactive"), ("firing", "inactive"), ("firing", "firing")]
    polls = [
        {"observed_at": iso(10 * n), "rules": [{"name": "full", "state": a}, {"name": "slow", "state": b}]}
        for n, (a, b) in enumerate([*states, ("inactive", "firing"), ("firing", "firing")])
    ]

    read(store, "".join(json.dumps(one) + "\n" for one in polls))

    assert rows(store, "select time, text from events where what = 'alert' order by time, text") == [
        (at(20), "Alert firing: full"), (at(30), "Alert firing: slow"), (at(50), "Alert firing: full")
    ]  # fmt: skip


def test_who_asks_again_covers_the_time_until_the_last_answer(store: Store) -> None:
    """That nothing changed any more was seen, and is covered."""
    polls = [{"observed_at": iso(10 * n), "rules": [{"name": "full", "state": "inactive"}]} for n in range(7)]

    assert read(store, "".join(json.dumps(one) + "\n" for one in polls)).covers == (at(0), at(60))


# ---- changes -------------------------------------------------------------------------------------------------------


def test_a_deploy_of_a_commit_is_another_change(store: Store) -> None:
    """A commit, its deploys and a flag are changes of their own, also where they share an id."""
    sha = "420eddd12dbf0a2a11f602923075266af9debef3"
    read(store, [{"sha": sha, "author": "nora", "timestamp": iso(0), "message": "guard\n\nan empty berth"}])
    read(
        store, [{"timestamp": iso(60), "service": one, "commit_sha": sha, "version": "v7"} for one in ("quay", "lock")]
    )
    read(store, [{"timestamp": iso(90), "flag": "night", "service": "quay", "change": "off->on"}])

    assert [row[:4] for row in store.rows("changes_all")] == [
        ("night", at(90), "flag", "quay"),
        (sha, at(60), "deploy", "quay"),
        (sha, at(60), "deploy", "lock"),
        (sha, at(0), "commit", None),
    ]
    assert rows(store, "select summary from changes where kind = 'commit'") == [("guard",)]


# ---- traces --------------------------------------------------------------------------------------------------------

SPANS = [
    ("a4c1", "a1", None, "gate", "open", 0.0, 500.0, "OK"),
    ("a4c1", "b1", "a1", "quay", "berth", 0.1, 120.5, "ERROR"),
]
"""Trace, span, parent, service, name, second, milliseconds and status of two spans."""

PLAIN = [
    {
        "trace_id": t, "span_id": s, "parent_id": p, "service": v, "name": n, "start": iso(b), "duration_ms": d, "status": e
    }
    for t, s, p, v, n, b, d, e in SPANS
]  # fmt: skip
JAEGER = {
    "data": [
        {
            "traceID": "a4c1",
            "spans": [
                {
                    "traceID": t,
                    "spanID": s,
                    "operationName": n,
                    "references": [{"refType": "CHILD_OF", "traceID": t, "spanID": p}] if p else [],
                    "startTime": epoch_ms(b) * 1000,
                    "duration": round(d * 1000),
                    "tags": [{"key": "otel.status_code", "value": e}],
                    "processID": v,
                }
                for t, s, p, v, n, b, d, e in SPANS
            ],
            "processes": {"gate": {"serviceName": "gate"}, "quay": {"serviceName": "quay"}},
        }
    ]
}
OTLP_SPANS = {
    "resourceSpans": [
        {
            "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": v}}]},
            "scopeSpans": [
                {
                    "spans": [
                        {
                            "traceId": t,
                            "spanId": s,
                            "parentSpanId": p,
                            "name": n,
                            "startTimeUnixNano": nanoseconds(b),
                            "endTimeUnixNano": str(int(nanoseconds(b)) + round(d * 1_000_000)),
                            "status": {"code": {"OK": 1, "ERROR": 2}[e]},
                        }
                    ]
                }
            ],
        }
        for t, s, p, v, n, b, d, e in SPANS
    ]
}
ZIPKIN = [
    {
        "traceId": t,
        "id": s,
        "parentId": p,
        "name": n,
        "timestamp": epoch_ms(b) * 1000,
        "duration": round(d * 1000),
        "localEndpoint": {"serviceName": v},
        "tags": {"otel.status_code": e},
    }
    for t, s, p, v, n, b, d, e in SPANS
]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(PLAIN, id="a plain list"),
        pytest.param("".join(json.dumps(one) + "\n" for one in PLAIN), id="one a line"),
        pytest.param(JAEGER, id="Jaeger"),
        pytest.param(OTLP_SPANS, id="OpenTelemetry"),
        pytest.param(ZIPKIN, id="Zipkin"),
        pytest.param([ZIPKIN], id="Zipkin, several traces"),
    ],
)
def test_every_tool_tells_the_same_trace(store: Store, content: Any) -> None:
    """The same trace, written by any tool, gives the same spans, with their parents, services and ends."""
    reading = read(store, content)

    found = rows(store, "select trace, span, parent, service, name, time, duration_ms, status from spans order by span")
    assert found == [(t, s, p, v, n, at(b), d, e) for t, s, p, v, n, b, d, e in SPANS]
    assert (reading.records, dict(reading.refused)) == (2, {})


# ---- log exports ---------------------------------------------------------------------------------------------------

LINES = [request(0), request(1, failed=True, error="no berth"), request(2)]
FIELDS = [("INFO", "completed"), ("ERROR", "failed"), ("INFO", "completed")]

LOKI = prometheus(
    [{"stream": {"app": "quay"}, "values": [[nanoseconds(n), one] for n, one in enumerate(LINES)]}], "streams"
)
CLOUDWATCH_LOGS = {
    "events": [{"timestamp": epoch_ms(n), "message": one, "ingestionTime": epoch_ms(n)} for n, one in enumerate(LINES)]
}
INSIGHTS = {
    "results": [
        [{"field": "@timestamp", "value": iso(n)[:-1].replace("T", " ")}, {"field": "@message", "value": one}]
        for n, one in enumerate(LINES)
    ]
}
HITS = {"hits": {"hits": [{"_source": {"@timestamp": iso(n), "message": one}} for n, one in enumerate(LINES)]}}
JOURNAL = [
    {"__REALTIME_TIMESTAMP": str(epoch_ms(n) * 1000), "MESSAGE": list(one.encode())} for n, one in enumerate(LINES)
]
ENTRIES = [{"logName": "quay", "timestamp": iso(n), "textPayload": one} for n, one in enumerate(LINES)]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(LOKI, id="Loki"),
        pytest.param(CLOUDWATCH_LOGS, id="CloudWatch"),
        pytest.param(INSIGHTS, id="CloudWatch Insights"),
        pytest.param(HITS, id="Elasticsearch"),
        pytest.param(JOURNAL, id="the journal"),
        pytest.param(ENTRIES, id="Google Cloud"),
    ],
)
def test_an_exported_log_says_what_the_log_says(store: Store, content: Any) -> None:
    """Lines that a tool exported are read by the format of their log: level, source and message are theirs."""
    reading = read(store, content)

    assert reading.records == len(LINES)
    found = rows(store, "select line, time, level, source, message from log_events order by line")
    assert [row[:3] for row in found] == [(n + 1, at(n), level) for n, (level, _) in enumerate(FIELDS)]
    assert all(source.startswith("req_") for _, _, _, source, _ in found)
    assert [message.split(" | ")[0] for *_, message in found] == [f"Request {how}" for _, how in FIELDS]


def test_lines_of_no_known_log_are_kept_as_they_are(store: Store) -> None:
    """Exported lines that no format reads keep their text, and the level and source that the export states."""
    lines = [[nanoseconds(n), f"berth {n} taken"] for n in range(3)]

    read(store, prometheus([{"stream": {"app": "quay", "level": "warning"}, "values": lines}], "streams"))

    assert rows(store, "select level, source, message from log_events order by line") == [
        ("WARN", "quay", f"berth {n} taken") for n in range(3)
    ]
