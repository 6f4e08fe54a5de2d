"""What services and clusters answer: each record at its own instant, none left out quietly, and a part said to be one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from forensics.evidence import documents
from forensics.evidence.documents import DocumentReading
from forensics.store import Store
from small_world import at, iso


@pytest.fixture
def store() -> Iterator[Store]:
    """An empty store."""
    with Store() as opened:
        yield opened


def read(store: Store, content: Any) -> DocumentReading:
    """Read a document, given as text or as what it holds."""
    text = content if isinstance(content, str) else json.dumps(content)
    reading = documents.read(store, "answer.json", text.encode())
    assert reading is not None
    return reading


def rows(store: Store, query: str) -> list[tuple[Any, ...]]:
    """Return what a query finds."""
    return store.connection.execute(query).fetchall()


def events(store: Store) -> list[tuple[Any, ...]]:
    """Return the time and the text of every event."""
    return rows(store, "select time, text from events order by time, text")


# ---- nothing is left out -------------------------------------------------------------------------------------------


def test_a_cloud_call_is_kept_whether_it_says_that_it_only_read_or_not(store: Store) -> None:
    """A call that does not say whether it only read may have changed something; one that only read is kept as a call."""
    call = {"eventTime": iso(0), "eventSource": "quay", "userIdentity": {"userName": "nora"}}
    reading = read(
        store,
        {
            "Records": [
                {**call, "eventID": "e1", "eventName": "CloseBerth"},
                {**call, "eventID": "e2", "eventName": "OpenBerth", "readOnly": False},
                {**call, "eventID": "e3", "eventName": "ListBerths", "readOnly": True},
                {**call, "eventID": "e4", "eventName": "ConsoleLogin", "responseElements": {"ConsoleLogin": "Failure"}},
            ]
        },
    )

    assert rows(store, "select id from changes order by id") == [("e1",), ("e2",)]
    assert [text for _, text in events(store)] == [
        "Console login: Failure by nora from",
        "ListBerths at quay by nora from",
    ]
    assert reading.records == 4


def container(second: float | None, **state: Any) -> dict[str, Any]:
    """Return what `docker inspect` tells of a container that was started a minute after it was made."""
    ended = "0001-01-01T00:00:00Z" if second is None else iso(second)
    told = {"Running": False, "OOMKilled": False, "ExitCode": 0, "StartedAt": iso(60), "FinishedAt": ended, **state}
    return {"Created": iso(0), "State": told, "Name": "/quay", "RestartCount": 4, "Config": {"Image": "quay:7"}}


def test_a_container_is_made_started_and_ended_at_its_own_instants(store: Store) -> None:
    """What `docker inspect` tells of a container stands where it happened, and its checks are probes."""
    checks = [
        {"Start": iso(70), "End": iso(71), "ExitCode": 0, "Output": "moored"},
        {"Start": iso(80), "End": iso(83), "ExitCode": 1, "Output": "adrift"},
    ]
    read(store, [container(90, OOMKilled=True, ExitCode=137, Health={"Log": checks})])

    assert events(store) == [
        (at(0), "Container /quay created: image quay:7"),
        (at(60), "Container /quay started: image quay:7"),
        (at(90), "Container /quay ended: exit code 137, OOMKilled true, restarted 4 times"),
    ]
    assert rows(store, "select time, ok, detail from probes order by time") == [
        (at(71), True, "moored"), (at(83), False, "adrift")
    ]  # fmt: skip
    assert rows(store, "select name, value, time from samples") == [("container.restarts", 4.0, None)]


@pytest.mark.parametrize(
    ("ended", "said"),
    [
        pytest.param(None, [], id="never ended"),
        pytest.param(
            50,
            ["Container /quay ended before it was started again; its exit code is no longer told; restarted 4 times"],
            id="ended before",
        ),
    ],
)
def test_a_running_container_tells_no_exit_code(store: Store, ended: float | None, said: list[str]) -> None:
    """Of a container that runs, the end is its earlier run's, and 0 is no exit code of that."""
    read(store, container(ended, Running=True))

    assert [text for _, text in events(store) if "ended" in text] == said


@pytest.mark.parametrize(
    "told",
    [
        pytest.param(
            {"count": 17, "firstTimestamp": iso(0), "lastTimestamp": iso(600), "eventTime": None}, id="counted"
        ),
        pytest.param(
            {
                "firstTimestamp": None,
                "lastTimestamp": None,
                "eventTime": iso(0),
                "series": {"count": 17, "lastObservedTime": iso(600)},
            },
            id="a series",
        ),
        pytest.param(
            {"deprecatedCount": 17, "deprecatedFirstTimestamp": iso(0), "deprecatedLastTimestamp": iso(600)},
            id="in the newer interface",
        ),
    ],
)
def test_an_event_that_was_seen_again_is_told_from_its_first_time_to_its_last(
    store: Store, told: dict[str, Any]
) -> None:
    """A cluster keeps one record for an event that repeats: how often, and from when to when, is told."""
    record = {
        "metadata": {"name": "quay.1", "creationTimestamp": iso(0)},
        "involvedObject": {"kind": "Pod", "name": "quay"},
        "reason": "BackOff",
        "message": "restarting",
        "type": "Warning",
    }
    read(store, {"kind": "List", "items": [{**record, **told}, {**record, "count": 1, "lastTimestamp": iso(30)}]})

    assert events(store) == [
        (at(0), "Warning BackOff Pod/quay: restarting (the first of 17 times)"),
        (at(30), "Warning BackOff Pod/quay: restarting"),
        (at(600), f"Warning BackOff Pod/quay: restarting (the last of 17 times, since {iso(0)})"),
    ]


def test_one_record_without_its_list_is_read_like_the_list(store: Store) -> None:
    """What lists records is also asked for one of them: it is read as a list of one."""
    pod = {
        "kind": "Pod",
        "metadata": {"name": "quay-1"},
        "status": {
            "containerStatuses": [
                {
                    "name": "quay",
                    "restartCount": 2,
                    "lastState": {"terminated": {"reason": "OOMKilled", "exitCode": 137, "finishedAt": iso(0)}},
                }
            ]
        },
    }

    reading = read(store, json.dumps(pod, indent=2))

    assert reading.fmt is not None
    assert reading.fmt.name == "kubernetes-pods"
    assert events(store) == [(at(0), "Container quay of quay-1 ended: OOMKilled, exit code 137, restarted 2 times")]


# ---- a part of an answer -------------------------------------------------------------------------------------------

HITS = {"hits": {"total": {"value": 2, "relation": "eq"}, "hits": [
    {"_source": {"@timestamp": iso(n), "message": "no berth"}} for n in range(2)
]}}  # fmt: skip
ROW = [{"field": "@timestamp", "value": "2031-04-02 07:30:05.000"}, {"field": "@message", "value": "no berth"}]
POD = {"metadata": {"name": "quay-1"}, "status": {"containerStatuses": [{"name": "quay", "restartCount": 2}]}}
MESSAGE = {"type": "message", "ts": "1932881405.12", "user": "U1", "text": "no berth is free"}


def loki(count: int) -> dict[str, Any]:
    """Return so many lines as Loki answers."""
    lines = [[str((1932881405 + n) * 10**9), "no berth"] for n in range(count)]
    result = [
        {"stream": {"app": "quay"}, "values": lines[: count // 2]},
        {"stream": {"app": "lock"}, "values": lines[count // 2 :]},
    ]
    return {"status": "success", "data": {"resultType": "streams", "result": result}}


def commits(count: int) -> list[dict[str, Any]]:
    """Return so many commits as GitHub lists them."""
    commit = {"message": "guard an empty berth", "author": {"name": "nora", "date": iso(0)}}
    return [{"sha": f"{n:040x}", "commit": commit} for n in range(count)]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(HITS, "", id="all hits"),
        pytest.param({**HITS, "timed_out": False, "_shards": {"total": 3, "failed": 0}}, "", id="no failure"),
        pytest.param(
            {**HITS, "timed_out": True},
            "the search timed out: only what was found until then is here (2 hits)",
            id="timed out",
        ),
        pytest.param(
            {**HITS, "_shards": {"total": 3, "failed": 1}},
            "some shards of the index failed: what they hold is not among the 2 hits",
            id="failed shards",
        ),
        pytest.param(
            {"hits": {**HITS["hits"], "total": {"value": 10000, "relation": "gte"}}},
            "one page of several: 10,000 hits are said to match, 2 are here",
            id="more hits",
        ),
        pytest.param(
            {"hits": {**HITS["hits"], "total": 42}},
            "one page of several: 42 hits are said to match, 2 are here",
            id="more hits, as it was written before",
        ),
        pytest.param(
            {"results": [ROW], "status": "Complete", "statistics": {"recordsMatched": 1.0}}, "", id="a whole query"
        ),
        pytest.param(
            {"results": [ROW], "status": "Running"},
            "the query was still running: these are the 1 rows found until then",
            id="a running query",
        ),
        pytest.param(
            {"results": [ROW], "status": "Timeout"},
            "the query did not come to its end: these are the 1 rows found until then",
            id="a query that timed out",
        ),
        pytest.param(
            {"results": [ROW], "status": "Complete", "statistics": {"recordsMatched": 5000.0}},
            "a part of what matched: 5,000 rows did, 1 are here",
            id="a limited query",
        ),
        pytest.param(loki(99), "", id="fewer lines than the limit"),
        pytest.param(
            loki(100),
            "exactly 100 lines, as many as Loki gives where no other limit is asked for: there may be more",
            id="the limit reached",
        ),
        pytest.param(commits(29), "", id="less than a page"),
        pytest.param(commits(30), "exactly 30 commits, as many as one page holds: there may be more", id="a full page"),
        pytest.param(
            {"messages": [MESSAGE], "has_more": False, "response_metadata": {"next_cursor": ""}}, "", id="the last page"
        ),
        pytest.param(
            {"messages": [MESSAGE], "has_more": True},
            "one page of several: has_more says that more follows",
            id="has_more",
        ),
        pytest.param({"apiVersion": "v1", "items": [POD], "metadata": {"continue": ""}}, "", id="the last chunk"),
        pytest.param(
            {"apiVersion": "v1", "items": [POD], "metadata": {"continue": "eyJ2"}},
            "one page of several: metadata.continue says that more objects follow",
            id="metadata.continue",
        ),
        pytest.param(
            {"berths": [{"at": iso(0), "depth_m": 1.5}], "NextToken": "e1"},
            "one page of several: NextToken says that more follows",
            id="of no declared format",
        ),
        pytest.param(
            {"quays": ["north"], "IsTruncated": True},
            "one page of several: IsTruncated says that more follows",
            id="of which nothing is read",
        ),
        pytest.param(
            {"data": {"repository": {"commits": {"pageInfo": {"hasNextPage": True}}}}},
            "one page of several: hasNextPage says that more follows",
            id="GraphQL",
        ),
        pytest.param(
            {"status": "success", "data": {"resultType": "matrix", "result": []}, "warnings": ["store is away"]},
            "the monitoring answered with warnings: some of its stores may not have answered, so that series may be missing",
            id="warnings",
        ),
    ],
)
def test_an_answer_says_whether_it_is_whole(store: Store, content: Any, said: str) -> None:
    """One page of several, a search that timed out and a full page are said to be a part; a last page is not."""
    reading = read(store, content)

    partial = [one.message for one in reading.remarks if one.code in ("more-pages", "partial-answer")]
    assert partial == ([said] if said else [])


@pytest.mark.parametrize("value", ["NaN", "+Inf", "-Inf", None], ids=str)
def test_monitoring_may_say_that_there_is_no_value(store: Store, value: Any) -> None:
    """In a series NaN is a legal value: it is kept as none, counted, and no reason to distrust the answer."""
    values = [[1932881405, "41.5"], [1932881415, value]]
    result = [{"metric": {"__name__": "hold"}, "values": values}]

    reading = read(store, {"status": "success", "data": {"resultType": "matrix", "result": result}})

    assert rows(store, "select value from samples order by time") == [(41.5,), (None,)]
    assert (reading.records, dict(reading.refused)) == (2, {})
    assert [one.message for one in reading.remarks] == [
        "1 sample says that there is no value (NaN, Inf or null): kept as no value, which is not 0"
    ]


def test_a_value_that_is_no_number_is_no_legal_one(store: Store) -> None:
    """A text among the values of a series is none that monitoring writes: it is counted as unusable."""
    result = [
        {"metric": {"__name__": "hold"}, "values": [[1932881405, "41.5"], [1932881415, "n/a"], [1932881425, "NaN"]]}
    ]

    reading = read(store, {"status": "success", "data": {"resultType": "matrix", "result": result}})

    assert dict(reading.refused) == {"samples: no usable value": 1}


# ---- well-known services -------------------------------------------------------------------------------------------


def test_states_of_an_alert_and_notes_of_people_are_told_apart(store: Store) -> None:
    """On a chart Grafana notes its own alerts' states; what people and their tools note are deploys and remarks."""
    note = {"dashboardId": 4, "newState": "", "tags": []}
    states = [("pending", 10), ("alerting", 20), ("normal", 30)]
    read(
        store,
        [
            {**note, "time": 1932881405000, "text": "Deployed quay 7", "tags": ["deploy"]},
            {**note, "time": 1932881406000, "text": "turned off the crane"},
            *(
                {**note, "time": 1932881400000 + s * 1000, "text": "", "alertName": "No berth", "newState": state}
                for state, s in states
            ),
        ],
    )

    assert rows(store, "select summary, kind from changes") == [("Deployed quay 7", "deploy")]
    assert rows(store, "select what, text from events order by time") == [
        ("annotation", "turned off the crane"),
        ("alert state", "No berth is pending"),
        ("alert", "Alert: No berth"),
        ("alert resolved", "Alert resolved: No berth"),
    ]


def test_only_a_merged_pull_request_changes_something(store: Store) -> None:
    """A pull request is a change when it was merged, and at that time; its opening and its closing are told as such."""
    request = {"title": "guard", "headRefName": "fix", "createdAt": iso(0)}
    read(
        store,
        [
            {**request, "number": 1, "mergedAt": iso(60), "closedAt": iso(60), "mergeCommit": {"oid": "420eddd1"}},
            {**request, "number": 2, "mergedAt": None, "closedAt": iso(90), "mergeCommit": None},
        ],
    )

    assert rows(store, "select id, time, summary from changes") == [
        ("420eddd1", at(60), "Merged pull request 1: guard")
    ]
    assert events(store) == [
        (at(0), "Pull request 1 opened: guard"),
        (at(0), "Pull request 2 opened: guard"),
        (at(90), "Pull request 2 closed without a merge: guard"),
    ]


@pytest.mark.parametrize(
    ("date", "count"),
    [
        pytest.param({"$date": iso(0)}, {"$numberInt": "7"}, id="a date as text"),
        pytest.param({"$date": {"$numberLong": str(1932881405120)}}, {"$numberLong": "7"}, id="milliseconds"),
        pytest.param({"$date": 1932881405120}, 7, id="milliseconds, as they were written before"),
    ],
)
def test_values_of_mongodb_are_what_their_types_say(store: Store, date: Any, count: Any) -> None:
    """What mongoexport writes as objects of a type are times and numbers like any others."""
    lines = [{"_id": {"$oid": "5f1a"}, "seenAt": date, "queue": {"waiting": count}}]

    read(store, "".join(json.dumps(one) + "\n" for one in lines * 2))

    assert {row[0] for row in rows(store, "select value from samples where name = 'queue.waiting'")} == {7.0}
    assert rows(store, "select count(*) from samples where time is null") == [(0,)]


def test_an_object_with_a_dollar_is_left_as_it_is(store: Store) -> None:
    """A key that only begins like one of a type, or stands beside others, is no type of MongoDB's."""
    odd = {"$date": iso(0), "place": "north"}

    read(store, [{"at": iso(0), "odd": odd, "id": {"$oid": "5f1a"}}])

    ((_, text),) = events(store)
    assert text == f'odd={{"$date": "{iso(0)}", "place": "north"}} id=5f1a'


@pytest.mark.parametrize(
    ("tags", "status"),
    [
        pytest.param({"error": "no berth is free"}, "ERROR", id="a message"),
        pytest.param({"error": ""}, "ERROR", id="nothing"),
        pytest.param({"error": "false"}, None, id="false"),
        pytest.param({}, None, id="no tag"),
    ],
)
def test_a_span_of_zipkin_with_an_error_has_failed(store: Store, tags: dict[str, str], status: str | None) -> None:
    """The tag holds a message: whatever it says, the span has failed."""
    span = {"traceId": "a", "id": "b", "name": "moor", "timestamp": 1932881405120000, "duration": 1000, "tags": tags}
    read(store, [{**span, "localEndpoint": {"serviceName": "quay"}}])

    assert rows(store, "select span, status from spans") == [("b", status)]


def test_a_segment_of_xray_is_read_out_of_its_text(store: Store) -> None:
    """Segments are documents in texts; their parts are spans below them, and one that is no document is none."""
    segment = {
        "id": "b",
        "name": "quay",
        "trace_id": "a",
        "start_time": 1932881405.12,
        "end_time": 1932881406.12,
        "subsegments": [
            {"id": "c", "name": "berths", "start_time": 1932881405.5, "end_time": 1932881405.75, "fault": True}
        ],
    }
    read(store, {"Traces": [{"Id": "a", "Segments": [{"Document": json.dumps(segment)}, {"Document": "cut {"}]}]})

    assert rows(store, "select trace, span, parent, service, name, duration_ms, status from spans order by span") == [
        ("a", "b", None, "quay", "quay", 1000.0, None),
        ("a", "c", "b", "quay", "berths", 250.0, "ERROR"),
    ]


def test_every_kind_of_metric_of_opentelemetry_is_kept(store: Store) -> None:
    """Histograms with exponential bounds and summaries have samples, too."""
    point = {"timeUnixNano": "1932881405120000000", "count": "4", "sum": 10}
    quantile = {**point, "quantileValues": [{"quantile": 0.99, "value": 5}]}
    metrics = [
        {"name": "wave", "exponentialHistogram": {"dataPoints": [point]}},
        {"name": "tide", "summary": {"dataPoints": [quantile]}},
    ]
    resource = {"attributes": [{"key": "quay", "value": {"stringValue": "north"}}]}
    read(store, {"resourceMetrics": [{"resource": resource, "scopeMetrics": [{"metrics": metrics}]}]})

    assert rows(store, "select name, value, labels from samples order by name") == [
        ("tide.count", 4.0, '{"quay": "north"}'),
        ("tide.quantile 0.99", 5.0, '{"quay": "north"}'),
        ("tide.sum", 10.0, '{"quay": "north"}'),
        ("wave.count", 4.0, '{"quay": "north"}'),
        ("wave.sum", 10.0, '{"quay": "north"}'),
    ]


def test_a_truth_that_monitoring_measures_is_one_or_zero(store: Store) -> None:
    """Google Cloud measures truth values as well: they are no missing numbers."""
    points = [{"interval": {"endTime": iso(n)}, "value": {"boolValue": up}} for n, up in enumerate([True, False])]

    reading = read(store, {"timeSeries": [{"metric": {"type": "quay/open"}, "points": points}]})

    assert rows(store, "select time, value from samples order by time") == [(at(0), 1.0), (at(1), 0.0)]
    assert dict(reading.refused) == {}


# ---- timelines ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["timeline", "chronology", "events"])
def test_a_timeline_inside_a_document_is_one(store: Store, name: str) -> None:
    """Each entry is an event; one without a time stays undated, and a time that cannot be read is named, not dropped."""
    entries = [
        {"time": iso(0), "event": "Quay closed", "by": "pilot"},
        {"event": "Ferries were told"},
        {"time": "about noon", "event": "Quay opened"},
    ]

    reading = read(store, {"incident": "Quay full", name: entries})

    assert reading.fmt is not None
    assert (reading.fmt.name, reading.records) == ("timeline-document", 3)
    assert rows(store, "select time, who, text, position from events order by position") == [
        (at(0), "pilot", "Quay closed", 1),
        (None, None, "Ferries were told", 2),
        (None, None, "Quay opened", 3),
    ]
    assert [one.code for one in reading.remarks] == ["unread-times"]


# ---- runs of workflows ---------------------------------------------------------------------------------------------


def test_a_run_that_deployed_is_a_change_and_others_are_builds(store: Store) -> None:
    """By its name a workflow deploys; a run that failed, or that was of a proposal, changed nothing."""
    run = {
        "databaseId": 1,
        "status": "completed",
        "headBranch": "main",
        "createdAt": iso(0),
        "updatedAt": iso(60),
        "event": "push",
        "conclusion": "success",
    }
    read(
        store,
        [
            {**run, "name": "Deploy production", "headSha": "a1", "displayTitle": "guard an empty berth"},
            {
                **run,
                "name": "Deploy production",
                "headSha": "a2",
                "displayTitle": "count gulls",
                "conclusion": "failure",
            },
            {**run, "name": "Deploy production", "headSha": "a3", "displayTitle": "a try", "event": "pull_request"},
            {**run, "name": "Release Drafter", "headSha": "a4", "displayTitle": "notes"},
            {**run, "name": "CI", "headSha": "a5", "displayTitle": "tests"},
        ],
    )

    assert rows(store, "select id, kind, time, summary from changes") == [
        ("a1", "deploy", at(60), "Run of “Deploy production” on main: guard an empty berth")
    ]
    assert len(events(store)) == 3
